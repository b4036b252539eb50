import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";
import { seedPeople, type People } from "../../support/people.ts";
import { seedRecord, ZONE, type Record2026 } from "../../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;
beforeEach(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterEach(async () => {
  await client.close();
  await database.drop();
});

interface Merge {
  contact: Record<string, unknown>;
  moved: Record<string, number>;
  combined: Record<string, number>;
  also_known_as: { name: string; email: string | null }[];
  set_aside: Record<string, string>;
}

async function merge(args: Record<string, unknown>) {
  return (await client.ask("merge_contacts", args)) as unknown as Merge;
}

async function rowsOf(contact: number) {
  const { sql } = database;
  return {
    contacts: await sql`SELECT * FROM contacts WHERE id = ${contact}`,
    tickets: await sql`SELECT * FROM tickets WHERE attendee_contact_id = ${contact} ORDER BY id`,
    roles:
      await sql`SELECT event_id, role_type FROM contact_roles WHERE contact_id = ${contact} ORDER BY id`,
    recipients: await sql`
      SELECT communication_id, status, metadata FROM communication_recipients
      WHERE contact_id = ${contact} ORDER BY communication_id`,
  };
}

/** Gives both Janes something of every kind, some of it twice. */
async function seedBothJanes(): Promise<void> {
  const { sql } = database;
  const { day2025, day2026 } = people.events;
  await sql`UPDATE contacts SET phone = '082 555 0606', company = 'Acme' WHERE id = ${people.otherJane}`;
  await sql`UPDATE contacts SET company = 'Umbrella' WHERE id = ${people.jane}`;
  await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type) VALUES
        (${people.otherJane}, ${day2025}, 'speaker'), (${people.otherJane}, NULL, 'sponsor')`;
  await sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, status, checked_in,
                           check_in_time, order_number) VALUES
        (1, ${day2026}, ${people.otherJane}, ${people.otherJane}, 'registered', true, '2026-11-14 08:00', 'A1'),
        (77, ${day2026}, ${people.thabo}, ${people.otherJane}, 'registered', false, NULL, NULL),
        (78, ${day2026}, ${people.otherJane}, ${people.thabo}, 'registered', false, NULL, NULL)`;
  await sql`INSERT INTO interest_topics (name) VALUES ('Streams'), ('Graphs')`;
  await sql`
      INSERT INTO contact_interests (contact_id, topic_id) VALUES
        (${people.jane}, 1), (${people.otherJane}, 1), (${people.otherJane}, 2)`;
  await sql`
      INSERT INTO speakers (contact_id, sessionize_id, bio, tagline) VALUES
        (${people.jane}, 's1', NULL, 'Data'), (${people.otherJane}, 's2', 'Jane knows streams.', 'Streams')`;
  await sql`
      INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, room) VALUES
        (${day2025}, ${people.jane}, 'x', 'Streams', NULL), (${day2025}, ${people.otherJane}, 'x', 'Streams', 'Hall'),
        (${day2025}, ${people.otherJane}, 'y', 'Graphs', NULL)`;
  await sql`
      INSERT INTO speaker_ratings (speaker_session_id, topic_rating, response_id) VALUES
        (1, 6, 'r1'), (2, 6, 'r1'), (2, 7, 'r2'), (3, 5, 'r3')`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, brevo_message_id, metadata) VALUES
      (${record.mails.call}, ${people.otherJane}, 'bounced', '<other@mail>',
       ${sql.json({ logged_status: "sent", events: [{ kind: "hard_bounce", at: "2026-03-01T07:05:00Z" }] })})`;
  await sql`INSERT INTO outreach.suppressions (address, contact_id, suppressed, source)
            VALUES ('jane@example.org', ${people.otherJane}, true, 'person')`;
}

/** Every row of every table but the history's own, by table. */
async function everyRow(): Promise<Record<string, unknown[]>> {
  const { sql } = database;
  const tables = await sql<{ place: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS place FROM information_schema.tables
    WHERE table_schema IN ('public', 'outreach') AND table_type = 'BASE TABLE'
      AND table_name NOT IN ('changes', 'changed_rows', 'recorded_calls')`;
  const rows: Record<string, unknown[]> = {};
  for (const { place } of tables) {
    rows[place] = await sql.unsafe(`SELECT to_jsonb(r)::text FROM ${place} AS r ORDER BY 1`);
  }
  return rows;
}

async function undoLast(): Promise<void> {
  const [change] = await database.sql<
    { id: number }[]
  >`SELECT max(id)::int AS id FROM outreach.changes`;
  await client.ask("undo_change", { change: change?.id });
}

describe("merge_contacts", () => {
  it("lets everything that was the duplicate's be the kept person's, each fact once", async () => {
    const { sql } = database;
    await seedBothJanes();
    const answer = await merge({ keep: people.jane, duplicate: people.otherJane });
    expect(answer.contact).toEqual({
      id: people.jane,
      name: "Jane Smith",
      email: "jane.smith@example.org",
      phone: "082 555 0606",
      company: "Umbrella",
    });
    expect(answer.moved).toEqual({
      interests: 1,
      purchases: 1,
      ratings: 1,
      roles: 1,
      sessions: 1,
      suppressions: 1,
      tickets: 1,
    });
    expect(answer.combined).toEqual({
      interests: 1,
      ratings: 1,
      recipients: 1,
      roles: 1,
      sessions: 1,
      speakers: 1,
      tickets: 1,
    });
    expect(answer.also_known_as).toEqual([{ name: "Jane Smith", email: "jane@example.org" }]);
    expect(answer.set_aside).toEqual({ company: "Acme" });

    const { tickets } = await rowsOf(people.jane);
    expect(
      tickets.map(({ ticket_number, checked_in, order_number }) => [
        Number(ticket_number),
        checked_in,
        order_number,
      ]),
    ).toEqual([
      [1, true, "A1"],
      [2, false, null],
      [3, true, null],
      [77, false, null],
    ]);
    expect(await sql`SELECT sessionize_id, bio, tagline FROM speakers`).toEqual([
      { sessionize_id: "s1", bio: "Jane knows streams.", tagline: "Data" },
    ]);
    expect(await sql`SELECT id, contact_id, title, room FROM speaker_sessions ORDER BY id`).toEqual(
      [
        { id: 1, contact_id: people.jane, title: "Streams", room: "Hall" },
        { id: 3, contact_id: people.jane, title: "Graphs", room: null },
      ],
    );
    expect(
      await sql`SELECT speaker_session_id AS of, response_id FROM speaker_ratings ORDER BY id`,
    ).toEqual([
      { of: 1, response_id: "r1" },
      { of: 1, response_id: "r2" },
      { of: 3, response_id: "r3" },
    ]);
    expect((await rowsOf(people.otherJane)).contacts).toEqual([]);
  });

  it("is undone to the very rows that were there before, and undone again to those after", async () => {
    await seedBothJanes();
    const before = await everyRow();
    await merge({ keep: people.jane, duplicate: people.otherJane });
    const after = await everyRow();
    expect(after).not.toEqual(before);
    await undoLast();
    expect(await everyRow()).toEqual(before);
    await undoLast();
    expect(await everyRow()).toEqual(after);
  });

  it("keeps one row of a mail to both, with the news of both, and what stands against either address", async () => {
    const { sql } = database;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, brevo_message_id, sent_at, metadata)
      VALUES (${record.mails.call}, ${people.otherJane}, 'clicked', '<other@mail>', '2026-03-01T06:59:00Z',
              ${sql.json({
                logged_status: "sent",
                email: "jane@example.org",
                events: [
                  { kind: "clicked", at: "2026-03-04T06:00:00Z", link: "https://example.org" },
                  { kind: "unsubscribed", at: "2026-03-04T06:01:00Z" },
                ],
              })}),
             (${record.mails.thanks2025}, ${people.otherJane}, 'sent', NULL, '2025-11-20T07:00:00Z', NULL)`;
    await sql`UPDATE communication_recipients SET brevo_message_id = '<jane@mail>'
              WHERE communication_id = ${record.mails.call} AND contact_id = ${people.jane}`;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status)
      VALUES (${record.mails.earlyBird}, ${people.otherJane}, 'sent')`;
    await sql`DELETE FROM communication_recipients
              WHERE communication_id = ${record.mails.earlyBird} AND contact_id = ${people.jane}`;

    const { moved, combined } = await merge({ keep: people.jane, duplicate: people.otherJane });
    expect([moved["recipients"], combined["recipients"]]).toEqual([1, 2]);
    const { recipients } = await rowsOf(people.jane);
    expect(recipients.map(({ communication_id, status }) => [communication_id, status])).toEqual([
      [record.mails.call, "clicked"],
      [record.mails.lastCall, "clicked"],
      [record.mails.earlyBird, "sent"],
      [record.mails.draft, "queued"],
      [record.mails.thanks2025, "delivered"],
    ]);
    expect(recipients[0]).toMatchObject({
      metadata: {
        logged_status: "sent",
        email: "jane.smith@example.org",
        events: [
          { kind: "delivered" },
          { kind: "opened" },
          { kind: "opened" },
          { kind: "clicked" },
          { kind: "unsubscribed" },
        ],
      },
    });
    // Mailed at an address that is not theirs any more.
    expect(recipients[2]).toMatchObject({ metadata: { email: "jane@example.org" } });
    const counts = await sql`
      SELECT id, recipient_count AS said, (SELECT count(*)::int FROM communication_recipients WHERE communication_id = c.id) AS is
      FROM communications AS c WHERE channel = 'email'`;
    expect(counts.every(({ said, is }) => said === is)).toBe(true);

    // News of the mail to the duplicate still arrive.
    expect(
      await client.ask("record_delivery_events", {
        events: [{ event: "opened", at: "2026-03-05T06:00:00Z", brevo_message_id: "other@mail" }],
      }),
    ).toMatchObject({ applied: 1, unmatched: [] });
    // Who unsubscribed at one address does so at the other; a bounce would have stayed with its address.
    expect(await client.ask("query_contact_history", { contact: people.jane })).toMatchObject({
      people: [{ deliverability: { state: "unsubscribed" } }],
    });
  });

  it("knows the duplicate's name, e-mail and id as the kept person", async () => {
    await merge({ keep: "Zoë van der Merwe", duplicate: "Lerato Mokoena" });
    for (const words of ["Lerato Mokoena", "lerato@example.org", String(people.lerato)]) {
      expect(await client.ask("query_contact_history", { contact: words })).toMatchObject({
        people: [{ contact: { id: people.zoe } }],
        resolved: { contact: { id: people.zoe, formerly: expect.any(String) as string } },
      });
    }
    expect(
      await client.ask("log_send", {
        campaign: "CFP 2026",
        title: "To Lerato",
        recipients: [{ email: "lerato@example.org", name: "Lerato Mokoena" }],
        unknown_contacts: "create",
      }),
    ).toMatchObject({ recorded: 1, created: [] });
    expect(
      await client.ask("save_contact", {
        first_name: "Lerato",
        last_name: "Mokoena",
        email: "lerato@example.org",
      }),
    ).toMatchObject({ created: false, contact: { id: people.zoe, first_name: "Zoë" } });
    const formerly = await database.sql`
      SELECT contact_id, first_name, email FROM outreach.formerly(ARRAY['lerato@example.org'], '{}') ORDER BY first_name, email`;
    expect(formerly).toEqual([
      { contact_id: people.zoe, first_name: "Lerato", email: "lerato@example.org" },
      { contact_id: people.zoe, first_name: "Lerato", email: "zoe@example.org" },
      { contact_id: people.zoe, first_name: "Zoë", email: "lerato@example.org" },
    ]);
  });

  it("refuses a person with themselves, and a circle ends with one", async () => {
    expect(
      await client.refused("merge_contacts", { keep: people.zoe, duplicate: "zoe@example.org" }),
    ).toBe(
      `keep and duplicate are the same person: Zoë van der Merwe (${String(people.zoe)}, zoe@example.org); give two. Nothing was written.`,
    );
    await merge({ keep: people.zoe, duplicate: people.lerato });
    await merge({ keep: people.sipho, duplicate: people.zoe });
    expect(
      await client.refused("merge_contacts", { keep: people.lerato, duplicate: people.sipho }),
    ).toBe(
      `keep and duplicate are the same person since Lerato Mokoena was merged: Sipho Dlamini (${String(people.sipho)}, zoe@example.org); give two. Nothing was written.`,
    );
    expect(
      await client.ask("merge_contacts", { keep: people.sipho, duplicate: people.zoe }),
    ).toMatchObject({ replay: true, moved: {}, contact: { id: people.sipho } });
    expect(await database.sql`SELECT DISTINCT contact_id FROM outreach.known_as`).toEqual([
      { contact_id: people.sipho },
    ]);
  });

  it("merges a pair once when two servers merge it in opposite directions", async () => {
    const other = await connectInProcess({ env: { DATABASE_URL: database.url } });
    const answers = await Promise.all([
      client.call("merge_contacts", { keep: people.zoe, duplicate: people.lerato }),
      other.call("merge_contacts", { keep: people.lerato, duplicate: people.zoe }),
    ]);
    await other.close();
    const left =
      await database.sql`SELECT id FROM contacts WHERE id IN (${people.zoe}, ${people.lerato})`;
    expect(left).toHaveLength(1);
    expect(answers.filter(({ text }) => text.includes("the same person since"))).toHaveLength(1);
  });

  it("remembers that two are two, and proposes them no more", async () => {
    expect(await client.ask("find_contacts", { duplicates: true })).toMatchObject({ total: 1 });
    await client.ask("merge_contacts", {
      keep: people.jane,
      duplicate: people.otherJane,
      not_the_same: true,
    });
    expect(await client.ask("find_contacts", { duplicates: true })).toMatchObject({ total: 0 });
    expect((await rowsOf(people.otherJane)).contacts).toHaveLength(1);
  });

  it("moves what tables of other hands refer to, and refuses by their name where one allows no two", async () => {
    const { sql } = database;
    await sql`CREATE TABLE badges (id serial PRIMARY KEY, holder integer REFERENCES contacts (id), colour text, UNIQUE (holder, colour))`;
    await sql`INSERT INTO badges (holder, colour) VALUES (${people.lerato}, 'red'), (${people.zoe}, 'blue')`;
    expect((await merge({ keep: people.zoe, duplicate: people.lerato })).moved["badges"]).toBe(1);
    expect(await sql`SELECT DISTINCT holder FROM badges`).toEqual([{ holder: people.zoe }]);
    await sql`INSERT INTO badges (holder, colour) VALUES (${people.sipho}, 'red')`;
    expect(
      await client.refused("merge_contacts", { keep: people.zoe, duplicate: people.sipho }),
    ).toMatch(
      /^The table badges holds rows of .* of which it allows one person only one; .* Nothing was written\.$/u,
    );
    expect((await rowsOf(people.sipho)).contacts).toHaveLength(1);
  });
});
