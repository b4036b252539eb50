// Defect of postgres.js 3.4: it knows no array type by itself and asks every new connection for the list
// of types, a round trip before the first query. It is gone when tests/database/values.test.ts passes
// with `fetch_types: false` and without these types.

import type { PostgresType } from "postgres";

/** Array types in use: the oid of the array type, and how one element is read. */
const ARRAYS: readonly [oid: number, parse: (text: string) => unknown][] = [
  [1000, (text) => text === "t"], // boolean
  [1005, Number], // smallint
  [1007, Number], // integer
  [1009, String], // text
  [1015, String], // varchar
  [1016, Number], // bigint
  [1022, Number], // double precision
  [1231, String], // numeric
  [1115, String], // timestamp
  [1182, String], // date
  [1185, String], // timestamptz
];

/**
 * One-dimensional arrays, as parameters and as results, for postgres.js.
 */
export const arrayTypes: Record<string, PostgresType> = Object.fromEntries(
  ARRAYS.map(([oid, parse]): [string, PostgresType] => [
    `array${String(oid)}`,
    {
      to: oid,
      from: [oid],
      serialize: writeArray,
      parse: (text: string) => readArray(text, parse),
    },
  ]),
);

type Element = string | number | bigint | boolean | null;

function writeArray(values: readonly Element[]): string {
  // A list as long as a file is written several times as fast as one element after the other.
  const json = values.every(isInJson) ? JSON.stringify(values) : "";
  if (json !== "" && !ESCAPED.test(json)) return `{${json.slice(1, -1)}}`;
  return `{${values.map(writeElement).join(",")}}`;
}

/** What PostgreSQL reads otherwise than JSON has it: a character that stands after a backslash. */
const ESCAPED = /\\[^"\\]/;

function isInJson(value: Element): boolean {
  return value === null || typeof value === "string" || Number.isSafeInteger(value);
}

function writeElement(value: Element): string {
  if (value === null) return "NULL";
  return `"${String(value).replace(/["\\]/g, "\\$&")}"`;
}

function readArray(text: string, parse: (text: string) => unknown): unknown[] {
  const elements = text.slice(1, -1).matchAll(/(?:"((?:[^"\\]|\\.)*)"|([^,]+))(?:,|$)/gs);
  return Array.from(elements, ([, quoted, bare]) => {
    if (quoted !== undefined) return parse(quoted.replace(/\\(.)/gs, "$1"));
    return bare === "NULL" ? null : parse(bare ?? "");
  });
}
