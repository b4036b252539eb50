import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** A list of three whose first two are in a batch, by itself: nothing else of the program has part in it. */
let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await freshDatabase();
  ({ sql } = database);
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP', 1, 'cfp')`;
  await sql`
    INSERT INTO contacts (first_name, last_name) SELECT 'Person', 'Number' FROM generate_series(1, 5)`;
  await sql.begin(async (prepared) => {
    await prepared`
      INSERT INTO communications (campaign_id, channel, title) VALUES (1, 'email', 'Mail')`;
    await prepared`
      INSERT INTO communication_recipients (communication_id, contact_id) SELECT 1, id FROM contacts WHERE id < 5`;
    await prepared`
      INSERT INTO outreach.sends (communication_id, brevo_template_id, template_name, params, allow_resend)
      VALUES (1, 49, 'CFP', '{}', false)`;
    await prepared`
      INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params)
      SELECT 1, id, 'p' || id || '@example.org', 'Person', '{}' FROM contacts WHERE id < 4`;
  });
  await sql`
    INSERT INTO outreach.send_confirmations
      (communication_id, code_digest, list_digest, template_digest, expires_at, confirmed_at, confirmed_by, started_at)
    VALUES (1, 'c', 'l', 't', now() + interval '1 hour', now(), 'person', now())`;
  await sql`
    INSERT INTO outreach.send_batches (id, communication_id, confirmation_id, number, tag, body)
    SELECT md5(n::text)::uuid, 1, 1, n, 'tag ' || n, '{}' FROM generate_series(1, 2) AS n`;
});
afterAll(() => database.drop());

it("gets nobody more", async () => {
  await expect(
    sql`INSERT INTO communication_recipients (communication_id, contact_id) VALUES (1, 5)`,
  ).rejects.toThrow("only gets shorter");
  await expect(
    sql`INSERT INTO outreach.send_recipients VALUES (1, 4, 'p4@example.org', 'Person', '{}')`,
  ).rejects.toThrow("only gets shorter");
  // Who is no longer queued was logged, which is no part of the list.
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status) VALUES (1, 5, 'sent')`;
});

it("keeps what was shown, and after an attempt also who is where", async () => {
  const place = () =>
    sql`UPDATE outreach.send_recipients SET batch_id = md5('1')::uuid, position = contact_id WHERE contact_id < 3`;
  await place();
  // Not yet tried, so everybody may be put elsewhere.
  await sql`UPDATE outreach.send_recipients SET batch_id = NULL, position = NULL`;
  await place();
  await sql`
    UPDATE outreach.send_batches SET attempts = 1, first_attempted_at = now() WHERE id = md5('1')::uuid`;
  for (const attempt of [
    () => sql`UPDATE outreach.send_recipients SET name = 'Other' WHERE contact_id = 3`,
    () => sql`UPDATE outreach.send_recipients SET params = '{"a": 1}' WHERE contact_id = 1`,
    () =>
      sql`UPDATE outreach.send_recipients SET batch_id = NULL, position = NULL WHERE contact_id = 1`,
    () => sql`UPDATE outreach.send_recipients SET batch_id = md5('2')::uuid WHERE contact_id = 1`,
    () => sql`UPDATE outreach.send_recipients SET position = 3 WHERE contact_id = 1`,
    () => sql`DELETE FROM outreach.send_recipients WHERE contact_id = 1`,
  ]) {
    await expect(attempt()).rejects.toThrow(/as they were shown|another batch|never forgotten/u);
  }
  await sql`UPDATE outreach.send_recipients SET batch_id = batch_id`;
  await sql`DELETE FROM outreach.send_recipients WHERE contact_id = 3`;
});

it("takes no address that holds a blank, and every other of the form", async () => {
  const characters = Array.from({ length: 0x1_0000 }, (_, code) => code)
    .filter((code) => code > 0 && (code < 0x3200 || code > 0xf000))
    .map((code) => String.fromCharCode(code));
  const addresses = [
    ...characters.flatMap((one) => [`a${one}b@example.org`, `ab@example.org${one}`, `a${one}b`]),
    ...["", "@", "a@", "@b", "a@b", "a@b@c", "é@example.org", "a@b\n", "a@b\nc@d", " a@b"],
  ];
  const [check] = await sql<{ expression: string }[]>`
    SELECT pg_get_expr(conbin, conrelid) AS expression FROM pg_constraint
    WHERE conname = 'send_recipients_email_check'`;
  const [differing] = await sql.unsafe<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM unnest($1::text[]) AS email
     WHERE (${check!.expression}) <> (email = translate(email, outreach.blanks(), '') AND email ~ '^.+@.+$')`,
    [addresses],
  );
  expect(differing).toEqual({ n: 0 });
}, 60_000);
