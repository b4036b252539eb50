import type { Queryable } from "../../database/connect.ts";

/** Whose a message id is. */
export interface MessageOwner {
  message_id: string;
  recipient_id: number;
  /** Every mailbox known of them, former ones and the one that was mailed too; none of somebody erased. */
  mailboxes: (string | null)[];
}

/** The recipient a message id belongs to, with or without its brackets. */
export async function recipientsOfMessages(
  sql: Queryable,
  messageIds: readonly string[],
): Promise<MessageOwner[]> {
  return sql<MessageOwner[]>`
    SELECT coalesce(known.message_id, '') AS message_id, recipient.id AS recipient_id,
           theirs.mailboxes
    FROM (
      SELECT btrim(recipient.brevo_message_id, '<>') AS message_id, recipient.id AS recipient_id
      FROM communication_recipients AS recipient
      WHERE btrim(recipient.brevo_message_id, '<>')
            IN (SELECT btrim(id, '<>') FROM unnest(${messageIds}::text[]) AS id)
      UNION
      SELECT btrim(listed.message_id, '<>'), recipient.id
      FROM outreach.send_recipients AS listed
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
      WHERE btrim(listed.message_id, '<>')
            IN (SELECT btrim(id, '<>') FROM unnest(${messageIds}::text[]) AS id)
      UNION
      SELECT merged.message_id, merged.recipient_id
      FROM outreach.merged_messages AS merged
      WHERE merged.message_id IN (SELECT btrim(id, '<>') FROM unnest(${messageIds}::text[]) AS id)
    ) AS known
    JOIN communication_recipients AS recipient ON recipient.id = known.recipient_id
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(outreach.mailbox(address.email)::text), '{}') AS mailboxes
      FROM (
        SELECT contact.email::text AS email
        UNION ALL SELECT recipient.metadata ->> 'email'
        UNION ALL SELECT former.email FROM outreach.known_as AS former WHERE former.contact_id = contact.id
      ) AS address
      WHERE outreach.mailbox(address.email) <> ''
    ) AS theirs`;
}

/** A recipient of a mail that words may mean. */
export interface RecipientCandidate {
  recipient_id: number;
  id: number;
  name: string;
  detail: string;
  rank: number;
  /** On a list of which nothing has gone out to them, so that there is nothing to be told of it. */
  has_not_left: boolean;
}

/**
 * Which recipients of a mail an id, an e-mail, a full name or words mean, former ones too, best first.
 *
 * @param id the contact's id, if the words can be one
 */
export async function recipientsMeant(
  sql: Queryable,
  communication: number,
  given: string,
  id: number | null,
): Promise<RecipientCandidate[]> {
  return sql<RecipientCandidate[]>`
    SELECT recipient_id, id, name, detail, rank,
           coalesce(outreach.has_not_left(${communication}, id::int)::boolean, false) AS has_not_left
    FROM (
      SELECT recipient.id AS recipient_id, contact.id,
             coalesce(outreach.full_name(contact.first_name, contact.last_name)::text, '') AS name,
             coalesce(contact.email::text, '') AS detail,
             CASE WHEN contact.id = ${id}::int THEN 0
                  WHEN outreach.mailbox(${given}) IN (outreach.mailbox(contact.email::text),
                                                      outreach.mailbox(recipient.metadata ->> 'email')) THEN 1
                  WHEN outreach.fold(outreach.full_name(contact.first_name::text, contact.last_name::text))
                       = outreach.fold(${given}) THEN 1
                  WHEN contact.id = ANY(ARRAY(
                         SELECT contact_id FROM outreach.known_as WHERE former_id = ${id}::int
                         UNION ALL
                         SELECT contact_id FROM outreach.known_as
                         WHERE outreach.mailbox(email) = outreach.mailbox(${given})
                         UNION ALL
                         SELECT contact_id FROM outreach.known_as
                         WHERE outreach.fold(name) = outreach.fold(${given}))) THEN 2
                  WHEN strpos(${given}, '@') = 0
                       AND outreach.words(concat_ws(' ', contact.first_name, contact.last_name, contact.email))
                           @> outreach.words(${given}) THEN 3
                  ELSE 9 END AS rank
      FROM communication_recipients AS recipient
      JOIN contacts AS contact ON contact.id = recipient.contact_id
      WHERE recipient.communication_id = ${communication}
    ) AS found
    WHERE rank < 9
    ORDER BY rank, id
    LIMIT 11`;
}

/** A delivery event of a known recipient. */
export interface NewDeliveryEvent {
  recipient_id: number;
  kind: string;
  /** UTC, to the second: `2026-03-31T12:00:00Z`. */
  at: string;
  reason: string | null;
  link: string | null;
}

/** A recipient whose events were recorded. */
export interface ReportedRecipient {
  applied: number;
  contact_id: number;
  name: string;
  from_status: string;
  to_status: string;
}

/** Locks recipients in one order for all, so that two reports about the same people do not collide. */
export async function lockRecipients(sql: Queryable, recipients: readonly number[]): Promise<void> {
  await sql<{ id: number }[]>`
    SELECT id FROM communication_recipients WHERE id = ANY(${recipients}::int[])
    ORDER BY id FOR UPDATE`;
}

/**
 * Adds to each recipient the events that are not there yet, and sets the status that all of them and
 * the status the row was logged with add up to. An event is there if one of the same kind, second
 * and link is. The rows must be locked.
 *
 * @returns one row for each recipient that had a new event
 */
export async function addDeliveryEvents(
  sql: Queryable,
  events: readonly NewDeliveryEvent[],
): Promise<ReportedRecipient[]> {
  return sql<ReportedRecipient[]>`
    WITH given AS (
      SELECT DISTINCT ON (recipient_id, kind, at, coalesce(link, ''))
             recipient_id, kind, at, link, reason
      FROM jsonb_to_recordset(${sql.json(events.map((event) => ({ ...event })))})
        AS entry (recipient_id int, kind text, at text, reason text, link text)
      ORDER BY recipient_id, kind, at, coalesce(link, ''), reason NULLS LAST
    ), fresh AS (
      SELECT given.recipient_id, count(*)::int AS events,
             jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
               'kind', given.kind, 'at', given.at, 'link', given.link, 'reason', given.reason))
               ORDER BY given.at, given.kind) AS list
      FROM given
      JOIN communication_recipients AS recipient ON recipient.id = given.recipient_id
      WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(recipient.metadata -> 'events') AS event
        WHERE event ->> 'kind' = given.kind AND event ->> 'at' = given.at
          AND coalesce(event ->> 'link', '') = coalesce(given.link, ''))
      GROUP BY given.recipient_id
    ), merged AS (
      SELECT recipient.id, recipient.status AS from_status, fresh.events,
             coalesce(recipient.metadata, '{}') || jsonb_build_object(
               'logged_status', coalesce(recipient.metadata ->> 'logged_status', recipient.status),
               'events', coalesce(recipient.metadata -> 'events', '[]') || fresh.list) AS metadata
      FROM fresh
      JOIN communication_recipients AS recipient ON recipient.id = fresh.recipient_id
    ), reported AS (
      UPDATE communication_recipients AS recipient
      SET metadata = merged.metadata, status = outreach.recipient_status(merged.metadata)
      FROM merged
      WHERE recipient.id = merged.id
      RETURNING recipient.id, recipient.contact_id, recipient.status
    )
    SELECT coalesce(merged.events, 0) AS applied, contact.id AS contact_id,
           coalesce(outreach.full_name(contact.first_name, contact.last_name)::text, '') AS name,
           merged.from_status, reported.status AS to_status
    FROM reported
    JOIN merged ON merged.id = reported.id
    JOIN contacts AS contact ON contact.id = reported.contact_id
    ORDER BY reported.id`;
}

/** Of the addresses that these recipients were mailed at, those that must not be mailed any more. */
export async function blockedAddresses(
  sql: Queryable,
  recipients: readonly number[],
): Promise<string[]> {
  const rows = await sql<{ address: string }[]>`
    SELECT coalesce(address, '') AS address
    FROM outreach.undeliverable
    WHERE address = ANY(ARRAY(
      SELECT outreach.mailbox(coalesce(recipient.metadata ->> 'email', contact.email::text))
      FROM communication_recipients AS recipient
      JOIN contacts AS contact ON contact.id = recipient.contact_id
      WHERE recipient.id = ANY(${recipients}::int[])))`;
  return rows.map((row) => row.address);
}

/** Somebody whose present address must not be mailed. */
export interface BlockedPerson {
  contact_id: number;
  name: string;
  email: string;
  /** As the mail service said it: a stranger's words. */
  reason: string;
}

/**
 * Everybody whose present address is one that these recipients were mailed at, and must not be mailed
 * since.
 *
 * @param before the addresses of which this was known already
 */
export async function peopleBlockedSince(
  sql: Queryable,
  recipients: readonly number[],
  before: readonly string[],
): Promise<BlockedPerson[]> {
  return sql<BlockedPerson[]>`
    SELECT contact.id AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           coalesce(btrim(contact.email::text), '') AS email,
           coalesce(undeliverable.reason, undeliverable.state, '') AS reason
    FROM outreach.undeliverable AS undeliverable
    JOIN contacts AS contact ON outreach.mailbox(contact.email::text) = undeliverable.address
    WHERE undeliverable.address = ANY(ARRAY(
        SELECT outreach.mailbox(coalesce(recipient.metadata ->> 'email', mailed.email::text))
        FROM communication_recipients AS recipient
        JOIN contacts AS mailed ON mailed.id = recipient.contact_id
        WHERE recipient.id = ANY(${recipients}::int[])))
      AND undeliverable.address <> ALL(${before}::text[])
    ORDER BY contact.id`;
}

/** The time up to which the mail service's events are known; null where none were fetched. */
export async function eventsSyncedTo(sql: Queryable, zone: string): Promise<string | null> {
  const [row] = await sql<{ events_synced_to: string | null }[]>`
    SELECT outreach.local_time(events_synced_to, ${zone})::text AS events_synced_to
    FROM outreach.settings`;
  return row?.events_synced_to ?? null;
}
