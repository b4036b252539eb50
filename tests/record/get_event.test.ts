import { DateTime } from "luxon";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;

const EVENT = "Data & AI Day 2026";
const today = DateTime.now().setZone(ZONE.OUTREACH_TIMEZONE).startOf("day");
const daysUntil = (date: string) =>
  Math.round(DateTime.fromISO(date, { zone: ZONE.OUTREACH_TIMEZONE }).diff(today, "days").days);

beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  await database.sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, ticket_type, status,
                         registration_date)
    VALUES (5, ${people.events.day2026}, ${people.jane}, ${people.jane}, 'General', 'registered', '2026-07-05 23:59'),
           (6, ${people.events.day2026}, ${people.jane}, ${people.thabo}, NULL, NULL, '2026-07-06 00:00'),
           (7, ${people.events.day2026}, ${people.jane}, ${people.zoe}, 'General', 'transferred', '2026-07-06 00:00')`;
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  await client.ask("update_event", {
    event: EVENT,
    description: "Talks and workshops",
    facts: { cfp_closes: "2026-06-30", theme: "Ubuntu", cfp_opens: "2026-03-01T09:00" },
  });
  await client.ask("save_note", { about: { event: EVENT }, text: "Lanyards", due: "2020-01-01" });
  await client.ask("save_note", { about: { campaign: "CFP 2026" }, text: "Thank the jury" });
  await client.ask("save_note", { about: { event: EVENT }, text: "Hall", done: true });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

describe("get_event", () => {
  it("answers with all that is known of the event", async () => {
    const { facts } = await client.call("get_event", { event: EVENT });
    expect(facts["event"]).toEqual({
      id: people.events.day2026,
      name: EVENT,
      event_date: "2026-11-14",
      location: "Johannesburg",
      description: "Talks and workshops",
      status: "registration_open",
      days_until: daysUntil("2026-11-14"),
    });
    expect(facts["facts"]).toEqual({
      cfp_closes: "2026-06-30",
      cfp_opens: "2026-03-01T09:00:00+02:00",
      theme: "Ubuntu",
    });
    expect(facts["milestones"]).toMatchObject([
      { key: "cfp_opens", at: "2026-03-01T09:00:00+02:00", days_until: daysUntil("2026-03-01") },
      { key: "cfp_closes", at: "2026-06-30T23:59:59+02:00", days_until: daysUntil("2026-06-30") },
    ]);
    expect(facts["registrations"]).toEqual({
      total: 4,
      people: 3,
      cancelled: 1,
      transferred: 1,
      by_ticket_type: [
        { ticket_type: "General", registrations: 2, checked_in: 0 },
        { ticket_type: "Early bird", registrations: 1, checked_in: 0 },
        { ticket_type: null, registrations: 1, checked_in: 0 },
      ],
      by_week: [
        { week: "2026-06-01", registrations: 1 },
        { week: "2026-06-29", registrations: 2 },
        { week: "2026-07-06", registrations: 1 },
      ],
    });
    expect(facts["campaigns"]).toMatchObject([
      {
        id: record.campaigns.earlyBird,
        name: "Early bird 2026",
        campaign_type: "registration",
        status: "active",
      },
      { id: record.campaigns.cfp, name: "CFP 2026", communications: 4, people_reached: 2 },
    ]);
    expect(facts["open_notes"]).toMatchObject([
      { text: "Lanyards", overdue: true, about: { kind: "event" } },
      { text: "Thank the jury", due: null, about: { kind: "campaign", name: "CFP 2026" } },
    ]);
    const { events } = await client.ask("list_events", { text: EVENT });
    expect(facts["outreach"]).toEqual((events as { outreach: object }[])[0]?.outreach);
    expect(facts).toMatchObject({
      resolved: { event: { id: people.events.day2026, name: EVENT } },
      filter: { event: { id: people.events.day2026, name: EVENT } },
    });
  });

  it("opens its text with the figures that a person asks for first", async () => {
    const { text } = await client.call("get_event", { event: EVENT });
    const days = daysUntil("2026-11-14");
    const when = days > 0 ? `is in ${String(days)} days` : `was ${String(-days)} days ago`;
    expect(text.split("\n")[0]).toBe(
      `${EVENT} ${when} (2026-11-14): 4 registrations of 3 people, 2 campaigns, 2 open notes (1 overdue).`,
    );
  });

  it("answers of an event of which nothing is known", async () => {
    await client.ask("create_event", { name: "Blank", event_date: today.toISODate() });
    const { text, facts } = await client.call("get_event", { event: "Blank" });
    expect(facts).toMatchObject({
      event: { days_until: 0, location: null },
      facts: {},
      milestones: [],
      registrations: { total: 0, people: 0, by_ticket_type: [], by_week: [] },
      attendance: null,
      sessions: { total: 0, speakers: 0, tracks: [] },
      campaigns: [],
      open_notes: [],
      outreach: { emails: 0, assets: 0 },
    });
    expect(text).toMatch(/^Blank is today \(/u);
  });

  it("counts sessions once, whoever speaks in them, and their speakers once", async () => {
    const session = (name: string, speaker: number, title: string, track: string | null) =>
      database.sql`
        INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, track)
        VALUES (${people.events.day2026}, ${speaker}, ${name}, ${title}, ${track})`;
    await session("1", people.jane, "Lakes and houses", "Data");
    await session("1", people.thabo, "Lakes and houses", "Data");
    await session("2", people.jane, "Small models", "AI");
    await session("3", people.zoe, "Opening", null);
    const { sessions, attendance } = await client.ask("get_event", { event: EVENT });
    expect(sessions).toEqual({ total: 3, speakers: 3, tracks: ["AI", "Data"] });
    expect(attendance).toBeNull();
  });

  it("says how it was attended as query_attendance does", async () => {
    const event = "Data & AI Day 2025";
    const { attendance } = await client.ask("get_event", { event });
    const { events } = await client.ask("query_attendance", { event });
    expect(attendance).toEqual((events as object[])[0]);
    expect(attendance).toMatchObject({ registered: 1, came: 1, no_shows: 0, show_rate: 1 });
    await database.sql`
      INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id,
                           attendee_contact_id, checked_in)
      VALUES (-1, 'walk-in', ${people.events.day2025}, ${people.zoe}, ${people.zoe}, true)`;
    const { text } = await client.call("get_event", { event });
    expect(text).toContain("2 registrations of 2 people (1 walk-in among them)");
  });

  it("needs one event: of a year with several, they are listed", async () => {
    await client.ask("create_event", { name: "Autumn", event_date: "2031-04-01" });
    await client.ask("create_event", { name: "Spring", event_date: "2031-09-01" });
    const thisYear = today.year;
    for (const month of [1, 2]) {
      const event_date = today.set({ month, day: 3 }).toISODate();
      await client.ask("create_event", { name: `Early ${String(month)}`, event_date });
    }
    const message = await client.refused("get_event", { event: "this year" });
    expect(message).toContain('event "this year" matches several:');
    expect(message).toContain(`Early 1 (${String(thisYear)}-01-03)`);
    expect(await client.refused("get_event", { event: 987654 })).toBe(
      'There is no event "987654". list_events lists all.',
    );
  });
});
