import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("marketing sources", () => {
  let database: TestDatabase;
  let client: TestClient;
  const event = { last: 0, next: 0 };
  const cfp = { id: 0, name: "CFP 2026" };
  const bird = { id: 0, name: "Early Bird" };

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    const events = await sql<{ id: number }[]>`
      INSERT INTO events (name, event_date) VALUES
        ('Data Day 2025', '2025-11-15'), ('Data Day 2026', '2026-11-14') RETURNING id`;
    [event.last, event.next] = events.map((row) => row.id) as [number, number];
    const campaigns = await sql<{ id: number }[]>`
      INSERT INTO campaigns (id, name, event_id, campaign_type, status) VALUES
        (501, 'CFP 2026', ${event.next}, 'cfp', 'active'),
        (502, 'Early Bird', ${event.next}, 'registration', 'active'),
        (503, 'Early Bird!', ${event.next}, 'reminder', 'draft'),
        (504, 'Called off', ${event.next}, 'general', 'cancelled'),
        (505, 'CFP 2025', ${event.last}, 'cfp', 'completed') RETURNING id`;
    [cfp.id, bird.id] = campaigns.map((row) => row.id) as [number, number];
    const tickets: [string, string | null, string][] = [
      ["Email", "registered", "2026-03-05 12:00"],
      ["EMAIL ", "registered", "2026-03-31 23:59:59"],
      ["Email", "cancelled", "2026-03-06 12:00"],
      ["Email", "registered", "2026-04-01 00:00"],
      ["email", "registered", "2026-06-10 09:00"],
      ["LinkedIn", "registered", "2026-03-15 09:00"],
      ["cfp-2026", "registered", "2026-03-16 09:00"],
      ["CFP-2026-LinkedIn", "registered", "2026-03-17 09:00"],
      ["cfp-2026-whatsapp-speakers-group", "registered", "2026-03-18 09:00"],
      ["cfp-2026-fax", "registered", "2026-03-19 09:00"],
      ["early-bird", "registered", "2026-06-11 09:00"],
      [" ", "registered", "2026-06-12 09:00"],
    ];
    for (const [position, [source, status, at]] of tickets.entries()) {
      const [contact] = await sql<{ id: number }[]>`
        INSERT INTO contacts (first_name, last_name, email)
        VALUES ('Person', ${`Number${String(position)}`}, ${`p${String(position)}@example.org`}) RETURNING id`;
      await sql`
        INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id,
                             marketing_source, registration_date, status)
        VALUES (${position}, ${event.next}, ${contact?.id ?? 0}, ${contact?.id ?? 0}, ${source}, ${at}, ${status})`;
    }
    await sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id,
                           marketing_source, registration_date)
      SELECT 1, ${event.last}, min(id), min(id), 'Email', '2025-03-05 12:00' FROM contacts`;
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const map = (args: Record<string, unknown>) =>
    client.ask("map_source", { event: "Data Day 2026", source: "Email", ...args });
  const refused = (args: Record<string, unknown>) =>
    client.refused("map_source", { event: "Data Day 2026", source: "Email", ...args });
  const outcome = async (campaign: number) => {
    const { campaigns } = await client.ask("query_registrations", { campaign });
    const [{ by_marketing_source, mapped }] = campaigns as [Record<string, number>];
    return { by_marketing_source, mapped };
  };
  const SPAN = { from: "2026-03-01", to: "2026-03-31" };

  it("lists what tickets carry, what it means, and names for links", async () => {
    const { text, facts } = await client.call("list_sources", { event: "Data Day 2026" });
    const at = { id: event.next, name: "Data Day 2026" };
    const none = { event: at, campaign: null, channel: null, mapped: false, ambiguous_with: [] };
    expect(facts).toMatchObject({ total: 7, registrations: 11, without_source: 1, mappings: [] });
    expect(facts.sources).toEqual([
      { ...none, marketing_source: "Email", registrations: 4 },
      {
        ...none,
        marketing_source: "CFP-2026-LinkedIn",
        registrations: 1,
        campaign: cfp,
        channel: "linkedin",
      },
      { ...none, marketing_source: "LinkedIn", registrations: 1 },
      { ...none, marketing_source: "cfp-2026", registrations: 1, campaign: cfp },
      { ...none, marketing_source: "cfp-2026-fax", registrations: 1 },
      {
        ...none,
        marketing_source: "cfp-2026-whatsapp-speakers-group",
        registrations: 1,
        campaign: cfp,
        channel: "whatsapp",
      },
      {
        ...none,
        marketing_source: "early-bird",
        registrations: 1,
        ambiguous_with: [bird, { id: 503, name: "Early Bird!" }],
      },
    ]);
    expect(text.split("\n")[0]).toBe(
      "7 of 7 sources shown. Of 11 registrations, 3 name a campaign, 0 count for one by a mapping, 7 say something that means no single campaign, 1 says nothing.",
    );
    const names = facts.link_names as {
      campaign: { id: number };
      channel: string;
      link_name: string;
    }[];
    expect(names.filter(({ campaign }) => campaign.id === cfp.id)).toEqual([
      { campaign: cfp, channel: null, link_name: "cfp-2026" },
      ...["linkedin", "whatsapp", "twitter", "print", "email", "website"].map((channel) => ({
        campaign: cfp,
        channel,
        link_name: `cfp-2026-${channel}`,
      })),
    ]);
    // The slug of these two is one, so their ids tell them apart; who was called off needs no link.
    expect(
      names.filter(({ channel }) => channel === "print").map(({ link_name }) => link_name),
    ).toEqual(["cfp-2026-print", "502-print", "503-print"]);
  });

  it("recognises each name that it gives for a link, and tells the channel", async () => {
    const { link_names } = await client.ask("list_sources", { event: "Data Day 2026" });
    for (const { campaign, channel, link_name } of link_names as {
      campaign: { id: number };
      channel: string | null;
      link_name: string;
    }[]) {
      const [meaning] = await database.sql`
        SELECT campaign_id, channel FROM outreach.source_meanings(${[event.next]}, ${[link_name]})`;
      expect([link_name, meaning]).toEqual([link_name, { campaign_id: campaign.id, channel }]);
    }
    const { by_source } = await client.ask("query_registrations", { event: "Data Day 2026" });
    expect(by_source).toContainEqual({
      marketing_source: "CFP-2026-LinkedIn",
      registrations: 3,
      checked_in: 0,
      campaign: cfp,
      mapped: false,
      ambiguous_with: [],
      spellings: [
        { marketing_source: "CFP-2026-LinkedIn", registrations: 1, channel: "linkedin" },
        { marketing_source: "cfp-2026", registrations: 1, channel: null },
        {
          marketing_source: "cfp-2026-whatsapp-speakers-group",
          registrations: 1,
          channel: "whatsapp",
        },
      ],
    });
  });

  it("keeps a campaign's own name before a channel in another's link", async () => {
    await database.sql`
      INSERT INTO campaigns (id, name, event_id, campaign_type)
      VALUES (601, 'Win by Email 2026', ${event.next}, 'general'), (602, 'CFP 2026 Print', ${event.next}, 'cfp')`;
    const meaning = async (source: string) => {
      const [row] = await database.sql`
        SELECT campaign_id, channel FROM outreach.source_meanings(${[event.next]}, ${[source]})`;
      return row;
    };
    expect(await meaning("win-by-email-2026-linkedin")).toEqual({
      campaign_id: 601,
      channel: "linkedin",
    });
    expect(await meaning("cfp-2026-print")).toEqual({ campaign_id: 602, channel: null });
    const { link_names } = await client.ask("list_sources", { event: "Data Day 2026" });
    expect(link_names).toContainEqual({ campaign: cfp, channel: "print", link_name: "501-print" });
    await database.sql`DELETE FROM campaigns WHERE id IN (601, 602)`;
  });

  it("counts what a mapping covers for its campaign, named as such, and nothing else", async () => {
    expect(await outcome(cfp.id)).toEqual({ by_marketing_source: 3, mapped: 0 });
    const { text, facts } = await client.call("map_source", {
      event: "Data Day 2026",
      source: " EMAIL",
      campaign: "CFP 2026",
      ...SPAN,
    });
    // By local days: the last second of March, and not the first of April; the cancelled one never.
    expect(facts).toEqual({
      mapping: {
        id: expect.any(Number),
        event: { id: event.next, name: "Data Day 2026" },
        source: "Email",
        campaign: cfp,
        from: "2026-03-01T00:00:00+02:00",
        to: "2026-03-31T23:59:59+02:00",
      },
      registrations: 2,
      taken_away: [],
      replay: false,
    });
    expect(text.split("\n")[0]).toBe(
      '"EMAIL" at Data Day 2026 now means CFP 2026 (from 2026-03-01T00:00:00+02:00 to 2026-03-31T23:59:59+02:00); 2 registrations count for that campaign by it.',
    );
    expect(await outcome(cfp.id)).toEqual({ by_marketing_source: 5, mapped: 2 });
    expect(await client.ask("get_campaign", { campaign: "CFP 2026" })).toMatchObject({
      registrations: { by_marketing_source: 5, mapped: 2 },
    });
    const { text: told } = await client.call("query_registrations", { campaign: "CFP 2026" });
    expect(told).toMatch(
      /^5 of 11 registrations name CFP 2026 as their source \(2 of them by a mapping/u,
    );
    const { by_source, total } = await client.ask("query_registrations", {
      event: "Data Day 2026",
    });
    expect(by_source).toContainEqual(
      expect.objectContaining({
        marketing_source: "EMAIL",
        registrations: 2,
        campaign: cfp,
        mapped: true,
      }),
    );
    expect(by_source).toContainEqual(
      expect.objectContaining({
        marketing_source: "Email",
        registrations: 2,
        campaign: null,
        mapped: false,
      }),
    );
    expect(total).toBe(11);
    const listed = await client.ask("query_registrations", { event: "Data Day 2026", list: true });
    const rows = listed.registrations as { mapped: boolean; campaign: { id: number } | null }[];
    expect(rows.filter(({ mapped }) => mapped).map(({ campaign }) => campaign?.id)).toEqual([
      501, 501,
    ]);
    expect(rows.filter(({ campaign }) => campaign?.id === cfp.id)).toHaveLength(5);
    const history = await client.ask("query_contact_history", {
      contact: "Person Number0",
      event: "2026",
    });
    expect(history.people).toMatchObject([{ registrations: [{ campaign: cfp }] }]);
    // Within a span that is asked for as well.
    const days = { event: "Data Day 2026", from: "2026-03-31", to: "2026-04-30" };
    const april = await client.ask("query_registrations", days);
    expect(april.campaigns).toContainEqual(
      expect.objectContaining({ id: 501, by_marketing_source: 1, mapped: 1 }),
    );
    // Of that event only.
    expect(await client.ask("list_sources", { event: "Data Day 2025" })).toMatchObject({
      sources: [{ marketing_source: "Email", campaign: null, mapped: false }],
    });
  });

  it("says again what it said when the call is repeated, also at once", async () => {
    const args = { campaign: "CFP 2026", ...SPAN };
    const answers = await Promise.all([map(args), map(args), map({ ...args, source: "email" })]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ registrations: 2, taken_away: [], replay: true });
    }
    const [rows] = await database.sql`SELECT count(*)::int AS count FROM outreach.source_mappings`;
    expect(rows).toEqual({ count: 1 });
  });

  it("lets one source mean two campaigns at two times, and refuses what overlaps", async () => {
    const second = await map({ campaign: "502", from: "2026-04-01" });
    expect(second).toMatchObject({ registrations: 2, mapping: { campaign: bird, to: null } });
    expect(await outcome(bird.id)).toEqual({ by_marketing_source: 2, mapped: 2 });
    expect(await outcome(cfp.id)).toEqual({ by_marketing_source: 5, mapped: 2 });
    const { sources, mappings } = await client.ask("list_sources", { event: "Data Day 2026" });
    expect((mappings as { campaign: unknown }[]).map(({ campaign }) => campaign)).toEqual([
      cfp,
      bird,
    ]);
    expect(sources).toContainEqual(
      expect.objectContaining({
        marketing_source: "Email",
        registrations: 2,
        campaign: bird,
        mapped: true,
      }),
    );
    expect(await refused({ campaign: "502", from: "2026-03-15" })).toBe(
      '"Email" at Data Day 2026 means CFP 2026 (from 2026-03-01T00:00:00+02:00 to 2026-03-31T23:59:59+02:00) and Early Bird (from 2026-04-01T00:00:00+02:00) already, in a part of that time; give exactly that from and to to change it, or take it away first with campaign null. Nothing was written.',
    );
    await expect(database.sql`
      INSERT INTO outreach.source_mappings (event_id, source, campaign_id, starts)
      VALUES (${event.next}, 'email', 501, '2027-01-01')`).rejects.toThrow(
      "source_mappings_no_overlap",
    );
    await expect(database.sql`
      INSERT INTO outreach.source_mappings (event_id, source, campaign_id)
      VALUES (${event.next}, 'Web', 501)`).rejects.toThrow("source_mappings_source_folded");
    await expect(database.sql`
      INSERT INTO outreach.source_mappings (event_id, source, campaign_id)
      VALUES (${event.next}, 'web', 505)`).rejects.toThrow("source_mappings_campaign_fkey");
  });

  it("replaces a mapping of the same span, and takes mappings away for campaign null", async () => {
    const replaced = await map({ campaign: "502", ...SPAN });
    expect(replaced).toMatchObject({
      registrations: 2,
      taken_away: [{ campaign: cfp }],
      replay: false,
    });
    expect(await outcome(cfp.id)).toEqual({ by_marketing_source: 3, mapped: 0 });
    expect(await refused({ campaign: null, from: "2026-03-10", to: "2026-03-20" })).toContain(
      "in a part of that time",
    );
    const taken = await map({ campaign: null });
    expect(taken).toMatchObject({ mapping: null, registrations: 4, replay: false });
    expect(taken.taken_away).toHaveLength(2);
    expect(await outcome(bird.id)).toEqual({ by_marketing_source: 0, mapped: 0 });
    expect(await map({ campaign: null })).toMatchObject({
      registrations: 0,
      taken_away: [],
      replay: true,
    });
    // Changing one's mind twice within ten minutes is no repetition.
    expect(await map({ campaign: "CFP 2026", ...SPAN })).toMatchObject({
      registrations: 2,
      replay: false,
    });
  });

  it("maps no source that names a campaign, but one that names several to one of them", async () => {
    expect(await refused({ source: "CFP-2026", campaign: "502" })).toBe(
      '"CFP-2026" at Data Day 2026 names CFP 2026 by itself, so it cannot mean another campaign or none. Nothing was written.',
    );
    expect(await refused({ source: "cfp-2026-email", campaign: "502" })).toContain(
      "names CFP 2026 by itself",
    );
    expect(await refused({ source: "cfp 2026", campaign: null })).toContain(
      "names CFP 2026 by itself",
    );
    expect(await refused({ source: "cfp 2026", campaign: "CFP 2026" })).toContain(
      "counts for it already",
    );
    expect(await refused({ source: "early-bird", campaign: "CFP 2026" })).toContain(
      "names Early Bird and Early Bird! by itself",
    );
    expect(await map({ source: "early-bird", campaign: 502 })).toMatchObject({ registrations: 1 });
    expect(await outcome(bird.id)).toEqual({ by_marketing_source: 1, mapped: 1 });
    expect(await outcome(503)).toEqual({ by_marketing_source: 0, mapped: 0 });
  });

  it("refuses a campaign of another event, an empty source and a span that ends before it begins", async () => {
    expect(await refused({ campaign: "CFP 2025" })).toMatch(
      /There is no campaign "CFP 2025" for that event/u,
    );
    for (const source of [" ", "\u200b\u2060", "\u3164"]) {
      expect(await refused({ campaign: "CFP 2026", source })).toContain("source must not be empty");
    }
    expect(await refused({ campaign: "CFP 2026", from: "2026-04-01", to: "2026-03-01" })).toBe(
      "from must lie before to. Nothing was written.",
    );
    expect(await refused({})).toContain("campaign is required");
  });

  it("says what tickets carry, the nearest first, where none carries the source, and maps it all the same", async () => {
    const { text, facts } = await client.call("map_source", {
      event: "Data Day 2026",
      source: "Linked-In",
      campaign: "CFP 2026",
    });
    expect(facts).toMatchObject({
      mapping: { source: "Linked-In", campaign: cfp },
      registrations: 0,
    });
    expect(text.split("\n")[0]).toMatch(
      /^"Linked-In" at Data Day 2026 now means CFP 2026 \(at any time\); 0 registrations count for that campaign by it\. No registration for Data Day 2026 carries it so far; they carry "LinkedIn" \(1\), "EMAIL" \(4\), .*"early-bird" \(1\)/u,
    );
    expect(facts.carried[0]).toEqual({ marketing_source: "LinkedIn", registrations: 1 });
    expect(facts.carried).toHaveLength(7);
    const none = await client.call("map_source", {
      event: "Data Day 2026",
      source: "Linked-In",
      campaign: null,
    });
    expect(none.text).toContain("no longer means CFP 2026");
    expect(none.text).toContain('they carry "LinkedIn" (1)');
    expect(await map({ campaign: null, from: "2031-01-01" })).not.toHaveProperty("carried");
    const nowhere = await client.call("map_source", {
      event: "Data Day 2025",
      source: "Flyer",
      campaign: null,
    });
    expect(nowhere.text).toContain(
      'nothing was changed. No registration for Data Day 2025 carries it so far; they carry "Email" (1).',
    );
  });

  it("is the same however its accents are written", async () => {
    const ticket = { event: event.last, source: "Cafe\u0301" };
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id,
                           marketing_source, registration_date)
      SELECT 2, ${ticket.event}, min(id), min(id), ${ticket.source}, '2025-03-06 12:00' FROM contacts`;
    const { facts } = await client.call("map_source", {
      event: "Data Day 2025",
      source: "Caf\u00e9",
      campaign: "CFP 2025",
    });
    expect(facts).toMatchObject({ registrations: 1 });
    expect(facts).not.toHaveProperty("carried");
  });

  it("goes with its campaign, and says so", async () => {
    expect(await map({ source: "Web", campaign: "503" })).toMatchObject({
      mapping: { source: "Web" },
      registrations: 0,
    });
    const removed = await client.call("remove_entry", { kind: "campaign", id: "503" });
    expect(removed.facts).toMatchObject({ cascaded: { source_mappings: 1 } });
    expect(removed.text.split("\n")[0]).toContain("with 1 source mapping");
    const [left] = await database.sql`
      SELECT count(*)::int AS count FROM outreach.source_mappings WHERE source = 'web'`;
    expect(left).toEqual({ count: 0 });
  });
});
