import { afterAll, beforeAll, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

// What a filter by a person, an event, a campaign or a mail reads must not grow with the whole record.

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const { sql } = database;
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Person', n::text, 'person' || n || '@example.org' FROM generate_series(1, 5000) AS n`;
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
    SELECT mail, 1 + (mail * 37 + n * 11) % 5000, 'delivered',
           '{"events": [{"kind": "delivered", "at": "2026-03-01T00:00:00Z"}], "logged_status": "sent"}'
    FROM generate_series(1, 100) AS mail CROSS JOIN generate_series(1, 12) AS n`;
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id)
    SELECT n, event, 1 + (event * 37 + n * 11) % 5000, 1 + (event * 37 + n * 11) % 5000
    FROM generate_series(1, 50) AS event CROSS JOIN generate_series(1, 400) AS n`;
  await sql`VACUUM ANALYZE`;
});
afterAll(() => database.drop());

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
}

/** The large tables that a question reads from end to end. */
async function readInFull(question: string): Promise<string[]> {
  const [row] = await database.sql.unsafe(`EXPLAIN (FORMAT JSON) ${question}`);
  const found: string[] = [];
  const visit = (plan: Plan) => {
    if (plan["Node Type"] === "Seq Scan") found.push(plan["Relation Name"] ?? "");
    plan.Plans?.forEach(visit);
  };
  visit(row!["QUERY PLAN"][0].Plan as Plan);
  return found.filter((name) => /recipients|tickets|contacts/u.test(name));
}

it.each([
  "SELECT status, count(*) FROM ask.mails WHERE communication_id = 7 GROUP BY 1",
  "SELECT person, opened_at FROM ask.mails WHERE communication_id = 7",
  "SELECT title, status, sent_at FROM ask.mails WHERE contact_id = 17",
  "SELECT count(DISTINCT contact_id) FROM ask.mails WHERE campaign_id = 7 AND received",
  "SELECT count(DISTINCT contact_id) FROM ask.mails WHERE event_id = 7 AND received",
  "SELECT kind, count(*) FROM ask.delivery_events WHERE communication_id = 7 GROUP BY 1",
  "SELECT kind, at FROM ask.delivery_events WHERE contact_id = 17",
  "SELECT date_trunc('week', registered_at), count(*) FROM ask.registrations WHERE event_id = 7 GROUP BY 1",
  "SELECT event, registered_at FROM ask.registrations WHERE contact_id = 17",
  "SELECT role, event FROM ask.roles WHERE contact_id = 17",
  "SELECT topic FROM ask.interests WHERE contact_id = 17",
  "SELECT name, phone FROM ask.people WHERE contact_id = 17",
  "SELECT deliverability FROM ask.people WHERE contact_id = 17",
])("is a question of an index: %s", async (question) => {
  expect(await readInFull(question)).toEqual([]);
});

it("joins no table whose columns are not asked for", async () => {
  const [row] = await database.sql.unsafe(
    "EXPLAIN (FORMAT JSON) SELECT count(*) FROM ask.registrations WHERE event_id = 7 AND came",
  );
  expect(JSON.stringify(row)).not.toMatch(/"Relation Name":"(?:contacts|events)"/u);
});
