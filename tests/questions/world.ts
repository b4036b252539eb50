import type postgres from "postgres";

/** What a ticket says of somebody at an event. */
export interface Ticket {
  person: number;
  event: number;
  /** Days before the event; of the coming one, before today. */
  daysBefore: number;
  came: boolean;
  walkIn: boolean;
  source: string | null;
}

/** A talk that one person gave, and what those who filled in the form said of it. */
interface Talk {
  id: number;
  event: number;
  speaker: number;
  title: string;
  track: string;
  room: string;
  answers: { topic: number; presentation: number; comment: string | null }[];
}

/** Somebody in the address book; ids count from 1. */
interface Person {
  id: number;
  name: string;
  email: string;
  phone: string;
  company: string | null;
  topics: string[];
}

/** A made-up organiser's record of four events, the last of them still to come. */
export interface World {
  people: Person[];
  tickets: Ticket[];
  talks: Talk[];
  sponsors: number[];
}

export const EVENTS = ["Data Day One", "Data Day Two", "Data Day Three", "Data Day Four"] as const;
const FIRST = ["Thabo", "Lindiwe", "Jane", "Sipho", "Priya", "Zoë", "Kagiso", "Amina"];
const LAST = ["Nkosi", "Smith", "Botha", "Naidoo", "Mokoena", "Dlamini", "Jacobs", "Zulu"];
const COMPANIES = ["Acme", "Bright", "Crown", "Delta", null, "Acme"];
const SOURCES = ["Email", "LinkedIn", null, "Web"];
const TRACKS = ["Data", "AI", "Web"];
const COMMENTS = ["Clear and calm", "Too fast for me", null, "More of this"];

/** A world that is the same for the same seed. */
export function worldOf(seed: number): World {
  const below = dice(seed);
  const people = Array.from({ length: 60 }, (_, at): Person => {
    const name = `${FIRST[at % 8]!} ${LAST[Math.floor(at / 8)]!}`;
    return {
      id: at + 1,
      name,
      email: `person${String(at + 1)}@example.org`,
      phone: `+27 82 555 ${String(1000 + at)}`,
      company: COMPANIES[below(COMPANIES.length)] ?? null,
      topics: ["Streaming", "Agents"].filter(() => below(3) === 0),
    };
  });
  const tickets = EVENTS.flatMap((_, event) =>
    people.flatMap(({ id }): Ticket[] => {
      const isOver = event < 3;
      const chance = below(12);
      if (chance > (isOver ? 8 : 3)) return [];
      const walkIn = isOver && chance === 0;
      const source = walkIn ? null : (SOURCES[below(4)] ?? null);
      const came = isOver && (walkIn || below(4) > 0);
      return [{ person: id, event, daysBefore: walkIn ? 0 : below(60), came, walkIn, source }];
    }),
  );
  const speaking = [
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 4, 7],
    [1, 2, 3, 8, 9],
  ];
  const talks = speaking.flatMap((speakers, event) =>
    speakers.map((speaker): Omit<Talk, "id"> => {
      const number = String(10 * (event + 1) + speaker);
      return {
        event,
        speaker,
        title: `Talk ${number}`,
        track: TRACKS[below(3)]!,
        room: `Room ${String(1 + below(3))}`,
        answers: Array.from({ length: 5 + below(6) }, () => ({
          topic: 1 + below(7),
          presentation: 1 + below(7),
          comment: COMMENTS[below(4)] ?? null,
        })),
      };
    }),
  );
  return {
    people,
    tickets,
    talks: talks.map((talk, at) => ({ ...talk, id: at + 1 })),
    sponsors: [51, 52, 53, 54, 55],
  };
}

/** Writes a world into an empty database, as imports would have. */
export async function writeWorld(sql: postgres.Sql, world: World): Promise<void> {
  const { people, tickets, talks, sponsors } = world;
  await sql`
    INSERT INTO events (id, name, event_date, location, status)
    VALUES (1, ${EVENTS[0]}, current_date - 800, 'Durban', 'completed'),
           (2, ${EVENTS[1]}, current_date - 435, 'Pretoria', 'completed'),
           (3, ${EVENTS[2]}, current_date - 70, 'Durban', 'completed'),
           (4, ${EVENTS[3]}, current_date + 90, 'Cape Town', 'registration_open')`;
  await sql`
    INSERT INTO contacts (id, first_name, last_name, email, phone, company)
    SELECT id, split_part(name, ' ', 1), split_part(name, ' ', 2), email, phone, company
    FROM jsonb_to_recordset(${sql.json(people.map((person) => ({ ...person })))})
      AS person (id int, name text, email text, phone text, company text)`;
  await sql`INSERT INTO interest_topics (id, name) VALUES (1, 'Streaming'), (2, 'Agents')`;
  await sql`
    INSERT INTO contact_interests (contact_id, topic_id)
    SELECT interest.person, topic.id
    FROM jsonb_to_recordset(${sql.json(people.flatMap(({ id, topics }) => topics.map((topic) => ({ person: id, topic }))))})
      AS interest (person int, topic text)
    JOIN interest_topics AS topic ON topic.name = interest.topic`;
  await sql`
    INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id, attendee_contact_id,
                         ticket_type, status, registration_date, checked_in, marketing_source)
    SELECT CASE WHEN walk_in THEN -number ELSE number END, CASE WHEN walk_in THEN 'walk-in' ELSE 'quicket' END,
           event.id, person, person, 'General', 'registered',
           least(event.event_date, current_date)::timestamp + interval '9 hours' - days_before * interval '1 day',
           came, source
    FROM jsonb_to_recordset(${sql.json(
      tickets.map(({ person, event, daysBefore, came, walkIn, source }, at) => ({
        number: at + 1,
        event: event + 1,
        person,
        days_before: daysBefore,
        came,
        walk_in: walkIn,
        source,
      })),
    )}) AS ticket (number int, event int, person int, days_before int, came boolean, walk_in boolean, source text)
    JOIN events AS event ON event.id = ticket.event`;
  await sql`
    INSERT INTO contact_roles (contact_id, event_id, role_type)
    SELECT DISTINCT person, event, role
    FROM jsonb_to_recordset(${sql.json([
      ...talks.map(({ speaker, event }) => ({
        person: speaker,
        event: event + 1,
        role: "speaker",
      })),
      ...sponsors.map((person) => ({ person, event: 4, role: "sponsor" })),
    ])}) AS given (person int, event int, role text)`;
  await sql`
    INSERT INTO speaker_sessions (id, event_id, contact_id, sessionize_session_id, title, track, room)
    SELECT id, event + 1, speaker, id::text, title, track, room
    FROM jsonb_to_recordset(${sql.json(talks.map((talk) => ({ ...talk })))})
      AS talk (id int, event int, speaker int, title text, track text, room text)`;
  await sql`
    INSERT INTO speaker_ratings (speaker_session_id, response_id, topic_rating, presentation_rating, speaker_comment)
    SELECT talk, 'answer ' || number, topic, presentation, comment
    FROM jsonb_to_recordset(${sql.json(
      talks.flatMap(({ id, answers }) =>
        answers.map((answer, number) => ({ talk: id, number, ...answer })),
      ),
    )}) AS answer (talk int, number int, topic int, presentation int, comment text)`;
  await sql`SELECT setval(pg_get_serial_sequence('contacts', 'id'), 1000), setval(pg_get_serial_sequence('events', 'id'), 1000)`;
}

/** Numbers from 0 to below a bound. */
function dice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}
