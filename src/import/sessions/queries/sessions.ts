import type { Queryable } from "../../../database/connect.ts";
import type { KnownPerson } from "../../people/queries/contacts.ts";

/** What a session's row says beside who speaks; in a change null is what stays. */
export interface SessionFields {
  sessionize_session_id: string | null;
  title: string | null;
  description: string | null;
  session_format: string | null;
  track: string | null;
  level: string | null;
  room: string | null;
  /** Local, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  scheduled_at: string | null;
  duration_minutes: number | null;
  recording_link: string | null;
}

/** A speaker's part in a session: one row per speaker. */
export interface KnownSessionPart extends SessionFields {
  id: number;
  contact_id: number;
  speaker: KnownPerson;
  title: string;
}

/** The event's sessions. */
export async function sessionPartsOf(sql: Queryable, event: number): Promise<KnownSessionPart[]> {
  return sql<KnownSessionPart[]>`
    SELECT session.id::int AS id, session.contact_id::int AS contact_id,
           jsonb_build_object(
             'first_name', coalesce(contact.first_name::text, ''),
             'last_name', coalesce(contact.last_name::text, ''),
             'email', contact.email::text) AS speaker,
           nullif(btrim(session.sessionize_session_id::text), '')::text AS sessionize_session_id,
           coalesce(session.title::text, '') AS title, session.description::text AS description,
           session.session_format::text AS session_format, session.track::text AS track,
           session.level::text AS level, session.room::text AS room,
           to_char(session.scheduled_at, 'YYYY-MM-DD HH24:MI:SS.US')::text AS scheduled_at,
           session.duration_minutes::int AS duration_minutes,
           session.recording_link::text AS recording_link
    FROM speaker_sessions AS session
    JOIN contacts AS contact ON contact.id = session.contact_id
    WHERE session.event_id = ${event}`;
}

/** Records sessions of an event. */
export async function insertSessions(
  sql: Queryable,
  event: number,
  sessions: readonly (SessionFields & { contact_id: number })[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, description,
        session_format, track, level, room, scheduled_at, duration_minutes, recording_link)
      SELECT ${event}, entry.contact_id, entry.sessionize_session_id, entry.title, entry.description,
             entry.session_format, entry.track, entry.level, entry.room, entry.scheduled_at,
             entry.duration_minutes, entry.recording_link
      FROM jsonb_to_recordset(${sql.json(sessions.map((session) => ({ ...session })))})
        AS entry (contact_id int, sessionize_session_id text, title text, description text,
          session_format text, track text, level text, room text, scheduled_at timestamp,
          duration_minutes int, recording_link text)
      RETURNING id
    )
    SELECT outreach.note_created('speaker_sessions', array_agg(id::bigint))::text AS noted FROM recorded`;
}

/** Changes sessions. */
export async function updateSessions(
  sql: Queryable,
  changes: readonly (SessionFields & { id: number })[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before(
        'speaker_sessions', ${changes.map(({ id }) => id)}::int[]::bigint[],
        '{sessionize_session_id,title,description,session_format,track,level,room,scheduled_at,duration_minutes,recording_link}')
    )
    UPDATE speaker_sessions AS session
    SET sessionize_session_id = coalesce(entry.sessionize_session_id, session.sessionize_session_id),
        title = coalesce(entry.title, session.title),
        description = coalesce(entry.description, session.description),
        session_format = coalesce(entry.session_format, session.session_format),
        track = coalesce(entry.track, session.track),
        level = coalesce(entry.level, session.level),
        room = coalesce(entry.room, session.room),
        scheduled_at = coalesce(entry.scheduled_at, session.scheduled_at),
        duration_minutes = coalesce(entry.duration_minutes, session.duration_minutes),
        recording_link = coalesce(entry.recording_link, session.recording_link)
    FROM noted, jsonb_to_recordset(${sql.json(changes.map((change) => ({ ...change })))})
      AS entry (id int, sessionize_session_id text, title text, description text,
        session_format text, track text, level text, room text, scheduled_at timestamp,
        duration_minutes int, recording_link text)
    WHERE session.id = entry.id`;
}
