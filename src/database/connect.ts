import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { connectionOptions, describeConnectionError } from "./address.ts";
import type { EmbeddedLease } from "./embedded/index.ts";
import { migrateDatabase, pendingMigrations } from "./migrate.ts";
import { queryOptions } from "./options.ts";
import { surviveStrayWrites } from "./stray_write.ts";
import { DatabaseUnavailable } from "./unavailable.ts";

/** What a query runs on: the pool, or the transaction of the call. */
export type Queryable = postgres.ISql;

/** Where the database is and how it may be used, as the environment says. */
export interface DatabaseOptions {
  /** A PostgreSQL of one's own; unset: the embedded one. */
  url: string | undefined;
  /** Folder of the embedded one; unset: the platform's own data folder. */
  dataDirectory: string | undefined;
  /** IANA zone that overrides the one stored with the data. */
  timeZone: string | undefined;
  /** Every statement runs in a read-only transaction. */
  readOnly: boolean;
}

/** An open database and what is stored about it. */
export interface OpenDatabase {
  sql: postgres.Sql;
  /** IANA zone in which times are read and shown. */
  zone: string;
  /** Signs paging cursors. */
  cursorKey: string;
}

/**
 * The connection was lost while a transaction was under way, so whether it was committed is unknown.
 * Recording is safe to repeat.
 */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** One process's way to its database: opened at the first call, and again after it was lost. */
export class Database {
  readonly #options: DatabaseOptions;
  #opening: Promise<OpenDatabase> | undefined;
  #lease: EmbeddedLease | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    surviveStrayWrites();
  }

  /**
   * Runs the statements of one question on one snapshot, in a transaction that cannot write. A pooler
   * passes this on, which it does not with a session's settings.
   *
   * @throws DatabaseUnavailable when there is no database to be had
   */
  async read<Result>(
    work: (sql: Queryable, open: OpenDatabase) => Promise<Result>,
  ): Promise<Result> {
    return this.#again(1, isLost, async (open) => {
      const answer = await open.sql.begin(
        "isolation level repeatable read read only",
        async (sql) => work(sql, open),
      );
      return answer as Result;
    });
  }

  /**
   * Runs one write as one transaction: what throws leaves no trace. In read-only mode the transaction
   * is a read-only one and the database refuses the write.
   *
   * @throws DatabaseUnavailable when there is no database to be had
   * @throws ConnectionLost when it went away meanwhile
   */
  async write<Result>(
    work: (sql: Queryable, open: OpenDatabase) => Promise<Result>,
  ): Promise<Result> {
    const progress = { started: false };
    try {
      return await this.#again(3, isConflict, async (open) => {
        progress.started = false;
        const mode = this.#options.readOnly ? "read only" : "read write";
        return (await open.sql.begin(mode, async (sql) => {
          progress.started = true;
          return work(sql, open);
        })) as Result;
      });
    } catch (error) {
      if (progress.started && (isLost(error) || error instanceof DatabaseUnavailable)) {
        throw new ConnectionLost("the connection was lost during a transaction", { cause: error });
      }
      throw error;
    }
  }

  /** Closes the connections; the embedded database stops when nobody else uses it. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    if (!opening) return;
    const open = await opening.catch(() => undefined);
    await open?.sql.end({ timeout: 5 });
    await this.#lease?.release();
    this.#lease = undefined;
  }

  async #again<Result>(
    times: number,
    isWorthIt: (error: unknown) => boolean,
    work: (open: OpenDatabase) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 0; ; attempt += 1) {
      const open = await this.#open();
      try {
        return await work(open);
      } catch (error) {
        if (isLost(error)) await this.#forget(open);
        if (attempt < times && isWorthIt(error)) continue;
        const sentence = describeConnectionError(error);
        throw sentence === null ? error : new DatabaseUnavailable(sentence, { cause: error });
      }
    }
  }

  async #open(): Promise<OpenDatabase> {
    if (this.#lease?.lost) await this.#forget(await this.#opening?.catch(() => undefined));
    this.#opening ??= this.#connect().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** A restarted database gets new connections; a stopped embedded one is started again. */
  async #forget(open: OpenDatabase | undefined): Promise<void> {
    // Where the whole embedded database is gone, the lease hears of it in the same moment; where one
    // connection was, the pool makes a new one.
    if (!this.#options.url) await delay(50);
    if (!this.#options.url && !this.#lease?.lost) return;
    if (open !== (await this.#opening?.catch(() => undefined))) return;
    this.#opening = undefined;
    const lease = this.#lease;
    this.#lease = undefined;
    void open?.sql.end({ timeout: 0 });
    await lease?.release();
  }

  async #connect(): Promise<OpenDatabase> {
    const sql = await this.#pool();
    try {
      if (this.#options.url) {
        const pending = await pendingMigrations(sql);
        if (pending.length > 0) {
          throw new DatabaseUnavailable(
            "The database does not have this version's tables yet; run `event-outreach migrate` once, then ask again.",
          );
        }
      }
      const [settings] = await sql<{ time_zone: string | null; cursor_key: string }[]>`
        SELECT time_zone, cursor_key FROM outreach.settings`;
      const zone = this.#options.timeZone ?? settings?.time_zone ?? "UTC";
      if (!isZone(zone)) {
        throw new DatabaseUnavailable(
          `OUTREACH_TIMEZONE is ${JSON.stringify(zone)}, which is no time zone; set an IANA name such as Africa/Johannesburg.`,
        );
      }
      return { sql, zone, cursorKey: settings?.cursor_key ?? "" };
    } catch (error) {
      await sql.end({ timeout: 0 });
      const sentence = describeConnectionError(error);
      throw sentence === null ? error : new DatabaseUnavailable(sentence, { cause: error });
    }
  }

  async #pool(): Promise<postgres.Sql> {
    const common = { max: 5, idle_timeout: 300, connect_timeout: 15 };
    if (this.#options.url) return postgres({ ...connectionOptions(this.#options.url), ...common });
    const { attachEmbedded, defaultDataDirectory, EmbeddedDatabaseError } =
      await import("./embedded/index.ts");
    try {
      this.#lease = await attachEmbedded({
        dataDirectory: this.#options.dataDirectory ?? defaultDataDirectory(),
      });
      await migrateDatabase({ url: this.#lease.url });
    } catch (error) {
      if (error instanceof EmbeddedDatabaseError) {
        throw new DatabaseUnavailable(error.message, { cause: error });
      }
      throw error;
    }
    return postgres({ ...queryOptions, ...this.#lease.connection, ...common });
  }
}

const CONFLICTS = new Set(["40001", "40P01"]);
const LOSSES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
  "08003",
  "08006",
]);

function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

function isLost(error: unknown): boolean {
  return LOSSES.has(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
