import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { connectionOptions } from "./address.ts";
import { describeConnectionError, LOST } from "./connection_errors.ts";
import type { EmbeddedLease } from "./embedded/index.ts";
import {
  causeOf,
  codeOf,
  ConnectionLost,
  DatabaseUnavailable,
  isConflict,
  isLost,
} from "./errors.ts";
import { migrateDatabase, pendingMigrations } from "./migrate.ts";
import { queryOptions, toolTypes } from "./options.ts";
import type { Origin } from "./origin.ts";
import { ParameterTypes } from "./postgres_js/parameter_types.ts";
import { local, socketMaker } from "./postgres_js/socket.ts";
import { surviveStrayWrites } from "./postgres_js/stray_write.ts";
import type { Queryable } from "./postgres_js/transaction.ts";
import { transact } from "./transaction.ts";
import { namedCommand } from "../own_command.ts";
import { isZone, noZone } from "./zone.ts";

export type { Queryable };

/** Where the database is and how it may be used, as the environment says. */
export interface DatabaseOptions {
  /** A PostgreSQL server of the organiser's; unset: the embedded one. */
  url: string | undefined;
  /** Folder of the embedded one; unset: the platform's own data folder. */
  dataDirectory: string | undefined;
  /** IANA zone that overrides the one stored with the data. */
  timeZone: string | undefined;
  /** Every statement runs in a read-only transaction. */
  readOnly: boolean;
  /** Who writes, as the history keeps it. */
  actor: string;
}

/** An open database and what is stored about it. */
export interface OpenDatabase {
  sql: postgres.Sql;
  types: ParameterTypes;
  /** IANA zone in which times are read and shown. */
  zone: string;
  /** Signs paging cursors. */
  cursorKey: string;
  /** Aborts when a connection of the pool was lost: nothing new is begun on it. */
  givenUp: AbortController;
}

/** Loads the bundled PostgreSQL's programs; nothing of it runs by that. */
export const embedded = () => import("./embedded/index.ts");

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
   * @param cancelling aborts when nobody waits for the answer any more
   * @throws DatabaseUnavailable when the database cannot be used
   * @throws QuestionCancelled
   */
  async read<Result>(
    work: (sql: Queryable, open: OpenDatabase) => Promise<Result>,
    cancelling?: AbortSignal,
  ): Promise<Result> {
    const isWorthIt = (error: unknown, attempt: number) => attempt < 1 && isLost(error);
    return this.#again(isWorthIt, (open) =>
      transact(open, "question", (sql) => work(sql, open), null, undefined, cancelling),
    );
  }

  /**
   * Runs one write as one transaction: what throws leaves no trace. In read-only mode the transaction
   * is a read-only one and the database refuses the write.
   *
   * @param origin the call that writes, for the history
   * @throws DatabaseUnavailable when the database cannot be used
   * @throws ConnectionLost when it went away meanwhile
   */
  async write<Result>(
    work: (sql: Queryable, open: OpenDatabase) => Promise<Result>,
    origin: Omit<Origin, "actor">,
  ): Promise<Result> {
    const progress = { hasBegun: false };
    // What never began cannot have been written, so that it may be begun anew.
    const isWorthIt = (error: unknown, attempt: number) =>
      isConflict(error) ? attempt < 3 : attempt < 1 && !progress.hasBegun && isLost(error);
    const mode = this.#options.readOnly ? "refused" : "write";
    const by = { ...origin, actor: this.#options.actor };
    try {
      return await this.#again(isWorthIt, async (open) => {
        progress.hasBegun = false;
        return transact(open, mode, (sql) => work(sql, open), by, progress);
      });
    } catch (error) {
      const cause = causeOf(error);
      // What the database itself refused was rolled back.
      const isAnswer = cause instanceof postgres.PostgresError && !isLost(cause);
      if (
        progress.hasBegun &&
        !isAnswer &&
        (isLost(error) || error instanceof DatabaseUnavailable)
      ) {
        throw new ConnectionLost("the connection was lost during a transaction", { cause: error });
      }
      throw error;
    }
  }

  /** Closes the connections; the embedded database stops when nobody else uses it. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const open = await opening?.catch(() => undefined);
    await open?.sql.end({ timeout: 5 });
    // Also where the tables could not be used: who started the database has to leave it.
    await this.#lease?.release();
    this.#lease = undefined;
  }

  async #again<Result>(
    isWorthIt: (error: unknown, attempt: number) => boolean,
    work: (open: OpenDatabase) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 0; ; attempt += 1) {
      const open = await this.#open();
      try {
        return await work(open);
      } catch (error) {
        if (isLost(error)) await this.#forget(open);
        if (isWorthIt(error, attempt)) continue;
        throw this.#explained(error);
      }
    }
  }

  async #open(): Promise<OpenDatabase> {
    const before = await this.#opening?.catch(() => undefined);
    if (this.#lease?.lost || before?.givenUp.signal.aborted) await this.#forget(before);
    this.#opening ??= this.#connect().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /**
   * A pool that lost a connection is not used again, as postgres.js may leave that connection's place
   * in a state in which nothing is sent. A stopped embedded database is started again.
   */
  async #forget(open: OpenDatabase | undefined): Promise<void> {
    // Where the whole embedded database is gone, the lease hears of it in the same moment.
    if (!this.#options.url) await delay(50);
    if (!open || open !== (await this.#opening?.catch(() => undefined))) return;
    this.#opening = undefined;
    // Other calls may be under way on connections that are well.
    open.givenUp.abort(Object.assign(new Error("the pool is given up"), { code: "08006" }));
    void open.sql.end({ timeout: OTHERS_END_WITHIN }).catch(() => undefined);
    if (!this.#lease?.lost) return;
    const lease = this.#lease;
    this.#lease = undefined;
    await lease.release();
  }

  async #connect(): Promise<OpenDatabase> {
    const sql = await this.#pool();
    try {
      if (this.#options.url) {
        const pending = await pendingMigrations(sql);
        if (pending.length > 0) {
          throw new DatabaseUnavailable(
            `The database does not have this version's tables yet; run ${namedCommand("migrate")} once, then ask again.`,
          );
        }
      }
      const [settings] = await sql<{ time_zone: string | null; cursor_key: string }[]>`
        SELECT time_zone, cursor_key FROM outreach.settings`;
      const zone = this.#options.timeZone ?? settings?.time_zone ?? "UTC";
      if (!isZone(zone)) {
        throw new DatabaseUnavailable(noZone(zone));
      }
      const cursorKey = settings?.cursor_key ?? "";
      const givenUp = new AbortController();
      // A listener for each call under way.
      setMaxListeners(0, givenUp.signal);
      return { sql, types: new ParameterTypes(sql), zone, cursorKey, givenUp };
    } catch (error) {
      await sql.end({ timeout: 0 });
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): unknown {
    // Reading only is then what was asked for, and a statement that writes a mistake of ours.
    if (this.#options.readOnly && codeOf(error) === READ_ONLY) return error;
    if (error instanceof DatabaseUnavailable && (this.#options.url || !isLost(error.cause)))
      return error;
    // The sentences tell what to look at in DATABASE_URL, which says nothing of the embedded one.
    const sentence =
      !this.#options.url && isLost(causeOf(error)) ? LOST : describeConnectionError(error);
    return sentence === null ? error : new DatabaseUnavailable(sentence, { cause: error });
  }

  async #pool(): Promise<postgres.Sql> {
    const common = { max: 5, idle_timeout: 300, connect_timeout: 15, types: toolTypes };
    if (this.#options.url) return postgres({ ...connectionOptions(this.#options.url), ...common });
    const lease = await this.#attach();
    const { connection } = lease;
    const { host, port } = connection;
    // An option that postgres.js has but does not declare.
    const socket = { socket: socketMaker([local(host, port)], common.connect_timeout * 1000) };
    return postgres({ ...queryOptions, ...connection, ...socket, ...common });
  }

  /** Attaches to the embedded database and brings its tables up to date. */
  async #attach(): Promise<EmbeddedLease> {
    const { attachEmbedded, defaultDataDirectory, EmbeddedDatabaseError } = await embedded();
    const dataDirectory = this.#options.dataDirectory ?? defaultDataDirectory();
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (!this.#lease || this.#lease.lost) this.#lease = await attachEmbedded({ dataDirectory });
        const { url } = this.#lease;
        const copyFirst = async () => {
          const { copyBeforeMigration } = await import("./backup/before_migration.ts");
          await copyBeforeMigration(url, dataDirectory);
        };
        await migrateDatabase({ url, copyFirst });
        return this.#lease;
      } catch (error) {
        // It ended under us, which the lease may hear of a moment later.
        if (attempt < 1 && isLost(causeOf(error))) {
          const lease = this.#lease;
          this.#lease = undefined;
          await lease?.release();
          continue;
        }
        if (error instanceof EmbeddedDatabaseError) {
          throw new DatabaseUnavailable(error.message, { cause: error });
        }
        throw this.#explained(error);
      }
    }
  }
}

/** Seconds that calls have to end on a pool that is given up. */
const OTHERS_END_WITHIN = 30;

const READ_ONLY = "25006";
