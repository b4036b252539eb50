import type { Queryable } from "../../../database/connect.ts";
import type { Json } from "../../../database/options.ts";

/** The columns of the organiser's table of people. */
export async function contactColumns(sql: Queryable): Promise<string[]> {
  const [row] = await sql<{ columns: string[] }[]>`
    SELECT coalesce(jsonb_agg(attname::text ORDER BY attnum), '[]') AS columns
    FROM pg_attribute
    WHERE attrelid = to_regclass('public.contacts') AND attnum > 0 AND NOT attisdropped`;
  return row?.columns ?? [];
}

/** A person with all that can be saved of them; null as well where there is no such column. */
export interface SavedContact {
  id: number;
  name: string;
  first_name: string;
  last_name: string;
  email: string | null;
  phone: string | null;
  company: string | null;
  job_title: string | null;
  profession: string | null;
  /** Roles that were given, newest event first; one without an event is global. */
  roles: { role: string; event: { id: number; name: string } | null }[];
  shares_mailbox_with: { id: number; name: string }[];
  /** ok, bounced, complained, unsubscribed or no_email. */
  deliverability: string;
  notes: Json;
  /** Titles of prepared mails that would go to another address than the present one. */
  prepared: string[];
}

/** Everything that can be saved of a person. */
export async function savedContact(
  sql: Queryable,
  contact: number,
): Promise<SavedContact | undefined> {
  const [row] = await sql<SavedContact[]>`
    SELECT coalesce(contact.id::int, 0) AS id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           coalesce(contact.first_name::text, '') AS first_name, coalesce(contact.last_name::text, '') AS last_name,
           contact.email::text AS email,
           to_jsonb(contact) ->> 'phone' AS phone, to_jsonb(contact) ->> 'company' AS company,
           to_jsonb(contact) ->> 'job_title' AS job_title, to_jsonb(contact) ->> 'profession' AS profession,
           played.roles, sharing.people AS shares_mailbox_with,
           coalesce((SELECT state FROM outreach.deliverability(ARRAY[contact.id::int]))::text, 'ok') AS deliverability,
           listed.titles AS prepared, coalesce(outreach.notes_on_contact(contact.id::int)::jsonb, '[]') AS notes
    FROM contacts AS contact
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'role', role.role_type::text,
               'event', CASE WHEN event.id IS NULL THEN NULL
                             ELSE jsonb_build_object('id', event.id, 'name', event.name::text) END
             ) ORDER BY event.event_date DESC NULLS FIRST, event.id, role.role_type), '[]') AS roles
      FROM (SELECT DISTINCT event_id, role_type FROM contact_roles WHERE contact_id = contact.id) AS role
      LEFT JOIN events AS event ON event.id = role.event_id
    ) AS played
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', other.id,
               'name', coalesce(outreach.called(other.id::int, other.first_name::text, other.last_name::text,
                                               other.email::text)::text, '')
             ) ORDER BY other.id), '[]') AS people
      FROM contacts AS other
      WHERE outreach.mailbox(other.email::text) = nullif(outreach.mailbox(contact.email::text), '')
        AND other.id <> contact.id
    ) AS sharing
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(coalesce(communication.title, '')::text ORDER BY communication.id), '[]') AS titles
      FROM outreach.send_recipients AS entry
      JOIN communications AS communication ON communication.id = entry.communication_id
      WHERE entry.contact_id = contact.id AND entry.batch_id IS NULL
        AND communication.status IN ('draft', 'sending')
        AND outreach.mailbox(entry.email) IS DISTINCT FROM outreach.mailbox(contact.email::text)
    ) AS listed
    WHERE contact.id = ${contact}`;
  return row;
}

/** Somebody who may be the person that is saved. */
export interface SimilarPerson {
  id: number;
  name: string;
  email: string | null;
  same_name: boolean;
  same_mailbox: boolean;
  /** By a name or an address of before. */
  formerly: boolean;
}

/**
 * Who has that name or that mailbox, now or before.
 *
 * @param except who is being saved, or null
 */
export async function similarPeople(
  sql: Queryable,
  person: { name: string; first_name: string; last_name: string; email: string | null },
  except: number | null,
): Promise<SimilarPerson[]> {
  return sql<SimilarPerson[]>`
    WITH given AS (
      SELECT outreach.fold(${person.name}) AS folded, outreach.mailbox(coalesce(${person.email}::text, '')) AS address
    ), known AS (
      SELECT contact.id::int AS id, contact.first_name::text AS first_name, contact.last_name::text AS last_name,
             contact.email::text AS email, false AS formerly
      FROM given JOIN contacts AS contact
        ON given.folded <> ''
       AND outreach.fold(outreach.full_name(contact.first_name::text, contact.last_name::text)) = given.folded
      UNION
      SELECT contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text, false
      FROM given JOIN contacts AS contact
        ON given.address <> '' AND outreach.mailbox(contact.email::text) = given.address
      UNION
      SELECT former.contact_id, former.first_name, former.last_name, former.email, true
      FROM given
      CROSS JOIN outreach.formerly(ARRAY[given.address], ARRAY[${person.last_name}::text]) AS former
    ), compared AS (
      SELECT known.id,
             outreach.fold(outreach.full_name(known.first_name, known.last_name)) = given.folded AS same_name,
             outreach.mailbox(coalesce(known.email, '')) = given.address AS same_mailbox, known.formerly,
             given.address
      FROM known CROSS JOIN given
      WHERE known.id IS DISTINCT FROM ${except}::int
    )
    SELECT coalesce(contact.id::int, 0) AS id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           contact.email::text AS email, coalesce(best.same_name, false) AS same_name,
           coalesce(best.same_mailbox, false) AS same_mailbox, coalesce(best.formerly, false) AS formerly
    FROM (
      SELECT DISTINCT ON (id) id, same_name, same_mailbox, formerly
      FROM compared
      WHERE same_name OR (same_mailbox AND address <> '')
      ORDER BY id, (same_name AND same_mailbox) DESC, formerly
    ) AS best
    JOIN contacts AS contact ON contact.id = best.id
    ORDER BY (best.same_name AND best.same_mailbox) DESC, best.formerly, contact.id
    LIMIT 20`;
}

/** Whether somebody of this address and name was erased on their own request. */
export async function wasErased(
  sql: Queryable,
  email: string | null,
  name: string,
): Promise<boolean> {
  const [row] = await sql<{ erased: boolean }[]>`
    SELECT coalesce(outreach.is_erased(${email}::text, ${name})::boolean, false) AS erased`;
  return row?.erased ?? false;
}

/** Locks a person until the transaction ends; false when they are not there. */
export async function lockContact(sql: Queryable, contact: number): Promise<boolean> {
  const locked = await sql<{ id: number }[]>`
    SELECT coalesce(id::int, 0) AS id FROM contacts WHERE id = ${contact} FOR UPDATE`;
  return locked.length > 0;
}

/** Notes something about a person, once where it is said again within minutes. */
export async function noteOnContact(sql: Queryable, contact: number, said: string): Promise<void> {
  await sql`SELECT FROM outreach.note_on_contact(${contact}, ${said})`;
}

/** Remembers a name and an address that a person had until now. */
export async function rememberFormer(
  sql: Queryable,
  contact: number,
  former: { first_name: string; last_name: string; email: string | null },
): Promise<void> {
  await sql`
    INSERT INTO outreach.known_as (contact_id, first_name, last_name, email)
    SELECT ${contact}, ${former.first_name}, ${former.last_name}, ${former.email}
    WHERE NOT EXISTS (
      SELECT FROM outreach.known_as
      WHERE contact_id = ${contact} AND first_name = ${former.first_name} AND last_name = ${former.last_name}
        AND email IS NOT DISTINCT FROM ${former.email}::text)`;
}
