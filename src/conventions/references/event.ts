import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { LISTED, asId, chooseOne, missing, type Candidate } from "./choose.ts";

/** An event that a reference was taken to mean. */
export interface EventReference extends Candidate {
  /** `YYYY-MM-DD` */
  event_date: string;
}

const KIND = { argument: "event", lister: "list_events" };

/**
 * The event that an id, a name or words mean (its name, location, month and year).
 *
 * @throws ToolError that lists candidates or the nearest names
 */
export async function oneEvent(sql: Queryable, given: string): Promise<EventReference> {
  return chooseOne(KIND, given, await matching(sql, given), () => nearest(sql));
}

/**
 * As {@link oneEvent}, but a year that is not an id means every event of that year: for questions.
 *
 * @throws ToolError that lists candidates or the nearest names
 */
export async function eventOrYear(sql: Queryable, given: string): Promise<EventReference[]> {
  if (!/^\d{4}$/u.test(given)) return [await oneEvent(sql, given)];
  const events = await ofYear(sql, given);
  const withThatId = events.find((event) => event.rank === 0);
  if (withThatId) return [withThatId];
  if (events.length === 0) throw new ToolError(missing(KIND, given, await nearest(sql)));
  return events;
}

async function matching(sql: Queryable, given: string): Promise<EventReference[]> {
  return sql<EventReference[]>`
    SELECT id, name, event_date, event_date AS detail, rank
    FROM (
      SELECT event.id, event.name::text AS name, event.event_date::text AS event_date,
             CASE WHEN event.id = ${asId(given)}::integer THEN 0
                  WHEN outreach.fold(event.name::text) = outreach.fold(${given}) THEN 1
                  ELSE 2 END AS rank
      FROM events AS event
      WHERE event.id = ${asId(given)}::integer
         OR outreach.fold(event.name::text) = outreach.fold(${given})
         OR outreach.words(concat_ws(' ', event.name, event.location,
              to_char(event.event_date, 'FMMonth Mon YYYY'))) @> outreach.words(${given})
    ) AS found
    ORDER BY rank, event_date DESC, id
    LIMIT ${LISTED + 1}`;
}

async function ofYear(sql: Queryable, year: string): Promise<EventReference[]> {
  return sql<EventReference[]>`
    SELECT event.id, event.name::text AS name, event.event_date::text AS event_date,
           event.event_date::text AS detail, CASE WHEN event.id = ${year}::integer THEN 0 ELSE 1 END AS rank
    FROM events AS event
    WHERE event.id = ${year}::integer
       OR event.event_date BETWEEN make_date(${year}::integer, 1, 1) AND make_date(${year}::integer, 12, 31)
    ORDER BY event.event_date DESC, event.id`;
}

async function nearest(sql: Queryable): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT event.id, event.name::text AS name, event.event_date::text AS detail, 0 AS rank
    FROM events AS event
    ORDER BY event.event_date DESC, event.id
    LIMIT 1000`;
}
