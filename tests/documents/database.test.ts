import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentDatabase, currentInternals } from "../../scripts/document/database.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let tables: string;
let internals: string;
beforeAll(async () => {
  database = await freshDatabase();
  tables = await readFile(new URL("../../DATABASE.md", import.meta.url), "utf8");
  internals = await readFile(new URL("../../DATABASE_INTERNALS.md", import.meta.url), "utf8");
});
afterAll(() => database.drop());

test("DATABASE.md is what the migrations make; if not, `npm run docs` writes it anew", async () => {
  expect(tables).toBe(await currentDatabase(tables, database.sql));
});

test("DATABASE_INTERNALS.md is what the migrations make; if not, `npm run docs` writes it anew", async () => {
  expect(internals).toBe(await currentInternals(database.sql));
});

test("the two name every table, column, constraint, index and trigger", async () => {
  const relations = await readCatalog(database.sql, ["public", "outreach", "dbmate"]);
  for (const { schema, name, ...parts } of relations) {
    const isPublic = schema === "public";
    const heading = `### ${isPublic ? name : `${schema}.${name}`}`;
    const said = sectionOf(isPublic ? tables : internals, heading);
    for (const part of [parts.columns, parts.constraints].flat())
      expect(said).toContain(`\`${part.name}\``);
    const beside = sectionOf(internals, heading);
    for (const part of [parts.indexes, parts.triggers].flat())
      expect(beside).toContain(`\`${part.name}\``);
  }
});

test("DATABASE.md names the steps of a campaign that the database takes, and how many tables there are", async () => {
  const [guard] = await database.sql<{ body: string }[]>`
    SELECT prosrc AS body FROM pg_proc WHERE proname = 'guard_campaign'`;
  const steps = [...guard!.body.matchAll(/\('(\w+)', '(\w+)'\)/gu)].map(([, from, to]) => [
    from,
    to,
  ]);
  expect(tables.replace(/\s+/gu, " ")).toContain(
    "A campaign goes from draft to active to completed. A draft or active one may be cancelled, a completed one made active again, and a cancelled one a draft again.",
  );
  expect(steps).toEqual([
    ["draft", "active"],
    ["draft", "cancelled"],
    ["active", "completed"],
    ["active", "cancelled"],
    ["completed", "active"],
    ["cancelled", "draft"],
  ]);
  const relations = await readCatalog(database.sql, ["public"]);
  expect(relations.length).toBe(14);
  expect([...tables.matchAll(/^### /gmu)].length).toBe(14);
  expect(tables).toContain("`public` holds fourteen tables and nothing more");
});

function sectionOf(document: string, heading: string): string {
  return document.split(`\n${heading}`)[1]?.split("\n### ")[0] ?? "";
}
