// Defect of postgres.js 3.4 (`describeFirst` in src/connection.js): before it binds a statement that is not
// prepared it asks the server for the types of its parameters, each time anew, and sends nothing else until
// the answer is there. It is gone when tests/database/round_trips.test.ts passes without this.

import type postgres from "postgres";

/** What a statement of postgres.js has and does not declare. */
interface Described {
  /** After it was described: the oid of each parameter's type. */
  statement: { types: number[] } | null;
}

/** A value that comes with its type, as `sql.json` makes it. */
type Typed = postgres.Parameter;

/**
 * The parameters' types of a pool's statements, which the server is asked for once each. Made anew with the
 * pool, as another database may have columns of other types.
 */
export class ParameterTypes {
  readonly #sql: postgres.Sql;
  readonly #known = new WeakMap<TemplateStringsArray, readonly number[]>();

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** A statement of the pool, which is not described first where its types are known. */
  statement(
    template: TemplateStringsArray,
    values: readonly unknown[],
  ): postgres.PendingQuery<postgres.Row[]> {
    const sql = this.#sql;
    const types = this.#known.get(template);
    const parameters = values.map((value, index) =>
      types === undefined || isTyped(value) ? value : sql.typed(value as string, types[index] ?? 0),
    );
    const query = sql(template, ...(parameters as string[]));
    if (types !== undefined) {
      void Object.defineProperty(query, "describeFirst", {
        get: () => false,
        set: () => undefined,
      });
    }
    return query;
  }

  /** Learns from a statement that is under way; one that fails is described anew the next time. */
  learn(template: TemplateStringsArray, query: postgres.PendingQuery<postgres.Row[]>): void {
    void query.then(
      () => {
        const types = (query as unknown as Described).statement?.types;
        if (types) this.#known.set(template, types);
      },
      () => this.#known.delete(template),
    );
  }
}

function isTyped(value: unknown): value is Typed {
  return typeof value === "object" && value !== null && "type" in value && "value" in value;
}
