import type { Queryable } from "../../../database/connect.ts";

/** Whom a row of the database names. */
export interface KnownPerson {
  first_name: string;
  last_name: string;
  email: string | null;
}

/** A person the database holds. */
export interface KnownContact extends KnownPerson {
  id: number;
  /** Null as well where the organiser's table has no such column. */
  phone: string | null;
  profession: string | null;
}

/**
 * Everybody on one of these mailboxes, and everybody without an e-mail who has one of
 * these last names in any spelling.
 */
export async function contactsMeant(
  sql: Queryable,
  addresses: readonly string[],
  lastNames: readonly string[],
): Promise<KnownContact[]> {
  return sql<KnownContact[]>`
    SELECT coalesce(contact.id::int, 0) AS id, coalesce(contact.first_name::text, '') AS first_name,
           coalesce(contact.last_name::text, '') AS last_name, contact.email::text AS email,
           to_jsonb(contact) ->> 'phone' AS phone, to_jsonb(contact) ->> 'profession' AS profession
    FROM contacts AS contact
    JOIN (SELECT DISTINCT address FROM unnest(${addresses}::text[]) AS address) AS given
      ON outreach.mailbox(contact.email::text) = given.address
    UNION ALL
    SELECT coalesce(contact.id::int, 0), coalesce(contact.first_name::text, ''), coalesce(contact.last_name::text, ''),
           contact.email::text, to_jsonb(contact) ->> 'phone', to_jsonb(contact) ->> 'profession'
    FROM contacts AS contact
    JOIN (SELECT DISTINCT outreach.fold(name) AS folded FROM unnest(${lastNames}::text[]) AS name) AS given
      ON outreach.fold(coalesce(contact.last_name::text, '')) = given.folded
    WHERE outreach.mailbox(coalesce(contact.email::text, '')) = ''`;
}

/** A person who was recorded. */
export interface RecordedPerson extends KnownPerson {
  id: number;
}

/**
 * Records people, with ids that rise in the order given.
 *
 * @returns who was recorded, in no particular order
 */
export async function insertContacts(
  sql: Queryable,
  people: readonly KnownPerson[],
): Promise<RecordedPerson[]> {
  return sql<RecordedPerson[]>`
    WITH recorded AS (
      INSERT INTO contacts (first_name, last_name, email)
      SELECT person.first_name, person.last_name, person.email
      FROM unnest(
        ${people.map(({ first_name }) => first_name)}::text[],
        ${people.map(({ last_name }) => last_name)}::text[],
        ${people.map(({ email }) => email)}::text[]
      ) WITH ORDINALITY AS person (first_name, last_name, email, position)
      ORDER BY person.position
      RETURNING id, first_name, last_name, email
    ), noted AS (
      SELECT outreach.note_created('contacts', array_agg(id::bigint)) FROM recorded
    )
    SELECT coalesce(id::int, 0) AS id, coalesce(first_name::text, '') AS first_name,
           coalesce(last_name::text, '') AS last_name, email::text AS email
    FROM recorded CROSS JOIN noted`;
}

/** As {@link insertContacts}, for a table that has the columns `phone` and `profession`. */
export async function insertAttendees(
  sql: Queryable,
  people: readonly (KnownPerson & { phone: string | null; profession: string | null })[],
): Promise<RecordedPerson[]> {
  return sql<RecordedPerson[]>`
    WITH recorded AS (
      INSERT INTO contacts (first_name, last_name, email, phone, profession)
      SELECT person.first_name, person.last_name, person.email, person.phone, person.profession
      FROM unnest(
        ${people.map(({ first_name }) => first_name)}::text[],
        ${people.map(({ last_name }) => last_name)}::text[],
        ${people.map(({ email }) => email)}::text[],
        ${people.map(({ phone }) => phone)}::text[],
        ${people.map(({ profession }) => profession)}::text[]
      ) WITH ORDINALITY AS person (first_name, last_name, email, phone, profession, position)
      ORDER BY person.position
      RETURNING id, first_name, last_name, email
    ), noted AS (
      SELECT outreach.note_created('contacts', array_agg(id::bigint)) FROM recorded
    )
    SELECT coalesce(id::int, 0) AS id, coalesce(first_name::text, '') AS first_name,
           coalesce(last_name::text, '') AS last_name, email::text AS email
    FROM recorded CROSS JOIN noted`;
}

/** Sets phones. */
export async function setPhones(
  sql: Queryable,
  phones: readonly { id: number; phone: string }[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before('contacts', ${phones.map(({ id }) => id)}::int[]::bigint[], '{phone}')
    )
    UPDATE contacts SET phone = entry.phone
    FROM noted, unnest(${phones.map(({ id }) => id)}::int[], ${phones.map(({ phone }) => phone)}::text[])
      AS entry (id, phone)
    WHERE contacts.id = entry.id`;
}

/** Sets professions. */
export async function setProfessions(
  sql: Queryable,
  professions: readonly { id: number; profession: string }[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before(
        'contacts', ${professions.map(({ id }) => id)}::int[]::bigint[], '{profession}')
    )
    UPDATE contacts SET profession = entry.profession
    FROM noted, unnest(
      ${professions.map(({ id }) => id)}::int[],
      ${professions.map(({ profession }) => profession)}::text[]
    ) AS entry (id, profession)
    WHERE contacts.id = entry.id`;
}

/** Sets e-mails. */
export async function setAddresses(
  sql: Queryable,
  addresses: readonly { id: number; email: string }[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before('contacts', ${addresses.map(({ id }) => id)}::int[]::bigint[], '{email}')
    )
    UPDATE contacts SET email = entry.email
    FROM noted, unnest(${addresses.map(({ id }) => id)}::int[], ${addresses.map(({ email }) => email)}::text[])
      AS entry (id, email)
    WHERE contacts.id = entry.id`;
}

/** Notes that these people's rows were changed, in a table that has the column `updated_at`. */
export async function touchContacts(sql: Queryable, ids: readonly number[]): Promise<void> {
  await sql`
    WITH noted AS (SELECT outreach.note_before('contacts', ${ids}::int[]::bigint[], '{updated_at}'))
    UPDATE contacts SET updated_at = now() FROM noted WHERE id = ANY(${ids}::int[])`;
}
