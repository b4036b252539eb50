import type { Queryable } from "../../../database/connect.ts";

/** How an event was attended, in people where nothing else is said. */
export interface EventAttendance {
  event: { id: number; name: string };
  /** `YYYY-MM-DD` */
  event_date: string;
  status: string | null;
  /** Had registered before the day: walk-ins apart. */
  registered: number;
  /** Tickets. */
  cancelled: number;
  /** Tickets. */
  transferred: number;
  /** Were checked in, walk-ins among them; null, as what follows from it, for an event without any check-in. */
  came: number | null;
  /** Came without having registered. */
  walk_ins: number | null;
  /** Had registered and did not come. */
  no_shows: number | null;
  /** How many of those who had registered came. */
  registered_came: number;
  /** Came, and to no earlier event. */
  first_time: number | null;
  returning: number | null;
  /** Tickets that cost nothing, neither cancelled nor transferred. */
  complimentary: number;
}

/** Attendance of these events (null: of all), the newest first. */
export async function attendance(
  sql: Queryable,
  events: readonly number[] | null,
): Promise<EventAttendance[]> {
  return sql<EventAttendance[]>`
    WITH person AS MATERIALIZED (
      SELECT present.event_id, present.contact_id, present.registered, present.came, event.event_date
      FROM outreach.people_of_events(${events}::int[]) AS present
      JOIN events AS event ON event.id = present.event_id
    ), first AS (
      SELECT present.contact_id, min(event.event_date) AS on_day
      FROM (SELECT DISTINCT contact_id FROM person WHERE came) AS present
      JOIN outreach.attended() AS attended ON attended.contact_id = present.contact_id
      JOIN events AS event ON event.id = attended.event_id
      GROUP BY present.contact_id
    ), counted AS (
      SELECT person.event_id,
             count(*) FILTER (WHERE person.registered) AS registered,
             count(*) FILTER (WHERE person.came) AS came,
             count(*) FILTER (WHERE person.came AND NOT person.registered) AS walk_ins,
             count(*) FILTER (WHERE person.came AND person.registered) AS registered_came,
             count(*) FILTER (WHERE person.came AND first.on_day >= person.event_date) AS first_time
      FROM person
      LEFT JOIN first ON first.contact_id = person.contact_id
      GROUP BY person.event_id
    ), ticketed AS (
      SELECT ticket.event_id,
             count(*) FILTER (WHERE ticket.status::text = 'cancelled') AS cancelled,
             count(*) FILTER (WHERE ticket.status::text = 'transferred') AS transferred,
             count(*) FILTER (WHERE ticket.is_complimentary
               AND coalesce(ticket.status::text, '') NOT IN ('cancelled', 'transferred')) AS complimentary
      FROM tickets AS ticket
      WHERE ${events}::int[] IS NULL OR ticket.event_id = ANY(${events})
      GROUP BY ticket.event_id
    )
    SELECT jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           event.event_date::text AS event_date, event.status::text AS status,
           coalesce(counted.registered::int, 0) AS registered,
           coalesce(ticketed.cancelled::int, 0) AS cancelled,
           coalesce(ticketed.transferred::int, 0) AS transferred,
           CASE WHEN counted.came > 0 THEN counted.came::int END AS came,
           CASE WHEN counted.came > 0 THEN counted.walk_ins::int END AS walk_ins,
           CASE WHEN counted.came > 0 THEN (counted.registered - counted.registered_came)::int END AS no_shows,
           coalesce(counted.registered_came::int, 0) AS registered_came,
           CASE WHEN counted.came > 0 THEN counted.first_time::int END AS first_time,
           CASE WHEN counted.came > 0 THEN (counted.came - counted.first_time)::int END AS returning,
           coalesce(ticketed.complimentary::int, 0) AS complimentary
    FROM events AS event
    LEFT JOIN counted ON counted.event_id = event.id
    LEFT JOIN ticketed ON ticketed.event_id = event.id
    WHERE ${events}::int[] IS NULL OR event.id = ANY(${events})
    ORDER BY event.event_date DESC, event.id DESC`;
}

/**
 * Events without any check-in for which registrations stood in for attendance: earlier ones than the latest of
 * these that has check-ins, and where people are followed from one to another, these themselves.
 */
export async function assumedEvents(
  sql: Queryable,
  events: readonly number[] | null,
  areCompared: boolean,
): Promise<{ id: number; name: string }[]> {
  return sql<{ id: number; name: string }[]>`
    WITH stated AS (
      SELECT present.event_id, bool_or(present.came) AS tracked, bool_or(present.registered) AS registered
      FROM outreach.people_of_events(NULL) AS present
      GROUP BY present.event_id
    )
    SELECT event.id, event.name::text AS name
    FROM stated
    JOIN events AS event ON event.id = stated.event_id
    WHERE stated.registered AND NOT stated.tracked AND event.status::text IS DISTINCT FROM 'cancelled'
      AND ((${areCompared}::boolean AND (${events}::int[] IS NULL OR event.id = ANY(${events})))
           OR event.event_date < (
             SELECT max(shown.event_date)
             FROM events AS shown
             JOIN stated AS theirs ON theirs.event_id = shown.id AND theirs.tracked
             WHERE ${events}::int[] IS NULL OR shown.id = ANY(${events})))
    ORDER BY event.event_date, event.id`;
}
