import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import {
  attendanceOf,
  groupsOf,
  overlapOf,
  regularsOf,
  sessionsOf,
  speakersOf,
} from "./support/attended_counts.ts";
import { world, type World } from "./support/attended_world.ts";

/** How long worlds are tried; ATTENDANCE_PROPERTY_SECONDS looks longer. */
const SECONDS = Number(process.env["ATTENDANCE_PROPERTY_SECONDS"] ?? 4);

describe("of any tickets, sessions and ratings", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it(
    "the tools say what a second computation says",
    async () => {
      let runs = 0;
      const property = fc.asyncProperty(world, async (any) => {
        runs += 1;
        await write(any);
        const everything = { events: any.events.map(({ id }) => id), limit: 200 };
        const answer = await client.ask("query_attendance", {
          ...everything,
          by: "ticket_type",
          regulars: 200,
        });
        expect(answer.events.toSorted(byEvent)).toEqual(attendanceOf(any));
        expect(tuples(answer.groups)).toEqual(tuples(groupsOf(any, ({ type }) => type)));
        if (any.events.length > 1) expect(tuples(answer.overlap)).toEqual(tuples(overlapOf(any)));
        expect(tuples(answer.regulars)).toEqual(tuples(regularsOf(any)));
        const { groups } = await client.ask("query_attendance", { ...everything, by: "company" });
        const companies = groupsOf(any, ({ person }) => any.companies[person - 1] ?? null);
        expect(tuples(groups)).toEqual(tuples(companies));
        // One alone says the same as among the others.
        const one = any.events[0]!.id;
        const alone = await client.ask("query_attendance", { event: String(one) });
        expect(alone.events).toEqual(attendanceOf(any).filter(({ event }) => event.id === one));
        const { sessions } = await client.ask("list_sessions", { limit: 200 });
        expect(tuples(sessions.map(rated))).toEqual(tuples(sessionsOf(any)));
        const { speakers } = await client.ask("query_speakers", { limit: 200 });
        expect(tuples(speakers.map(spoken))).toEqual(tuples(speakersOf(any)));
      });
      const end = Date.now() + SECONDS * 1000;
      const { seed: first = Date.now() } = fc.readConfigureGlobal();
      for (let seed = first; Date.now() < end; seed += 1) {
        await fc.assert(property, { seed, numRuns: 10 });
      }
      // A machine so slow that nothing was tried would prove nothing.
      expect(runs).toBeGreaterThan(3);
    },
    SECONDS * 1000 + 120_000,
  );

  async function write({ companies, events, tickets, roles, sessions }: World): Promise<void> {
    const { sql } = database;
    await sql`
      WITH ratings AS (DELETE FROM speaker_ratings), sessions AS (DELETE FROM speaker_sessions),
           roles AS (DELETE FROM contact_roles), tickets AS (DELETE FROM tickets),
           events AS (DELETE FROM events)
      DELETE FROM contacts`;
    await sql`
      INSERT INTO contacts (id, first_name, last_name, company)
      SELECT person.id, 'Person', person.id::text, person.company
      FROM jsonb_to_recordset(${sql.json(companies.map((company, at) => ({ id: at + 1, company })))})
        AS person (id int, company text)`;
    await sql`
      INSERT INTO events (id, name, event_date, status)
      SELECT id, 'Event ' || id, date '2020-01-01' + day, status
      FROM jsonb_to_recordset(${sql.json(events)}) AS event (id int, day int, status text)`;
    await sql`
      INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id, attendee_contact_id,
                           ticket_type, status, checked_in, is_complimentary)
      SELECT CASE WHEN walk_in THEN -1 ELSE number END, CASE WHEN walk_in THEN 'walk-in' ELSE 'quicket' END,
             event, person, person, type, status, came, free
      FROM jsonb_to_recordset(${sql.json(tickets)})
        AS ticket (number int, walk_in boolean, event int, person int, type text, status text, came boolean, free boolean)`;
    await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      SELECT person, event, 'speaker' FROM jsonb_to_recordset(${sql.json(roles)}) AS role (person int, event int)`;
    await sql`
      INSERT INTO speaker_sessions (id, event_id, contact_id, sessionize_session_id, title)
      SELECT id, event, person, sessionize_id, title
      FROM jsonb_to_recordset(${sql.json(sessions)})
        AS session (id int, event int, person int, sessionize_id text, title text)`;
    await sql`
      INSERT INTO speaker_ratings (speaker_session_id, response_id, topic_rating, presentation_rating)
      SELECT session.id, answer.response, answer.topic, answer.presentation
      FROM jsonb_to_recordset(${sql.json(sessions)}) AS session (id int, answers jsonb)
      CROSS JOIN LATERAL jsonb_to_recordset(session.answers)
        AS answer (response text, topic int, presentation int)`;
  }
});

function byEvent(one: { event: { id: number } }, other: { event: { id: number } }): number {
  return one.event.id - other.event.id;
}

/** Rows without regard to their order. */
function tuples(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

function rated({ event, speakers, ratings }: any) {
  return {
    event: event.id,
    speakers: speakers.map(({ contact_id }: any) => contact_id).toSorted(),
    ratings: ratings && {
      answers: ratings.answers,
      topic: ratings.topic,
      presentation: ratings.presentation,
    },
  };
}

function spoken({ contact_id, events, sessions, ratings, few_answers, last_spoke_at }: any) {
  return {
    contact_id,
    events,
    sessions: sessions.length,
    ratings,
    few_answers,
    last_spoke_at,
  };
}
