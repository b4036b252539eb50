import type { Queryable } from "../../database/connect.ts";

/** A speaker's part in a session. */
export interface RatedPart {
  id: number;
  sessionize_session_id: string | null;
  title: string;
  contact_id: number;
  /** Full name. */
  speaker: string;
}

/** The event's sessions by their speakers' parts. */
export async function ratedPartsOf(sql: Queryable, event: number): Promise<RatedPart[]> {
  return sql<RatedPart[]>`
    SELECT session.id::int AS id, nullif(btrim(session.sessionize_session_id::text), '')::text AS sessionize_session_id,
           coalesce(session.title::text, '') AS title, session.contact_id::int AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS speaker
    FROM speaker_sessions AS session
    JOIN contacts AS contact ON contact.id = session.contact_id
    WHERE session.event_id = ${event}`;
}

/** What a person answered; in a change null is what stays. */
export interface RatingFields {
  topic_rating: number | null;
  presentation_rating: number | null;
  event_rating: string | null;
  speaker_comment: string | null;
  event_comment: string | null;
}

/** A recorded rating of a speaker's part in a session. */
export interface KnownRating extends RatingFields {
  id: number;
  speaker_session_id: number;
  response_id: string;
}

/** The ratings of the event's sessions that name their response. */
export async function ratingsOf(sql: Queryable, event: number): Promise<KnownRating[]> {
  return sql<KnownRating[]>`
    SELECT rating.id::int AS id, rating.speaker_session_id::int AS speaker_session_id, coalesce(rating.response_id::text, '') AS response_id,
           rating.topic_rating::int AS topic_rating,
           rating.presentation_rating::int AS presentation_rating,
           rating.event_rating::text AS event_rating,
           rating.speaker_comment::text AS speaker_comment,
           rating.event_comment::text AS event_comment
    FROM speaker_ratings AS rating
    JOIN speaker_sessions AS session ON session.id = rating.speaker_session_id
    WHERE session.event_id = ${event} AND rating.response_id IS NOT NULL`;
}

/** Records ratings. */
export async function insertRatings(
  sql: Queryable,
  ratings: readonly Omit<KnownRating, "id">[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO speaker_ratings (speaker_session_id, response_id, topic_rating, presentation_rating,
        event_rating, speaker_comment, event_comment)
      SELECT entry.speaker_session_id, entry.response_id, entry.topic_rating, entry.presentation_rating,
             entry.event_rating, entry.speaker_comment, entry.event_comment
      FROM jsonb_to_recordset(${sql.json(ratings.map((rating) => ({ ...rating })))})
        AS entry (speaker_session_id int, response_id text, topic_rating int, presentation_rating int,
          event_rating text, speaker_comment text, event_comment text)
      RETURNING id
    )
    SELECT outreach.note_created('speaker_ratings', array_agg(id::bigint))::text AS noted FROM recorded`;
}

/** Changes ratings. */
export async function updateRatings(
  sql: Queryable,
  changes: readonly (RatingFields & { id: number })[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before(
        'speaker_ratings', ${changes.map(({ id }) => id)}::int[]::bigint[],
        '{topic_rating,presentation_rating,event_rating,speaker_comment,event_comment}')
    )
    UPDATE speaker_ratings AS rating
    SET topic_rating = coalesce(entry.topic_rating, rating.topic_rating),
        presentation_rating = coalesce(entry.presentation_rating, rating.presentation_rating),
        event_rating = coalesce(entry.event_rating, rating.event_rating),
        speaker_comment = coalesce(entry.speaker_comment, rating.speaker_comment),
        event_comment = coalesce(entry.event_comment, rating.event_comment)
    FROM noted, jsonb_to_recordset(${sql.json(changes.map((change) => ({ ...change })))})
      AS entry (id int, topic_rating int, presentation_rating int, event_rating text,
        speaker_comment text, event_comment text)
    WHERE rating.id = entry.id`;
}

/** What a person said that a label means at an event: a session, or that its answers are left out. */
export interface RememberedLabel {
  /** As it was given. */
  label: string;
  /** Null where the answers are left out. */
  session_title: string | null;
  sessionize_session_id: string | null;
}

/** What was said of labels at the event. */
export async function rememberedLabels(sql: Queryable, event: number): Promise<RememberedLabel[]> {
  return sql<RememberedLabel[]>`
    SELECT label, session_title, sessionize_session_id
    FROM outreach.rating_labels WHERE event_id = ${event} ORDER BY id`;
}

/** Remembers what labels mean at an event, in place of what was said of them before. */
export async function rememberLabels(
  sql: Queryable,
  event: number,
  labels: readonly RememberedLabel[],
): Promise<void> {
  await sql`
    INSERT INTO outreach.rating_labels (event_id, label, session_title, sessionize_session_id, skipped)
    SELECT ${event}, entry.label, entry.session_title, entry.sessionize_session_id, entry.session_title IS NULL
    FROM jsonb_to_recordset(${sql.json(labels.map((label) => ({ ...label })))})
      AS entry (label text, session_title text, sessionize_session_id text)
    ON CONFLICT (event_id, outreach.fold(label)) DO UPDATE
    SET label = excluded.label, session_title = excluded.session_title,
        sessionize_session_id = excluded.sessionize_session_id, skipped = excluded.skipped, mapped_at = now()`;
}

/** The figures of an answer that no session got. */
export interface UnmatchedAnswer {
  label: string;
  response_id: string;
  /** Title of the nearest session. */
  best_match: string | null;
  /** Its likeness, 0 to 1. */
  score: number;
  topic_rating: number | null;
  presentation_rating: number | null;
}

/** One that is kept. */
export interface KeptAnswer extends UnmatchedAnswer {
  id: number;
}

/** The answers of the event that no session got. */
export async function unmatchedOf(sql: Queryable, event: number): Promise<KeptAnswer[]> {
  return sql<KeptAnswer[]>`
    SELECT id, label, response_id, best_match, score, topic_rating, presentation_rating
    FROM outreach.unmatched_answers WHERE event_id = ${event}`;
}

/** Keeps answers that no session got. */
export async function insertUnmatched(
  sql: Queryable,
  event: number,
  answers: readonly UnmatchedAnswer[],
): Promise<void> {
  await sql`
    INSERT INTO outreach.unmatched_answers (event_id, label, response_id, best_match, score, topic_rating, presentation_rating)
    SELECT ${event}, entry.label, entry.response_id, entry.best_match, entry.score, entry.topic_rating,
           entry.presentation_rating
    FROM jsonb_to_recordset(${sql.json(answers.map((answer) => ({ ...answer })))})
      AS entry (label text, response_id text, best_match text, score double precision, topic_rating int,
        presentation_rating int)`;
}

/** Takes away answers that were kept. */
export async function deleteUnmatched(sql: Queryable, ids: readonly number[]): Promise<void> {
  await sql`DELETE FROM outreach.unmatched_answers WHERE id = ANY(${ids}::int[])`;
}
