import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test("arrays go in and come out as they are", async () => {
  const numbers = [1, -2, 2147483647];
  const texts = ['quote " backslash \\ comma , brace {}', "NULL", "", " é\n"];
  const oneLine = ["NULL", "null", "", '"', "\\", '\\"', "{a,b}", "\u2028 é", " "];
  const [row] = await database.sql`
    SELECT ${numbers}::int[] AS numbers, ${texts}::text[] AS texts, ${[]}::int[] AS none,
           ${oneLine}::text[] AS one_line, ${["a\\n", "\t"]}::text[] AS other_lines,
           ${[null, "x"]}::text[] AS holes, ARRAY[true, false] AS flags, ARRAY[1.5, 2] AS decimals,
           ARRAY['a b', NULL]::varchar[] AS names`;
  expect(row).toEqual({
    numbers,
    texts,
    one_line: oneLine,
    other_lines: ["a\\n", "\t"],
    none: [],
    holes: [null, "x"],
    flags: [true, false],
    decimals: ["1.5", "2"],
    names: ["a b", null],
  });
});

test("an array goes into a column of another text type", async () => {
  const rows =
    await database.sql`SELECT id FROM campaigns WHERE status = ANY(${["draft"]}) AND id = ANY(${[1]})`;
  expect([...rows]).toEqual([]);
});

test("dates and times are text both ways, untouched by the machine's zone", async () => {
  const [row] = await database.sql`
    SELECT ${"2026-08-15"}::date AS day, ${"2026-08-15T09:30"}::timestamp AS local,
           ${"2026-08-15T09:30:00.123456+02:00"}::timestamptz = '2026-08-15T07:30:00.123456Z' AS exact,
           ${new Date(0)}::timestamptz = 'epoch' AS epoch`;
  expect(row).toEqual({
    day: "2026-08-15",
    local: "2026-08-15 09:30:00",
    exact: true,
    epoch: true,
  });
});

test("json goes in and comes out", async () => {
  const value = {
    events: [{ kind: "opened", at: "2026-08-15T07:30:00Z" }],
    "odd \u2028 key": null,
  };
  const [row] = await database.sql`SELECT ${database.sql.json(value)}::jsonb AS value`;
  expect(row).toEqual({ value });
});
