import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDatabase, migrationState } from "../../src/database/migrate.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { emptyDatabase, type TestDatabase } from "../support/database.ts";
import { dbmate, migrateTo, rollBack } from "../support/migrations.ts";

const SCHEMAS = ["public", "outreach"];

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(() => database.drop());

test("dbmate finds nothing to do where the program migrated, and takes back what it did", async () => {
  const applied = await migrateDatabase({ url: database.url });
  const status = await dbmate(database.url, "status");
  expect(status.output).toContain(`Applied: ${applied.length}\nPending: 0`);
  expect(await dbmate(database.url, "migrate")).toEqual({ code: 0, output: "" });
  expect(await rollBack(database.url)).toBeNull();
  expect((await migrationState(database.sql)).pending).toEqual(applied.slice(-1));
});

test("the program finds nothing to do where dbmate migrated, and the same tables", async () => {
  await migrateTo(database.url, 3);
  expect(await dbmate(database.url, "migrate")).toMatchObject({ code: 0 });
  expect(await migrateDatabase({ url: database.url })).toEqual([]);
  const other = await emptyDatabase();
  expect(await dbmate(other.url, "migrate")).toMatchObject({ code: 0 });
  const theirs = await readCatalog(other.sql, SCHEMAS);
  await other.drop();
  expect(await readCatalog(database.sql, SCHEMAS)).toEqual(theirs);
});

test("the program goes on where dbmate stopped", async () => {
  expect(await dbmate(database.url, "migrate")).toMatchObject({ code: 0 });
  const { applied } = await migrationState(database.sql);
  expect(await rollBack(database.url)).toBeNull();
  expect(await rollBack(database.url)).toBeNull();
  expect(await migrateDatabase({ url: database.url })).toEqual(applied.slice(-2));
});
