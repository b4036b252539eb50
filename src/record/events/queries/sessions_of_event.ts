import type { Queryable } from "../../../database/connect.ts";

/** The sessions of one event, counted. */
export interface EventSessions {
  /** One with several speakers is one. */
  total: number;
  /** People. */
  speakers: number;
  tracks: { name: string }[];
}

/** Counts the sessions of an event; its tracks are in alphabetical order. */
export async function sessionsOfEvent(sql: Queryable, event: number): Promise<EventSessions> {
  const [row] = await sql<EventSessions[]>`
    WITH spoken AS MATERIALIZED (
      SELECT said.session, said.contact_id, said.track
      FROM outreach.sessions_by_speaker() AS said WHERE said.event_id = ${event}
    ), held AS (
      SELECT coalesce(jsonb_agg(jsonb_build_object('name', coalesce(named.track::text, ''))
                                ORDER BY named.track COLLATE "C"), '[]') AS tracks
      FROM (SELECT DISTINCT spoken.track FROM spoken WHERE spoken.track IS NOT NULL) AS named
    ), counted AS (
      SELECT count(DISTINCT spoken.session)::int AS total, count(DISTINCT spoken.contact_id)::int AS speakers
      FROM spoken
    )
    SELECT coalesce(counted.total, 0) AS total, coalesce(counted.speakers, 0) AS speakers, held.tracks
    FROM counted CROSS JOIN held`;
  return row ?? { total: 0, speakers: 0, tracks: [] };
}
