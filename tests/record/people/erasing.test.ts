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

const PHONE = "+27 82 555 0707";

/** Leaves something of Zoë in every place that can hold something of somebody. */
async function leaveTraces() {
  const { sql } = database;
  const { day2025 } = people.events;
  await client.ask("save_contact", {
    contact: people.zoe,
    phone: PHONE,
    company: "Zoë van der Merwe Consulting",
    email: "zoe.new@example.org",
    roles_add: [{ role: "speaker", event: day2025 }],
  });
  await client.ask("merge_contacts", { keep: people.zoe, duplicate: people.lerato });
  await client.ask("merge_contacts", {
    keep: people.zoe,
    duplicate: people.sipho,
    not_the_same: true,
    reason: "zoe.new@example.org is not Sipho's",
  });
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, purchaser_email, checked_in) VALUES
      (11, ${day2025}, ${people.zoe}, ${people.zoe}, 'zoe@home.example.org', true),
      (12, ${day2025}, ${people.zoe}, ${people.thabo}, 'Zoe.New@example.org', false)`;
  await sql`INSERT INTO speakers (contact_id, bio, tagline, profile_picture) VALUES (${people.zoe}, 'Zoë was born', 'Zoë', 'https://example.org/zoe.jpg')`;
  await sql`
    INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, description, recording_link) VALUES
      (${day2025}, ${people.zoe}, 'z', 'Streams with Zoë van der Merwe', 'I, Zoe', 'https://example.org/zoe.mp4')`;
  await sql`INSERT INTO speaker_ratings (speaker_session_id, topic_rating, speaker_comment, event_comment, response_id)
            VALUES (1, 6, 'She was great', 'Zoë VAN DER MERWE first', 'r1')`;
  await client.ask("update_entry", {
    kind: "communication",
    id: record.post,
    changes: { content_summary: "Interview with Zoe van der Merwe, call 0825550707" },
  });
  await client.ask("create_asset", {
    title: "Speaker card Zoë van der Merwe",
    asset_type: "social_graphic",
    event: day2025,
    description: "ask zoe.new@example.org",
  });
  await client.ask("record_delivery_events", {
    events: [
      {
        event: "hard_bounce",
        at: "2026-06-02T07:00:00Z",
        communication: record.mails.earlyBird,
        contact: people.zoe,
        reason: "550 <zoe@example.org>: unknown",
      },
    ],
  });
  await client.ask("set_suppression", {
    contact: people.zoe,
    suppressed: true,
    reason: "Zoë asked",
  });
  await client.ask("log_send", {
    campaign: record.campaigns.cfp,
    title: "Wrong",
    recipients: [{ contact: people.zoe }],
  });
  await client.ask("remove_entry", {
    kind: "recipient",
    communication: "Wrong",
    contact: people.zoe,
    reason: "Zoë van der Merwe twice",
  });
}

/** Every text and JSON column of every table that holds one of the words, by any case. */
async function holding(words: readonly string[]): Promise<string[]> {
  const { sql } = database;
  const columns = await sql<{ place: string; name: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS place, column_name AS name
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema IN ('public', 'outreach') AND table_type = 'BASE TABLE'
      AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')`;
  const found: string[] = [];
  for (const { place, name } of columns) {
    for (const word of words) {
      const rows = await sql.unsafe(
        `SELECT 1 FROM ${place} WHERE strpos(lower("${name}"::text), lower($1)) > 0 LIMIT 1`,
        [word],
      );
      if (rows.length > 0) found.push(`${place}.${name}: ${word}`);
    }
  }
  return found;
}

const WORDS = ["zoë", "zoe", "merwe", "lerato", "mokoena", "555 0707", "5550707"];

/** What the reading tools count, without names. */
async function figures() {
  const { day2025, day2026 } = people.events;
  const all = await Promise.all([
    client.ask("list_events", {}),
    client.ask("list_campaigns", {}),
    client.ask("get_campaign", { campaign: record.campaigns.cfp }),
    client.ask("query_recipients", {}),
    client.ask("query_registrations", { event: day2025 }),
    client.ask("query_registrations", { event: day2026 }),
    client.ask("query_outreach_timeline", {}),
    client.ask("list_assets", {}),
    client.ask("find_contacts", {}),
  ]);
  return all.map(
    (answer) =>
      JSON.parse(
        JSON.stringify(answer, (key, value: unknown) =>
          [
            "name",
            "email",
            "phone",
            "company",
            "reason",
            "deliverability",
            "as_of",
            "text",
            "notes",
            "title",
            "description",
            "content_summary",
          ].includes(key)
            ? undefined
            : value,
        ),
      ) as unknown,
  );
}

describe("erase_contact", () => {
  it("leaves nothing of a person in any text, and every count as it was", async () => {
    await leaveTraces();
    expect((await holding(WORDS)).length).toBeGreaterThan(20);
    const before = await figures();
    const answer = await client.ask("erase_contact", {
      contact: people.zoe,
      confirm_name: "Zoe van der Merwe",
    });
    expect(answer).toMatchObject({
      contact_id: people.zoe,
      kept: { recipients: 3, tickets: 2, roles: 1, sessions: 1 },
      erased: { contacts: 1, tickets: 2, speakers: 1, sessions: 1, ratings: 1, recipients: 3 },
    });
    expect(await holding(WORDS)).toEqual([]);
    expect(await figures()).toEqual(before);
    // Nobody is to be written to under that name, with or without an address.
    const { contacts, excluded } = await client.ask("find_audience", {
      include_undeliverable: true,
      limit: 200,
    });
    expect(JSON.stringify([contacts, excluded])).not.toContain("Erased person");
    expect(
      await database.sql`SELECT first_name, last_name, email, phone, company FROM contacts WHERE id = ${people.zoe}`,
    ).toEqual([
      { first_name: "Erased", last_name: "person", email: null, phone: null, company: null },
    ]);
  });

  it("lets nothing bring the person back without a word", async () => {
    await leaveTraces();
    await client.ask("erase_contact", { contact: people.zoe, confirm_name: "Zoe van der Merwe" });
    for (const email of [
      "ZOE.new@example.org",
      "zoe@example.org",
      "zoe@home.example.org",
      "lerato@example.org",
    ]) {
      expect(await client.refused("save_contact", { first_name: "Zoe", email })).toContain(
        "was erased",
      );
      expect(
        await client.refused("log_send", {
          campaign: record.campaigns.cfp,
          title: "Again",
          recipients: [{ email, name: "Zoe Merwe" }],
          unknown_contacts: "create",
        }),
      ).toContain("are not added again");
    }
    const erased =
      await database.sql`SELECT outreach.is_erased(' Zoe@Example.org', 'Anybody') AS is`;
    expect(erased).toEqual([{ is: true }]);
  });

  it("keeps to the person on a shared mailbox, and leaves the other's", async () => {
    await client.ask("erase_contact", { contact: people.thabo, confirm_name: "Thabo Nkosi" });
    const { sql } = database;
    expect(await sql`SELECT email FROM contacts WHERE id = ${people.nomsa}`).toEqual([
      { email: "NKOSI@example.org" },
    ]);
    expect(
      await sql`
        SELECT outreach.is_erased('nkosi@example.org', 'Thabo Nkosi') AS him,
               outreach.is_erased('nkosi@example.org', 'Nomsa Nkosi') AS her`,
    ).toEqual([{ him: true, her: false }]);
    expect(await client.ask("find_contacts", { text: "nomsa" })).toMatchObject({
      contacts: [{ deliverability: "ok" }],
    });
  });

  it("asks for the full name where it cannot ask a person", async () => {
    const asked = await client.refused("erase_contact", { contact: people.zoe });
    expect(asked).toMatch(
      /^This erases Zoë van der Merwe .* for good and cannot be undone\. If the person/u,
    );
    expect(
      await client.refused("erase_contact", { contact: people.zoe, confirm_name: "Zoë" }),
    ).toContain('confirm_name "Zoë" is not their full name. Nothing was written.');
    expect(await holding(["merwe"])).not.toEqual([]);
  });

  it("refuses while a mail is on its way to them", async () => {
    const { sql } = database;
    await sql.begin(async (transaction) => {
      await transaction`SELECT set_config('outreach.undoing', 'on', true)`;
      await transaction`UPDATE communications SET status = 'sending' WHERE id = ${record.mails.draft}`;
    });
    expect(
      await client.refused("erase_contact", {
        contact: people.sipho,
        confirm_name: "Sipho Dlamini",
      }),
    ).toBe(
      'The mail "Reminder" is on its way to them; let confirm_send end it or take it back with cancel_send, then erase. Nothing was written.',
    );
  });

  it("says of a second time that nothing is held", async () => {
    await client.ask("erase_contact", { contact: people.zoe, confirm_name: "Zoe van der Merwe" });
    expect(await client.ask("erase_contact", { contact: people.zoe })).toMatchObject({
      erased: {},
    });
  });
});
