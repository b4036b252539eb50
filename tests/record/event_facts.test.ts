import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;

beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const EVENT = "Data & AI Day 2026";
const update = (args: Record<string, unknown>) =>
  client.ask("update_event", { event: EVENT, ...args });
const refused = (facts: Record<string, unknown>) =>
  client.refused("update_event", { event: EVENT, facts });

describe("an event", () => {
  it("is changed field by field, and what changed is said", async () => {
    const { text, facts } = await client.call("update_event", {
      event: people.events.day2026,
      location: "Sandton",
      status: "in_progress",
      description: "Talks and workshops",
    });
    expect(facts).toEqual({
      event: {
        id: people.events.day2026,
        name: EVENT,
        event_date: "2026-11-14",
        location: "Sandton",
        description: "Talks and workshops",
        status: "in_progress",
      },
      facts: {},
      milestones: [],
      changed: {
        location: ["Johannesburg", "Sandton"],
        status: ["registration_open", "in_progress"],
        description: [null, "Talks and workshops"],
      },
    });
    expect(text.split("\n")[0]).toBe(
      "Changed location, description, status of Data & AI Day 2026.",
    );
    const [row] = await database.sql`
      SELECT location, status FROM events WHERE id = ${people.events.day2026}`;
    expect(row).toEqual({ location: "Sandton", status: "in_progress" });
  });

  it("is not changed by what it is already, and null empties", async () => {
    const again = await client.call("update_event", { event: EVENT, location: "Sandton" });
    expect(again.facts).toMatchObject({ changed: {} });
    expect(again.text).toContain("is so already; nothing was changed");
    expect((await update({ description: null })).changed).toEqual({
      description: ["Talks and workshops", null],
    });
  });

  it("takes its year from its date", async () => {
    const { event } = await client.ask("create_event", { name: "Moved", event_date: "2026-12-01" });
    await client.ask("update_event", { event: "Moved", event_date: "2027-01-09" });
    const [row] = await database.sql`
      SELECT event_date, year FROM events WHERE id = ${(event as { id: number }).id}`;
    expect(row).toMatchObject({ year: 2027 });
    expect((await client.ask("list_events", { year: 2027 })).total).toBe(1);
  });

  it("does not become another of the same name and day", async () => {
    await client.ask("create_event", { name: "Meetup", event_date: "2026-10-01" });
    await client.ask("create_event", { name: "Meet-up evening", event_date: "2026-10-01" });
    const message = await client.refused("update_event", {
      event: "Meet-up evening",
      name: "MEETUP",
    });
    expect(message).toMatch(
      /^There is an event of that name on that day already, with id \d+\. Nothing was written\.$/u,
    );
  });
});

describe("facts of an event", () => {
  it("are kept as they were given, times in the zone, and replaced and removed by key", async () => {
    const first = await update({
      facts: {
        cfp_closes: "2026-06-30",
        doors_open_at: "2026-11-14T08:30",
        submit_url: "https://speak.example.org/2026",
        capacity: 300,
        theme: "  Ubuntu ",
        lunch: true,
        price_rand: 150.5,
      },
    });
    expect(first.facts).toEqual({
      capacity: 300,
      cfp_closes: "2026-06-30",
      doors_open_at: "2026-11-14T08:30:00+02:00",
      lunch: true,
      price_rand: 150.5,
      submit_url: "https://speak.example.org/2026",
      theme: "Ubuntu",
    });
    expect(first.changed).toMatchObject({
      "facts.capacity": [null, 300],
      "facts.doors_open_at": [null, "2026-11-14T08:30:00+02:00"],
    });
    const second = await update({
      facts: { cfp_closes: "2026-07-05T17:00Z", lunch: null, theme: "Ubuntu", nothing_there: null },
    });
    expect(second.changed).toEqual({
      "facts.cfp_closes": ["2026-06-30", "2026-07-05T19:00:00+02:00"],
      "facts.lunch": [true, null],
    });
    expect(Object.keys(second.facts as object)).not.toContain("lunch");
    const [other] = await database.sql`
      SELECT count(*)::int AS n FROM outreach.event_facts WHERE event_id = ${people.events.day2025}`;
    expect(other).toEqual({ n: 0 });
  });

  it("that are times are milestones, the earliest first", async () => {
    await client.ask("create_event", { name: "Timed", event_date: "2030-05-20" });
    const { milestones } = await client.ask("update_event", {
      event: "Timed",
      facts: {
        registration_closes: "2030-05-18",
        cfp_opens: "2020-01-31",
        speakers_notified_by: "2020-03-01",
        dinner_on: "today",
        stage_built_at: "today",
        cfp_closes: "today",
        registration_opens: "today",
        doors_open_at: "2030-05-20T08:00",
        theme: "Time",
      },
    });
    const now = new Date();
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Africa/Johannesburg" }).format(now);
    const at = (day: string, time: string) => `${day}T${time}+02:00`;
    expect(milestones).toEqual([
      {
        key: "cfp_opens",
        at: at("2020-01-31", "00:00:00"),
        days_until: expect.any(Number),
        passed: true,
      },
      {
        key: "speakers_notified_by",
        at: at("2020-03-01", "23:59:59"),
        days_until: expect.any(Number),
        passed: true,
      },
      { key: "dinner_on", at: at(today, "00:00:00"), days_until: 0, passed: false },
      { key: "registration_opens", at: at(today, "00:00:00"), days_until: 0, passed: true },
      // A day without an hour is the whole of it.
      { key: "stage_built_at", at: at(today, "00:00:00"), days_until: 0, passed: false },
      { key: "cfp_closes", at: at(today, "23:59:59"), days_until: 0, passed: false },
      {
        key: "registration_closes",
        at: at("2030-05-18", "23:59:59"),
        days_until: Math.round((Date.parse("2030-05-18") - Date.parse(today)) / 86_400_000),
        passed: false,
      },
      {
        key: "doors_open_at",
        at: at("2030-05-20", "08:00:00"),
        days_until: Math.round((Date.parse("2030-05-20") - Date.parse(today)) / 86_400_000),
        passed: false,
      },
    ]);
  });

  it.each([
    [
      { cfp_closes: "end of June" },
      "facts.cfp_closes is not a time I can read; give a date like 2026-03-31",
    ],
    [
      { cfp_closes: 20260630 },
      "facts.cfp_closes must be a time like 2026-06-30 or 2026-06-30T17:00, not 20260630.",
    ],
    [{ dinner_on: true }, "facts.dinner_on must be a time like"],
    [
      { submit_url: "speak.example.org" },
      "facts.submit_url must be a link that begins with http:// or https://.",
    ],
    [{ submit_url: 7 }, "facts.submit_url must be a link, not 7."],
    [{ capacity: "many" }, 'facts.capacity must be a whole number like 300, not "many".'],
    [{ capacity: -1 }, "facts.capacity must be a whole number like 300, not -1."],
    [{ theme: 5 }, "facts.theme must be a text, not 5."],
    [{ theme: " " }, "facts.theme must not be empty."],
    [{ is_free: "perhaps" }, 'facts.is_free must be true or false, not "perhaps".'],
    [{ rooms: ["A", "B"] }, "facts.rooms must be a text, a number, true or false, not a list."],
    [{ "CFP closes": "2026-06-30" }, "facts.CFP closes: a key is in snake_case, like cfp_closes"],
    [
      { ["a".repeat(61)]: 1 },
      "a key is in snake_case, like cfp_closes, with at most 60 characters.",
    ],
  ])("are refused with what would be right: %j", async (facts, message) => {
    const before = (await update({})).facts;
    expect(await refused({ hashtag: "#day", ...facts })).toContain(message);
    expect((await update({})).facts).toEqual(before);
  });

  it("of the wrong type are refused by the database as well", async () => {
    const { sql } = database;
    const event = people.events.day2025;
    for (const insert of [
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'cfp_closes', '"x"')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, day) VALUES (${event}, 'theme', '2026-01-01')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'a_url', '"ftp://x"')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'capacity', '"3"')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'capacity', '-3')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'other', 'null')`,
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'other', '{}')`,
    ]) {
      await expect(insert).rejects.toThrow("event_facts_value_of_key");
    }
    await expect(
      sql`INSERT INTO outreach.event_facts (event_id, key, value) VALUES (${event}, 'Other', '1')`,
    ).rejects.toThrow("event_facts_key_form");
  });

  it("of two calls at once are both kept, and one key has one value", async () => {
    await Promise.all([
      update({ facts: { wifi: "one", first_call: 1 } }),
      update({ facts: { wifi: "two", second_call: 2 } }),
    ]);
    const { facts } = await update({});
    expect(facts).toMatchObject({ first_call: 1, second_call: 2 });
    expect(["one", "two"]).toContain((facts as { wifi: string }).wifi);
  });
});

describe("an organiser's own database", () => {
  const OWN = "Data & AI Day 2025";
  let own: TestDatabase;
  let inOwn: TestClient;
  beforeAll(async () => {
    own = await emptyDatabase();
    await makeOrganisersDatabase(own.sql);
    await migrateDatabase({ url: own.url });
    await own.sql`
      UPDATE events SET event_format = 'hybrid', creative_brief = 'Warm colours', is_free = false, hashtag = ' '`;
    await own.sql`INSERT INTO event_milestones (event_id, due) VALUES (1, '2026-08-01')`;
    inOwn = await connectInProcess({ env: { DATABASE_URL: own.url, ...ZONE } });
  });
  afterAll(async () => {
    await inOwn.close();
    await own.drop();
  });

  it("has columns of events that are read as facts beside ours", async () => {
    const { facts } = await inOwn.ask("update_event", { event: OWN, facts: { capacity: 80 } });
    expect(facts).toEqual({
      capacity: 80,
      creative_brief: "Warm colours",
      event_format: "hybrid",
      is_free: false,
      theme: "Ubuntu",
    });
    const { text, facts: whole } = await inOwn.call("get_event", { event: OWN });
    expect(whole).toMatchObject({ facts, sessions: null });
    expect(text).toContain(
      "Sessions are not shown: there is no speaker_sessions.event_id or speaker_sessions.contact_id.",
    );
  });

  it("keeps these columns to itself, also where they are empty", async () => {
    expect(await inOwn.refused("update_event", { event: OWN, facts: { tagline: "We" } })).toBe(
      "facts.tagline cannot be changed here: the organiser's own database keeps it in a column of its events, which is only read. Nothing was written.",
    );
    expect(
      await inOwn.refused("update_event", {
        event: OWN,
        facts: { event_format: "online", creative_brief: null, capacity: 1 },
      }),
    ).toMatch(/^facts\.creative_brief and facts\.event_format cannot be changed here/u);
    const [row] = await own.sql`SELECT theme FROM events`;
    expect(row).toEqual({ theme: "Ubuntu" });
  });

  it("computes the year of an event itself", async () => {
    const { changed } = await inOwn.ask("update_event", { event: OWN, event_date: "2024-08-17" });
    expect(changed).toEqual({ event_date: ["2025-08-16", "2024-08-17"] });
    const [row] = await own.sql`SELECT year FROM events`;
    expect(row).toEqual({ year: 2024 });
  });

  it("takes notes about its people", async () => {
    const { note } = await inOwn.ask("save_note", { about: { contact: 1 }, text: "Sings" });
    expect(note).toMatchObject({ about: { kind: "contact", name: "Thandiwe Dlamini" } });
    expect((await inOwn.ask("list_notes", { text: "Thandiwe" })).total).toBe(1);
  });
});
