import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settleStatus } from "../../src/sending/queries/sends.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import "../support/property_seed.ts";

const PEOPLE = 4;

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const { sql } = database;
  // Any state at all, whether or not the program would come to it.
  await sql`ALTER TABLE outreach.sends DISABLE TRIGGER USER`;
  await sql`ALTER TABLE outreach.send_batches DISABLE TRIGGER USER`;
  await sql`ALTER TABLE outreach.send_recipients DISABLE TRIGGER USER`;
  await sql`ALTER TABLE outreach.send_confirmations DISABLE TRIGGER USER`;
  await sql`ALTER TABLE communications DISABLE TRIGGER USER`;
  await sql`ALTER TABLE communication_recipients DISABLE TRIGGER USER`;
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP', 1, 'cfp')`;
  await sql`INSERT INTO communications (campaign_id, channel) VALUES (1, 'email')`;
  await sql`
    INSERT INTO contacts (first_name, last_name)
    SELECT 'Person', 'Number' FROM generate_series(1, ${PEOPLE + 1}::int)`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id) SELECT 1, id FROM contacts`;
  await sql`
    INSERT INTO outreach.sends (communication_id, brevo_template_id, template_name, params, allow_resend)
    VALUES (1, 49, 'CFP', '{}', false)`;
  await sql`
    INSERT INTO outreach.send_confirmations
      (communication_id, code_digest, list_digest, template_digest, expires_at, confirmed_at, confirmed_by)
    VALUES (1, 'c', 'l', 't', now() + interval '1 hour', now(), 'person')`;
  await sql`
    INSERT INTO outreach.send_batches (id, communication_id, confirmation_id, number, tag, body)
    VALUES (md5('1')::uuid, 1, 1, 1, 'tag', '{}')`;
});
afterAll(() => database.drop());

const PERSON = fc.record({
  status: fc.constantFrom("queued", "queued", "sent", "opened", "bounced", "failed", "failed"),
  place: fc.constantFrom("not listed", "held", "in the batch", "in the batch"),
  at: fc.constantFrom(null, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
});
const SEND = fc.record({
  people: fc.array(PERSON, { minLength: PEOPLE, maxLength: PEOPLE }),
  status: fc.constantFrom("draft", "sending", "sent", "failed"),
  sentAt: fc.constantFrom(null, "2026-01-03T00:00:00Z"),
  isCancelled: fc.boolean(),
  isStarted: fc.boolean(),
  isTried: fc.boolean(),
});

it("is what counting everybody of a send says, whatever has become of them", async () => {
  const { sql } = database;
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(SEND, async ({ people, status, sentAt, isCancelled, isStarted, isTried }) => {
      const rows = people.map((person, index) => ({ ...person, contact: index + 1 }));
      await sql`DELETE FROM outreach.send_recipients`;
      await sql`
        UPDATE communication_recipients SET status = entry.status, sent_at = entry.at
        FROM jsonb_to_recordset(${sql.json(rows)}) AS entry (contact int, status text, at timestamptz)
        WHERE contact_id = entry.contact`;
      await sql`
        INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params, batch_id, position)
        SELECT 1, contact, 'a@example.org', 'A', '{}', CASE place WHEN 'in the batch' THEN md5('1')::uuid END,
               CASE place WHEN 'in the batch' THEN contact END
        FROM jsonb_to_recordset(${sql.json(rows)}) AS entry (contact int, place text)
        WHERE place <> 'not listed'`;
      await sql`
        UPDATE outreach.send_batches
        SET attempts = ${Number(isTried)}, first_attempted_at = CASE WHEN ${isTried}::boolean THEN now() END`;
      await sql`UPDATE outreach.sends SET cancelled_at = CASE WHEN ${isCancelled}::boolean THEN now() END`;
      await sql`
        UPDATE outreach.send_confirmations SET started_at = CASE WHEN ${isStarted}::boolean THEN now() END`;
      await sql`UPDATE communications SET status = ${status}, sent_at = ${sentAt}::timestamptz`;
      const [wanted] = await sql`
        SELECT CASE WHEN communication.status = 'draft' AND NOT ${isCancelled || isStarted}::boolean THEN 'draft'
                    WHEN NOT ${isCancelled}::boolean
                      AND count(*) FILTER (WHERE state IN ('held', 'waiting', 'unknown')) > 0 THEN 'sending'
                    WHEN count(*) FILTER (WHERE state IN ('accepted', 'unknown', 'waiting')) > 0 THEN 'sent'
                    ELSE 'failed' END AS status,
               coalesce(communication.sent_at,
                 CASE WHEN communication.status <> 'draft' OR ${isCancelled || isStarted}::boolean
                      THEN min(recipient.sent_at) END) AS sent_at
        FROM communications AS communication
        LEFT JOIN outreach.send_states AS stated ON stated.communication_id = communication.id
        LEFT JOIN communication_recipients AS recipient
          ON recipient.id = stated.recipient_id AND recipient.status <> 'failed'
        GROUP BY communication.id`;
      await settleStatus(sql, 1);
      const [found] = await sql`SELECT status, sent_at FROM communications`;
      expect(found).toEqual(wanted);
      seen.add(`${status} ${String(wanted?.["status"])}`);
    }),
    { numRuns: 150 },
  );
  expect(seen.size).toBeGreaterThan(8);
}, 120_000);
