import { readdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { connectionOptions } from "./address.ts";
import { describeConnectionError } from "./connection_errors.ts";
import { codeOf, DatabaseUnavailable } from "./errors.ts";
import { applyMigration, ownMigrations, versionOf } from "./migration_files.ts";
import type { Queryable } from "./postgres_js/transaction.ts";

/** Which migrations a database has, compared with those of this program. */
export interface MigrationState {
  /** File names, in order. */
  applied: string[];
  pending: string[];
  /** Versions in the database that this program does not know: it is older than its database. */
  unknown: string[];
}

/** Milliseconds to wait for another process that migrates. */
const PATIENCE = 120_000;
const ANOTHER_MIGRATES = "Another migration of this database has not ended; try again later.";

/** Any advisory lock that other programs in the same database do not use. */
const LOCK = 776_015_003;

/**
 * Brings a database that exists up to date. Any number of processes may call it at once: one
 * migrates and the others wait for it. With nothing to do it costs one small query.
 *
 * @param copyFirst is called before anything is done to tables that are there; what it throws stops the migration
 * @returns the file names of the migrations that were applied
 * @throws DatabaseUnavailable with what a person can do about it; nothing of a failed migration stays
 */
export async function migrateDatabase(options: {
  url: string;
  migrationsDirectory?: string;
  copyFirst?: () => Promise<void>;
}): Promise<string[]> {
  const directory = options.migrationsDirectory ?? ownMigrations();
  // Two connections: the one that holds the lock would go on seeing the tables as they were before.
  const sql = postgres({ ...connectionOptions(options.url), max: 2, connect_timeout: 15 });
  try {
    const { pending } = await knownState(sql, directory);
    if (pending.length === 0) return [];
    const { copyFirst } = options;
    for (const end = Date.now() + PATIENCE; ;) {
      // A lock of the transaction, not of the session: through a transaction-mode pooler a session's
      // lock would stay with a connection that others get next. If this process dies, it ends with it.
      const applied = await sql.begin(async (transaction) =>
        (await isOurTurn(transaction)) ? applyPending(sql, directory, copyFirst) : null,
      );
      if (applied !== null) return applied;
      if (Date.now() > end) throw new DatabaseUnavailable(ANOTHER_MIGRATES);
      // Waiting outside of a transaction: those that wait would hold all the connections that a small
      // pooler has, and the one that migrates needs two.
      await pause(100);
    }
  } catch (error) {
    const sentence = refusedMigration(codeOf(error)) ?? describeConnectionError(error);
    throw sentence === null ? error : new DatabaseUnavailable(sentence, { cause: error });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * File names of the migrations that a database lacks, in order.
 *
 * @throws DatabaseUnavailable when the database is newer than this program
 */
export async function pendingMigrations(sql: Queryable): Promise<string[]> {
  return (await knownState(sql, ownMigrations())).pending;
}

/** Compares a database with the migrations of this program, by the number each file name starts with. */
export async function migrationState(
  sql: Queryable,
  directory = ownMigrations(),
): Promise<MigrationState> {
  const files = (await readdir(directory)).filter((name) => /^\d+.*\.sql$/.test(name)).sort();
  const versions = await appliedVersions(sql);
  const known = new Set(files.map(versionOf));
  return {
    applied: files.filter((file) => versions.has(versionOf(file))),
    pending: files.filter((file) => !versions.has(versionOf(file))),
    unknown: [...versions].filter((version) => !known.has(version)),
  };
}

async function knownState(sql: Queryable, directory: string): Promise<MigrationState> {
  const state = await migrationState(sql, directory);
  if (state.unknown.length > 0) {
    throw new DatabaseUnavailable(
      `The database was migrated by a newer version of event-outreach (it has ${state.unknown.join(", ")}); update this one.`,
    );
  }
  return state;
}

/** Each in a transaction of its own: what was applied before one that fails stays. */
async function applyPending(
  sql: postgres.Sql,
  directory: string,
  copyFirst: (() => Promise<void>) | undefined,
): Promise<string[]> {
  const { applied, pending } = await knownState(sql, directory);
  if (applied.length > 0 && pending.length > 0) await copyFirst?.();
  let failed: string | undefined;
  for (let left = pending; ;) {
    const [file, ...others] = left;
    if (file === undefined) break;
    try {
      await sql.begin((transaction) => applyMigration(transaction, directory, file));
      left = others;
    } catch (error) {
      // A dbmate knows no lock and may be ahead of us: somebody's own, or one that a killed process of an
      // older version left behind. What fails by itself does so again, with nothing done.
      if (failed === file || !(error instanceof postgres.PostgresError)) throw failure(error, file);
      failed = file;
      await pause(100);
      left = (await knownState(sql, directory)).pending;
    }
  }
  if (pending.length > 0) await storeTimeZone(sql);
  return pending;
}

/** Whether nobody else migrates or makes a backup of a database until the end of this transaction. */
export async function isOurTurn(sql: Queryable): Promise<boolean> {
  // The transaction is idle while the tables are changed, which hosted services would end after some minutes.
  await sql<{ idle: string | null; statement: string | null }[]>`
    SELECT set_config('idle_in_transaction_session_timeout', '0', true)::text AS idle,
           set_config('statement_timeout', '0', true)::text AS statement`;
  const [lock] = await sql<{ taken: boolean | null }[]>`
    SELECT pg_try_advisory_xact_lock(${LOCK}) AS taken`;
  return lock?.taken === true;
}

/** Whether nobody migrates a database, nor will until the end of this transaction, which may only read. */
export async function holdOffMigrations(sql: Queryable): Promise<boolean> {
  const [lock] = await sql<{ taken: boolean | null }[]>`
    SELECT pg_try_advisory_xact_lock_shared(${LOCK}) AS taken`;
  return lock?.taken === true;
}

async function appliedVersions(sql: Queryable): Promise<Set<string>> {
  // Asked first, because a query that fails would be logged as an error by the server.
  const [history] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('dbmate.schema_migrations') IS NOT NULL AS exists`;
  if (!history?.exists) return new Set();
  const rows = await sql<{ version: string }[]>`SELECT version FROM dbmate.schema_migrations`;
  return new Set(rows.map((row) => row.version));
}

/** Stored once, so that every machine that uses the database later reads times in the same zone. */
async function storeTimeZone(sql: Queryable): Promise<void> {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  await sql`
    UPDATE outreach.settings
    SET time_zone = coalesce((SELECT name FROM pg_timezone_names WHERE name = ${zone}), 'UTC')
    WHERE time_zone IS NULL`;
}

/** A migration's own words are meant for a person; what PostgreSQL says otherwise needs a frame. */
function failure(error: unknown, file: string): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  const { code, message } = error;
  const sentence =
    code === "P0001" ? message : (refusedMigration(code) ?? describeConnectionError(error));
  return new DatabaseUnavailable(
    sentence ??
      `The migration ${file} could not be applied, and nothing of it was kept: ${message.replace(/\.$/, "")}.`,
    { cause: error },
  );
}

function refusedMigration(code: string | undefined): string | null {
  if (code === "42501") {
    return "The user of DATABASE_URL may not make or read the tables; migrate as the owner of the database.";
  }
  if (code === "55P03") return ANOTHER_MIGRATES;
  if (code === "25006")
    return "The database can only be read at the moment, so it cannot be migrated.";
  return null;
}
