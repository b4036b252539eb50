import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo, rollBack, rollBackTo } from "../support/migrations.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

test("down and up again give the same database", async () => {
  const before = await readCatalog(database.sql, ["public", "outreach"]);
  expect(await rollBackTo(database.url, 0)).toBeNull();
  expect(await readCatalog(database.sql, ["public", "outreach"])).toEqual([]);
  await migrateDatabase({ url: database.url });
  expect(await readCatalog(database.sql, ["public", "outreach"])).toEqual(before);
});

test("down to 002 restores the ten tables and keeps every base row", async () => {
  const other = await emptyDatabase();
  try {
    expect(await migrateTo(other.url, 2)).toBeNull();
    const ten = await readCatalog(other.sql, ["public"]);
    expect(ten).toHaveLength(10);
    await database.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Jane', 'Smith')`;
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
    expect(await rollBackTo(database.url, 2)).toBeNull();
    expect(await readCatalog(database.sql, ["public"])).toEqual(ten);
    const [rows] = await database.sql`
      SELECT (SELECT count(*)::int FROM contacts) AS contacts, (SELECT count(*)::int FROM events) AS events`;
    expect(rows).toEqual({ contacts: 1, events: 1 });
  } finally {
    await other.drop();
  }
});

test("down of 003 refuses while campaign rows exist, and counts them", async () => {
  expect(await rollBackTo(database.url, 3)).toBeNull();
  await database.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Jane', 'Smith')`;
  await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
  await database.sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP', 1, 'cfp')`;
  await database.sql`INSERT INTO communications (campaign_id, channel) VALUES (1, 'email')`;
  await database.sql`INSERT INTO communication_recipients (communication_id, contact_id) VALUES (1, 1)`;
  await database.sql`INSERT INTO marketing_assets (event_id, asset_type, title) VALUES (1, 'flyer', 'F'), (1, 'flyer', 'G')`;
  await database.sql`INSERT INTO asset_distributions (asset_id, channel) VALUES (1, 'print')`;
  expect(await rollBack(database.url)).toMatch(
    /Going back would delete 1 campaigns, 1 communications, 1 communication recipients, 2 marketing assets, 1 asset distributions\. Nothing was changed\./,
  );
  const [campaigns] = await database.sql`SELECT count(*)::int AS n FROM campaigns`;
  expect(campaigns).toEqual({ n: 1 });
});

test("down of removed entries refuses while it would lose some", async () => {
  await database.sql`INSERT INTO outreach.removed_entries (kind, entry_id, entry) VALUES ('asset', 1, '{}')`;
  expect(await rollBackTo(database.url, 6)).toMatchObject({
    message: expect.stringContaining("would delete the history of 1 changes"),
  });
  await database.sql`DELETE FROM outreach.changes`;
  expect(await rollBackTo(database.url, 6)).toMatchObject({
    message: expect.stringContaining("would delete 1 removed entries"),
  });
});

test.each([
  [
    1,
    "speaker_sessions",
    "INSERT INTO speaker_sessions (event_id, contact_id, title) VALUES (1, 1, 'Talk')",
  ],
  [0, "events", ""],
])("down to %i refuses while %s holds rows", async (target, table, insert) => {
  await database.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Jane', 'Smith')`;
  await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
  if (insert) await database.sql.unsafe(insert);
  expect(await rollBackTo(database.url, target)).toMatchObject({
    message: expect.stringContaining(`The table ${table} holds rows.`),
  });
  const [rows] = await database.sql`SELECT count(*)::int AS n FROM contacts`;
  expect(rows).toEqual({ n: 1 });
});

test("down of facts and notes refuses while it would lose some", async () => {
  const { sql } = database;
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
  await sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (1, 'capacity', '300')`;
  await sql`INSERT INTO outreach.notes (event_id, text) VALUES (1, 'Lanyards')`;
  expect(await rollBackTo(database.url, 28)).toMatchObject({
    message: expect.stringContaining("would delete 1 facts of events and 1 notes"),
  });
});
