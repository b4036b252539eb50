import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { readCatalog, readOtherObjects, type Relation } from "../../workbench/catalog.ts";
import { emptyDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo, rollBackTo } from "../support/migrations.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";

const OURS = [
  "asset_distributions",
  "campaigns",
  "communication_recipients",
  "communications",
  "marketing_assets",
];

let database: TestDatabase;
let before: { relations: Relation[]; other: string[] };
const now = async () => ({
  relations: await readCatalog(database.sql, ["public"]),
  other: await readOtherObjects(database.sql, "public"),
});

beforeAll(async () => {
  database = await emptyDatabase();
  await makeOrganisersDatabase(database.sql);
  before = await now();
});
afterAll(() => database.drop());

test("001 and 002 change nothing in a database whose tables are there", async () => {
  expect(await migrateTo(database.url, 2)).toBeNull();
  expect(await now()).toEqual(before);
});

test("003 applies and adds its five tables only", async () => {
  expect(await migrateTo(database.url, 3)).toBeNull();
  const after = await now();
  const others = ({ name }: Relation) => !OURS.includes(name) && name !== "email_log";
  expect(after.relations.filter(others)).toEqual(before.relations.filter(others));
  expect(after.relations.map(({ name }) => name)).toEqual(expect.arrayContaining(OURS));
  expect(after.relations.map(({ name }) => name)).not.toContain("email_log");
  expect(after.other).toEqual(before.other);
});

test("later migrations add to the older tables nothing but indexes", async () => {
  expect(await migrateDatabase({ url: database.url })).not.toEqual([]);
  const after = await now();
  const older = (relations: Relation[]) =>
    relations
      .filter(({ name }) => !OURS.includes(name) && name !== "email_log")
      .map((relation) => ({ ...relation, indexes: null }));
  expect(older(after.relations)).toEqual(older(before.relations));
  expect(after.other).toEqual(before.other);
  const indexes = (relations: Relation[]) =>
    relations.flatMap((relation) => (OURS.includes(relation.name) ? [] : relation.indexes));
  expect(indexes(after.relations)).toEqual(expect.arrayContaining(indexes(before.relations)));
});

test("what is built on the older tables works on theirs", async () => {
  const registrations = await database.sql`
    SELECT contact_id, event_id, marketing_source FROM outreach.registrations() ORDER BY ticket_id`;
  expect([...registrations]).toEqual([
    { contact_id: 1, event_id: 1, marketing_source: "Email" },
    { contact_id: 2, event_id: 1, marketing_source: null },
  ]);
});

test("down leaves the database as it was, row for row", async () => {
  expect(await rollBackTo(database.url, 2)).toBeNull();
  expect(await now()).toEqual(before);
  const [rows] = await database.sql`
    SELECT (SELECT count(*)::int FROM contacts) AS contacts, (SELECT count(*)::int FROM tickets) AS tickets`;
  expect(rows).toEqual({ contacts: 3, tickets: 2 });
});
