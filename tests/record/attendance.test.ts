import { DateTime } from "luxon";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** name, event, registered before the day, checked in, type, source, status, complimentary */
type Ticket = [string, number, boolean, boolean, string?, (string | undefined)?, string?, boolean?];

const PEOPLE = ["Anna", "Bongani", "Chipo", "Dineo", "Esther", "Farai", "Gugu"];

describe("query_attendance", () => {
  let database: TestDatabase;
  let client: TestClient;
  const ask = (args: Record<string, unknown>) => client.ask("query_attendance", args);

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    await sql`
      INSERT INTO contacts (first_name, last_name, email, company)
      SELECT name, 'Test', lower(name) || '@example.org', CASE WHEN name < 'D' THEN 'Acme ' ELSE 'Beta' END
      FROM unnest(${PEOPLE}::text[]) AS name`;
    // The first has no check-ins at all.
    await sql`
      INSERT INTO events (id, name, event_date) VALUES
        (1, 'Data Day 2023', '2023-11-15'), (2, 'Data Day 2024', '2024-11-15'), (3, 'Data Day 2025', '2025-11-15')`;
    const tickets: Ticket[] = [
      ["Anna", 1, true, false],
      ["Bongani", 1, true, false, "Standard", undefined, "cancelled"],
      ["Anna", 2, true, true, "Standard", "Email"],
      ["Bongani", 2, true, true, "VIP", "Email", "registered", true],
      ["Chipo", 2, true, false, "Standard", "LinkedIn"],
      ["Dineo", 2, false, true],
      ["Anna", 3, true, true, "Standard", "LinkedIn"],
      // Two tickets of one person, one of them a walk-in's.
      ["Bongani", 3, true, false, "Standard", "email "],
      ["Bongani", 3, false, true],
      ["Chipo", 3, true, true, "Standard", "Email"],
      ["Dineo", 3, true, false, "Standard", "Email"],
      ["Esther", 3, false, true],
      ["Farai", 3, true, true, "Standard", undefined, "transferred"],
      ["Gugu", 3, true, false, "VIP"],
    ];
    for (const [
      index,
      [name, event, before, came, type, source, status, free],
    ] of tickets.entries()) {
      await sql`
        INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id,
                             attendee_contact_id, ticket_type, status, registration_date, checked_in,
                             marketing_source, is_complimentary)
        SELECT ${before ? 100 + index : -1}, ${before ? "quicket" : "walk-in"}, ${event}, id, id, ${type ?? null},
               ${status ?? "registered"}, ${`202${String(2 + event)}-10-0${String(1 + (index % 9))} 12:00`}::timestamp,
               ${came}, ${source ?? null}, ${free ?? false}
        FROM contacts WHERE first_name = ${name}`;
    }
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Pacific/Kiritimati" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("counts who registered, came, stayed away, came unannounced and came for the first time", async () => {
    const answer = await ask({ event: "Data Day 2025" });
    expect(answer.events).toEqual([
      {
        event: { id: 3, name: "Data Day 2025" },
        event_date: "2025-11-15",
        status: "planned",
        registered: 5, // Anna, Bongani, Chipo, Dineo, Gugu
        cancelled: 0,
        transferred: 1,
        came: 4, // Anna, Bongani, Chipo, Esther
        walk_ins: 1, // Esther; Bongani had registered
        no_shows: 2, // Dineo, Gugu
        show_rate: 0.6,
        first_time: 2, // Chipo did not come in 2024; Esther
        returning: 2,
        complimentary: 0,
      },
    ]);
    expect(answer.assumed_from_registrations).toEqual([{ id: 1, name: "Data Day 2023" }]);
    const [earlier] = (await ask({ event: "2" })).events;
    // Anna had registered for 2023, of which no check-in is known.
    expect(earlier).toMatchObject({
      registered: 3,
      came: 3,
      walk_ins: 1,
      no_shows: 1,
      show_rate: 0.6667,
      first_time: 2,
      returning: 1,
      complimentary: 1,
    });
  });

  it("does not know who came to an event without any check-in", async () => {
    const { events, meaning } = await ask({ event: "1" });
    expect(events[0]).toMatchObject({
      registered: 1,
      cancelled: 1,
      came: null,
      walk_ins: null,
      no_shows: null,
      show_rate: null,
      first_time: null,
      returning: null,
    });
    expect(meaning.came).toContain("null");
  });

  it("groups people by source, type, company and week", async () => {
    const by = async (grouping: string) =>
      (await ask({ event: "3", by: grouping })).groups.map(
        ({ value, registered, came, show_rate }: any) => [value, registered, came, show_rate],
      );
    expect(await by("source")).toEqual([
      ["Email", 3, 2, 0.6667],
      // Gugu; Bongani and Esther as walk-ins.
      [null, 1, 2, 0],
      ["LinkedIn", 1, 1, 1],
    ]);
    expect(await by("ticket_type")).toEqual([
      ["Standard", 4, 3, 0.75],
      ["VIP", 1, 0, 0],
      [null, 0, 2, null],
    ]);
    expect(await by("company")).toEqual([
      ["Acme", 3, 3, 1],
      ["Beta", 2, 1, 0],
    ]);
    expect((await by("week")).map(([value]: any) => value)).toEqual(["2025-09-29", "2025-10-06"]);
  });

  it("takes what a person said of a source before what it says, and the sources of one campaign as one", async () => {
    const { sql } = database;
    await sql`INSERT INTO campaigns (id, name, event_id, campaign_type) VALUES (1, 'Email', 3, 'general')`;
    await sql`
      INSERT INTO outreach.source_mappings (event_id, source, campaign_id, ends)
      VALUES (3, 'linkedin', 1, '2025-10-07 23:59')`;
    const { groups } = await ask({ event: "3", by: "source" });
    expect(groups.map(({ value, registered }: any) => [value, registered])).toEqual([
      ["Email", 4],
      [null, 1],
    ]);
    await sql`DELETE FROM campaigns`;
  });

  it("pages groups without losing or repeating one", async () => {
    const all = await ask({ by: "ticket_type" });
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: any = await ask({ by: "ticket_type", limit: 2, ...(cursor && { cursor }) });
      expect(page.total).toBe(all.total);
      seen.push(...page.groups);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all.groups);
    expect(all.total).toBe(seen.length);
  });

  it("counts who came to one event and again to a later one", async () => {
    const {
      overlap,
      assumed_from_registrations: assumed,
      resolved,
    } = await ask({
      events: ["Data Day 2025", "2024", "1"],
    });
    expect(overlap.map(({ from, to, people }: any) => [from.id, to.id, people])).toEqual([
      [1, 2, 1],
      [1, 3, 1],
      [2, 3, 2],
    ]);
    expect(assumed).toEqual([{ id: 1, name: "Data Day 2023" }]);
    expect(resolved.event).toHaveLength(3);
  });

  it("names those who came most often, and how often they spoke", async () => {
    await database.sql`
      INSERT INTO speaker_sessions (event_id, contact_id, title)
      SELECT 3, id, 'A talk' FROM contacts WHERE first_name = 'Bongani'`;
    const { regulars } = await ask({ regulars: 5 });
    expect(regulars.map(({ name, came, spoke }: any) => [name, came, spoke])).toEqual([
      ["Anna Test", 3, 0],
      ["Bongani Test", 2, 1],
    ]);
    expect(regulars[1].events.map(({ id }: any) => id)).toEqual([2, 3]);
  });

  it("says that an event is still to come, when, and how many have registered", async () => {
    const { sql } = database;
    const today = DateTime.now().setZone("Pacific/Kiritimati").startOf("day");
    const date = today.plus({ days: 20 }).toFormat("yyyy-MM-dd");
    await sql`INSERT INTO events (id, name, event_date) VALUES (4, 'Data Day', ${date}), (5, 'Data Day', '2022-11-15')`;
    await sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id)
      SELECT 900, 4, id, id FROM contacts WHERE first_name IN ('Anna', 'Gugu')`;
    const first = async (args: Record<string, unknown>) =>
      (await client.call("query_attendance", args)).text.split("\n")[0];
    const toCome = `Data Day is still to come, on ${date} (in 20 days): 2 people registered so far, so there are no no-shows yet.`;
    expect(await first({ event: "4" })).toBe(toCome);
    expect((await ask({ event: "4" })).events).toMatchObject([
      { event_date: date, registered: 2, came: null, no_shows: null, show_rate: null },
    ]);
    expect(await first({})).toBe(
      "5 events: 4 held, 1 to come. People came 7 times in all, not counting 2 events without check-ins. " +
        "The last: 5 people registered for Data Day 2025 (2025-11-15), 3 of them came (60 %); 4 came in all, " +
        `1 walk-in and 2 first-timers among them. The next: ${toCome} ` +
        "Of Data Day 2023 no check-in is known: whoever registered counts as having come.",
    );
    // Who came and has registered again is known; that they came again is not.
    expect(await first({ events: ["3", "4"] })).toContain(
      "In overlap whoever registered counts for Data Day, still to come.",
    );
    expect((await client.call("query_attendance", { event: "Data Day" })).text).toContain(
      `4 Data Day (${date}), 5 Data Day (2022-11-15)`,
    );
    await sql`UPDATE events SET event_date = ${today.toFormat("yyyy-MM-dd")}, status = 'cancelled' WHERE id = 4`;
    expect(await first({ event: "4" })).toMatch(/is cancelled; 2 people had registered\.$/u);
    await sql`UPDATE events SET status = 'in_progress' WHERE id = 4`;
    expect(await first({ event: "4" })).toBe(
      "2 people registered for Data Day (today); nobody is checked in yet.",
    );
    await sql`UPDATE tickets SET checked_in = true WHERE event_id = 4 AND ticket_number = 900`;
    expect(await first({ event: "4" })).toContain("2 came in all so far");
    await sql`DELETE FROM tickets WHERE event_id = 4`;
    await sql`DELETE FROM events WHERE id IN (4, 5)`;
  });

  it("assumes of nobody that they came to an event that was cancelled", async () => {
    await database.sql`UPDATE events SET status = 'cancelled' WHERE id = 1`;
    const answer = await ask({ event: "2" });
    expect(answer.assumed_from_registrations).toEqual([]);
    expect(answer.events[0]).toMatchObject({ first_time: 3, returning: 0 });
    await database.sql`UPDATE events SET status = 'completed' WHERE id = 1`;
  });

  it("refuses event beside events, and a column that is not there by name", async () => {
    expect((await client.call("query_attendance", { event: "3", events: ["2"] })).text).toMatch(
      /event or events/,
    );
    await database.sql`ALTER TABLE contacts DROP COLUMN profession`;
    expect((await client.call("query_attendance", { by: "profession" })).text).toContain(
      "contacts.profession",
    );
  });
});
