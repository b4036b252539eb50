import type { Queryable } from "../../../database/connect.ts";

/** Which sessions are listed: null where a filter is not given. */
export interface SessionFilter {
  events: readonly number[] | null;
  speakers: readonly number[] | null;
  /** Words that must all begin a word of the track, the level, or of title, track and speakers. */
  track: string | null;
  level: string | null;
  text: string | null;
}

/** By what sessions are ordered: newest event first and in it by time, by title, or best rated first. */
export type SessionOrder = "schedule" | "title" | "rating";

/** Means of what was answered about a session or a speaker, two decimals; null where nobody said. */
export interface Ratings {
  /** How many people answered. */
  answers: number;
  /** 1 to 7. */
  topic: number | null;
  /** 1 to 7. */
  presentation: number | null;
}

/** A session as it is listed, once, however many speakers it has. */
export interface SessionRow {
  title: string;
  event: { id: number; name: string };
  speakers: { contact_id: number; name: string }[];
  track: string | null;
  level: string | null;
  format: string | null;
  room: string | null;
  scheduled_at: string | null;
  duration_minutes: number | null;
  recording_link: string | null;
  ratings: (Ratings & { event: number | null }) | null;
  /** What was said to the speakers, in the order of the answers; empty where comments were not asked for. */
  comments: string[];
  place: SessionPlace;
}

/** Where a session stands in the order of its list, exact. */
export interface SessionPlace {
  first: string;
  second: string;
  third: string;
  id: number;
}

/** One page of sessions, with times in the zone, how many there are in all, and how many comments on all of them. */
export async function listSessions(
  sql: Queryable,
  filter: SessionFilter,
  order: SessionOrder,
  withComments: boolean,
  zone: string,
  after: SessionPlace | null,
  limit: number,
): Promise<{ total: number; comments: number; sessions: SessionRow[] }> {
  const place = after ?? { first: null, second: null, third: null, id: null };
  const [answer] = await sql<{ total: number; comments: number; sessions: SessionRow[] }[]>`
    WITH spoken AS MATERIALIZED (
      SELECT row.*, event.name::text AS event_name, event.event_date,
             coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS speaker
      FROM outreach.sessions_by_speaker() AS row
      JOIN events AS event ON event.id = row.event_id
      LEFT JOIN contacts AS contact ON contact.id = row.contact_id
      WHERE ${filter.events}::int[] IS NULL OR row.event_id = ANY(${filter.events})
    ), session AS (
      SELECT event_id, min(event_name) AS event_name, min(event_date) AS event_date, min(row_id) AS id,
             array_agg(row_id) AS rows, array_agg(contact_id) AS contacts, min(title) AS title,
             min(track) AS track, min(level) AS level, min(format) AS format, min(room) AS room,
             min(scheduled_at) AS scheduled_at, min(duration_minutes) AS duration_minutes,
             min(recording_link) AS recording_link, string_agg(speaker, ' ') AS names
      FROM spoken
      GROUP BY event_id, session
    ), matching AS MATERIALIZED (
      SELECT * FROM session
      WHERE (${filter.speakers}::int[] IS NULL OR contacts && ${filter.speakers})
        AND (${filter.track}::text IS NULL
             OR outreach.begins_words(track, ${filter.track}))
        AND (${filter.level}::text IS NULL
             OR outreach.begins_words(level, ${filter.level}))
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ', title, track, names), ${filter.text}))
    ), answered AS (
      -- An answer about a session with two speakers is kept for each of them, and counts once.
      SELECT DISTINCT ON (matching.id, rating.response) matching.id, rating.*
      FROM matching
      CROSS JOIN LATERAL unnest(matching.rows) AS theirs (row_id)
      JOIN outreach.ratings_by_speaker() AS rating ON rating.row_id = theirs.row_id
      ORDER BY matching.id, rating.response, rating.speaker_comment IS NULL, rating.row_id
    ), rated AS MATERIALIZED (
      SELECT id, count(*)::int AS answers, avg(topic) AS topic, avg(presentation) AS presentation,
             avg(event) AS event,
             -- Numbers in their order, too.
             array_agg(speaker_comment ORDER BY length(response), response COLLATE "C")
               FILTER (WHERE ${withComments}::boolean AND speaker_comment IS NOT NULL) AS said
      FROM answered GROUP BY id
    ), placed AS (
      SELECT matching.*, rated.answers, rated.topic, rated.presentation, rated.event AS event_rating, rated.said,
             CASE ${order}::text
               WHEN 'schedule' THEN (date '2000-01-01' - matching.event_date)::numeric
               WHEN 'rating' THEN -coalesce((coalesce(rated.topic, rated.presentation)
                                             + coalesce(rated.presentation, rated.topic)) / 2, -1)
               ELSE 0 END AS first,
             CASE WHEN ${order}::text = 'schedule' THEN coalesce(matching.scheduled_at, 'infinity')
                  ELSE 'infinity' END AS second,
             outreach.fold(matching.title) AS third
      FROM matching LEFT JOIN rated ON rated.id = matching.id
    ), page AS (
      SELECT * FROM placed
      WHERE ${place.id}::int IS NULL
         OR (first, second, third COLLATE "C", id)
            > (${place.first}::numeric, ${place.second}::timestamp, ${place.third}::text COLLATE "C", ${place.id}::int)
      ORDER BY first, second, third COLLATE "C", id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce((SELECT count(*)::int FROM answered WHERE answered.speaker_comment IS NOT NULL), 0) AS comments,
           coalesce(jsonb_agg(jsonb_build_object(
             'title', coalesce(page.title::text, ''),
             'event', jsonb_build_object('id', coalesce(page.event_id::int, 0), 'name', coalesce(page.event_name::text, '')),
             'speakers', presented.speakers, 'track', page.track::text, 'level', page.level::text,
             'format', page.format::text, 'room', page.room::text,
             'scheduled_at', outreach.local_time(page.scheduled_at AT TIME ZONE ${zone}, ${zone})::text,
             'duration_minutes', page.duration_minutes::int, 'recording_link', page.recording_link::text,
             'ratings', CASE WHEN page.answers > 0 THEN jsonb_build_object(
               'answers', coalesce(page.answers::int, 0), 'topic', round(page.topic, 2)::float8,
               'presentation', round(page.presentation, 2)::float8, 'event', round(page.event_rating, 2)::float8) END,
             'comments', told.comments,
             'place', jsonb_build_object('first', coalesce(page.first::text, ''), 'second', coalesce(page.second::text, ''),
                                         'third', coalesce(page.third::text, ''), 'id', coalesce(page.id::int, 0))
           ) ORDER BY page.first, page.second, page.third COLLATE "C", page.id), '[]') AS sessions
    FROM page
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('contact_id', coalesce(spoken.contact_id::int, 0),
                                                   'name', coalesce(spoken.speaker::text, '')) ORDER BY spoken.row_id), '[]')
               AS speakers
      FROM spoken WHERE spoken.row_id = ANY(page.rows) AND spoken.contact_id IS NOT NULL
    ) AS presented
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(coalesce(comment.words::text, '') ORDER BY comment.position), '[]') AS comments
      FROM unnest(page.said) WITH ORDINALITY AS comment (words, position)
    ) AS told`;
  return answer ?? { total: 0, comments: 0, sessions: [] };
}
