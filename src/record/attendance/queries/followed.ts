import type { Queryable } from "../../../database/connect.ts";

/** How many people came to one event and again to a later one. */
export interface Overlap {
  from: { id: number; name: string };
  to: { id: number; name: string };
  people: number;
}

/** Of each pair of these events, the earlier named first, who came to both. */
export async function overlaps(sql: Queryable, events: readonly number[]): Promise<Overlap[]> {
  return sql<Overlap[]>`
    WITH person AS MATERIALIZED (
      SELECT DISTINCT attended.event_id, attended.contact_id
      FROM outreach.attended() AS attended WHERE attended.event_id = ANY(${events}::int[])
    ), shared AS (
      SELECT one.event_id, other.event_id AS other_id, count(*)::int AS people
      FROM person AS one JOIN person AS other ON other.contact_id = one.contact_id
      GROUP BY one.event_id, other.event_id
    )
    SELECT jsonb_build_object('id', earlier.id, 'name', earlier.name::text) AS from,
           jsonb_build_object('id', later.id, 'name', later.name::text) AS to,
           coalesce(shared.people, 0) AS people
    FROM events AS earlier
    JOIN events AS later ON (later.event_date, later.id) > (earlier.event_date, earlier.id)
    LEFT JOIN shared ON shared.event_id = earlier.id AND shared.other_id = later.id
    WHERE earlier.id = ANY(${events}::int[]) AND later.id = ANY(${events}::int[])
    ORDER BY earlier.event_date, earlier.id, later.event_date, later.id`;
}

/** Somebody who came more than once. */
export interface Regular {
  contact_id: number;
  name: string;
  /** How many of the events they came to. */
  came: number;
  /** At how many of the events they spoke. */
  spoke: number;
  events: { id: number; name: string }[];
}

/**
 * Who came to most of these events (null: of all up to a day), at least to two.
 *
 * @param today `YYYY-MM-DD`; nobody came to a later event yet
 */
export async function regulars(
  sql: Queryable,
  events: readonly number[] | null,
  today: string,
  limit: number,
): Promise<Regular[]> {
  return sql<Regular[]>`
    WITH meant AS MATERIALIZED (
      SELECT id, name, event_date FROM events
      WHERE event_date <= ${today}::date AND (${events}::int[] IS NULL OR id = ANY(${events}))
    ), person AS (
      SELECT attended.contact_id, count(DISTINCT meant.id)::int AS came, array_agg(DISTINCT meant.id) AS events
      FROM outreach.attended() AS attended
      JOIN meant ON meant.id = attended.event_id
      GROUP BY attended.contact_id
      HAVING count(DISTINCT meant.id) > 1
    ), spoken AS (
      SELECT contact_id, count(DISTINCT event_id)::int AS spoke
      FROM (
        SELECT session.contact_id, session.event_id FROM outreach.sessions_by_speaker() AS session
        UNION
        SELECT role.contact_id::int, role.event_id::int FROM contact_roles AS role
        WHERE role.role_type::text = 'speaker'
      ) AS speaker
      WHERE event_id IN (SELECT id FROM meant)
      GROUP BY contact_id
    )
    SELECT contact.id AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           coalesce(person.came, 0) AS came, coalesce(spoken.spoke, 0) AS spoke,
           theirs.events
    FROM person
    JOIN contacts AS contact ON contact.id = person.contact_id
    LEFT JOIN spoken ON spoken.contact_id = person.contact_id
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', event.id, 'name', event.name::text)
                                ORDER BY event.event_date, event.id), '[]') AS events
      FROM events AS event WHERE event.id = ANY(person.events)
    ) AS theirs
    ORDER BY person.came DESC, coalesce(spoken.spoke, 0) DESC,
             outreach.fold(outreach.full_name(contact.first_name::text, contact.last_name::text)::text) COLLATE "C",
             contact.id
    LIMIT ${limit}`;
}
