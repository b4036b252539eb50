import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

const PEOPLE = [
  "Anna",
  "Bongani",
  "Chipo",
  "Dineo",
  "Esther",
  "Farai",
  "Gugu",
  "Hlengiwe",
  "Imran",
  "Johan",
  "Kagiso",
  "Lindiwe",
  "Mpho",
] as const;

describe("query_registrations", () => {
  let database: TestDatabase;
  let client: TestClient;
  const event = { last: 0, next: 0 };
  const campaign = { cfp: 0, bird: 0, lookalike: 0, silent: 0, last: 0 };

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    await sql`INSERT INTO contacts (first_name, last_name, email)
              SELECT name, 'Test', lower(name) || '@example.org'
              FROM unnest(${[...PEOPLE]}::text[]) AS name`;
    const events = await sql<{ id: number }[]>`
      INSERT INTO events (name, event_date) VALUES
        ('Data Day 2025', '2025-11-15'), ('Data Day 2026', '2026-11-14') RETURNING id`;
    [event.last, event.next] = events.map((row) => row.id) as [number, number];
    // Ids that are no other number here, so that an id as a source means a campaign and nothing else.
    const campaigns = await sql<{ id: number }[]>`
      INSERT INTO campaigns (id, name, event_id, campaign_type, status) VALUES
        (501, 'CFP 2026', ${event.next}, 'cfp', 'active'),
        (502, 'Autumn offer', ${event.next}, 'registration', 'active'),
        (503, 'Early Bird!', ${event.next}, 'reminder', 'active'),
        (504, 'Never sent', ${event.next}, 'general', 'draft'),
        (505, 'CFP 2025', ${event.last}, 'cfp', 'completed') RETURNING id`;
    [campaign.cfp, campaign.bird, campaign.lookalike, campaign.silent, campaign.last] =
      campaigns.map((row) => row.id) as [number, number, number, number, number];
    await sql`UPDATE campaigns SET name = 'Early Bird' WHERE id = ${campaign.bird}`;
    const tickets: [string, string | null, string, string?, boolean?][] = [
      // Names, slug and id of the CFP campaign. Anna has two tickets.
      ["Anna", " cfp-2026 ", "2026-03-05 12:00", "registered", true],
      ["Anna", "CFP-2026", "2026-03-06 12:00"],
      ["Bongani", "cfp 2026", "2026-03-01 08:30"],
      ["Chipo", String(campaign.cfp), "2026-05-01 09:00", "registered", true],
      ["Dineo", "cfp-2026", "2026-05-01 09:00", "cancelled"],
      ["Dineo", "cfp-2026", "2026-05-01 09:01", "transferred"],
      // The former name of Early Bird, its name, and the slug that it has in common with another.
      ["Esther", "AUTUMN OFFER", "2026-06-01 09:00"],
      ["Farai", "early bird", "2026-06-01 09:00"],
      ["Gugu", "early-bird", "2026-06-01 09:00"],
      // Channels.
      ["Hlengiwe", "Email", "2026-06-02 09:00"],
      ["Imran", "email", "2026-06-02 09:00", "registered", true],
      ["Lindiwe", "Email ", "2026-06-02 09:00"],
      ["Mpho", "LinkedIn", "2026-03-15 09:00"],
      // Nothing said.
      ["Johan", null, "2026-06-03 23:59:59"],
      ["Kagiso", "  ", "2026-06-04 00:00"],
    ];
    const insert = async (eventId: number, rows: typeof tickets) => {
      let number = 1;
      for (const [name, source, at, status = "registered", checkedIn = false] of rows) {
        await sql`
          INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id,
                               marketing_source, registration_date, status, checked_in)
          SELECT ${number}, ${eventId}, id, id, ${source}, ${at}, ${status}, ${checkedIn}
          FROM contacts WHERE first_name = ${name}`;
        number += 1;
      }
    };
    await insert(event.next, tickets);
    await insert(event.last, [
      ["Anna", "cfp-2026", "2025-09-01 09:00"],
      ["Johan", "CFP 2025", "2025-09-01 09:00"],
      ["Imran", "EMAIL", "2025-09-02 09:00"],
    ]);
    await sql`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at) VALUES
        (${campaign.cfp}, 'email', 'First', 'sent', '2026-03-01T09:00+02'),
        (${campaign.cfp}, 'email', 'Second', 'sent', '2026-04-01T09:00+02'),
        (${campaign.cfp}, 'email', 'Draft', 'draft', NULL),
        (${campaign.bird}, 'email', 'Cheap', 'sent', '2026-05-20T09:00+02')`;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
      SELECT communication.id, contact.id, entry.status,
             CASE WHEN entry.status <> 'queued' THEN communication.sent_at END
      FROM (VALUES ('First', 'Anna', 'opened'), ('Second', 'Anna', 'sent'),
                   ('First', 'Bongani', 'delivered'), ('First', 'Kagiso', 'sent'),
                   ('First', 'Mpho', 'bounced'), ('Second', 'Mpho', 'delivered'),
                   ('Second', 'Chipo', 'failed'), ('Draft', 'Esther', 'queued'),
                   ('Second', 'Nobody', 'sent'), ('Cheap', 'Esther', 'clicked'),
                   ('Cheap', 'Anna', 'sent')) AS entry (title, name, status)
      JOIN communications AS communication ON communication.title = entry.title
      JOIN contacts AS contact ON contact.first_name = entry.name`;
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  /** A group of sources; its first spelling, the most frequent, names it. */
  const source = (
    spellings: Record<string, number>,
    checked_in: number,
    campaign: { id: number; name: string } | null,
    ambiguous_with: unknown[] = [],
  ) => ({
    marketing_source: Object.keys(spellings)[0],
    registrations: Object.values(spellings).reduce((sum, count) => sum + count, 0),
    checked_in,
    campaign,
    mapped: false,
    ambiguous_with,
    spellings: Object.entries(spellings).map(([marketing_source, registrations]) => ({
      marketing_source,
      registrations,
      channel: null,
    })),
  });
  const cfp = { id: 501, name: "CFP 2026" };
  const bird = { id: 502, name: "Early Bird" };
  const lookalike = { id: 503, name: "Early Bird!" };

  it("answers: how many registrations came from the CFP campaign?", async () => {
    const answer = await client.ask("query_registrations", { campaign: "CFP 2026" });
    // By source: Anna's two tickets, Bongani's and Chipo's; Dineo's were cancelled and transferred.
    // After a mail: Anna registered after the first of her two. Bongani did half an hour before his,
    // Kagiso in June, and Mpho after the one that bounced but before the one that arrived.
    expect(answer.campaigns).toEqual([
      {
        ...cfp,
        people_reached: 4,
        by_marketing_source: 4,
        mapped: 0,
        after_receiving: 2,
        registered_of_reached: 4,
        conversion: 0.5,
      },
    ]);
    expect(answer.resolved.campaign).toEqual(cfp);
    // Total and sources cover the campaign's event.
    expect(answer).toMatchObject({ total: 13, people: 12, cancelled: 1, transferred: 1 });
    const { text } = await client.call("query_registrations", { campaign: "cfp-2026" });
    expect(text.split("\n")[0]).toBe(
      "4 of 13 registrations name CFP 2026 as their source; apart from that, 2 people of the 4 it reached registered after its first mail to them. The two overlap. Not in the total: 1 cancelled and 1 transferred.",
    );
  });

  it("groups sources that mean one campaign, and others whatever their case and space", async () => {
    const answer = await client.ask("query_registrations", { event: "Data Day 2026" });
    expect(answer.by_source).toEqual([
      // Four spellings of one campaign, as often; the first of them stands for all.
      source({ "501": 1, "CFP-2026": 1, "cfp 2026": 1, "cfp-2026": 1 }, 2, cfp),
      source({ Email: 2, email: 1 }, 1, null),
      source({ "AUTUMN OFFER": 1, "early bird": 1 }, 0, bird),
      source({ LinkedIn: 1 }, 0, null),
      source({ "early-bird": 1 }, 0, null, [bird, lookalike]),
    ]);
    expect(answer).toMatchObject({ total: 13, people: 12, cancelled: 1, without_source: 2 });
  });

  it("counts an ambiguous source for neither campaign, and a former name for the renamed one", async () => {
    const { campaigns } = await client.ask("query_registrations", { event: "2026" });
    expect(campaigns).toEqual([
      expect.objectContaining({ id: 501, by_marketing_source: 4 }),
      {
        ...bird,
        people_reached: 2,
        by_marketing_source: 2,
        mapped: 0,
        after_receiving: 1,
        registered_of_reached: 2,
        conversion: 0.5,
      },
      {
        ...lookalike,
        people_reached: 0,
        by_marketing_source: 0,
        mapped: 0,
        after_receiving: 0,
        registered_of_reached: 0,
        conversion: null,
      },
      expect.objectContaining({ id: 504, people_reached: 0, conversion: null }),
    ]);
  });

  it("attributes within the event of the ticket only", async () => {
    const answer = await client.ask("query_registrations", { event: event.last });
    expect(answer.by_source).toEqual([
      source({ "CFP 2025": 1 }, 0, { id: 505, name: "CFP 2025" }),
      source({ EMAIL: 1 }, 0, null),
      source({ "cfp-2026": 1 }, 0, null),
    ]);
  });

  it("counts everything without filter, and a year's events together", async () => {
    const all = await client.ask("query_registrations");
    expect(all).toMatchObject({ total: 16, people: 12, cancelled: 1, without_source: 2 });
    expect((all.campaigns as unknown[]).length).toBe(5);
    const year = await client.ask("query_registrations", { event: "2025" });
    expect(year).toMatchObject({ total: 3, people: 3, cancelled: 0, without_source: 0 });
    expect(year.resolved.event).toEqual([{ id: event.last, name: "Data Day 2025" }]);
  });

  it("bounds registrations by local days, both inclusive", async () => {
    const between = async (from: string, to: string) =>
      (await client.ask("query_registrations", { event: event.next, from, to })).total as number;
    expect(await between("2026-03-01", "2026-03-05")).toBe(2);
    expect(await between("2026-06-03", "2026-06-03")).toBe(1);
    expect(await between("2026-06-04", "2026-06-04")).toBe(1);
    const march = await client.ask("query_registrations", {
      campaign: "CFP 2026",
      from: "2026-03-01",
      to: "2026-03-31",
    });
    expect(march).toMatchObject({
      total: 4,
      people: 3,
      cancelled: 0,
      resolved: { from: "2026-03-01T00:00:00+02:00", to: "2026-03-31T23:59:59+02:00" },
    });
    expect(march.campaigns).toMatchObject([
      { people_reached: 4, by_marketing_source: 3, after_receiving: 1, registered_of_reached: 4 },
    ]);
  });

  it("lists registrants with ticket and source, page by page, newest first", async () => {
    interface Page {
      registrations: { name: string; registered_at: string }[];
      total: number;
      next_cursor: string | null;
    }
    const question = { event: "Data Day 2026", list: true, limit: 5 };
    const { text, facts } = await client.call("query_registrations", question);
    expect(text.split("\n")[0]).toMatch(
      /^5 of 13 registrations shown\. 13 of 13 registrations counted/u,
    );
    const seen = (facts as unknown as Page).registrations;
    // Who registers meanwhile is newer than what was shown, so nobody is shown twice or left out.
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, registration_date)
      SELECT 99, ${event.next}, id, id, '2026-07-01 09:00' FROM contacts WHERE first_name = 'Imran'`;
    let cursor = facts.next_cursor as string | null;
    while (cursor !== null) {
      const page = (await client.ask("query_registrations", {
        ...question,
        cursor,
      })) as unknown as Page;
      seen.push(...page.registrations);
      cursor = page.next_cursor;
    }
    await database.sql`DELETE FROM tickets WHERE ticket_number = 99`;
    expect(seen).toHaveLength(13);
    expect(new Set(seen.map((entry) => JSON.stringify(entry))).size).toBe(13);
    expect(seen.map((entry) => entry.registered_at)).toEqual(
      seen.map((entry) => entry.registered_at).toSorted((a, b) => b.localeCompare(a)),
    );
    expect(seen.find((entry) => entry.registered_at === "2026-03-05T12:00:00+02:00")).toEqual({
      contact_id: expect.any(Number),
      name: "Anna Test",
      email: "anna@example.org",
      event: { id: event.next, name: "Data Day 2026" },
      ticket_type: null,
      status: "registered",
      registered_at: "2026-03-05T12:00:00+02:00",
      checked_in: true,
      marketing_source: " cfp-2026 ",
      campaign: cfp,
      channel: null,
      mapped: false,
    });
    const unlisted = await client.ask("query_registrations", { event: "Data Day 2026" });
    expect(unlisted).not.toHaveProperty("registrations");
  });

  it("says what one mail brought, apart from its campaign", async () => {
    const { text, facts } = await client.call("query_registrations", {
      communication: "Second",
      event: "Data Day 2026",
    });
    // Anna registered before it; Mpho received it and had registered in March.
    expect(facts.communication).toEqual({
      id: expect.any(Number),
      title: "Second",
      people_reached: 2,
      after_receiving: 0,
      registered_of_reached: 2,
      conversion: 0,
    });
    expect(facts.campaigns).toMatchObject([{ id: 501, people_reached: 4, after_receiving: 2 }]);
    expect(facts.filter).toMatchObject({ communication: { name: "Second" } });
    expect(text.split("\n")[0]).toContain(
      '"Second" reached 2 people, of whom 0 registered after it (0 %).',
    );
    const first = await client.ask("query_registrations", { communication: "First" });
    // Anna; Bongani half an hour too early, Kagiso in June.
    expect(first.communication).toMatchObject({
      people_reached: 3,
      after_receiving: 2,
      conversion: 0.6667,
    });
  });

  it("agrees with get_campaign", async () => {
    const { registrations } = await client.ask("get_campaign", { campaign: "CFP 2026" });
    expect(registrations).toEqual({ by_marketing_source: 4, mapped: 0, after_receiving: 2 });
  });

  it("refuses what it cannot take", async () => {
    expect(await client.refused("query_registrations", { campaign: "CFP" })).toMatch(
      /matches several: 50\d CFP 202\d .*50\d CFP 202\d/u,
    );
    expect(
      await client.refused("query_registrations", { event: event.last, campaign: "CFP 2026" }),
    ).toContain('There is no campaign "CFP 2026" for that event');
    expect(
      await client.refused("query_registrations", { from: "2026-03-02", to: "2026-03-01" }),
    ).toBe("from lies after to.");
    expect(await client.refused("query_registrations", { source: "Email" })).toBe(
      'Unknown argument "source"; the arguments are event, campaign, communication, from, to, list, limit, cursor.',
    );
  });
});
