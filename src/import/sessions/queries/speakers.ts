import type { Queryable } from "../../../database/connect.ts";
import type { KnownPerson } from "../../people/queries/contacts.ts";

/** What a speaker's row says beside who it is; in a change null is what stays. */
export interface SpeakerFields {
  sessionize_id: string | null;
  tagline: string | null;
  bio: string | null;
  /** Null as well where the organiser's table has no such column. */
  shirt_size: string | null;
  profile_picture: string | null;
}

/** A speaker the database holds: one per contact. */
export interface KnownSpeaker extends SpeakerFields {
  contact_id: number;
  contact: KnownPerson;
}

/** The speakers with one of these Sessionize ids, and those of these contacts. */
export async function speakersMeant(
  sql: Queryable,
  sessionizeIds: readonly string[],
  contacts: readonly number[],
): Promise<KnownSpeaker[]> {
  return sql<KnownSpeaker[]>`
    SELECT speaker.contact_id::int AS contact_id, nullif(btrim(speaker.sessionize_id::text), '')::text AS sessionize_id,
           speaker.tagline::text AS tagline, speaker.bio::text AS bio,
           to_jsonb(speaker) ->> 'shirt_size' AS shirt_size,
           to_jsonb(speaker) ->> 'profile_picture' AS profile_picture,
           jsonb_build_object(
             'first_name', coalesce(contact.first_name::text, ''),
             'last_name', coalesce(contact.last_name::text, ''),
             'email', contact.email::text) AS contact
    FROM speakers AS speaker
    JOIN contacts AS contact ON contact.id = speaker.contact_id
    WHERE btrim(speaker.sessionize_id::text) = ANY(${sessionizeIds}::text[])
       OR speaker.contact_id = ANY(${contacts}::int[])`;
}

/** Records speakers, with what every organiser's table has a column for. */
export async function insertSpeakers(
  sql: Queryable,
  speakers: readonly (SpeakerFields & { contact_id: number })[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO speakers (contact_id, sessionize_id, tagline, bio)
      SELECT entry.contact_id, entry.sessionize_id, entry.tagline, entry.bio
      FROM jsonb_to_recordset(${sql.json(speakers.map((speaker) => ({ ...speaker })))})
        AS entry (contact_id int, sessionize_id text, tagline text, bio text)
      RETURNING id
    )
    SELECT outreach.note_created('speakers', array_agg(id::bigint))::text AS noted FROM recorded`;
}

/** Changes speakers as far as every organiser's table has the columns; null is what stays. */
export async function updateSpeakers(
  sql: Queryable,
  changes: readonly (SpeakerFields & { contact_id: number })[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before('speakers', array_agg(id::bigint), '{sessionize_id,tagline,bio}')
      FROM speakers WHERE contact_id = ANY(${changes.map(({ contact_id }) => contact_id)}::int[])
    )
    UPDATE speakers AS speaker
    SET sessionize_id = coalesce(entry.sessionize_id, speaker.sessionize_id),
        tagline = coalesce(entry.tagline, speaker.tagline),
        bio = coalesce(entry.bio, speaker.bio)
    FROM noted, jsonb_to_recordset(${sql.json(changes.map((change) => ({ ...change })))})
      AS entry (contact_id int, sessionize_id text, tagline text, bio text)
    WHERE speaker.contact_id = entry.contact_id`;
}

/** Sets shirt sizes; null is what stays. */
export async function setShirtSizes(
  sql: Queryable,
  sizes: readonly { contact_id: number; shirt_size: string | null }[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before('speakers', array_agg(id::bigint), '{shirt_size}')
      FROM speakers WHERE contact_id = ANY(${sizes.map(({ contact_id }) => contact_id)}::int[])
    )
    UPDATE speakers AS speaker SET shirt_size = entry.shirt_size
    FROM noted, jsonb_to_recordset(${sql.json(sizes.map(({ contact_id, shirt_size }) => ({ contact_id, shirt_size })))})
      AS entry (contact_id int, shirt_size text)
    WHERE speaker.contact_id = entry.contact_id AND entry.shirt_size IS NOT NULL`;
}

/** Sets the addresses of profile pictures; null is what stays. */
export async function setProfilePictures(
  sql: Queryable,
  pictures: readonly { contact_id: number; profile_picture: string | null }[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before('speakers', array_agg(id::bigint), '{profile_picture}')
      FROM speakers WHERE contact_id = ANY(${pictures.map(({ contact_id }) => contact_id)}::int[])
    )
    UPDATE speakers AS speaker SET profile_picture = entry.profile_picture
    FROM noted, jsonb_to_recordset(${sql.json(pictures.map(({ contact_id, profile_picture }) => ({ contact_id, profile_picture })))})
      AS entry (contact_id int, profile_picture text)
    WHERE speaker.contact_id = entry.contact_id AND entry.profile_picture IS NOT NULL`;
}
