import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DateTime } from "luxon";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;
const earlyBird: Record<"old" | "renamed" | "new", number> = { old: 0, renamed: 0, new: 0 };

beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  const campaign = async (name: string, event: string) => {
    const { campaign } = await client.ask("create_campaign", {
      name,
      event,
      campaign_type: "general",
    });
    return (campaign as { id: number }).id;
  };
  earlyBird.old = await campaign("Early Bird", "Data & AI Day 2025");
  earlyBird.new = await campaign("Early Bird Offer 2026", "Data & AI Day 2026");
  earlyBird.renamed = await campaign("Speakers' dinner", "Data & AI Day 2025");
  await client.ask("update_campaign", { campaign: "Speakers' dinner", name: "Farewell evening" });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

describe("an exact name that was taken although other rows fit its words", () => {
  it("is said of a campaign, in the structure and in the headline", async () => {
    const answer = await client.call("get_campaign", { campaign: "early bird" });
    const { resolved } = answer.facts as { resolved: { campaign: object } };
    expect(resolved.campaign).toEqual({
      id: earlyBird.old,
      name: "Early Bird",
      also_fits: [
        { id: earlyBird.new, name: "Early Bird Offer 2026" },
        { id: record.campaigns.earlyBird, name: "Early bird 2026" },
      ],
    });
    expect(answer.text.split("\n")[0]).toMatch(
      / \(also: Early Bird Offer 2026, Early bird 2026\)$/u,
    );
  });

  it("is said by a tool that writes", async () => {
    const answer = await client.call("log_post", {
      campaign: "Early Bird",
      channel: "linkedin_post",
      title: "Cheaper until May",
      published_at: "2026-03-02",
    });
    expect(answer.text.split("\n")[0]).toContain("(also: Early Bird Offer 2026, Early bird 2026)");
  });

  it("is said of an event, a person and a mail", async () => {
    await client.ask("create_event", {
      name: "Data & AI Day 2026 Extra",
      event_date: "2026-12-01",
    });
    const { resolved, filter } = await client.ask("list_campaigns", {
      event: "data and ai day 2026",
    });
    const extra = { id: expect.any(Number) as number, name: "Data & AI Day 2026 Extra" };
    const event = { id: people.events.day2026, name: "Data & AI Day 2026" };
    expect(resolved).toMatchObject({ event: { ...event, also_fits: [extra] } });
    expect(filter).toEqual({ event });

    await database.sql`
      INSERT INTO contacts (first_name, last_name, email) VALUES ('Lerato', 'Mokoena-Smith', 'lms@example.org')`;
    const history = await client.call("query_contact_history", { contact: "Lerato Mokoena" });
    expect(history.text).toContain("(also: Lerato Mokoena-Smith)");
    expect(history.facts).toMatchObject({
      resolved: { contact: { id: people.lerato, also_fits: [{ name: "Lerato Mokoena-Smith" }] } },
    });

    const mail = await client.call("query_recipients", { communication: "call for speakers" });
    expect(mail.text.split("\n")[0]).toContain("(also: Last call for speakers)");
    expect(mail.facts).toMatchObject({
      resolved: { communication: { also_fits: [{ name: "Last call for speakers" }] } },
    });
  });

  it("is said of the filters of an audience", async () => {
    const given = { received_campaign: "early bird" };
    expect((await client.call("find_audience", given)).text).toContain("(also: Early Bird Offer");
    const mails = await client.call("find_audience", { mails_from: "early bird", min_mails: 1 });
    expect(mails.text).toContain("(also: Early Bird Offer");
    const since = await client.call("find_audience", { mails_from: "30 days", min_mails: 1 });
    expect(since.text).not.toContain("(also:");
  });

  it("is not said where an id was given, or where nothing else fits", async () => {
    for (const campaign of [String(earlyBird.old), "CFP 2026"]) {
      const answer = await client.call("get_campaign", { campaign });
      expect(answer.text).not.toContain("also");
    }
  });
});

describe("a former name", () => {
  it("is said where it was taken", async () => {
    const answer = await client.call("get_campaign", { campaign: "speakers dinner" });
    expect(answer.facts).toMatchObject({
      resolved: {
        campaign: {
          id: earlyBird.renamed,
          name: "Farewell evening",
          formerly: "Speakers' dinner",
        },
      },
    });
    expect(answer.text.split("\n")[0]).toContain("(Farewell evening, formerly Speakers' dinner)");
    const now = await client.call("get_campaign", { campaign: "farewell-evening" });
    expect(now.text).not.toContain("formerly");
  });
});

describe("a number that is nobody's id", () => {
  it.each([
    [
      "get_campaign",
      { campaign: 987654 },
      'There is no campaign "987654". list_campaigns lists all.',
    ],
    [
      "query_contact_history",
      { contact: 987654 },
      'There is no contact "987654". find_contacts lists all.',
    ],
    ["list_assets", { event: 987654 }, 'There is no event "987654". list_events lists all.'],
    ["list_assets", { event: 1987 }, 'There is no event "1987". list_events lists all.'],
    [
      "query_recipients",
      { communication: 987654 },
      'There is no communication "987654". query_outreach_timeline lists all.',
    ],
  ])("%s names no row as near it: %j", async (name, given, message) => {
    expect(await client.refused(name, given)).toBe(message);
  });
});

describe("a mail", () => {
  it("is not looked for among posts", async () => {
    for (const given of ["The CFP is open", String(record.post)]) {
      const message = await client.refused("query_recipients", { communication: given });
      expect(message).toContain(`is no mail: it is ${record.post} The CFP is open (linkedin_post`);
    }
    const message = await client.refused("find_audience", { received_communication: "CFP 2026" });
    expect(message).toContain("Call for speakers (email");
    expect(message).not.toMatch(/The CFP is open|Speaker handbook/u);
  });

  it("is not ambiguous for a post of its title, which a correction still finds", async () => {
    const { communication } = await client.ask("log_post", {
      campaign: "CFP 2026",
      channel: "linkedin_post",
      title: "Last call for speakers",
      published_at: "2026-03-21",
    });
    const { resolved } = await client.ask("query_recipients", {
      communication: "Last call for speakers",
    });
    expect(resolved).toMatchObject({ communication: { id: record.mails.lastCall } });
    const message = await client.refused("update_entry", {
      kind: "communication",
      id: "Last call for speakers",
      changes: { title: "Last call" },
    });
    expect(message).toContain("matches several");
    expect(message).toContain(String((communication as { id: number }).id));
    for (const filter of ["received_communication", "not_received_communication"]) {
      const { filter: meant } = await client.ask("find_audience", {
        [filter]: "Last call for speakers",
      });
      expect(meant).toMatchObject({ [filter]: { id: record.mails.lastCall } });
    }
  });
});

describe("an event by its date", () => {
  let world: TestDatabase;
  let inWorld: TestClient;
  const today = DateTime.now().setZone(ZONE.OUTREACH_TIMEZONE);
  const at = (days: number) => today.plus({ days }).toISODate() ?? "";
  const lastYear = today.minus({ years: 1 });

  beforeAll(async () => {
    world = await freshDatabase();
    inWorld = await connectInProcess({ env: { DATABASE_URL: world.url, ...ZONE } });
    for (const [name, event_date, status] of [
      ["Spring meeting", at(-40), "completed"],
      ["Called off yesterday", at(-1), "cancelled"],
      ["Called off today", at(0), "cancelled"],
      ["Open evening", at(0), "planned"],
      ["Winter meeting", at(30), "planned"],
      ["Jubilee", lastYear.set({ month: 6, day: 1 }).toISODate() ?? "", "completed"],
    ] as const) {
      await inWorld.ask("create_event", { name, event_date, status });
    }
  });
  afterAll(async () => {
    await inWorld.close();
    await world.drop();
  });

  const meant = async (event: string) =>
    (await inWorld.ask("list_campaigns", { event })).resolved as { event: { name: string } };

  it.each(["next", "Next event", "the next event", "upcoming"])(
    "%s is the one to come",
    async (words) => {
      expect((await meant(words)).event).toMatchObject({ name: "Open evening" });
    },
  );

  it.each(["last", "last event", "the last event"])("%s is the one that was", async (words) => {
    expect((await meant(words)).event).toMatchObject({ name: "Spring meeting" });
  });

  it("a year said by words is a list in a question, as its number is", async () => {
    const year = await meant(String(today.year));
    expect((await meant("this year")).event).toEqual(year.event);
    expect((await meant("last year")).event).toEqual((await meant(String(lastYear.year))).event);
    expect((await meant("last year")).event).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "Jubilee" })]),
    );
  });

  it("is understood by tools that write, too", async () => {
    const { campaign } = await inWorld.ask("create_campaign", {
      name: "Doors open",
      event: "next event",
      campaign_type: "reminder",
    });
    expect(campaign).toMatchObject({ event: { name: "Open evening" } });
    expect(
      await inWorld.refused("create_campaign", {
        name: "Doors open",
        event: "next year",
        campaign_type: "reminder",
      }),
    ).toMatch(/^There is no event in \d{4}\. list_events lists all\./u);
  });

  it("counts after a name: an event that is called Next is meant by it", async () => {
    await inWorld.ask("create_event", { name: "Next", event_date: at(-300) });
    expect((await meant("next")).event).toMatchObject({ name: "Next" });
    expect((await meant("next event")).event).toMatchObject({ name: "Open evening" });
  });
});
