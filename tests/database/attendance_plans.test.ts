import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const { sql } = database;
  await sql`
    INSERT INTO contacts (first_name, last_name) SELECT 'Person', n::text FROM generate_series(1, 2000) AS n`;
  await sql`
    INSERT INTO events (name, event_date)
    SELECT 'Event ' || n, date '2015-01-01' + 30 * n FROM generate_series(1, 100) AS n`;
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, checked_in)
    SELECT n, event.id, person.id, person.id, n % 2 = 0
    FROM events AS event
    CROSS JOIN generate_series(1, 200) AS n
    JOIN contacts AS person ON person.id = 1 + (event.id * 7919 + n * 13) % 2000`;
  await sql`ANALYZE`;
});
afterAll(() => database.drop());

const planOf = async (question: string) => {
  const [row] = await database.sql.unsafe(`EXPLAIN (FORMAT JSON) ${question}`);
  return JSON.stringify(row?.["QUERY PLAN"]);
};

test("who was at one event is read by the event", async () => {
  const plan = await planOf("SELECT * FROM outreach.people_of_events('{50}')");
  expect(plan).toMatch(/tickets_event_id\w*_idx/u);
  expect(plan).not.toContain("Seq Scan");
});

test("which events had check-ins is computed once for all, and not again for each person", async () => {
  const plan = await planOf(`
    SELECT person.contact_id, min(attended.event_id)
    FROM outreach.people_of_events('{50}') AS person
    JOIN outreach.attended() AS attended ON attended.contact_id = person.contact_id
    GROUP BY 1`);
  expect(plan).not.toContain("Function Scan");
  expect(plan).not.toContain("SubPlan");
});
