import type { Queryable } from "../../database/connect.ts";

/** A note as answers show it. */
export interface NoteRow {
  id: number;
  about: { kind: string; id: number; name: string };
  text: string;
  due: string | null;
  done: boolean;
  done_at: string | null;
  /** Not done by when it was due. */
  overdue: boolean;
  created_at: string;
  /** Who wrote it, as the history knows them. */
  by: string;
}

/** What a note is about: exactly one of these is not null. */
export interface NoteSubject {
  event: number | null;
  campaign: number | null;
  contact: number | null;
  communication: number | null;
}

/** Adds a note. */
export async function insertNote(
  sql: Queryable,
  about: NoteSubject,
  note: { text: string; due: string | null; done: boolean },
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.notes (event_id, campaign_id, contact_id, communication_id, text, due, done_at)
    VALUES (${about.event}, ${about.campaign}, ${about.contact}, ${about.communication}, ${note.text},
            ${note.due}::timestamptz, CASE WHEN ${note.done}::boolean THEN now() END)
    RETURNING id`;
  if (!row) throw new Error("INSERT answered no row");
  return row.id;
}

/** A note as a change finds it. */
export interface LockedNote extends NoteSubject {
  id: number;
  text: string;
  due: string | null;
  done: boolean;
}

/** Locks a note until the transaction ends; `due` is an instant to the microsecond. */
export async function lockNote(sql: Queryable, id: number): Promise<LockedNote | undefined> {
  const [row] = await sql<LockedNote[]>`
    SELECT id, event_id AS event, campaign_id AS campaign, contact_id AS contact,
           communication_id AS communication, text, due, done_at IS NOT NULL AS done
    FROM outreach.notes WHERE id = ${id} FOR UPDATE`;
  return row;
}

/** Changes a note. Done again, it keeps the time at which it was done first. */
export async function updateNote(sql: Queryable, note: LockedNote): Promise<void> {
  await sql`
    UPDATE outreach.notes
    SET event_id = ${note.event}, campaign_id = ${note.campaign}, contact_id = ${note.contact},
        communication_id = ${note.communication}, text = ${note.text}, due = ${note.due}::timestamptz,
        done_at = CASE WHEN ${note.done}::boolean THEN coalesce(done_at, now()) END
    WHERE id = ${note.id}`;
}

/** A note; times are shown in the given zone. */
export async function noteById(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<NoteRow | undefined> {
  const [row] = await sql<NoteRow[]>`
    SELECT coalesce(note.id, 0) AS id,
           jsonb_build_object('kind', coalesce(note.kind::text, ''), 'id', coalesce(note.about_id::int, 0),
                              'name', coalesce(note.about_name::text, '')) AS about,
           coalesce(note.text, '') AS text, outreach.local_time(note.due, ${zone})::text AS due,
           note.done_at IS NOT NULL AS done, outreach.local_time(note.done_at, ${zone})::text AS done_at,
           coalesce(note.done_at IS NULL AND note.due < now(), false) AS overdue,
           coalesce(outreach.local_time(note.created_at, ${zone})::text, '') AS created_at,
           coalesce(note.created_by, '') AS by
    FROM outreach.notes_by_name() AS note WHERE note.id = ${id}`;
  return row;
}

/** Which notes are listed: null where a filter is not given. */
export interface NoteFilter {
  /** Those on the events, their campaigns and their mails. */
  events: readonly number[] | null;
  /** Those on the campaign and its mails. */
  campaign: number | null;
  contacts: readonly number[] | null;
  open: boolean | null;
  /** UTC instant, exclusive. */
  dueBefore: string | null;
  /** Words that must all begin a word of the text or of what it is about. */
  text: string | null;
}

/** A note as it is listed. */
export interface ListedNote extends NoteRow {
  /** When it is due, exact, for the cursor. */
  place: string;
}

/**
 * One page of notes, the first due first and those without a date last, how many there are in all, and how
 * many of these are overdue.
 *
 * @param after place and id of the last note of the page before
 */
export async function listNotes(
  sql: Queryable,
  filter: NoteFilter,
  zone: string,
  after: { place: string | null; id: number | null },
  limit: number,
): Promise<{ total: number; overdue: number; notes: ListedNote[] }> {
  const [answer] = await sql<{ total: number; overdue: number; notes: ListedNote[] }[]>`
    WITH matching AS MATERIALIZED (
      SELECT note.*, note.done_at IS NULL AND note.due < now() AS overdue,
             coalesce(note.due, 'infinity') AS place
      FROM outreach.notes_by_name() AS note
      WHERE (${filter.events}::int[] IS NULL OR note.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR note.campaign_id = ${filter.campaign})
        AND (${filter.contacts}::int[] IS NULL OR note.contact_id = ANY(${filter.contacts}))
        AND (${filter.open}::boolean IS NULL OR (note.done_at IS NULL) = ${filter.open})
        AND (${filter.dueBefore}::timestamptz IS NULL OR note.due < ${filter.dueBefore}::timestamptz)
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ', note.text, note.about_name), ${filter.text}))
    ), page AS (
      SELECT * FROM matching
      WHERE ${after.id}::int IS NULL OR (place, id) > (${after.place}::timestamptz, ${after.id}::int)
      ORDER BY place, id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce((SELECT count(*)::int FROM matching WHERE overdue), 0) AS overdue,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', coalesce(page.id::int, 0),
             'about', jsonb_build_object('kind', coalesce(page.kind::text, ''), 'id', coalesce(page.about_id::int, 0),
                                         'name', coalesce(page.about_name::text, '')),
             'text', coalesce(page.text::text, ''), 'due', outreach.local_time(page.due, ${zone})::text,
             'done', coalesce((page.done_at IS NOT NULL)::boolean, false),
             'done_at', outreach.local_time(page.done_at, ${zone})::text,
             'overdue', coalesce(page.overdue::boolean, false),
             'created_at', coalesce(outreach.local_time(page.created_at, ${zone})::text, ''),
             'by', coalesce(page.created_by::text, ''), 'place', coalesce(page.place::text, '')
           ) ORDER BY page.place, page.id), '[]') AS notes
    FROM page`;
  return answer ?? { total: 0, overdue: 0, notes: [] };
}

/** A note that a reference may mean, by the beginning of its text. */
export interface NoteCandidate {
  id: number;
  name: string;
  detail: string;
  rank: number;
}

/**
 * Notes that an id or words match, those that are open before those that are done.
 *
 * @param id what the words are as an id, or null
 * @param words null: the latest notes
 */
export async function notesMatching(
  sql: Queryable,
  id: number | null,
  words: string | null,
  limit: number,
): Promise<NoteCandidate[]> {
  return sql<NoteCandidate[]>`
    SELECT coalesce(note.id, 0) AS id, coalesce(left(note.text, 60)::text, '') AS name,
           coalesce(concat_ws(', ', note.about_name, CASE WHEN note.done_at IS NOT NULL THEN 'done' END)::text, '')
             AS detail,
           CASE WHEN note.id = ${id}::int THEN 0 WHEN note.done_at IS NULL THEN 1 ELSE 2 END AS rank
    FROM outreach.notes_by_name() AS note
    WHERE note.id = ${id}::int OR ${words}::text IS NULL
       OR outreach.words(note.text) @> outreach.words(${words})
    ORDER BY rank, note.id DESC
    LIMIT ${limit}`;
}
