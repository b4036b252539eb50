import { afterAll, beforeAll, expect, it } from "vitest";
import { filteredQuestions } from "../../bench/questions/views.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { readInFull } from "./plan.ts";

// What a filter by a person, an event, a campaign or a mail reads must not grow with the whole record.

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const { sql } = database;
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Person', n::text, 'person' || n || '@example.org' FROM generate_series(1, 10000) AS n`;
  await sql`
    INSERT INTO events (name, event_date)
    SELECT 'Event ' || n, date '2020-01-01' + 30 * n FROM generate_series(1, 50) AS n`;
  await sql`
    INSERT INTO campaigns (name, event_id, campaign_type)
    SELECT 'Campaign ' || n, n, 'general' FROM generate_series(1, 50) AS n`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    SELECT 1 + n % 50, 'email', 'Mail ' || n, 'sent', timestamptz '2026-01-01Z' + n * interval '1 hour'
    FROM generate_series(1, 100) AS n`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, metadata)
    SELECT mail, 1 + (mail * 37 + n * 11) % 10000, 'delivered',
           '{"events": [{"kind": "delivered", "at": "2026-03-01T00:00:00Z"}], "logged_status": "sent"}'
    FROM generate_series(1, 100) AS mail CROSS JOIN generate_series(1, 60) AS n`;
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id)
    SELECT n, event, 1 + (event * 37 + n * 11) % 10000, 1 + (event * 37 + n * 11) % 10000
    FROM generate_series(1, 50) AS event CROSS JOIN generate_series(1, 400) AS n`;
  await sql`VACUUM ANALYZE`;
});
afterAll(() => database.drop());

const BY = { event: 7, campaign: 7, communication: 7, contact: 17 };

it.each(filteredQuestions(BY))(
  "of %s a filter makes a question of an index: %s",
  async (_view, sql) => {
    expect(await readInFull(database.sql, sql, /recipients|tickets|contacts/u)).toEqual([]);
  },
);

it("joins no table whose columns are not asked for", async () => {
  const [row] = await database.sql.unsafe(
    "EXPLAIN (FORMAT JSON) SELECT count(*) FROM ask.registrations WHERE event_id = 7 AND came",
  );
  expect(JSON.stringify(row)).not.toMatch(/"Relation Name":"(?:contacts|events)"/u);
});
