// Defect of postgres.js 3.4 (`begin` in src/index.js): it waits for the answer to BEGIN before it lets a
// transaction's first statement go, which costs a round trip. (`reserve` would not, but waits for ever where
// `fetch_types` is off and no connection is open yet.) It is gone when tests/database/round_trips.test.ts
// passes with `sql.begin`.

import { setTimeout as pause } from "node:timers/promises";
import type postgres from "postgres";
import { type Backend, requestCancel } from "./cancel_request.ts";
import type { ParameterTypes } from "./parameter_types.ts";

/** What a query runs on: the pool, or the transaction of the call. */
export interface Queryable {
  <Rows extends readonly (object | undefined)[] = postgres.Row[]>(
    template: TemplateStringsArray,
    ...parameters: readonly postgres.ParameterOrFragment<never>[]
  ): postgres.PendingQuery<Rows>;
  json: postgres.ISql["json"];
}

/** What a statement of postgres.js has and does not declare. */
type Statement = postgres.PendingQuery<postgres.Row[]> & {
  /** Called once, when somebody waits for it. */
  handler: (statement: Statement) => void;
  reject: (error: unknown) => void;
  options: { onexecute?: (connection: Connection) => void };
  strings: readonly string[];
  /** The session that it was sent to. */
  state: Backend | null;
};

/** A connection of postgres.js, as its own `begin` uses it. */
interface Connection {
  /** @returns whether another statement may be sent before the answer */
  execute(statement: Statement): boolean;
  /** Called when all is answered. The connection is the transaction's until PostgreSQL says it has ended. */
  reserved: (() => void) | null;
  onclose: ((error: Error) => void) | null;
}

/** Milliseconds that a statement has to end after the server was asked to end it. */
const SOON = 50;

/** A transaction whose first questions travel with its BEGIN. */
export class Transaction {
  readonly #pool: postgres.Sql;
  readonly #types: ParameterTypes;
  readonly #onlyReads: boolean;
  readonly #begun: Promise<unknown>;
  readonly #waiting: Statement[] = [];
  /** What was written and is not answered; sent, unless it waits. */
  readonly #underWay = new Set<Statement>();
  #connection: Connection | undefined;
  #hasBegun = false;
  #mustWait = false;
  /** The statement that ends it was written, or will be once nothing is under way. */
  #isEnding = false;
  #isLost = false;
  /** Why no further statement is taken. */
  #over: Error | undefined;
  /** What the first statement that was refused was refused with. */
  #refusal: Error | undefined;
  #lose: (error: Error) => void = () => undefined;

  /** @param begin BEGIN, and what is to be set for this transaction */
  constructor(pool: postgres.Sql, types: ParameterTypes, begin: string) {
    this.#pool = pool;
    this.#types = types;
    this.#onlyReads = /\bREAD ONLY\b/u.test(begin);
    const statement = this.#control(begin);
    statement.options.onexecute = (connection) => {
      connection.reserved = () => {
        this.#mustWait = false;
        this.#sendWaiting();
      };
      connection.onclose = (error) => {
        this.#isLost = true;
        this.giveUp(error);
      };
      this.#connection = connection;
      this.#sendWaiting();
    };
    this.#begun = statement.then(
      () => {
        this.#hasBegun = true;
        // Given up while it waited for a connection: that goes back. What ends it may be waiting already.
        if (this.#over && !this.#isEnding) void this.#last("ROLLBACK").catch(() => undefined);
        else this.#sendWaiting();
      },
      (error: unknown) => {
        this.giveUp(error as Error);
      },
    );
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Does the work of the transaction, which `commit` or `rollback` has to end.
   *
   * @throws what the first statement that failed was refused with, even where the work went on
   */
  async run<Result>(work: (sql: Queryable) => Promise<Result>): Promise<Result> {
    const lost = new Promise<never>((_, reject) => (this.#lose = reject));
    this.#throwFailure();
    const result = await Promise.race([work(this.#sql()), lost]);
    await this.#begun;
    this.#throwFailure();
    return result;
  }

  #throwFailure(): void {
    const failure = this.#over ?? this.#refusal;
    if (failure) throw failure;
  }

  /** Makes what was written last. */
  async commit(): Promise<void> {
    const { command } = await this.#last("COMMIT");
    if (command !== "COMMIT") throw new Error(`The transaction ended with ${command}.`);
  }

  /** Takes back what was written; where the connection is lost, PostgreSQL does so itself. */
  async rollback(): Promise<void> {
    if (!this.#over) await this.#last("ROLLBACK");
  }

  /** Ends it before its time: what was not sent never is. */
  giveUp(reason: Error): void {
    this.#over ??= reason;
    for (const statement of this.#waiting.splice(0)) statement.reject(reason);
    this.#lose(reason);
  }

  /**
   * Ends a transaction that only reads, with what the server is doing for it. Its connection goes back only when
   * the server has heard of it, so that this ends no other statement.
   *
   * @returns when the connection goes back
   */
  async cancel(reason: Error): Promise<void> {
    if (this.#isEnding) return;
    // One that still waits for its connection goes back as soon as it has begun.
    this.#isEnding = this.#connection !== undefined;
    this.giveUp(reason);
    if (!this.#isEnding) return;
    // Before, there is no transaction that would end with the statement.
    await this.#begun;
    for (
      let wait = SOON;
      this.#underWay.size > 0 && !this.#isLost;
      wait = Math.min(2 * wait, 1000)
    ) {
      const [statement] = this.#underWay;
      // Where it came between two statements, the next one still runs a moment later.
      if (statement?.state) await requestCancel(this.#pool, statement.state).catch(() => undefined);
      await Promise.race([Promise.allSettled(this.#underWay), pause(wait)]);
    }
    if (this.#hasBegun && !this.#isLost) await this.#last("ROLLBACK");
  }

  /** Statements are sent in the order in which they are written, also where several are awaited together. */
  #sql(): Queryable {
    const sql = (template: TemplateStringsArray, ...values: readonly unknown[]) => {
      const statement = this.#types.statement(template, values) as Statement;
      statement.handler = () => {
        this.#types.learn(template, statement);
        this.#underWay.add(statement);
        statement.then(
          () => this.#underWay.delete(statement),
          (error: unknown) => {
            this.#underWay.delete(statement);
            this.#refusal ??= error as Error;
          },
        );
        if (this.#over) statement.reject(this.#over);
        else this.#send(statement);
      };
      return statement.execute();
    };
    return Object.assign(sql, {
      json: (value: postgres.JSONValue) => this.#pool.json(value),
    }) as unknown as Queryable;
  }

  /** Sends the statement that ends the transaction, and takes none after it. */
  #last(text: string): Promise<postgres.RowList<postgres.Row[]>> {
    const over = new Error("The transaction has ended.");
    for (const statement of this.#waiting.splice(0)) statement.reject(over);
    this.#over ??= over;
    this.#isEnding = true;
    const statement = this.#control(text);
    statement.handler = () => {
      this.#send(statement);
    };
    return statement.execute();
  }

  #control(text: string): Statement {
    // eslint-disable-next-line no-restricted-syntax -- fixed texts, and base64, which need no parameters
    return this.#pool.unsafe(text) as Statement;
  }

  #send(statement: Statement): void {
    this.#waiting.push(statement);
    this.#sendWaiting();
  }

  /**
   * Sends as many as may go. Before it is known that the transaction has begun, only questions do: were
   * its BEGIN refused, anything else would be done outside of a transaction.
   */
  #sendWaiting(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (!next || !this.#connection || this.#mustWait) return;
      if (!this.#hasBegun && !this.#onlyReads && !isQuestion(next)) return;
      void this.#waiting.shift();
      this.#mustWait = !this.#connection.execute(next);
    }
  }
}

/**
 * Whether a statement surely writes nothing, also not by a function whose name says so: a lock that it takes
 * would end with it.
 */
function isQuestion({ strings }: Statement): boolean {
  return (
    /^\s*(?:SELECT|WITH)\b/iu.test(strings[0] ?? "") &&
    !strings.some((part) =>
      /\b(?:INSERT|(?<!\bFOR )UPDATE|DELETE|MERGE|UNDO)(?:\b|_)|\bnote_/iu.test(part),
    )
  );
}
