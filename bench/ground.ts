import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { connectionOptions, withDatabase } from "../src/database/address.ts";
import { startTestServer } from "../tests/support/server.ts";
import { createDatabase, dropDatabases, makeTemplate } from "../tests/support/template.ts";

/** What a benchmark runs on. */
export interface Ground {
  /** What the PostgreSQL is, for the person who reads the results. */
  database: string;
  /** A temporary folder for files. */
  folder: string;
  /** At most so many rounds of each measurement. */
  rounds: number;
  /** Milliseconds of `performance.now()` after which no further round is begun. */
  deadline: number;
  /** Throws once the person has interrupted the run. */
  goOn(): void;
  /** Does a piece of work on a migrated database of its own, which is dropped after it. */
  onFreshDatabase<Result>(
    work: (url: string, sql: postgres.Sql) => Promise<Result>,
  ): Promise<Result>;
}

const MINUTES = 3;

/**
 * Starts a PostgreSQL as the tests do, never that of DATABASE_URL, and stops and removes everything
 * after the work, also when it fails or is interrupted.
 */
export async function withGround(
  rounds: number,
  work: (ground: Ground) => Promise<void>,
): Promise<void> {
  const interruption = new AbortController();
  // The servers under measurement get the signal too, so that the call in work fails by itself.
  const interrupted = () => {
    interruption.abort(new Error("The benchmark was interrupted."));
  };
  // Not `once`: the lock on the embedded database ends the process where nobody else listens any more.
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  const undo: (() => Promise<void>)[] = [];
  try {
    const server = await startTestServer();
    undo.unshift(() => server.stop());
    const folder = await mkdtemp(join(tmpdir(), "event-outreach-bench-"));
    undo.unshift(() => rm(folder, { recursive: true, force: true }));
    const template = await makeTemplate(server.url);
    undo.unshift(() => template.drop());
    await work({
      database: server.name,
      folder,
      rounds,
      deadline: performance.now() + MINUTES * 60_000,
      goOn: () => {
        interruption.signal.throwIfAborted();
      },
      onFreshDatabase: (onIt) => onCopy(server.url, template.name, onIt),
    });
  } finally {
    // Each, whether or not the one before it succeeded.
    for (const step of undo) await step().catch(console.error);
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

async function onCopy<Result>(
  serverUrl: string,
  template: string,
  work: (url: string, sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const name = `${template}_${randomBytes(4).toString("hex")}`;
  await createDatabase(serverUrl, name, template);
  const url = withDatabase(serverUrl, name);
  const sql = postgres({ ...connectionOptions(url), max: 1 });
  try {
    return await work(url, sql);
  } finally {
    await sql.end({ timeout: 5 });
    await dropDatabases(serverUrl, name);
  }
}
