import type { Queryable } from "../../../database/connect.ts";

/** An event as it is created. */
export interface NewEvent {
  name: string;
  event_date: string;
  location: string | null;
  description: string | null;
  status: string | null;
}

/** An event as it was found or made. */
export interface RecordedEvent extends NewEvent {
  id: number;
}

/**
 * Waits for whoever else is creating an event, until the transaction ends. The events table is the
 * organiser's own and may lack a unique index, so only this keeps two calls from making one event twice.
 */
export async function lockEventCreation(sql: Queryable): Promise<void> {
  await sql<{ locked: string | null }[]>`
    SELECT pg_advisory_xact_lock(hashtextextended('event-outreach: create event', 0))::text AS locked`;
}

/** Events of that name (any spelling of it), one on that day first, then the latest; ten at most. */
export async function eventsOfName(
  sql: Queryable,
  name: string,
  date: string,
): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    SELECT id, name::text AS name, event_date, location::text AS location,
           description::text AS description, status::text AS status
    FROM events
    WHERE outreach.fold(name::text) = outreach.fold(${name})
    ORDER BY event_date = ${date}::date DESC, event_date DESC, id LIMIT 10`;
}

/** Adds an event; its year is that of its date. */
export async function insertEvent(
  sql: Queryable,
  event: NewEvent,
): Promise<RecordedEvent | undefined> {
  const [row] = await sql<RecordedEvent[]>`
    SELECT coalesce((row ->> 'id')::int, 0) AS id, coalesce(row ->> 'name', '') AS name,
           coalesce((row ->> 'event_date')::date, ${event.event_date}::date) AS event_date,
           row ->> 'location' AS location, row ->> 'description' AS description, row ->> 'status' AS status
    FROM outreach.insert_row('events', ${sql.json({
      ...event,
      year: Number(event.event_date.slice(0, 4)),
      status: event.status ?? "planned",
    })}) AS row`;
  return row;
}

/** An event. */
export async function eventById(sql: Queryable, id: number): Promise<RecordedEvent | undefined> {
  const [row] = await sql<RecordedEvent[]>`
    SELECT id, name::text AS name, event_date, location::text AS location,
           description::text AS description, status::text AS status
    FROM events WHERE id = ${id}`;
  return row;
}

/** Locks an event until the transaction ends; who only refers to it is not kept waiting. */
export async function lockEvent(sql: Queryable, id: number): Promise<RecordedEvent | undefined> {
  const [row] = await sql<RecordedEvent[]>`
    SELECT id, name::text AS name, event_date, location::text AS location,
           description::text AS description, status::text AS status
    FROM events WHERE id = ${id} FOR NO KEY UPDATE`;
  return row;
}

/**
 * Another event that would be of the same name and day.
 *
 * @param name and `date` as they are to be; null: as they are
 */
export async function namesakeOf(
  sql: Queryable,
  id: number,
  name: string | null,
  date: string | null,
): Promise<{ id: number } | undefined> {
  const [row] = await sql<{ id: number }[]>`
    SELECT other.id
    FROM events AS event
    JOIN events AS other
      ON other.id <> event.id AND other.event_date = coalesce(${date}::date, event.event_date)
     AND outreach.fold(other.name::text) = outreach.fold(coalesce(${name}::text, event.name::text))
    WHERE event.id = ${id}
    ORDER BY other.id LIMIT 1`;
  return row;
}
