import type { Queryable } from "../../../database/connect.ts";

/** A person as they are listed. */
export interface ContactRow {
  id: number;
  /** Of somebody without one the address, or else "contact" and the id. */
  name: string;
  email: string | null;
  /** The former name, or address, by which the words of the filter fit them; null where they fit as they are. */
  formerly: string | null;
  /** Null as well where the organiser's table has no such column. */
  phone: string | null;
  company: string | null;
  /** ok, bounced, complained, unsubscribed or no_email. */
  deliverability: string;
  /** Whether they are registered for the events of the filter; null without any. */
  registered: boolean | null;
  /** Newest event first; a role without an event is global: it counts for every event. */
  roles: { role: string; event: { id: number; name: string } | null }[];
  shares_mailbox_with: { id: number; name: string }[];
}

/** Which people are listed: null where a filter is not given. */
export interface ContactFilter {
  /** Words that must all begin a word of the name or the e-mail, or of former ones. */
  text: string | null;
  events: readonly number[] | null;
  role: string | null;
  /** As {@link ContactRow.deliverability}. */
  deliverability: string | null;
}

/**
 * One page of people by id, and how many there are in all.
 *
 * @param after id of the last person of the page before, or 0
 */
export async function findContacts(
  sql: Queryable,
  filter: ContactFilter,
  after: number,
  limit: number,
): Promise<{ total: number; contacts: ContactRow[] }> {
  const [answer] = await sql<{ total: number; contacts: ContactRow[] }[]>`
    WITH matching AS MATERIALIZED (
      SELECT contact_id AS id
      FROM outreach.matching_contacts(
        ${filter.text}, ${filter.events}::int[], ${filter.role}, ${filter.deliverability})
    ), page AS (
      SELECT contact.id::int AS id, contact.email::text AS email,
             to_jsonb(contact) ->> 'phone' AS phone, to_jsonb(contact) ->> 'company' AS company,
             coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text,
                                      contact.email::text)::text, '') AS name
      FROM (SELECT id FROM matching WHERE id > ${after} ORDER BY id LIMIT ${limit}) AS chosen
      JOIN contacts AS contact ON contact.id = chosen.id
    ), reached AS MATERIALIZED (
      SELECT contact_id, state FROM outreach.deliverability(ARRAY(SELECT page.id FROM page))
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', page.id, 'name', page.name, 'email', page.email, 'formerly', former.said::text,
             'phone', page.phone, 'company', page.company, 'deliverability', coalesce(reached.state::text, ''),
             'registered', CASE WHEN ${filter.events}::int[] IS NOT NULL THEN registered.there END, 'roles', played.roles, 'shares_mailbox_with', sharing.people
           ) ORDER BY page.id), '[]') AS contacts
    FROM page
    JOIN reached ON reached.contact_id = page.id
    LEFT JOIN LATERAL (
      SELECT CASE WHEN outreach.fold(known.name) IN ('', outreach.fold(page.name)) THEN known.email ELSE known.name END AS said
      FROM outreach.known_as AS known
      WHERE known.contact_id = page.id
        AND NOT outreach.word_beginnings(page.name || ' ' || coalesce(page.email, ''))
                @@ outreach.beginning_with(${filter.text})::tsquery
        AND outreach.word_beginnings(known.name || ' ' || coalesce(known.email, ''))
            @@ outreach.beginning_with(${filter.text})::tsquery
      ORDER BY known.id DESC LIMIT 1
    ) AS former ON true
    CROSS JOIN LATERAL (
      SELECT EXISTS (
               SELECT FROM outreach.registrations() AS registration
               WHERE registration.contact_id = page.id AND registration.event_id = ANY(${filter.events})) AS there
    ) AS registered
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'role', coalesce(taken.role::text, ''),
               'event', CASE WHEN event.id IS NULL THEN NULL
                             ELSE jsonb_build_object('id', event.id, 'name', event.name::text) END
             ) ORDER BY event.event_date DESC NULLS FIRST, event.id, taken.role), '[]') AS roles
      FROM (SELECT DISTINCT event_id, role FROM outreach.participations() AS any_time
            WHERE any_time.contact_id = page.id) AS taken
      LEFT JOIN events AS event ON event.id = taken.event_id
    ) AS played
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', other.id,
               'name', coalesce(outreach.called(other.id::int, other.first_name::text, other.last_name::text,
                                               other.email::text)::text, '')
             ) ORDER BY other.id), '[]') AS people
      FROM contacts AS other
      WHERE outreach.mailbox(other.email::text) = nullif(outreach.mailbox(page.email), '') AND other.id <> page.id
    ) AS sharing`;
  return answer ?? { total: 0, contacts: [] };
}

/** Those of these people who were erased on their own request. */
export async function erasedAmong(
  sql: Queryable,
  people: readonly { first_name: string; last_name: string; email: string }[],
): Promise<{ email: string }[]> {
  return sql<{ email: string }[]>`
    SELECT coalesce(entry.email, '') AS email
    FROM jsonb_to_recordset(${sql.json(people)}) AS entry (first_name text, last_name text, email text)
    WHERE EXISTS (SELECT FROM outreach.erased)
      AND outreach.is_erased(entry.email, outreach.full_name(entry.first_name, entry.last_name))`;
}

/** Adds people. */
export async function insertContacts(
  sql: Queryable,
  people: readonly { first_name: string; last_name: string; email: string }[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO contacts (first_name, last_name, email)
      SELECT first_name, last_name, email
      FROM jsonb_to_recordset(${sql.json(people)})
        AS entry (first_name text, last_name text, email text)
      RETURNING id
    )
    SELECT outreach.note_created('contacts', array_agg(id::bigint))::text AS noted FROM recorded`;
}
