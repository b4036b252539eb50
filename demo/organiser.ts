import type { Sql } from "postgres";
import type { Calendar } from "./calendar.ts";
import { everybody, ORGANISERS, SPEAKERS_BEFORE, SPEAKERS_LAST_YEAR, SPONSORS } from "./people.ts";
import { tickets } from "./tickets.ts";

/** How much was loaded. */
export interface Loaded {
  people: number;
  events: number;
  tickets: number;
}

/** What the next event is called. */
export function eventName(year: number): string {
  return `Data & AI Day ${String(year)}`;
}

/** Puts the made-up organiser's events, people, roles and tickets into an empty migrated database. */
export async function loadOrganiser(sql: Sql, calendar: Calendar): Promise<Loaded> {
  return sql.begin(async (sql) => {
    const events = await loadEvents(sql, calendar);
    const people = await loadPeople(sql);
    await loadRoles(sql, events, people);
    const sold = await loadTickets(sql, calendar, events, people);
    return { people: people.length, events: Object.keys(events).length, tickets: sold };
  });
}

type Events = Record<"before" | "last" | "next", number>;
type Queryable = Parameters<Parameters<Sql["begin"]>[1]>[0];

interface Someone {
  id: number;
  name: string;
}

async function loadEvents(sql: Queryable, { years, days }: Calendar): Promise<Events> {
  const rows = [
    { when: "before", year: years.before, day: days.before, place: "Durban", status: "completed" },
    { when: "last", year: years.last, day: days.last, place: "Johannesburg", status: "completed" },
    {
      when: "next",
      year: years.next,
      day: days.next,
      place: "Durban",
      status: "registration_open",
    },
  ] as const;
  const events: Partial<Events> = {};
  for (const { when, year, day, place, status } of rows) {
    const [event] = await sql<{ id: number }[]>`
      INSERT INTO public.events (name, event_date, year, location, status)
      VALUES (${eventName(year)}, ${day}::date, ${year}, ${place}, ${status})
      RETURNING id`;
    events[when] = event!.id;
  }
  return events as Events;
}

async function loadPeople(sql: Queryable): Promise<Someone[]> {
  return sql<Someone[]>`
    INSERT INTO public.contacts (first_name, last_name, email)
    SELECT person.first_name, person.last_name, person.email
    FROM jsonb_to_recordset(${sql.json(everybody() as never)})
      AS person(first_name text, last_name text, email text)
    RETURNING id, first_name || ' ' || last_name AS name`;
}

async function loadRoles(sql: Queryable, events: Events, people: Someone[]): Promise<void> {
  const roles = [
    ...SPEAKERS_LAST_YEAR.map((name) => ({ name, role: "speaker", event: events.last })),
    ...SPEAKERS_BEFORE.map((name) => ({ name, role: "speaker", event: events.before })),
    ...SPONSORS.map((name) => ({ name, role: "sponsor", event: events.last })),
    ...ORGANISERS.map((name) => ({ name, role: "organiser", event: null })),
  ].map(({ name: [first, last], role, event }) => ({
    // The first of two people of one name is the speaker.
    contact: people.find(({ name }) => name === `${first} ${last}`)!.id,
    role,
    event,
  }));
  await sql`
    INSERT INTO public.contact_roles (contact_id, event_id, role_type)
    SELECT role.contact, role.event, role.role
    FROM jsonb_to_recordset(${sql.json(roles)}) AS role(contact int, event int, role text)`;
}

async function loadTickets(
  sql: Queryable,
  calendar: Calendar,
  events: Events,
  people: Someone[],
): Promise<number> {
  const rows = tickets(calendar).map(({ name, event, type, ...ticket }, index) => {
    const namesakes = people.filter((person) => person.name === name);
    return {
      ...ticket,
      number: 710_001 + index,
      event: events[event],
      contact: (type === "Speaker" ? namesakes.at(0) : namesakes.at(-1))!.id,
      type,
    };
  });
  const sold = await sql`
    INSERT INTO public.tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id,
      ticket_type, status, registration_date, checked_in, marketing_source, is_complimentary)
    SELECT ticket.number, ticket.event, ticket.contact, ticket.contact, ticket.type, ticket.status,
      ticket.registered, ticket.checked_in, ticket.marketing_source, ticket.type <> 'General'
    FROM jsonb_to_recordset(${sql.json(rows)}) AS ticket(number bigint, event int, contact int,
      type text, status text, registered timestamp, checked_in boolean, marketing_source text)`;
  return sold.count;
}
