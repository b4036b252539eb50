import type { Queryable } from "../../../database/connect.ts";

/** What people said of an event as a whole, one text for each answer, by event. */
export async function eventComments(sql: Queryable, events: readonly number[]): Promise<string[]> {
  const rows = await sql<{ comment: string }[]>`
    SELECT coalesce(said.comment, '') AS comment
    FROM (
      SELECT DISTINCT ON (session.event_id, rating.response) session.event_id, rating.response,
             rating.event_comment AS comment
      FROM outreach.sessions_by_speaker() AS session
      JOIN outreach.ratings_by_speaker() AS rating ON rating.row_id = session.row_id
      WHERE session.event_id = ANY(${events}::int[]) AND rating.event_comment IS NOT NULL
      ORDER BY session.event_id, rating.response, rating.row_id
    ) AS said
    ORDER BY said.event_id, length(said.response), said.response COLLATE "C"
    LIMIT 200`;
  return rows.map(({ comment }) => comment);
}

/** Ratings of imported answers under a label that matches no session of the event. */
export interface UnmatchedRatings {
  event: { id: number; name: string };
  label: string;
  /** Title of the session nearest to the label; null where the event has none. */
  best_match: string | null;
  /** How like the label that one is, 0 to 1. */
  score: number;
  answers: number;
  topic: number | null;
  presentation: number | null;
}

/** What imports could give to no session of these events (null: of all), the newest event first; at most 200. */
export async function unmatchedRatings(
  sql: Queryable,
  events: readonly number[] | null,
): Promise<UnmatchedRatings[]> {
  return sql<UnmatchedRatings[]>`
    SELECT jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           coalesce(unmatched.label, '') AS label, unmatched.best_match,
           coalesce(unmatched.score, 0) AS score, coalesce(unmatched.answers, 0) AS answers,
           unmatched.topic_rating AS topic, unmatched.presentation_rating AS presentation
    FROM outreach.unmatched_ratings AS unmatched
    JOIN events AS event ON event.id = unmatched.event_id
    WHERE ${events}::int[] IS NULL OR unmatched.event_id = ANY(${events})
    ORDER BY event.event_date DESC, event.id DESC, unmatched.label COLLATE "C"
    LIMIT 200`;
}
