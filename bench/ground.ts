import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { connectionOptions, withDatabase } from "../src/database/address.ts";
import { startTestServer } from "../workbench/server.ts";
import { createDatabase, dropDatabases, makeTemplate } from "../workbench/template.ts";
import { sized, writeHistory } from "./history/index.ts";

/** What a benchmark runs on. */
export interface Ground {
  /** What the PostgreSQL is, for the person who reads the results. */
  database: string;
  /** URL of a database of it to give commands from. */
  server: string;
  /** A temporary folder for files. */
  folder: string;
  /** At most so many rounds of each measurement. */
  rounds: number;
  /** Recipients in the longest history that is asked about. */
  longest: number;
  /** Milliseconds of `performance.now()` after which the present entry begins no further round. */
  deadline: number;
  /** Throws once the person has interrupted the run. */
  goOn(): void;
  /** Does a piece of work on a migrated database of its own, which is dropped after it. */
  onFreshDatabase<Result>(
    work: (url: string, sql: postgres.Sql) => Promise<Result>,
  ): Promise<Result>;
  /**
   * The URL of a history of so many recipients, made at its first use; for questions only, on
   * connections that are closed after it.
   */
  history(recipients: number): Promise<string>;
  /** Does a piece of work on a copy of such a history, which is dropped after it. */
  onCopyOfHistory<Result>(
    recipients: number,
    work: (url: string, sql: postgres.Sql) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * Starts a PostgreSQL as the tests do, never that of DATABASE_URL, and stops and removes everything
 * after the work, also when it fails or is interrupted.
 */
export async function withGround(
  rounds: number,
  longest: number,
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
    const histories = new Map<number, Promise<string>>();
    const historyOf = (recipients: number) => {
      const made = histories.get(recipients) ?? makeHistory(server.url, template.name, recipients);
      histories.set(recipients, made);
      return made;
    };
    await work({
      database: server.name,
      server: server.url,
      folder,
      rounds,
      longest,
      deadline: Number.POSITIVE_INFINITY,
      goOn: () => {
        interruption.signal.throwIfAborted();
      },
      onFreshDatabase: (onIt) => onCopy(server.url, template.name, onIt),
      history: async (recipients) => withDatabase(server.url, await historyOf(recipients)),
      onCopyOfHistory: async (recipients, onIt) =>
        onCopy(server.url, await historyOf(recipients), onIt),
    });
  } finally {
    // Each, whether or not the one before it succeeded.
    for (const step of undo) await step().catch(console.error);
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

/** Makes a database with a history; it goes with the template that it is named after. */
async function makeHistory(
  serverUrl: string,
  template: string,
  recipients: number,
): Promise<string> {
  const name = `${template}_${String(recipients)}`;
  await createDatabase(serverUrl, name, template);
  const sql = postgres({ ...connectionOptions(withDatabase(serverUrl, name)), max: 1 });
  try {
    await writeHistory(sql, sized(recipients));
  } finally {
    await sql.end({ timeout: 5 });
  }
  return name;
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
