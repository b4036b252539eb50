import fc from "fast-check";
import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo } from "../support/migrations.ts";
import "../support/property_seed.ts";

/** The last migration after which each recipient was looked at by itself. */
const ROW_BY_ROW = 19;
const PEOPLE = 3;

/** A database whose triggers look at each row, and one whose triggers look at each statement. */
let databases: TestDatabase[] = [];
beforeAll(async () => {
  const old = await emptyDatabase();
  databases = [old, await freshDatabase()];
  expect(await migrateTo(old.url, ROW_BY_ROW)).toBeNull();
  for (const { sql } of databases) {
    await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP', 1, 'cfp')`;
  }
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

/** A change to some recipients, of one statement. */
interface Change {
  kind: "insert" | "metadata" | "events" | "status" | "sent at" | "mail sent at" | "address";
  people: number[];
  status: string;
  address: string | null;
  /** As a text, so that both databases read the very same. */
  events: string | null;
  logged: string | null;
  at: string;
}

const AT = fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-02-02T10:00:00Z");
const STATUS = fc.constantFrom("queued", "sent", "opened", "bounced", "bounced", "bounced");
const EVENT = fc.record(
  {
    kind: fc.constantFrom(
      ...["delivered", "opened", "hard_bounce", "invalid_email", "soft_bounce", "spam"],
      ...["unsubscribed", "blocked"],
    ),
    at: AT,
    reason: fc.constantFrom("unsubscribed user", "black-listed", "mailbox full", " ", ""),
  },
  { requiredKeys: ["kind", "at"] },
);
const CHANGE: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(
    ...(["insert", "insert", "metadata", "events", "events", "status"] as const),
    ...(["sent at", "sent at", "mail sent at", "address"] as const),
  ),
  people: fc.uniqueArray(fc.integer({ min: 1, max: PEOPLE }), { minLength: 1, maxLength: PEOPLE }),
  status: STATUS,
  address: fc.constantFrom("one@example.org", " ONE@example.org ", "two@example.org", " ", null),
  events: fc.option(fc.array(EVENT, { maxLength: 4 }).map((events) => JSON.stringify(events))),
  logged: fc.option(STATUS),
  at: AT,
});

/** Makes a change; what the database says against it, if it refuses it. */
async function made(sql: postgres.Sql, change: Change): Promise<string | null> {
  const { kind, people, status, address, events, logged, at } = change;
  const statements = {
    insert: () => sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, metadata)
      SELECT 1, id, CASE WHEN said.metadata -> 'events' IS NULL THEN ${status}::text
                         ELSE outreach.recipient_status(said.metadata) END, ${at}::timestamptz, said.metadata
      FROM contacts CROSS JOIN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'email', ${address}::text, 'logged_status', ${logged}::text, 'events', ${events}::text::jsonb))
          AS metadata) AS said
      WHERE id = ANY(${people}::int[]) ORDER BY id ON CONFLICT DO NOTHING`,
    metadata: () => sql`
      UPDATE communication_recipients
      SET metadata = coalesce(metadata, '{}') || jsonb_build_object('email', ${address}::text, 'note', ${at}::text)
      WHERE contact_id = ANY(${people}::int[])`,
    events: () => sql`
      UPDATE communication_recipients
      SET metadata = told.metadata, status = outreach.recipient_status(told.metadata)
      FROM (
        SELECT id, coalesce(metadata, '{}') || jsonb_build_object(
                 'logged_status', coalesce(metadata ->> 'logged_status', status),
                 'events', coalesce(metadata -> 'events', '[]') || coalesce(${events}::text::jsonb, '[]'))
                 AS metadata
        FROM communication_recipients
      ) AS told
      WHERE told.id = communication_recipients.id AND contact_id = ANY(${people}::int[])`,
    status: () => sql`
      UPDATE communication_recipients SET status = ${status} WHERE contact_id = ANY(${people}::int[])`,
    "sent at": () => sql`
      UPDATE communication_recipients SET sent_at = ${at}::timestamptz WHERE contact_id = ANY(${people}::int[])`,
    "mail sent at": () => sql`UPDATE communications SET sent_at = ${at}::timestamptz`,
    address: () => sql`
      UPDATE contacts SET email = ${address}::text WHERE id = ANY(${people}::int[])`,
  };
  try {
    await statements[kind]();
    return null;
  } catch (error) {
    return String(error);
  }
}

/** What is noted of every address, but for the moment at which it was. */
const noted = (sql: postgres.Sql) => sql`
  SELECT recipient_id, address, kind, at, reason FROM outreach.delivery_problems
  ORDER BY recipient_id, kind, at`;

it("notes the same problems as a look at every row, whatever is changed in which order", async () => {
  let problems = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(CHANGE, { minLength: 4, maxLength: 16 }), async (changes) => {
      for (const { sql } of databases) {
        await sql`TRUNCATE communications, contacts RESTART IDENTITY CASCADE`;
        await sql`INSERT INTO communications (campaign_id, channel, title) VALUES (1, 'email', 'Mail')`;
        await sql`
          INSERT INTO contacts (first_name, last_name, email)
          SELECT 'Person', 'Number', CASE WHEN n > 1 THEN 'own' || n || '@example.org' END
          FROM generate_series(1, ${PEOPLE}::int) AS n`;
      }
      for (const change of changes) {
        const [before, now] = await Promise.all(databases.map(({ sql }) => made(sql, change)));
        expect(now).toBe(before);
        const [wanted, found] = await Promise.all(databases.map(({ sql }) => noted(sql)));
        expect(found).toEqual(wanted);
        problems += found?.length ?? 0;
      }
    }),
    { numRuns: 25 },
  );
  expect(problems).toBeGreaterThan(150);
}, 120_000);

it("looks once at a statement that changes a thousand recipients, and writes nothing without news", async () => {
  const { sql } = databases[1]!;
  await sql`TRUNCATE communications, contacts RESTART IDENTITY CASCADE`;
  await sql`INSERT INTO communications (campaign_id, channel, title) VALUES (1, 'email', 'Mail')`;
  await sql`INSERT INTO contacts (first_name, last_name) SELECT 'Person', 'Number' FROM generate_series(1, 1000)`;
  await sql`INSERT INTO communication_recipients (communication_id, contact_id) SELECT 1, id FROM contacts`;
  const [row] = await sql<{ "QUERY PLAN": { Triggers: Record<string, unknown>[] }[] }[]>`
    EXPLAIN (ANALYZE, FORMAT JSON) UPDATE communication_recipients
    SET status = 'sent', metadata = '{"logged_status": "sent"}'`;
  const triggers = row!["QUERY PLAN"][0]!.Triggers;
  expect(triggers.map((trigger) => [trigger["Trigger Name"], trigger["Calls"]])).toEqual([
    ["keep_changed", 1],
    ["note_delivery_problems_reported", 1],
  ]);
  expect(await noted(sql)).toEqual([]);
});
