import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

describe("events and campaigns", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("creates an event once, however its name is spelled", async () => {
    const first = await client.ask("create_event", {
      name: "Winter Meetup & Braai",
      event_date: "2026-07-04",
      location: "Gqeberha",
    });
    expect(first).toMatchObject({
      created: true,
      event: {
        name: "Winter Meetup & Braai",
        event_date: "2026-07-04",
        location: "Gqeberha",
        status: "planned",
      },
    });
    const again = await client.ask("create_event", {
      name: "winter meetup AND braai",
      event_date: "2026-07-04",
    });
    expect(again).toEqual({ created: false, event: first.event });
    const otherDay = await client.ask("create_event", {
      name: "Winter Meetup & Braai",
      event_date: "2027-07-03",
    });
    expect(otherDay.created).toBe(true);
    const [stored] =
      await database.sql`SELECT year FROM events WHERE id = ${first.event.id as number}`;
    expect(stored).toEqual({ year: 2026 });
  });

  it("says that an event of the name is there on another day, which may have been meant", async () => {
    const first = await client.call("create_event", { name: "Solstice", event_date: "2026-12-21" });
    expect(first.facts).not.toHaveProperty("events_with_this_name");
    const { id } = first.facts["event"] as { id: number };
    const second = await client.call("create_event", {
      name: "solstice",
      event_date: "2026-12-22",
    });
    expect(second.facts).toMatchObject({
      created: true,
      events_with_this_name: [{ id, name: "Solstice", event_date: "2026-12-21" }],
    });
    expect(second.text.split("\n")[0]).toBe(
      `Created solstice on 2026-12-22. There is already an event of this name, on 2026-12-21 (${String(id)}); this is a second one. To change the date of that one use update_event; undo_change takes this one back.`,
    );
    const third = await client.call("create_event", { name: "Solstice", event_date: "2027-12-21" });
    expect(third.text).toContain("There are already events of this name, on 2026-12-22 (");
    const again = await client.call("create_event", { name: "Solstice", event_date: "2026-12-21" });
    expect(again.facts).toEqual({ created: false, event: first.facts["event"] });
    expect(again.text.split("\n")[0]).toBe(
      "Solstice on 2026-12-21 was there already; nothing was changed.",
    );
  });

  it("creates an event once when two calls arrive at once", async () => {
    const args = { name: "At once", event_date: "2026-08-01" };
    const answers = await Promise.all([
      client.ask("create_event", args),
      client.ask("create_event", args),
    ]);
    expect(answers.map((answer) => answer.created).sort()).toEqual([false, true]);
  });

  it.each([
    ["no such day", { name: "x", event_date: "2026-02-30" }, "event_date is not a date"],
    [
      "a wrong status",
      { name: "x", event_date: "2026-02-03", status: "soon" },
      "planned, registration_open",
    ],
    ["no name", { event_date: "2026-02-03" }, "name is required"],
  ])("refuses an event with %s", async (_what, args, expected) => {
    expect(await client.refused("create_event", args)).toContain(expected);
  });

  it("creates a campaign, and returns one that is there", async () => {
    const first = await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "data and ai day 2026",
      campaign_type: "cfp",
    });
    expect(first).toMatchObject({
      created: true,
      campaign: {
        name: "CFP 2026",
        slug: "cfp-2026",
        event: { id: people.events.day2026, name: "Data & AI Day 2026" },
        campaign_type: "cfp",
        status: "draft",
        description: null,
      },
    });
    expect(first.campaign.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00$/u);
    const again = await client.ask("create_campaign", {
      name: "cfp 2026",
      event: "2026 Data",
      campaign_type: "cfp",
    });
    expect(again).toEqual({ created: false, campaign: first.campaign });
    expect(
      await client.refused("create_campaign", {
        name: "CFP 2026",
        event: String(people.events.day2026),
        campaign_type: "reminder",
      }),
    ).toContain("of type cfp");
  });

  it("names candidates for an ambiguous event and near names for an unknown one", async () => {
    const ambiguous = await client.refused("create_campaign", {
      name: "x",
      event: "Data AI",
      campaign_type: "cfp",
    });
    expect(ambiguous).toContain(`${people.events.day2025} Data & AI Day 2025 (2025-11-15)`);
    expect(ambiguous).toContain(`${people.events.day2026} Data & AI Day 2026 (2026-11-14)`);
    expect(ambiguous).toMatch(/Nothing was written\.$/u);
    const unknown = await client.refused("create_campaign", {
      name: "x",
      event: "Dat AI Dya 2026",
      campaign_type: "cfp",
    });
    expect(unknown).toContain("Data & AI Day 2026");
    expect(unknown).toContain("list_events");
  });

  it("finds an event by the month, year and place of it", async () => {
    const answer = await client.ask("list_campaigns", { event: "november 2026 johannesburg" });
    expect(answer.resolved.event).toEqual({
      id: people.events.day2026,
      name: "Data & AI Day 2026",
    });
    const year = await client.ask("list_campaigns", { event: 2025 });
    expect(year.resolved.event).toEqual([
      { id: people.events.day2025, name: "Data & AI Day 2025" },
    ]);
  });

  it("allows the transitions of a campaign's life and no other, and the database agrees", async () => {
    await client.ask("create_campaign", {
      name: "Transitions",
      event: "Data & AI Day 2026",
      campaign_type: "general",
    });
    const to = (status: string) =>
      client.call("update_campaign", { campaign: "Transitions", status });
    const walk = [
      ["completed", "active or cancelled"],
      ["active", null],
      ["draft", "completed or cancelled"],
      ["completed", null],
      ["cancelled", "active"],
      ["active", null],
      ["cancelled", null],
      ["active", "draft"],
      ["draft", null],
    ] as const;
    let before = "draft";
    for (const [status, allowed] of walk) {
      const answer = await to(status);
      if (allowed === null) {
        expect(answer.facts.changed).toEqual({ status: [before, status] });
        before = status;
      } else {
        expect(answer.isError).toBe(true);
        expect(answer.text).toContain(`cannot become ${status}, only ${allowed}`);
      }
    }
    expect((await to("draft")).facts.changed).toEqual({});
    await expect(
      database.sql`UPDATE campaigns SET status = 'completed' WHERE name = 'Transitions'`,
    ).rejects.toThrow(/does not go from draft to completed/u);
  });

  it("empties a description that is given as null", async () => {
    const given = { campaign: "Transitions", description: "Once" };
    await client.ask("update_campaign", given);
    const { changed } = await client.ask("update_campaign", { ...given, description: null });
    expect(changed).toEqual({ description: ["Once", null] });
  });

  it("keeps answering to former names and slugs, after the names borne now", async () => {
    const { campaign } = await client.ask("create_campaign", {
      name: "Early Bird",
      event: "Data & AI Day 2026",
      campaign_type: "registration",
    });
    const renamed = await client.ask("update_campaign", {
      campaign: "early-bird",
      name: "Super Early Bird",
    });
    expect(renamed.changed).toEqual({ name: ["Early Bird", "Super Early Bird"] });
    for (const name of ["Early Bird", "early-bird", "super-early-bird"]) {
      expect((await client.ask("get_campaign", { campaign: name })).campaign.id).toBe(campaign.id);
    }
    const { campaign: heir } = await client.ask("create_campaign", {
      name: "Early Bird",
      event: "Data & AI Day 2025",
      campaign_type: "registration",
    });
    expect((await client.ask("get_campaign", { campaign: "Early Bird" })).campaign.id).toBe(
      heir.id,
    );
    expect(await client.refused("update_campaign", { campaign: heir.id, event: "2026" })).toContain(
      '"event"',
    );
    expect(
      await client.refused("create_campaign", {
        name: "SUPER early bird",
        event: "Data & AI Day 2026",
        campaign_type: "cfp",
      }),
    ).toContain("of type registration");
  });

  it("walks pages while campaigns are being added, each older one exactly once", async () => {
    await database.sql`
      INSERT INTO campaigns (name, event_id, campaign_type)
      SELECT 'Walk ' || n, ${people.events.day2025}, 'general' FROM generate_series(1, 25) AS n`;
    const seen: string[] = [];
    let cursor: string | null = null;
    let added = 0;
    do {
      const page: Record<string, any> = await client.ask("list_campaigns", {
        event: "Data & AI Day 2025",
        text: "walk",
        limit: 4,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.campaigns.map((campaign: { name: string }) => campaign.name));
      cursor = page.next_cursor as string | null;
      await client.ask("create_campaign", {
        name: `Walk late ${String((added += 1))}`,
        event: "Data & AI Day 2025",
        campaign_type: "general",
      });
    } while (cursor !== null);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it("refuses a cursor that was changed or belongs to another question", async () => {
    const { next_cursor: cursor } = await client.ask("list_campaigns", { text: "walk", limit: 2 });
    const flipped = `${cursor.slice(0, 4)}${cursor[4] === "A" ? "B" : "A"}${cursor.slice(5)}`;
    for (const args of [
      { text: "walk", limit: 2, cursor: flipped },
      { text: "late", limit: 2, cursor },
      { text: "walk", cursor: "nonsense" },
    ]) {
      expect(await client.refused("list_campaigns", args)).toContain("cursor");
    }
    expect(
      (await client.ask("list_campaigns", { text: "walk", limit: 5, cursor })).campaigns,
    ).toHaveLength(5);
    expect(await client.refused("list_events", { cursor })).toContain("cursor");
  });

  it("tells a campaign in full, with numbers worked out by hand", async () => {
    await client.ask("create_campaign", {
      name: "In full",
      event: "Data & AI Day 2026",
      campaign_type: "sponsor",
    });
    await client.ask("log_send", {
      campaign: "In full",
      title: "First",
      sent_at: "2026-02-01",
      recipients: [
        { contact: people.jane, status: "clicked" },
        { contact: people.zoe, status: "opened" },
        { contact: people.lerato, status: "bounced" },
        { contact: people.thabo, status: "sent" },
      ],
    });
    await client.ask("log_send", {
      campaign: "In full",
      title: "Second",
      sent_at: "2026-02-10",
      recipients: [{ contact: people.jane }, { contact: people.nomsa, status: "failed" }],
    });
    await client.ask("log_post", {
      campaign: "In full",
      channel: "linkedin_post",
      post_url: "https://example.org/p/1",
      published_at: "2026-02-05",
    });
    await database.sql`
      WITH asset AS (
        INSERT INTO marketing_assets (campaign_id, event_id, asset_type, title)
        SELECT id, event_id, 'flyer', 'The flyer' FROM campaigns WHERE name = 'In full' RETURNING id)
      INSERT INTO asset_distributions (asset_id, channel, reach_estimate)
      SELECT id, channel, reach FROM asset, (VALUES ('linkedin', 500), ('whatsapp', NULL), ('whatsapp', 40)) AS v (channel, reach)`;
    const answer = await client.ask("get_campaign", { campaign: "in full" });
    expect(
      answer.communications.map((c: Record<string, unknown>) => [
        c.title,
        c.channel,
        c.status,
        c.recipient_count,
        c.by_status,
      ]),
    ).toEqual([
      ["First", "email", "sent", 4, { clicked: 1, opened: 1, sent: 1, bounced: 1 }],
      ["https://example.org/p/1", "linkedin_post", "published", 0, {}],
      ["Second", "email", "sent", 2, { sent: 1, failed: 1 }],
    ]);
    expect(answer.communications[0].funnel).toEqual({
      recipients: 4,
      attempted: 4,
      delivered: 2,
      opened: 2,
      clicked: 1,
      bounced: 1,
      failed: 0,
      no_news: 1,
    });
    expect(answer.people).toEqual({
      total: 5,
      by_status: { clicked: 1, opened: 1, sent: 1, bounced: 1, failed: 1 },
    });
    expect(answer.distributions).toEqual({
      total: 3,
      reach_estimate: 540,
      without_estimate: 1,
      by_channel: { linkedin: 1, whatsapp: 2 },
    });
    expect(answer).toMatchObject({
      tracked: false,
      events_synced_to: null,
      campaign: { status: "active" },
    });
    const [listed] = (await client.ask("list_campaigns", { text: "in full" })).campaigns;
    expect(listed).toMatchObject({
      communications: 3,
      people: 5,
      assets: 1,
      open_rate: null,
      funnel: {
        recipients: 6,
        attempted: 6,
        delivered: 2,
        opened: 2,
        clicked: 1,
        bounced: 1,
        failed: 1,
        no_news: 2,
      },
    });
  });

  it("counts nobody of a prepared send that was not confirmed", async () => {
    const { campaign } = await client.ask("create_campaign", {
      name: "Prepared",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
    await database.sql`
      WITH prepared AS (
        INSERT INTO communications (campaign_id, channel, title, status)
        VALUES (${campaign.id as number}, 'email', 'Not yet', 'draft') RETURNING id)
      INSERT INTO communication_recipients (communication_id, contact_id, status)
      SELECT id, ${people.zoe}, 'queued' FROM prepared`;
    const answer = await client.ask("get_campaign", { campaign: "Prepared" });
    expect(answer.people).toEqual({ total: 0, by_status: {} });
    expect(answer.communications[0].funnel.recipients).toBe(0);
  });
});
