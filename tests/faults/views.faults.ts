import { afterAll, beforeAll, expect, it } from "vitest";
import { constantOf, sized, writeHistory } from "../../bench/history/index.ts";
import { filteredQuestions } from "../../bench/questions/views.ts";
import { readInFull } from "../ask/plan.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

const RECIPIENTS = Number(process.env["FAULT_RECIPIENTS"] ?? 1_000_000);
const SIZES = sized(RECIPIENTS);

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await writeHistory(database.sql, SIZES);
}, 900_000);
afterAll(() => database.drop());

it.each(filteredQuestions(constantOf(SIZES)))(
  `of %s among ${String(RECIPIENTS)} recipients a filter makes a question of an index: %s`,
  async (_view, sql) => {
    expect(await readInFull(database.sql, sql, /recipients|tickets/u)).toEqual([]);
  },
);
