import { fileURLToPath } from "node:url";
import type { ESLint } from "eslint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { provingLinter, typedBy } from "../../scripts/proving.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

const QUERIES = ["column.ts", "parameter.ts", "nullability.ts", "unnoted.ts", "right.ts"];

let database: TestDatabase;
let eslint: ESLint;

beforeAll(async () => {
  database = await freshDatabase();
  process.env["LINT_WRONG_QUERIES"] = "1";
  eslint = provingLinter(database.url, { overrideConfig: typedBy(QUERIES.map(pathOf)) });
});
afterAll(() => database.drop());

test.each([
  ["column.ts", /column "nmae" does not exist/],
  ["parameter.ts", /operator does not exist: integer = text/],
  ["nullability.ts", /incorrect type annotation.*description: string \| null/s],
])("the lint finds what is wrong in %s", async (file, expected) => {
  expect(await findings(file)).toEqual([expect.stringMatching(expected)]);
});

test("the lint finds writes that the history would leave out", async () => {
  const kept = expect.stringContaining("The history must keep this");
  expect(await findings("unnoted.ts")).toEqual([kept, kept]);
});

test("the lint finds nothing in a right query", async () => {
  expect(await findings("right.ts")).toEqual([]);
});

async function findings(file: string): Promise<string[]> {
  const [result] = await eslint.lintFiles(pathOf(file));
  return result?.messages.map((message) => message.message) ?? [];
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`wrong/${file}`, import.meta.url));
}
