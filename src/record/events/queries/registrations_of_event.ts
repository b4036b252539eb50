import type { Queryable } from "../../../database/connect.ts";

/** The registrations of one event, counted. */
export interface EventRegistrations {
  /** Tickets that are neither cancelled nor transferred, and how many people they are of. */
  total: number;
  people: number;
  /** Tickets. */
  cancelled: number;
  transferred: number;
  by_ticket_type: { ticket_type: string | null; registrations: number; checked_in: number }[];
  /** By the Monday of the week in which they registered, the organiser's time. */
  by_week: { week: string; registrations: number }[];
}

/** Counts the registrations of an event, by ticket type (most first) and by week (earliest first). */
export async function registrationsOfEvent(
  sql: Queryable,
  event: number,
): Promise<EventRegistrations> {
  const [row] = await sql<EventRegistrations[]>`
    WITH ticket AS MATERIALIZED (
      SELECT coalesce(status::text, '') AS status, nullif(btrim(ticket_type::text), '') AS ticket_type,
             attendee_contact_id AS contact_id, coalesce(checked_in, false) AS checked_in,
             date_trunc('week', registration_date)::date AS week,
             coalesce(status::text, '') NOT IN ('cancelled', 'transferred') AS counts
      FROM tickets WHERE event_id = ${event}
    ), counted AS (
      SELECT (count(*) FILTER (WHERE counts))::int AS total,
             (count(DISTINCT contact_id) FILTER (WHERE counts))::int AS people,
             (count(*) FILTER (WHERE status = 'cancelled'))::int AS cancelled,
             (count(*) FILTER (WHERE status = 'transferred'))::int AS transferred
      FROM ticket
    ), typed AS (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'ticket_type', of_type.ticket_type::text, 'registrations', coalesce(of_type.registrations::int, 0),
               'checked_in', coalesce(of_type.checked_in::int, 0))
               ORDER BY of_type.registrations DESC, of_type.ticket_type COLLATE "C"), '[]') AS list
      FROM (
        SELECT ticket.ticket_type, count(*) AS registrations,
               count(*) FILTER (WHERE ticket.checked_in) AS checked_in
        FROM ticket WHERE ticket.counts GROUP BY ticket.ticket_type
      ) AS of_type
    ), weekly AS (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'week', coalesce(of_week.week::text, ''),
               'registrations', coalesce(of_week.registrations::int, 0)) ORDER BY of_week.week), '[]') AS list
      FROM (
        SELECT ticket.week, count(*) AS registrations FROM ticket WHERE ticket.counts GROUP BY ticket.week
      ) AS of_week
    )
    SELECT coalesce(counted.total, 0) AS total, coalesce(counted.people, 0) AS people,
           coalesce(counted.cancelled, 0) AS cancelled, coalesce(counted.transferred, 0) AS transferred,
           typed.list AS by_ticket_type, weekly.list AS by_week
    FROM counted CROSS JOIN typed CROSS JOIN weekly`;
  return (
    row ?? { total: 0, people: 0, cancelled: 0, transferred: 0, by_ticket_type: [], by_week: [] }
  );
}
