import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentDocument } from "../../scripts/document/database.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let document: string;
beforeAll(async () => {
  database = await freshDatabase();
  document = await readFile(new URL("../../DATABASE.md", import.meta.url), "utf8");
});
afterAll(() => database.drop());

test("DATABASE.md is what the migrations make; if not, `npm run docs` writes it anew", async () => {
  expect(document).toBe(await currentDocument(document, database.sql));
});

test("DATABASE.md names every table, column, constraint, index and trigger", async () => {
  const relations = await readCatalog(database.sql, ["public", "outreach", "dbmate"]);
  for (const { schema, name, ...parts } of relations) {
    const heading = `### ${schema === "public" ? name : `${schema}.${name}`}`;
    const section = document.split(`\n${heading}`)[1]?.split("\n### ")[0] ?? "";
    const named = [parts.columns, parts.constraints, parts.indexes, parts.triggers].flat();
    for (const part of named) expect(section).toContain(`\`${part.name}\``);
  }
});
