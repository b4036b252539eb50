import fc from "fast-check";

// Types and no interfaces, as only these are values of JSON.
export type Event = {
  id: number;
  /** Days after the first of 2020; two events may fall on one. */
  day: number;
  status: string;
};
export type Ticket = {
  number: number;
  event: number;
  person: number;
  walk_in: boolean;
  came: boolean;
  type: string | null;
  status: string | null;
  free: boolean;
};
export type Answer = {
  response: string;
  topic: number | null;
  presentation: number | null;
};
export type SessionRow = {
  id: number;
  event: number;
  person: number;
  sessionize_id: string | null;
  title: string;
  answers: Answer[];
};
export interface World {
  /** By person, whose ids begin at 1. */
  companies: (string | null)[];
  events: Event[];
  tickets: Ticket[];
  roles: { person: number; event: number | null }[];
  sessions: SessionRow[];
}

const PEOPLE = 6;
const EVENTS = 4;
const figure = fc.option(fc.integer({ min: 1, max: 7 }), { freq: 6 });
const person = fc.integer({ min: 1, max: PEOPLE });

/** Few people and events, so that they meet again. */
export const world: fc.Arbitrary<World> = fc
  .record({
    companies: fc.array(fc.constantFrom("Acme", "Beta", null), {
      minLength: PEOPLE,
      maxLength: PEOPLE,
    }),
    events: fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 5 }),
        status: fc.constantFrom("completed", "completed", "completed", "cancelled"),
      }),
      { minLength: 1, maxLength: EVENTS },
    ),
    tickets: fc.array(
      fc.record({
        event: fc.nat({ max: EVENTS - 1 }),
        person,
        walk_in: fc.constantFrom(false, false, false, true),
        came: fc.boolean(),
        type: fc.constantFrom("Standard", "VIP", null),
        status: fc.constantFrom("registered", "registered", null, "cancelled", "transferred"),
        free: fc.boolean(),
      }),
      { maxLength: 24 },
    ),
    // Without check-ins, whatever their tickets say.
    untracked: fc.subarray([0, 1, 2, 3]),
    roles: fc.uniqueArray(
      fc.record({ event: fc.option(fc.nat({ max: EVENTS - 1 }), { freq: 4 }), person }),
      { maxLength: 4, selector: (role) => JSON.stringify(role) },
    ),
    sessions: fc.array(
      fc.record({
        event: fc.nat({ max: EVENTS - 1 }),
        sessionize_id: fc.constantFrom("s1", "s2", null),
        title: fc.constantFrom("Streams", "Lakes"),
        people: fc.uniqueArray(person, { minLength: 1, maxLength: 2 }),
        answers: fc.uniqueArray(
          fc.record({
            response: fc.constantFrom("1", "2", "3", "4", "5", "6", "7"),
            topic: figure,
            presentation: figure,
          }),
          { maxLength: 7, selector: ({ response }) => response },
        ),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ companies, events, tickets, untracked, roles, sessions }) => {
    const count = events.length;
    const walkIns = new Set<string>();
    return {
      companies,
      events: events.map((event, at) => ({ id: at + 1, ...event })),
      tickets: tickets
        .map((ticket, at) => ({
          ...ticket,
          number: at + 1,
          event: 1 + (ticket.event % count),
          came: ticket.came && !untracked.includes(ticket.event % count),
        }))
        // One as a walk-in for each person.
        .filter(({ walk_in, event, person }) => {
          const key = `${String(event)} ${String(person)}`;
          if (!walk_in || !walkIns.has(key)) return (walk_in && walkIns.add(key), true);
          return false;
        }),
      roles: [
        ...new Map(
          roles
            .map((role) => ({
              ...role,
              event: role.event === null ? null : 1 + (role.event % count),
            }))
            .map((role) => [JSON.stringify(role), role]),
        ).values(),
      ],
      sessions: rowsOf(sessions.map((one) => ({ ...one, event: 1 + (one.event % count) }))),
    };
  });

/** A row for each speaker; a session that is there already is the same one, with its answers. */
function rowsOf(
  sessions: (Omit<SessionRow, "id" | "person"> & { people: readonly number[] })[],
): SessionRow[] {
  const known = new Set<string>();
  return sessions
    .filter((session) => {
      const key = keyOf(session);
      if (known.has(key)) return false;
      known.add(key);
      return true;
    })
    .flatMap(({ people, ...session }) => people.map((person) => ({ ...session, person })))
    .map((row, at) => ({ id: at + 1, ...row }));
}

/** What rows of one session have in common. */
export function keyOf({
  event,
  sessionize_id,
  title,
}: Pick<SessionRow, "event" | "sessionize_id" | "title">) {
  return `${String(event)} ${sessionize_id ?? title}`;
}
