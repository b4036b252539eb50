import {
  keyOf,
  type Answer,
  type Event,
  type SessionRow,
  type Ticket,
  type World,
} from "./attended_world.ts";

// What the tools say of attendance and ratings, computed a second time in plain loops.

const counts = ({ status }: Ticket) => status !== "cancelled" && status !== "transferred";
const named = (id: number) => ({ id, name: `Event ${String(id)}` });

/** The people of these tickets, each once. */
function people(tickets: readonly Ticket[]): Set<number> {
  return new Set(tickets.map(({ person }) => person));
}

function facesOf({ tickets }: World, event: number) {
  const held = tickets.filter((ticket) => ticket.event === event && counts(ticket));
  return {
    held,
    registered: people(held.filter(({ walk_in }) => !walk_in)),
    came: people(held.filter(({ came }) => came)),
  };
}

/** Who came, or of an event without check-ins, unless it was cancelled, had registered. */
function attended(any: World, { id, status }: Event): Set<number> {
  const { registered, came } = facesOf(any, id);
  if (came.size > 0) return came;
  return status === "cancelled" ? new Set() : registered;
}

function both(some: ReadonlySet<number>, others: ReadonlySet<number>): Set<number> {
  return new Set([...some].filter((one) => others.has(one)));
}

function without(some: ReadonlySet<number>, others: ReadonlySet<number>): Set<number> {
  return new Set([...some].filter((one) => !others.has(one)));
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Number((part / whole).toFixed(4));
}

export function attendanceOf(any: World) {
  return any.events.map((event) => {
    const { held, registered, came } = facesOf(any, event.id);
    const all = any.tickets.filter((ticket) => ticket.event === event.id);
    const isKnown = came.size > 0;
    const showed = both(registered, came).size;
    const before = new Set(
      any.events
        .filter(({ day }) => day < event.day)
        .flatMap((earlier) => [...attended(any, earlier)]),
    );
    return {
      event: named(event.id),
      event_date: `2020-01-0${String(event.day + 1)}`,
      status: event.status,
      registered: registered.size,
      cancelled: all.filter(({ status }) => status === "cancelled").length,
      transferred: all.filter(({ status }) => status === "transferred").length,
      came: isKnown ? came.size : null,
      walk_ins: isKnown ? without(came, registered).size : null,
      no_shows: isKnown ? registered.size - showed : null,
      show_rate: isKnown ? share(showed, registered.size) : null,
      first_time: isKnown ? without(came, before).size : null,
      returning: isKnown ? both(came, before).size : null,
      complimentary: held.filter(({ free }) => free).length,
    };
  });
}

export function groupsOf(any: World, valueOf: (ticket: Ticket) => string | null) {
  return any.events.flatMap(({ id }) => {
    const { held, came } = facesOf(any, id);
    return [...new Set(held.map(valueOf))].map((value) => {
      const theirs = held.filter((ticket) => valueOf(ticket) === value);
      const registered = people(theirs.filter(({ walk_in }) => !walk_in));
      const showed = both(registered, came).size;
      return {
        event: named(id),
        value,
        registered: registered.size,
        came: came.size > 0 ? both(people(theirs), came).size : null,
        no_shows: came.size > 0 ? registered.size - showed : null,
        show_rate: came.size > 0 ? share(showed, registered.size) : null,
      };
    });
  });
}

function inOrder(events: readonly Event[]): Event[] {
  return events.toSorted((one, other) => one.day - other.day || one.id - other.id);
}

export function overlapOf(any: World) {
  const events = inOrder(any.events);
  return events.flatMap((from, at) =>
    events.slice(at + 1).map((to) => ({
      from: named(from.id),
      to: named(to.id),
      people: both(attended(any, from), attended(any, to)).size,
    })),
  );
}

export function regularsOf(any: World) {
  return any.companies.flatMap((_, at) => {
    const person = at + 1;
    const events = inOrder(any.events).filter((event) => attended(any, event).has(person));
    if (events.length < 2) return [];
    return {
      contact_id: person,
      name: `Person ${String(person)}`,
      came: events.length,
      spoke: spokeAt(any, person).size,
      events: events.map(({ id }) => named(id)),
    };
  });
}

function spokeAt({ sessions, roles }: World, person: number): Set<number> {
  const events = [...sessions, ...roles]
    .filter((one) => one.person === person)
    .map(({ event }) => event);
  return new Set(events.filter((event) => event !== null));
}

/** To two places, half away from zero, without the error of a division. */
function mean(figures: readonly (number | null)[]): number | null {
  const said = figures.filter((figure) => figure !== null);
  if (said.length === 0) return null;
  const sum = said.reduce((total, figure) => total + figure, 0);
  return Math.floor((200 * sum + said.length) / (2 * said.length)) / 100;
}

function ratingsOf(answers: readonly Answer[]) {
  if (answers.length === 0) return null;
  return {
    answers: answers.length,
    topic: mean(answers.map(({ topic }) => topic)),
    presentation: mean(answers.map(({ presentation }) => presentation)),
  };
}

export function sessionsOf({ sessions }: World) {
  const keys = [...new Set(sessions.map(keyOf))];
  return keys.map((key) => {
    const rows = sessions.filter((row) => keyOf(row) === key);
    const [{ event, answers }] = rows as [SessionRow];
    return {
      event,
      speakers: rows.map(({ person }) => person).toSorted(),
      ratings: ratingsOf(answers),
    };
  });
}

export function speakersOf(any: World) {
  return any.companies.flatMap((_, at) => {
    const person = at + 1;
    const events = spokeAt(any, person);
    if (events.size === 0) return [];
    const rows = any.sessions.filter((row) => row.person === person);
    const ratings = ratingsOf(rows.flatMap(({ answers }) => answers));
    const days = any.events.filter(({ id }) => events.has(id)).map(({ day }) => day);
    return {
      contact_id: person,
      events: events.size,
      sessions: rows.length,
      ratings,
      few_answers: ratings !== null && ratings.answers < 5,
      last_spoke_at: `2020-01-0${String(1 + Math.max(...days))}`,
    };
  });
}
