import { join } from "node:path";
import { constants } from "node:os";
import postgres from "postgres";
import { attachEmbedded } from "../src/database/embedded/index.ts";
import { migrateDatabase } from "../src/database/migrate.ts";
import { queryOptions } from "../src/database/options.ts";
import { startAssistant } from "./assistant.ts";
import { calendar } from "./calendar.ts";
import { takeOver } from "./database.ts";
import { writeExports } from "./exports.ts";
import { startMailService } from "./mail_service.ts";
import { recordOrganiser } from "./organiser.ts";
import { page } from "./page.ts";
import { walk } from "./walk/walk.ts";

/**
 * Shows a campaign's life from the call for speakers to the registrations it brought, on a made-up
 * organiser's exports, through real clients of both servers, which send to a stand-in for Brevo. Takes
 * some seconds.
 *
 * It has a database of its own beside the user's and never looks at DATABASE_URL. Interrupted, it stops
 * what it started and leaves the exit code that shells expect.
 *
 * @param dataDirectory folder of that database
 * @throws EmbeddedDatabaseError or DatabaseUnavailable, with a sentence for a person
 */
export async function runDemo(dataDirectory: string): Promise<void> {
  const interruption = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  const interrupted = (signal: NodeJS.Signals) => {
    // Somebody who does not want to wait any longer presses it again.
    if (signalled !== undefined) process.exit(exitCode(signal));
    signalled = signal;
    interruption.abort();
  };
  // Not `once`: the lock on the embedded database ends the process where nobody else listens any more.
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  try {
    await tell(dataDirectory, interruption.signal);
  } catch (error) {
    if (signalled === undefined) throw error;
    // Whatever failed, failed because its servers were stopped under it.
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
  if (signalled !== undefined) process.exitCode = exitCode(signalled);
}

async function tell(dataDirectory: string, interruption: AbortSignal): Promise<void> {
  const paper = page();
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const lease = await attachEmbedded({ dataDirectory });
    undo.unshift(() => lease.release());
    const sql = postgres({ ...queryOptions, ...lease.connection, max: 1 });
    undo.unshift(() => sql.end({ timeout: 5 }));
    interruption.throwIfAborted();
    await takeOver(sql);
    await migrateDatabase({ url: lease.url });
    const days = calendar();
    const downloads = join(dataDirectory, "downloads");
    await writeExports(downloads, days);
    const mail = await startMailService(join(dataDirectory, "templates.json"));
    undo.unshift(() => mail.close());
    interruption.throwIfAborted();
    const env = { OUTREACH_DATA_DIR: dataDirectory, ...mail.env };
    const assistant = await startAssistant(env, paper);
    undo.unshift(() => assistant.close());
    // The call under way fails by it.
    interruption.addEventListener("abort", () => void assistant.close().catch(() => undefined));
    interruption.throwIfAborted();
    await recordOrganiser(assistant, sql, days);
    await walk(assistant, paper, days, { downloads, mail });
  } finally {
    // Each, whether or not the one before it succeeded.
    const failures: unknown[] = [];
    for (const step of undo) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
  paper.note(`The demo's data stay in ${dataDirectory} until its next run; delete them freely.`);
}

function exitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
