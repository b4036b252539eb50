import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

/** The titles on a page, in their order. */
function titlesOf(page: Record<string, unknown>): string[] {
  return (page["assets"] as { title: string }[]).map(({ title }) => title);
}

describe("assets", () => {
  let database: TestDatabase;
  let people: People;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
    for (const [name, event, campaign_type] of [
      ["CFP 2026", people.events.day2026, "cfp"],
      ["Early bird", people.events.day2026, "registration"],
      ["CFP 2025", people.events.day2025, "cfp"],
    ]) {
      await client.ask("create_campaign", { name, event, campaign_type });
    }
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const counts = async () => {
    const [row] = await database.sql<{ assets: number; distributions: number }[]>`
      SELECT (SELECT count(*)::int FROM marketing_assets) AS assets,
             (SELECT count(*)::int FROM asset_distributions) AS distributions`;
    return row ?? { assets: -1, distributions: -1 };
  };

  it("records an asset with everywhere it was shared, and nothing twice", async () => {
    const call = {
      title: " CFP flyer ",
      asset_type: "flyer",
      campaign: "CFP 2026",
      file_url: "https://files.example.org/cfp.pdf",
      distributions: [
        { channel: "linkedin", distributed_at: "2026-02-01T09:00", reach_estimate: 1200 },
        { channel: "whatsapp", distributed_at: "2026-02-02", notes: "speakers' group" },
        { channel: "linkedin", distributed_at: "2026-02-01T09:00", reach_estimate: 1200 },
      ],
    };
    const before = await counts();
    const first = await client.ask("create_asset", call);
    expect(first).toMatchObject({
      asset: {
        title: "CFP flyer",
        asset_type: "flyer",
        description: null,
        file_url: "https://files.example.org/cfp.pdf",
        event: { id: people.events.day2026, name: "Data & AI Day 2026" },
        campaign: { name: "CFP 2026" },
      },
      created: true,
      replay: false,
    });
    expect(first.distributions).toMatchObject([
      { channel: "linkedin", distributed_at: "2026-02-01T09:00:00+02:00", reach_estimate: 1200 },
      {
        channel: "whatsapp",
        distributed_at: "2026-02-02T00:00:00+02:00",
        reach_estimate: null,
        notes: "speakers' group",
      },
    ]);

    const again = await client.ask("create_asset", { ...call, campaign: "cfp-2026" });
    expect(again).toEqual({ ...first, created: false, replay: true });

    // Ten minutes later the asset is still the same one, whatever the case of its title.
    await database.sql`UPDATE outreach.recorded_calls SET claimed_at = now() - interval '11 minutes'`;
    const later = await client.ask("create_asset", {
      ...call,
      title: "CFP FLYER",
      distributions: [
        { channel: "whatsapp", notes: "speakers' group" },
        { channel: "print", notes: "library" },
      ],
    });
    expect(later).toMatchObject({ asset: first.asset, created: false, replay: false });
    expect(later.distributions).toMatchObject([
      { channel: "linkedin" },
      { channel: "whatsapp" },
      { channel: "print" },
    ]);
    expect(await counts()).toEqual({
      assets: before.assets + 1,
      distributions: before.distributions + 3,
    });
  });

  it("records one asset for two identical calls at once", async () => {
    const call = {
      title: "Speaker banner",
      asset_type: "banner",
      event: "Data & AI Day 2026",
      distributions: [{ channel: "website" }],
    };
    const answers = await Promise.all([
      client.ask("create_asset", call),
      client.ask("create_asset", call),
      client.ask("create_asset", { ...call, distributions: [] }),
    ]);
    expect(new Set(answers.map(({ asset }) => asset.id as number)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const [stored] = await database.sql`
      SELECT count(DISTINCT asset.id)::int AS assets, count(distribution.id)::int AS shares
      FROM marketing_assets AS asset
      LEFT JOIN asset_distributions AS distribution ON distribution.asset_id = asset.id
      WHERE asset.title = 'Speaker banner'`;
    expect(stored).toEqual({ assets: 1, shares: 1 });
  });

  it("says when an event gets a second asset of one title", async () => {
    const call = { title: "Poster", asset_type: "poster", event: "Data & AI Day 2026" };
    const first = await client.ask("create_asset", call);
    const second = await client.call("create_asset", { ...call, description: "A1, for the foyer" });
    expect(second.facts).toMatchObject({
      created: true,
      asset: { description: "A1, for the foyer" },
    });
    expect(second.facts.asset.id).not.toBe(first.asset.id);
    expect(second.text).toContain(
      `There is another of that title for this event (id ${String(first.asset.id)}).`,
    );
    expect(
      (await client.call("create_asset", { ...call, event: people.events.day2025 })).text,
    ).not.toContain("another");
  });

  it("refuses what cannot be right, and writes nothing", async () => {
    const before = await counts();
    const call = { title: "Wrong", asset_type: "flyer", event: "Data & AI Day 2026" };
    const share = (fields: object) => ({
      ...call,
      distributions: [{ channel: "print", ...fields }],
    });
    const faults: [Record<string, unknown>, string[]][] = [
      [{ ...call, campaign: "CFP 2025" }, ["CFP 2025", "Data & AI Day 2025", "Data & AI Day 2026"]],
      [{ title: "Wrong", asset_type: "flyer" }, ["event or campaign"]],
      [{ ...call, title: " " }, ["title must not be empty"]],
      [{ ...call, title: "x".repeat(201) }, ["at most 200 characters"]],
      [{ ...call, asset_type: "leaflet" }, ["social_graphic, flyer", '"leaflet"']],
      [{ ...call, file_url: "javascript:alert(1)" }, ["http://", "https://"]],
      [share({ reach_estimate: -1 }), ["reach_estimate", "0 to 2147483647"]],
      [share({ distributed_at: "2999-01-01" }), ["distributed_at", "future"]],
      [share({ channel: "carrier pigeon" }), ["linkedin, whatsapp", "carrier pigeon"]],
      [{ ...call, colour: "red" }, ['"colour"', "asset_type"]],
    ];
    for (const [given, said] of faults) {
      const error = await client.refused("create_asset", given);
      for (const words of said) expect(error).toContain(words);
      expect(error).toContain("Nothing was written.");
    }
    expect(await counts()).toEqual(before);
  });

  it("takes a campaign's words within the event that is given", async () => {
    const { asset } = await client.ask("create_asset", {
      title: "Old CFP banner",
      asset_type: "banner",
      event: "Data & AI Day 2025",
      campaign: "cfp",
    });
    expect(asset.campaign.name).toBe("CFP 2025");
  });

  it("records where an asset was shared, once", async () => {
    const { asset } = await client.ask("create_asset", {
      title: "Call for speakers",
      asset_type: "social_graphic",
      event: "Data & AI Day 2026",
    });
    const call = { asset: "call FOR speakers", channel: "linkedin", notes: "line\nbreak <b>" };
    const [first, second] = await Promise.all([
      client.call("record_distribution", call),
      client.call("record_distribution", { ...call, asset: asset.id }),
    ]);
    expect(first.facts.distribution).toEqual({
      id: expect.any(Number),
      asset: { id: asset.id, title: "Call for speakers" },
      channel: "linkedin",
      distributed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00$/u),
      reach_estimate: null,
      notes: "line\nbreak <b>",
    });
    expect(second.facts.distribution).toEqual(first.facts.distribution);
    expect([first.facts.replay, second.facts.replay].sort()).toEqual([false, true]);
    expect(first.text).toContain("line\\nbreak &lt;b>");

    // The same place once more, later, is another distribution.
    await database.sql`UPDATE outreach.recorded_calls SET claimed_at = now() - interval '11 minutes'`;
    const later = await client.ask("record_distribution", call);
    expect(later.replay).toBe(false);
    expect(later.distribution.id).not.toBe(first.facts.distribution.id);

    const error = await client.refused("record_distribution", {
      ...call,
      asset: "Call for speekers",
    });
    expect(error).toContain("Call for speakers");
    expect(error).toContain("list_assets");
    expect(
      await client.refused("record_distribution", { ...call, distributed_at: "2999-01-01" }),
    ).toContain("future");
    expect(await client.refused("record_distribution", { ...call, reach_estimate: -5 })).toContain(
      "0 to 2147483647",
    );
  });

  it("walks pages without showing an asset twice while others are added", async () => {
    const event = await client.ask("create_event", { name: "Meetup", event_date: "2024-05-01" });
    for (const title of ["a", "b", "c", "d", "e"]) {
      await client.ask("create_asset", { title, asset_type: "video", event: event.event.id });
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await client.ask("list_assets", {
        event: "Meetup",
        limit: 2,
        ...(cursor && { cursor }),
      });
      seen.push(...titlesOf(page));
      cursor = page.next_cursor;
      await client.ask("create_asset", {
        title: `new ${String(seen.length)}`,
        asset_type: "video",
        event: "Meetup",
      });
    } while (cursor !== null);
    expect(seen).toEqual(["e", "d", "c", "b", "a"]);
    const first = await client.ask("list_assets", { event: "Meetup", limit: 2 });
    expect(await client.refused("list_assets", { limit: 2, cursor: first.next_cursor })).toContain(
      "cursor",
    );
  });
});

describe("questions about assets", () => {
  let database: TestDatabase;
  let people: People;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
    const cfp = { name: "CFP 2026", event: people.events.day2026, campaign_type: "cfp" };
    await client.ask("create_campaign", cfp);
    const assets = [
      {
        title: "Speak at our day",
        asset_type: "flyer",
        campaign: "CFP 2026",
        distributions: [
          { channel: "whatsapp", distributed_at: "2026-02-02T10:00" },
          {
            channel: "linkedin",
            distributed_at: "2026-02-01T10:00",
            reach_estimate: 2_147_483_647,
          },
          {
            channel: "linkedin",
            distributed_at: "2026-02-03T10:00",
            reach_estimate: 2_147_483_647,
          },
        ],
      },
      { title: "Early bird", asset_type: "social_graphic", event: people.events.day2026 },
      {
        title: "Thank you",
        asset_type: "social_graphic",
        event: people.events.day2025,
        distributions: [{ channel: "twitter", distributed_at: "2025-11-20" }],
      },
    ];
    for (const asset of assets) await client.ask("create_asset", asset);
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const titles = async (filter: Record<string, unknown>) =>
    titlesOf(await client.ask("list_assets", filter));

  it('answers "Where did we share the CFP flyer?" in one call', async () => {
    const { facts, text } = await client.call("list_assets", { text: "CFP flyer" });
    expect(facts).toMatchObject({ total: 1, next_cursor: null, resolved: { event: null } });
    expect(facts.assets).toMatchObject([
      {
        title: "Speak at our day",
        campaign: { name: "CFP 2026" },
        distributions: [
          { channel: "linkedin", distributed_at: "2026-02-01T10:00:00+02:00" },
          { channel: "whatsapp", reach_estimate: null },
          { channel: "linkedin", distributed_at: "2026-02-03T10:00:00+02:00" },
        ],
        reach_estimate: 4_294_967_294,
        without_estimate: 1,
      },
    ]);
    expect(text.split("\n")[0]).toBe(
      '1 of 1 asset shown: "Speak at our day", shared 3 times (linkedin, whatsapp).',
    );
  });

  it('answers "What marketing materials did we create for 2026?" in one call', async () => {
    const answer = await client.ask("list_assets", { event: "2026" });
    expect(answer.assets).toMatchObject([
      { title: "Early bird", distributions: [], reach_estimate: null, without_estimate: 0 },
      { title: "Speak at our day" },
    ]);
    expect(answer.resolved.event).toEqual([
      { id: people.events.day2026, name: "Data & AI Day 2026" },
    ]);
    expect(answer.as_of).toMatch(/\+02:00$/u);
  });

  it("finds what was never shared, and shares whose reach nobody noted, by the beginnings of words", async () => {
    expect(await titles({ shared: false })).toEqual(["Early bird"]);
    expect(await titles({ shared: "yes" })).toEqual(["Thank you", "Speak at our day"]);
    expect(await titles({ without_reach: true })).toEqual(["Thank you", "Speak at our day"]);
    expect(await titles({ without_reach: false })).toEqual(["Early bird"]);
    expect(await titles({ shared: true, without_reach: false })).toEqual([]);
    expect(await titles({ text: "spea da" })).toEqual(["Speak at our day"]);
    expect(await client.ask("list_assets", { shared: false, text: "earl" })).toMatchObject({
      total: 1,
      filter: { shared: false, text: "earl" },
    });
  });

  it("filters by type, campaign and words, and says when nothing matches", async () => {
    expect(await titles({ asset_type: "social_graphic" })).toEqual(["Thank you", "Early bird"]);
    expect(await titles({ asset_type: "social_graphic", event: "2025" })).toEqual(["Thank you"]);
    expect(await titles({ campaign_id: "cfp-2026" })).toEqual(["Speak at our day"]);
    expect(await titles({ text: "social graphic 2025" })).toEqual(["Thank you"]);
    expect(await titles({ text: "flyer 2025" })).toEqual([]);
    expect(await client.refused("list_assets", { campaign: "sponsors" })).toContain(
      "list_campaigns",
    );
    expect(await client.refused("list_assets", { asset_type: "leaflet" })).toContain("poster");
  });
});
