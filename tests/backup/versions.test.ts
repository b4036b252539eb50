import { expect, test } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo } from "../support/migrations.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";
import { backupOf, disposable, empty, everyRow, filled, restoreInto } from "./helpers.ts";

/** Rows that every version with campaigns takes. */
async function fill({ sql }: TestDatabase): Promise<void> {
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day 2025', '2025-11-15')`;
  await sql`INSERT INTO contacts (first_name, last_name, email) VALUES ('Jane', 'Smith', 'jane@example.org')`;
  await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('Thanks', 1, 'thank_you')`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    VALUES (1, 'email', 'Thank you', 'sent', '2025-11-20T08:00Z')`;
  await sql`INSERT INTO communication_recipients (communication_id, contact_id, status) VALUES (1, 1, 'sent')`;
}

/** All rows, but for the keys and the zone that each database makes for itself. */
async function comparable({ sql }: TestDatabase) {
  const { "outreach.settings": settings, ...rows } = await everyRow(sql);
  expect(settings).toHaveLength(1);
  return rows;
}

test.each([6, 21, 30])(
  "a backup of version %i, restored, is what migrating the database gives",
  async (version) => {
    const source = await empty();
    await migrateTo(source.url, version);
    await fill(source);
    const file = await backupOf(source);
    await migrateDatabase({ url: source.url });
    const expected = await comparable(source);

    const anew = await empty();
    const { applied } = await restoreInto(anew, file);
    expect(applied.map((name) => Number.parseInt(name))).toContain(33);
    expect(await comparable(anew)).toEqual(expected);

    // Over a newer database: its tables are taken back to that version first.
    const over = await filled();
    await restoreInto(over, file, true);
    expect(await comparable(over)).toEqual(expected);
  },
);

test("from before the plan: the log of mails is carried over", async () => {
  const source = await empty();
  await migrateTo(source.url, 2);
  await source.sql`INSERT INTO events (name, event_date) VALUES ('Data Day 2025', '2025-11-15')`;
  await source.sql`INSERT INTO email_log (event_id, subject, recipient_count) VALUES (1, 'Welcome', 40)`;
  const target = await disposable(freshDatabase());
  await restoreInto(target, await backupOf(source));
  expect([...(await target.sql`SELECT title FROM communications`)]).toEqual([{ title: "Welcome" }]);
});

test("an organiser's own database goes back into tables of its own", async () => {
  const source = await empty();
  await makeOrganisersDatabase(source.sql);
  await migrateDatabase({ url: source.url });
  const file = await backupOf(source);
  const expected = await everyRow(source.sql);
  await source.sql`INSERT INTO events (name, event_date) VALUES ('Since', '2026-11-15')`;
  const { made } = await restoreInto(source, file, true);
  expect(made).toEqual([]);
  expect(await everyRow(source.sql)).toEqual(expected);
});

test("into an empty database its own tables and columns are made, and said", async () => {
  const source = await empty();
  await makeOrganisersDatabase(source.sql);
  await migrateDatabase({ url: source.url });
  await source.sql`INSERT INTO event_milestones (event_id, due) VALUES (1, '2025-08-01')`;
  const target = await empty();
  // The bundled tables want what theirs do not.
  await expect(restoreInto(target, await backupOf(source))).rejects.toThrow(
    /^The rows of contacts could not be restored \(null value in column "last_name" .*, so nothing was\.$/u,
  );
  await source.sql`UPDATE contacts SET last_name = '' WHERE last_name IS NULL`;
  const { made } = await restoreInto(target, await backupOf(source));
  expect(made).toEqual(
    expect.arrayContaining(["the table event_milestones", "the column contacts.whatsapp"]),
  );
  expect([...(await target.sql`SELECT due FROM event_milestones`)]).toEqual([
    { due: "2025-08-01" },
  ]);
  expect(await target.sql`SELECT id FROM contacts`).toHaveLength(3);
});
