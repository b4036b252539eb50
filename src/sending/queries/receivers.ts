import type { Queryable } from "../../database/connect.ts";

/** What somebody holds for an event. */
export interface Ticket {
  contact_id: number;
  /** Of several tickets, each type once, separated by commas; empty where none is told. */
  type: string;
  /** As {@link type}; empty for a walk-in. */
  number: string;
}

/** The tickets of these people, or of all for null, for a campaign's event that are neither cancelled nor transferred. */
export async function ticketsOf(
  sql: Queryable,
  campaign: number,
  contacts: readonly number[] | null,
): Promise<Ticket[]> {
  return sql<Ticket[]>`
    SELECT coalesce(held.contact_id, 0) AS contact_id,
           coalesce(string_agg(DISTINCT nullif(btrim(ticket.ticket_type::text), ''), ', ')::text, '') AS type,
           coalesce(string_agg(ticket.ticket_number::text, ', ' ORDER BY ticket.ticket_number)
                      FILTER (WHERE ticket.ticket_number > 0), '')::text AS number
    FROM outreach.registrations() AS held
    JOIN campaigns AS campaign ON campaign.event_id = held.event_id
    JOIN tickets AS ticket ON ticket.id = held.ticket_id
    WHERE campaign.id = ${campaign} AND (${contacts}::int[] IS NULL OR held.contact_id = ANY(${contacts}))
    GROUP BY held.contact_id`;
}

/** A session as one of its speakers gave it, with what was answered about it. */
export interface SpokenSession {
  contact_id: number;
  /** Tells the event's sessions apart: the rows of its speakers have it in common. */
  session: string;
  title: string;
  track: string;
  room: string;
  /** Local time in the organiser's zone, `2026-11-14T09:30:00`; empty where it is not known. */
  starts: string;
  /** Full names of the others, in the order in which they are listed. */
  co_speakers: string[];
  /** Means from 1 to 7, two decimals; null where nobody said. */
  topic: number | null;
  presentation: number | null;
  /** How many people answered. */
  answers: number;
  /** What they said to the speakers, one text each. */
  comments: string[];
}

/**
 * The sessions of these people, or of all for null, at a campaign's event, each person's in the order of their times. An answer
 * about a session with two speakers is kept for each of them, and counts once.
 */
export async function sessionsOf(
  sql: Queryable,
  campaign: number,
  contacts: readonly number[] | null,
): Promise<SpokenSession[]> {
  return sql<SpokenSession[]>`
    WITH spoken AS MATERIALIZED (
      SELECT said.row_id, said.contact_id, said.title, said.track, said.room, said.starts,
             -- What was recorded without a number belongs to the session of its title.
             coalesce('id ' || coalesce(said.number, min(said.number) OVER (
                        PARTITION BY outreach.fold(coalesce(said.title, '')))),
                      'title ' || outreach.fold(coalesce(said.title, ''))) AS session
      FROM (
        SELECT (to_jsonb(row) ->> 'id')::int AS row_id, (to_jsonb(row) ->> 'event_id')::int AS event_id,
               (to_jsonb(row) ->> 'contact_id')::int AS contact_id,
               nullif(to_jsonb(row) ->> 'sessionize_session_id', '') AS number,
               row.title::text AS title, row.track::text AS track, row.room::text AS room,
               (to_jsonb(row) ->> 'scheduled_at')::timestamp AS starts
        FROM speaker_sessions AS row
      ) AS said
      JOIN campaigns AS campaign ON campaign.event_id = said.event_id
      WHERE campaign.id = ${campaign}
    ), answer AS (
      SELECT DISTINCT ON (spoken.session, told.response)
             spoken.session, told.response, told.topic, told.presentation, told.comment
      FROM spoken
      JOIN (
        SELECT (to_jsonb(rating) ->> 'speaker_session_id')::int AS row_id,
               coalesce(nullif(to_jsonb(rating) ->> 'response_id', ''), 'row ' || rating.ctid::text) AS response,
               rating.topic_rating::int AS topic, rating.presentation_rating::int AS presentation,
               nullif(btrim(to_jsonb(rating) ->> 'speaker_comment'), '') AS comment
        FROM speaker_ratings AS rating
      ) AS told ON told.row_id = spoken.row_id
      -- Of what was said to several, what is kept for one of them.
      ORDER BY spoken.session, told.response, told.comment IS NULL, told.row_id
    ), rated AS MATERIALIZED (
      SELECT session, count(*)::int AS answers, round(avg(topic), 2)::float8 AS topic,
             round(avg(presentation), 2)::float8 AS presentation,
             jsonb_agg(coalesce(comment::text, '') ORDER BY response) FILTER (WHERE comment IS NOT NULL) AS comments
      FROM answer GROUP BY session
    ), own AS (
      SELECT contact_id, session, min(title) AS title, min(track) AS track, min(room) AS room,
             min(starts) AS starts
      FROM spoken WHERE ${contacts}::int[] IS NULL OR contact_id = ANY(${contacts})
      GROUP BY contact_id, session
    )
    SELECT coalesce(own.contact_id, 0) AS contact_id, coalesce(own.session, '') AS session,
           coalesce(own.title::text, '') AS title, coalesce(own.track::text, '') AS track,
           coalesce(own.room::text, '') AS room,
           coalesce(to_char(own.starts, 'YYYY-MM-DD"T"HH24:MI:SS'), '')::text AS starts,
           coalesce(others.names, '[]') AS co_speakers, rated.topic, rated.presentation,
           coalesce(rated.answers, 0) AS answers, coalesce(rated.comments, '[]') AS comments
    FROM own
    LEFT JOIN rated ON rated.session = own.session
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(coalesce(speaker.name::text, '') ORDER BY speaker.row_id) AS names
      FROM (
        SELECT min(spoken.row_id) AS row_id,
               outreach.full_name(contact.first_name::text, contact.last_name::text) AS name
        FROM spoken JOIN contacts AS contact ON contact.id = spoken.contact_id
        WHERE spoken.session = own.session AND spoken.contact_id <> own.contact_id
        GROUP BY contact.id
      ) AS speaker
    ) AS others
    ORDER BY own.contact_id, own.starts, own.title COLLATE "C", own.session COLLATE "C"`;
}
