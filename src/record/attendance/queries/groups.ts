import type { Queryable } from "../../../database/connect.ts";

/** By what people of an event are grouped. */
export type Grouping = "source" | "ticket_type" | "profession" | "company" | "week";

/** People of one event with one value; whoever holds several tickets may be in several groups. */
export interface AttendanceGroup {
  event: { id: number; name: string };
  /** Null where it is not known. A week is its Monday, `YYYY-MM-DD`, of the registration. */
  value: string | null;
  registered: number;
  registered_came: number;
  /** Null for an event without any check-in. */
  came: number | null;
}

/** Where a group stands in the order: newest event first, in it the group of most registered, weeks by time. */
export interface GroupPlace {
  day: string;
  event: number;
  size: number;
  key: string;
}

/** One page of groups, and how many there are in all. */
export async function attendanceGroups(
  sql: Queryable,
  events: readonly number[] | null,
  by: Grouping,
  after: GroupPlace | null,
  limit: number,
): Promise<{ total: number; groups: (AttendanceGroup & { place: GroupPlace })[] }> {
  const place = after ?? { day: null, event: null, size: null, key: null };
  const [answer] = await sql<
    { total: number; groups: (AttendanceGroup & { place: GroupPlace })[] }[]
  >`
    WITH held AS MATERIALIZED (
      SELECT ticket.event_id::int AS event_id, ticket.attendee_contact_id::int AS contact_id,
             ticket.registration_source::text <> 'walk-in' AS before,
             ticket.registration_date::timestamp AS registered_at,
             coalesce(CASE ${by}::text
               WHEN 'source' THEN ticket.marketing_source::text
               WHEN 'ticket_type' THEN ticket.ticket_type::text
               WHEN 'week' THEN to_char(date_trunc('week', ticket.registration_date::timestamp), 'YYYY-MM-DD')
               ELSE to_jsonb(contact) ->> ${by}::text END, '') AS words
      FROM tickets AS ticket
      JOIN contacts AS contact ON contact.id = ticket.attendee_contact_id
      WHERE coalesce(ticket.status::text, '') NOT IN ('cancelled', 'transferred')
        AND (${events}::int[] IS NULL OR ticket.event_id = ANY(${events}))
    ), spelling AS MATERIALIZED (
      -- Few words are said by many, so each is folded once.
      SELECT said.words, outreach.fold(said.words) AS key,
             CASE WHEN ${by}::text = 'source' THEN outreach.source(said.words)::text END AS source
      FROM (SELECT DISTINCT held.words FROM held) AS said
    ), meaning AS MATERIALIZED (
      SELECT known.event_id, known.source, known.campaign_id
      FROM (
        SELECT array_agg(said.event_id) AS events, array_agg(said.source) AS sources
        FROM (
          SELECT DISTINCT held.event_id, spelling.source
          FROM held JOIN spelling ON spelling.words = held.words
          WHERE spelling.source IS NOT NULL
        ) AS said
      ) AS asked
      CROSS JOIN LATERAL outreach.source_meanings(asked.events, asked.sources) AS known
    ), person AS (
      SELECT present.*, bool_or(present.came) OVER (PARTITION BY present.event_id) AS tracked
      FROM outreach.people_of_events(${events}::int[]) AS present
    ), counted AS (
      SELECT held.event_id, coalesce(mapping.campaign_id, meaning.campaign_id) AS campaign_id,
             CASE WHEN mapping.campaign_id IS NULL AND meaning.campaign_id IS NULL THEN spelling.key END AS key,
             mode() WITHIN GROUP (ORDER BY btrim(held.words)) AS words,
             count(DISTINCT held.contact_id) FILTER (WHERE held.before) AS registered,
             count(DISTINCT held.contact_id) FILTER (WHERE held.before AND person.came) AS registered_came,
             CASE WHEN bool_or(person.tracked)
                  THEN count(DISTINCT held.contact_id) FILTER (WHERE person.came) END AS came
      FROM held
      JOIN spelling ON spelling.words = held.words
      JOIN person ON person.event_id = held.event_id AND person.contact_id = held.contact_id
      LEFT JOIN outreach.source_mappings AS mapping
        ON mapping.event_id = held.event_id AND mapping.source = spelling.source
       AND tsrange(mapping.starts, mapping.ends, '[]') @> held.registered_at
      LEFT JOIN meaning ON meaning.event_id = held.event_id AND meaning.source = spelling.source
      GROUP BY 1, 2, 3
    ), grouped AS MATERIALIZED (
      SELECT counted.event_id, counted.registered, counted.registered_came, counted.came,
             coalesce(campaign.name::text, nullif(counted.words, '')) AS value,
             -- No folded words hold a #, so that no two groups of an event have one key.
             coalesce(counted.key, outreach.fold(campaign.name::text) || '#' || campaign.id) AS key
      FROM counted
      LEFT JOIN campaigns AS campaign ON campaign.id = counted.campaign_id
    ), page AS (
      SELECT grouped.*, event.event_date, event.name,
             CASE WHEN ${by}::text = 'week' THEN 0 ELSE grouped.registered END AS rank
      FROM grouped
      JOIN events AS event ON event.id = grouped.event_id
      WHERE ${place.event}::int IS NULL
         OR ((-(event.event_date - date '2000-01-01'), -event.id,
              -CASE WHEN ${by}::text = 'week' THEN 0 ELSE grouped.registered END, grouped.key COLLATE "C")
             > (-(${place.day}::date - date '2000-01-01'), -(${place.event}::int), -(${place.size}::int),
                ${place.key}::text COLLATE "C"))
      ORDER BY event.event_date DESC, event.id DESC,
               CASE WHEN ${by}::text = 'week' THEN 0 ELSE grouped.registered END DESC, grouped.key COLLATE "C"
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM grouped), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'event', jsonb_build_object('id', coalesce(page.event_id::int, 0), 'name', coalesce(page.name::text, '')),
             'value', page.value::text, 'registered', coalesce(page.registered::int, 0),
             'registered_came', coalesce(page.registered_came::int, 0), 'came', page.came::int,
             'place', jsonb_build_object('day', coalesce(page.event_date::text, ''), 'event', coalesce(page.event_id::int, 0),
                                         'size', coalesce(page.rank::int, 0), 'key', coalesce(page.key::text, ''))
           ) ORDER BY page.event_date DESC, page.event_id DESC, page.rank DESC, page.key COLLATE "C"), '[]') AS groups
    FROM page`;
  return answer ?? { total: 0, groups: [] };
}
