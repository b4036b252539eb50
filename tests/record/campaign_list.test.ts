import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

interface Listed {
  name: string;
  people: number;
  people_reached: number;
  open_rate: number | null;
  untracked_mails: number;
}

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

const listed = async (given: object) =>
  (await client.ask("list_campaigns", { ...given })).campaigns as Listed[];
const names = async (given: object) => (await listed(given)).map(({ name }) => name);

describe("list_campaigns", () => {
  it("tells people on the lists from people who received a mail, and mails nobody reported on", async () => {
    const [cfp] = await listed({ text: "cfp" });
    // Jane, Zoë (bounced), Thabo and Lerato (failed); six mails, three of them reported on.
    expect(cfp).toMatchObject({
      people: 4,
      people_reached: 2,
      untracked_mails: 3,
      open_rate: 0.6667,
    });
    const { text } = await client.call("list_campaigns", { text: "cfp" });
    expect(text).toContain("66.7 %");
  });

  it("takes one status or several", async () => {
    await client.ask("update_campaign", { campaign: "Thank you 2025", status: "completed" });
    const cancelled = { campaign: "Early bird 2026", status: "cancelled" };
    await client.ask("update_campaign", cancelled);
    expect(await names({ status: "completed" })).toEqual(["Thank you 2025"]);
    expect(await names({ status: ["completed", "cancelled"] })).toEqual([
      "Thank you 2025",
      "Early bird 2026",
    ]);
    const { filter } = await client.ask("list_campaigns", { status: "active" });
    expect(filter).toEqual({ status: ["active"] });
  });

  it("lists what was worked on in a span of time", async () => {
    // Assets and shares count, drafts do not; what nothing was done for stands at its creation.
    expect(await names({ from: "2026-03-06", to: "2026-03-06" })).toEqual(["CFP 2026"]);
    expect(await names({ from: "2026-06-01", to: "2026-06-01" })).toEqual(["Early bird 2026"]);
    expect(await names({ to: "2025-12-31" })).toEqual(["Thank you 2025"]);
    await client.ask("create_campaign", {
      name: "Untouched",
      event: "2026 Johannesburg",
      campaign_type: "sponsor",
    });
    expect(await names({ from: "1 day" })).toEqual(["Untouched"]);
    const { filter, resolved, total } = await client.ask("list_campaigns", {
      from: "2026-03-01",
      to: "2026-03-31",
    });
    const span = { from: "2026-03-01T00:00:00+02:00", to: "2026-03-31T23:59:59+02:00" };
    expect({ filter, resolved, total }).toMatchObject({ filter: span, resolved: span, total: 1 });
  });

  it("puts the latest activity first, or the best opened", async () => {
    expect(await names({ order: "last_activity" })).toEqual([
      "Early bird 2026",
      "CFP 2026",
      "Thank you 2025",
      "Untouched",
    ]);
    const { text } = await client.call("list_campaigns", { order: "open_rate" });
    expect((await names({ order: "open_rate" }))[0]).toBe("CFP 2026");
    expect(text.split("\n")[0]).toBe(
      "4 of 4 campaigns shown. CFP 2026 was opened most: 66.7 % of 3 delivered mails.",
    );
  });

  it.each(["last_activity", "open_rate"])(
    "walks in the order of %s while mails are logged, each older one exactly once",
    async (order) => {
      const mark = order.replace("_", "");
      await database.sql`
        WITH made AS (
          INSERT INTO campaigns (name, event_id, campaign_type, status)
          SELECT ${mark} || ' ' || n, ${people.events.day2025}, 'general', 'active'
          FROM generate_series(1, 12) AS n RETURNING id, name
        ), mails AS (
          INSERT INTO communications (campaign_id, channel, title, status, sent_at)
          SELECT id, 'email', 'Notice', 'sent', timestamptz '2025-01-01Z' + (id % 3) * interval '1 day'
          FROM made RETURNING id
        )
        INSERT INTO communication_recipients (communication_id, contact_id, status, metadata)
        SELECT mails.id, person.id, chosen.status,
               jsonb_build_object('logged_status', chosen.status, 'events', '[]'::jsonb)
        FROM mails CROSS JOIN (SELECT id FROM contacts ORDER BY id LIMIT 4) AS person
        CROSS JOIN LATERAL (
          SELECT CASE WHEN (mails.id + person.id) % 3 = 0 THEN 'opened' ELSE 'delivered' END AS status
        ) AS chosen`;
      const whole = await names({ text: mark, order });
      expect(whole).toHaveLength(12);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Record<string, any> = await client.ask("list_campaigns", {
          text: mark,
          order,
          limit: 5,
          ...(cursor !== null && { cursor }),
        });
        seen.push(...page.campaigns.map(({ name }: Listed) => name));
        cursor = page.next_cursor as string | null;
        // The last of all is mailed, which makes it the first of a list that begins now.
        await client.ask("log_send", {
          campaign: whole[11],
          title: `Late ${String(seen.length)}`,
          recipients: [{ contact: people.jane, status: "clicked" }],
        });
      } while (cursor !== null);
      expect(seen).toEqual(whole);
      if (order === "last_activity") {
        expect((await names({ text: mark, order }))[0]).toBe(whole[11]);
      }
    },
  );
});

describe("list_events", () => {
  it("counts posts by their channel, too", async () => {
    await client.ask("log_post", {
      campaign: record.campaigns.cfp,
      channel: "marketing_material",
      title: "Handbook",
      published_at: "2026-03-05",
    });
    const { events } = await client.ask("list_events", { year: 2026 });
    expect(events).toMatchObject([
      { outreach: { posts: 2, linkedin_posts: 1, marketing_materials: 1 } },
    ]);
    const { events: before } = await client.ask("list_events", { year: 2025 });
    expect(before).toMatchObject([
      { outreach: { posts: 0, linkedin_posts: 0, marketing_materials: 0 } },
    ]);
  });
});

describe("create_campaign", () => {
  it("says that a campaign is a draft where nobody says otherwise", async () => {
    const given = { event: "2026 Johannesburg", campaign_type: "general" };
    const draft = await client.call("create_campaign", { ...given, name: "Plain" });
    expect(draft.text).toMatch(
      /^Created the campaign Plain .*, as a draft \(the default status\)\./u,
    );
    const active = await client.call("create_campaign", {
      ...given,
      name: "Set",
      status: "active",
    });
    expect(active.text).toMatch(/^Created the campaign Set .*, with status active\./u);
    const tools = await client.tools();
    const { description } = tools.find(({ name }) => name === "create_campaign")!;
    expect(description).toContain("A draft until something is logged");
  });
});
