import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VIEWS } from "../../src/record/asking/views.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const columnsOf = (text: string) => text.split(", ").filter((name) => /^\w+$/u.test(name));

describe("the views of schema ask", () => {
  it("say what they and all their columns mean", async () => {
    const views = await readCatalog(database.sql, ["ask"]);
    expect(views.filter(({ comment }) => !comment).map(({ name }) => name)).toEqual([]);
    const bare = views.flatMap(({ name, columns }) =>
      columns.filter(({ comment }) => !comment).map((column) => `${name}.${column.name}`),
    );
    expect(bare).toEqual([]);
  });

  it("are the ones that a question may read, with the columns that its description names", async () => {
    const views = await readCatalog(database.sql, ["ask"]);
    expect(views.map(({ name }) => name).toSorted()).toEqual(Object.keys(VIEWS).toSorted());
    for (const { name, columns } of views) {
      const known = columns.map((column) => column.name);
      expect(known).toEqual(expect.arrayContaining(columnsOf(VIEWS[name]!)));
    }
  });

  it("hold no secret of sending: no code, hash, page or key", async () => {
    const [row] = await database.sql<{ read: string[] }[]>`
      SELECT array_agg(DISTINCT source.relname::text) AS read
      FROM pg_depend AS depends
      JOIN pg_rewrite AS rule ON rule.oid = depends.objid AND depends.classid = 'pg_rewrite'::regclass
      JOIN pg_class AS view ON view.oid = rule.ev_class AND view.relnamespace = 'ask'::regnamespace
      JOIN pg_class AS source ON source.oid = depends.refobjid AND depends.refclassid = 'pg_class'::regclass
      WHERE source.oid <> view.oid`;
    expect(row?.read.toSorted()).toEqual([
      "asset_distributions",
      "campaigns",
      "changes",
      "communications",
      "kept_out_people",
      "last_uses",
      "marketing_assets",
      "recipients",
      "segments",
      "undeliverable",
    ]);
  });
});
