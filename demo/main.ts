import { join } from "node:path";
import postgres from "postgres";
import { attachEmbedded, defaultDataDirectory } from "../src/database/embedded/index.ts";
import { migrateDatabase } from "../src/database/migrate.ts";
import { queryOptions } from "../src/database/options.ts";
import { startAssistant } from "./assistant.ts";
import { calendar } from "./calendar.ts";
import { takeOver } from "./database.ts";
import { writeExports } from "./exports.ts";
import { recordOrganiser } from "./organiser.ts";
import { page } from "./page.ts";
import { walk } from "./walk.ts";

/**
 * Shows a campaign's life from the call for speakers to the registrations it brought, on a made-up
 * organiser's exports, through real clients of both servers. Takes some seconds.
 *
 * It has a database of its own beside the user's and never looks at DATABASE_URL.
 *
 * @throws EmbeddedDatabaseError or DatabaseUnavailable, with a sentence for a person
 */
export async function runDemo(): Promise<void> {
  const dataDirectory = `${defaultDataDirectory()}-demo`;
  const lease = await attachEmbedded({ dataDirectory });
  const interrupted = () => {
    void lease.release().finally(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  const sql = postgres({ ...queryOptions, ...lease.connection, max: 1 });
  try {
    await takeOver(sql);
    await migrateDatabase({ url: lease.url });
    const days = calendar();
    const downloads = join(dataDirectory, "downloads");
    await writeExports(downloads, days);
    const paper = page();
    const assistant = await startAssistant(dataDirectory, paper);
    try {
      await recordOrganiser(assistant, sql, days);
      await walk(assistant, paper, days, downloads);
    } finally {
      await assistant.close();
    }
    paper.note(`The demo's data stay in ${dataDirectory} until its next run; delete them freely.`);
  } finally {
    await sql.end({ timeout: 5 });
    process.off("SIGINT", interrupted);
    await lease.release();
  }
}
