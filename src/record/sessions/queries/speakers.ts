import type { Queryable } from "../../../database/connect.ts";
import type { Ratings } from "./sessions.ts";

/** Which speakers are listed: null where a filter is not given. */
export interface SpeakerFilter {
  /** Who spoke at one of them; sessions and ratings are then those of these events. */
  events: readonly number[] | null;
  /** Speaks at so many events at least, of all, coming ones too. */
  min_events: number | null;
  /** Words that must all begin a word of name, e-mail and titles. */
  text: string | null;
}

/** By what speakers are ordered: most events or best rated first, or by name. */
export type SpeakerOrder = "events" | "rating" | "name";

/** A speaker as they are listed. */
export interface SpeakerRow {
  contact_id: number;
  name: string;
  email: string | null;
  /** At how many events they spoke, or are to speak, whatever the filter. */
  events: number;
  /** How many of them are after today. */
  upcoming: number;
  sessions: { title: string; event: { id: number; name: string } }[];
  ratings: Ratings | null;
  /** Day of the last event up to today at which they spoke, `YYYY-MM-DD`. */
  last_spoke_at: string | null;
  place: SpeakerPlace;
}

/** Where a speaker stands in the order of their list, exact. */
export interface SpeakerPlace {
  first: string;
  second: string;
  id: number;
}

/**
 * One page of speakers, and how many there are in all. A speaker has a session at an event, or that role there.
 *
 * @param today `YYYY-MM-DD` in the organiser's zone
 */
export async function listSpeakers(
  sql: Queryable,
  filter: SpeakerFilter,
  order: SpeakerOrder,
  today: string,
  after: SpeakerPlace | null,
  limit: number,
): Promise<{ total: number; speakers: SpeakerRow[] }> {
  const place = after ?? { first: null, second: null, id: null };
  const [answer] = await sql<{ total: number; speakers: SpeakerRow[] }[]>`
    WITH spoken AS MATERIALIZED (
      SELECT row.* FROM outreach.sessions_by_speaker() AS row
      WHERE row.contact_id IS NOT NULL AND row.event_id IS NOT NULL
    ), spoke AS (
      SELECT contact_id, event_id FROM spoken
      UNION
      SELECT role.contact_id::int, role.event_id::int FROM contact_roles AS role
      WHERE role.role_type::text = 'speaker' AND role.event_id IS NOT NULL
    ), person AS (
      SELECT spoke.contact_id, count(*)::int AS events,
             count(*) FILTER (WHERE event.event_date > ${today}::date)::int AS upcoming,
             max(event.event_date) FILTER (WHERE event.event_date <= ${today}::date) AS last_spoke_at
      FROM spoke JOIN events AS event ON event.id = spoke.event_id
      GROUP BY spoke.contact_id
      HAVING ${filter.events}::int[] IS NULL OR bool_or(spoke.event_id = ANY(${filter.events}))
    ), talked AS (
      SELECT session.contact_id, string_agg(session.title, ' ') AS titles
      FROM spoken AS session
      WHERE ${filter.events}::int[] IS NULL OR session.event_id = ANY(${filter.events})
      GROUP BY session.contact_id
    ), rated AS (
      SELECT session.contact_id, count(*)::int AS answers, avg(rating.topic) AS topic,
             avg(rating.presentation) AS presentation
      FROM spoken AS session
      JOIN outreach.ratings_by_speaker() AS rating ON rating.row_id = session.row_id
      WHERE ${filter.events}::int[] IS NULL OR session.event_id = ANY(${filter.events})
      GROUP BY session.contact_id
    ), placed AS MATERIALIZED (
      SELECT contact.id, person.events, person.upcoming, person.last_spoke_at,
             rated.answers, rated.topic, rated.presentation, nullif(btrim(contact.email::text), '') AS email,
             coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
             CASE ${order}::text
               WHEN 'events' THEN -person.events::numeric
               WHEN 'rating' THEN -coalesce((coalesce(rated.topic, rated.presentation)
                                             + coalesce(rated.presentation, rated.topic)) / 2, -1)
               ELSE 0 END AS first,
             outreach.fold(coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, ''))
               AS second
      FROM person
      JOIN contacts AS contact ON contact.id = person.contact_id
      LEFT JOIN talked ON talked.contact_id = person.contact_id
      LEFT JOIN rated ON rated.contact_id = person.contact_id
      WHERE person.events >= coalesce(${filter.min_events}::int, 0)
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ',
                  outreach.full_name(contact.first_name::text, contact.last_name::text), contact.email, talked.titles),
                  ${filter.text}))
    ), page AS (
      SELECT * FROM placed
      WHERE ${place.id}::int IS NULL
         OR (first, second COLLATE "C", id)
            > (${place.first}::numeric, ${place.second}::text COLLATE "C", ${place.id}::int)
      ORDER BY first, second COLLATE "C", id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM placed), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'contact_id', coalesce(page.id::int, 0), 'name', coalesce(page.name::text, ''), 'email', page.email::text,
             'events', coalesce(page.events::int, 0), 'upcoming', coalesce(page.upcoming::int, 0), 'sessions', told.sessions,
             'ratings', CASE WHEN page.answers > 0 THEN jsonb_build_object(
               'answers', coalesce(page.answers::int, 0), 'topic', round(page.topic, 2)::float8,
               'presentation', round(page.presentation, 2)::float8) END,
             'last_spoke_at', page.last_spoke_at::text,
             'place', jsonb_build_object('first', coalesce(page.first::text, ''),
                                         'second', coalesce(page.second::text, ''), 'id', coalesce(page.id::int, 0))
           ) ORDER BY page.first, page.second COLLATE "C", page.id), '[]') AS speakers
    FROM page
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('title', coalesce(session.title::text, ''), 'event', jsonb_build_object(
               'id', event.id, 'name', event.name::text)) ORDER BY event.event_date DESC, session.title), '[]')
               AS sessions
      FROM spoken AS session JOIN events AS event ON event.id = session.event_id
      WHERE session.contact_id = page.id
        AND (${filter.events}::int[] IS NULL OR session.event_id = ANY(${filter.events}))
    ) AS told`;
  return answer ?? { total: 0, speakers: [] };
}
