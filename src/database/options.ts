import type { Options, PostgresType } from "postgres";
import { arrayTypes } from "./postgres_js/arrays.ts";

/** A jsonb value of no known shape, as it comes out of a column; parse it before use. */
export interface Json {
  readonly [key: string]: unknown;
}

/**
 * How postgres.js reads and writes values, whichever database it is.
 *
 * Dates and times stay the text that PostgreSQL sends and takes: a Date has no days, no local times
 * and no microseconds, and reads a date as midnight of the wrong zone.
 */
export const queryOptions: Options<Record<string, PostgresType>> = {
  fetch_types: false,
  // A transaction-mode pooler swaps connections, and a plan that knows its parameters beats one made once.
  prepare: false,
  // postgres.js prints notices on stdout unless it is given a function, and stdout is the protocol's.
  onnotice: () => undefined,
  types: {
    ...arrayTypes,
    date: {
      to: 1184,
      from: [1082, 1083, 1114, 1184, 1266],
      serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : value),
      parse: (text: string) => text,
    },
  },
};

/**
 * As tools read values: ids of an organiser's own tables may be `bigint`, and are numbers then too. What is no
 * id is cast in its query.
 */
export const toolTypes: Record<string, PostgresType> = {
  ...queryOptions.types,
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
};
