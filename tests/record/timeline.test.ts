import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

describe("query_outreach_timeline", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;
  let record: Record2026;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    record = await seedRecord(database.sql, people);
    client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const ask = (args: Record<string, unknown>) => client.ask("query_outreach_timeline", args);
  const shown = (facts: Record<string, unknown>) =>
    (facts.entries as { at: string; kind: string; title: string }[]).map((entry) => [
      entry.at.slice(0, 10),
      entry.kind,
      entry.title,
    ]);

  const CFP = [
    ["2026-02-20", "asset_created", "CFP flyer"],
    ["2026-03-01", "email", "Call for speakers"],
    ["2026-03-02", "linkedin_post", "The CFP is open"],
    ["2026-03-03", "distribution", "CFP flyer"],
    ["2026-03-04", "distribution", "CFP flyer"],
    ["2026-03-06", "distribution", "CFP flyer"],
    ["2026-03-20", "email", "Last call for speakers"],
  ];

  it("finds what words of title or notes mean, and says how many drafts it leaves out", async () => {
    expect(shown(await ask({ text: "data comm" }))).toEqual([
      ["2026-03-03", "distribution", "CFP flyer"],
    ]);
    const found = await client.call("query_outreach_timeline", { text: "SPEAKER", event: "2026" });
    expect(shown(found.facts)).toEqual([
      ["2026-03-01", "email", "Call for speakers"],
      ["2026-03-20", "email", "Last call for speakers"],
    ]);
    expect(found.facts).toMatchObject({
      drafts_not_shown: 1,
      filter: { text: "SPEAKER", event: [{ name: "Data & AI Day 2026" }] },
    });
    expect(found.text).toMatch(/Not shown: 1 draft \(status \["draft"\] shows them\)/u);
    expect(await ask({ event: "2026" })).toMatchObject({ drafts_not_shown: 2 });
    expect(await ask({ event: "2026", status: ["draft"] })).toMatchObject({
      total: 2,
      drafts_not_shown: 0,
    });
    expect(await ask({ event: "2025" })).toMatchObject({ drafts_not_shown: 0 });
    expect(await ask({ text: "flyers" })).toMatchObject({ total: 0 });
  });

  it('answers "Show me a timeline of all comms for the CFP campaign"', async () => {
    const { text, facts } = await client.call("query_outreach_timeline", { campaign: "CFP 2026" });
    expect(shown(facts)).toEqual(CFP);
    expect(facts).toMatchObject({
      total: 7,
      next_cursor: null,
      summary: {
        by_kind: { email: 2, linkedin_post: 1, asset_created: 1, distribution: 3 },
        people: 4,
      },
      resolved: { campaign: { id: record.campaigns.cfp, name: "CFP 2026" } },
    });
    expect(text).toMatch(
      /^7 of 7 entries shown: 2 mails, 1 LinkedIn post, 1 asset, 3 distributions\. Not shown: 1 draft \(status \["draft"\] shows them\)\.\n/u,
    );
    const event = { id: people.events.day2026, name: "Data & AI Day 2026" };
    const campaign = { id: record.campaigns.cfp, name: "CFP 2026" };
    expect(facts.entries[0]).toEqual({
      at: "2026-02-20T10:00:00+02:00",
      kind: "asset_created",
      id: record.flyer,
      title: "CFP flyer",
      channel: null,
      status: null,
      campaign,
      event,
      recipient_count: null,
      by_status: {},
      reach_estimate: null,
      url: "https://files.example.org/flyer.pdf",
      notes: null,
    });
    expect(facts.entries[1]).toMatchObject({
      id: record.mails.call,
      channel: "email",
      status: "sent",
      recipient_count: 3,
      by_status: { opened: 1, bounced: 1, sent: 1 },
    });
    expect(facts.entries[2]).toMatchObject({
      id: record.post,
      status: "published",
      url: "https://social.example.org/cfp",
    });
    expect(facts.entries[3]).toMatchObject({
      channel: "linkedin",
      reach_estimate: 1200,
      notes: "Data community group",
      campaign,
      event,
    });
  });

  it('answers "What outreach have we done for Data & AI Day 2026?" across channels and campaigns', async () => {
    const facts = await ask({ event: "Data & AI Day 2026" });
    expect(shown(facts)).toEqual([
      ...CFP,
      ["2026-05-01", "asset_created", "Venue poster"],
      ["2026-06-01", "email", "Early bird tickets"],
    ]);
    expect(facts.summary).toEqual({
      by_kind: { email: 3, linkedin_post: 1, asset_created: 2, distribution: 3 },
      people: 4,
    });
    expect(facts.entries[7].campaign).toBeNull();
  });

  it("shows the newest first on request", async () => {
    const facts = await ask({ campaign: "CFP 2026", order: "desc" });
    expect(shown(facts)).toEqual(CFP.toReversed());
  });

  it.each([
    ["kinds", { kinds: ["email", "asset_created"] }, [0, 1, 6]],
    ["one kind", { kinds: "linkedin_post" }, [2]],
    ["linkedin: posts and distributions", { channels: ["linkedin"] }, [2, 3]],
    ["linkedin_post: posts only", { channels: ["linkedin_post"] }, [2]],
    ["email: mails and distributions by mail", { channels: ["email"] }, [1, 5, 6]],
    ["channels of both kinds", { channels: ["whatsapp", "linkedin_post"] }, [2, 4]],
    ["a status, which only communications have", { status: ["published"] }, [2]],
    ["the time", { from: "2026-03-02", to: "2026-03-03" }, [2, 3]],
    ["the time, local", { from: "2026-03-03T10:00", to: "2026-03-03T10:00:00" }, [3]],
  ])("narrows by %s", async (_what, args, expected) => {
    const facts = await ask({ campaign: "CFP 2026", ...args });
    expect(shown(facts)).toEqual(expected.map((index) => CFP[index]));
    expect(facts.total).toBe(expected.length);
  });

  it("shows drafts only when status asks, at the time they were made, and counts nobody in them", async () => {
    const facts = await ask({ event: "2026", status: ["draft"] });
    expect(shown(facts)).toEqual([
      ["2026-03-05", "email", "Reminder"],
      ["2026-03-05", "marketing_material", "Speaker handbook"],
    ]);
    expect(facts.entries[0]).toMatchObject({ status: "draft", recipient_count: 0, by_status: {} });
    expect(facts.summary).toEqual({ by_kind: { email: 1, marketing_material: 1 }, people: 0 });
  });

  it("shows only the mails to a person, with their status", async () => {
    const { text, facts } = await client.call("query_outreach_timeline", {
      contact: "thabo nkosi",
      event: "2026",
    });
    expect(text).toMatch(/^2 of 2 entries shown: 2 mails to Thabo Nkosi\.\n/u);
    expect(facts.entries).toMatchObject([
      { title: "Call for speakers", status: "sent", by_status: { sent: 1 } },
      { title: "Last call for speakers", status: "delivered", by_status: { delivered: 1 } },
    ]);
    expect(facts).toMatchObject({
      total: 2,
      summary: { by_kind: { email: 2 }, people: 1 },
      resolved: { contact: { id: people.thabo, name: "Thabo Nkosi" } },
    });
    // Nobody who is queued in a draft was sent anything.
    expect(await ask({ contact: "Sipho Dlamini" })).toMatchObject({ entries: [], total: 0 });
  });

  it("asks which one is meant where a person's name matches two", async () => {
    const message = await client.refused("query_outreach_timeline", { contact: "Jane Smith" });
    expect(message).toContain(`${String(people.jane)} Jane Smith (jane.smith@example.org)`);
    expect(message).toContain(`${String(people.otherJane)} Jane Smith (jane@example.org)`);
  });

  it.each(["asc", "desc"])(
    "walks every older entry exactly once while entries are added, %s",
    async (order) => {
      const walk = { event: "Data & AI Day 2026", order };
      const key = (entry: { kind: string; id: number }) => `${entry.kind} ${String(entry.id)}`;
      const keys = (facts: Record<string, unknown>) =>
        (facts.entries as { kind: string; id: number }[]).map(key);
      // Three entries at one moment: kind and id tell them apart.
      await database.sql`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      SELECT ${record.campaigns.cfp}, channel, 'At once', 'published', '2026-03-01T07:00:00Z'
      FROM unnest('{linkedin_post,marketing_material,marketing_material}'::text[]) AS channel`;
      const older = keys(await ask(walk));
      const seen: string[] = [];
      let cursor: string | null = null;
      let added = 0;
      do {
        const page: Record<string, unknown> = await ask({
          ...walk,
          limit: 2,
          ...(cursor && { cursor }),
        });
        seen.push(...keys(page));
        cursor = page.next_cursor as string | null;
        added += 1;
        await database.sql`
        INSERT INTO communications (campaign_id, channel, title, status, sent_at)
        SELECT ${record.campaigns.cfp}, 'linkedin_post', 'Added', 'published', at
        FROM (VALUES (timestamptz '2026-01-01'), ('2026-03-01T07:00:00Z'), ('2026-10-01')) AS moment (at)
        WHERE ${added} <= 3`;
      } while (cursor !== null && added < 30);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((entry) => older.includes(entry))).toEqual(older);
    },
  );

  it("refuses a cursor that was changed or belongs to the other order", async () => {
    const { next_cursor: cursor } = await ask({ campaign: "CFP 2026", limit: 2 });
    for (const args of [{ cursor: `${cursor as string}A` }, { cursor, order: "desc" }]) {
      expect(
        await client.refused("query_outreach_timeline", {
          campaign: "CFP 2026",
          limit: 2,
          ...args,
        }),
      ).toMatch(/^cursor is not one/u);
    }
  });
});
