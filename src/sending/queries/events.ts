import type { Queryable } from "../../database/connect.ts";

/** What an event says of the mail it is about. */
export interface ToldMail {
  position: number;
  /** Brackets or not. */
  message_id: string;
  /** Null where the event names none. */
  email: string | null;
  tags: readonly string[];
}

/** Somebody of a send whom an event is about. */
export interface ToldRecipient {
  position: number;
  recipient_id: number;
  communication_id: number;
  /** Its number within the person. */
  mail: number;
}

/**
 * Which people of our sends events are about: by the tag of their batch and their address, which in a
 * batch stands once; where an event bears no such tag, by the batch in which its message id is. Message
 * ids alone do not tell: their order is promised nowhere.
 */
export async function toldRecipients(
  sql: Queryable,
  mails: readonly ToldMail[],
): Promise<ToldRecipient[]> {
  return sql<ToldRecipient[]>`
    WITH told AS (
      SELECT entry.position, btrim(entry.message_id, '<>') AS message_id, outreach.mailbox(entry.email) AS email,
             entry.tags
      FROM jsonb_to_recordset(${sql.json(mails.map((mail) => ({ ...mail, tags: [...mail.tags] })))})
        AS entry (position int, message_id text, email text, tags jsonb)
    ), batch AS (
      SELECT told.position, batch.id FROM told
      CROSS JOIN LATERAL jsonb_array_elements_text(told.tags) AS borne (tag)
      JOIN outreach.send_batches AS batch ON batch.tag = borne.tag
      UNION
      SELECT told.position, listed.batch_id FROM told
      JOIN communication_recipients AS owner ON btrim(owner.brevo_message_id, '<>') = told.message_id
      JOIN outreach.send_recipients AS listed
        ON listed.communication_id = owner.communication_id AND listed.contact_id = owner.contact_id
      WHERE listed.batch_id IS NOT NULL AND listed.session IS NULL
      UNION
      SELECT told.position, listed.batch_id FROM told
      JOIN outreach.send_recipients AS listed ON btrim(listed.message_id, '<>') = told.message_id
      WHERE listed.batch_id IS NOT NULL
    )
    SELECT DISTINCT ON (told.position) coalesce(told.position, 0) AS position,
           recipient.id AS recipient_id, recipient.communication_id, listed.mail
    FROM told
    JOIN batch ON batch.position = told.position
    JOIN outreach.send_recipients AS listed
      ON listed.batch_id = batch.id AND outreach.mailbox(listed.email) = told.email
    JOIN communication_recipients AS recipient
      ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
    ORDER BY told.position, recipient.id`;
}

/** Locks sends in one order for all, before their recipients. */
export async function lockSends(sql: Queryable, communications: readonly number[]): Promise<void> {
  await sql<{ id: number }[]>`
    SELECT id FROM communications WHERE id = ANY(${communications}::int[]) ORDER BY id FOR UPDATE`;
}

/**
 * Gives people of sends the message ids that events told, also where others of their batch were taken
 * for their owners. An id that somebody outside these batches has stays there.
 */
export async function mendMessageIds(
  sql: Queryable,
  told: readonly { recipient_id: number; mail: number; message_id: string }[],
): Promise<void> {
  const ids = told.map(({ recipient_id }) => recipient_id);
  const mails = told.map(({ mail }) => mail);
  const messages = told.map(({ message_id }) => message_id);
  // What another mail of the batch was taken to have is the told one's.
  const own = sql`
    WITH told AS MATERIALIZED (
      SELECT DISTINCT ON (listed.communication_id, listed.contact_id, listed.mail)
             listed.communication_id, listed.contact_id, listed.mail, listed.batch_id, entry.message_id
      FROM unnest(${ids}::int[], ${mails}::int[], ${messages}::text[]) AS entry (recipient_id, mail, message_id)
      JOIN communication_recipients AS recipient ON recipient.id = entry.recipient_id
      JOIN outreach.send_recipients AS listed
        ON listed.communication_id = recipient.communication_id AND listed.contact_id = recipient.contact_id
           AND listed.mail = entry.mail
      WHERE listed.session IS NOT NULL
    )
    UPDATE outreach.send_recipients AS listed
    SET message_id = told.message_id, told = listed.told OR told.is_told
    FROM (
      SELECT mate.communication_id, mate.contact_id, mate.mail, NULL AS message_id, false AS is_told
      FROM told
      JOIN outreach.send_recipients AS mate
        ON mate.batch_id = told.batch_id AND btrim(mate.message_id, '<>') = btrim(told.message_id, '<>')
      WHERE (mate.communication_id, mate.contact_id, mate.mail)
            NOT IN (SELECT communication_id, contact_id, mail FROM told)
      UNION ALL
      SELECT communication_id, contact_id, mail, message_id, true FROM told
    ) AS told
    WHERE listed.communication_id = told.communication_id AND listed.contact_id = told.contact_id
      AND listed.mail = told.mail
      AND (listed.message_id IS DISTINCT FROM told.message_id OR told.is_told AND NOT listed.told)`;
  const taken = sql`
    WITH told AS (
      SELECT entry.recipient_id, btrim(entry.message_id, '<>') AS message_id
      FROM unnest(${ids}::int[], ${messages}::text[]) AS entry (recipient_id, message_id)
    ), mistaken AS (
      SELECT recipient.id
      FROM told JOIN communication_recipients AS recipient ON recipient.id = told.recipient_id
      WHERE btrim(recipient.brevo_message_id, '<>') <> told.message_id
        AND NOT EXISTS (
          SELECT FROM outreach.send_recipients AS listed
          WHERE listed.communication_id = recipient.communication_id AND listed.contact_id = recipient.contact_id
            AND listed.session IS NOT NULL
            AND btrim(listed.message_id, '<>') = btrim(recipient.brevo_message_id, '<>'))
      UNION
      SELECT holder.id
      FROM told
      JOIN communication_recipients AS holder ON btrim(holder.brevo_message_id, '<>') = told.message_id
      JOIN communication_recipients AS owner ON owner.id = told.recipient_id
      JOIN outreach.send_recipients AS mate
        ON mate.communication_id = holder.communication_id AND mate.contact_id = holder.contact_id
      JOIN outreach.send_recipients AS listed
        ON listed.communication_id = owner.communication_id AND listed.contact_id = owner.contact_id
      WHERE holder.id <> owner.id AND mate.batch_id = listed.batch_id
    )
    UPDATE communication_recipients AS recipient SET brevo_message_id = NULL
    FROM mistaken WHERE recipient.id = mistaken.id`;
  const given = sql`
    UPDATE communication_recipients AS recipient SET brevo_message_id = entry.message_id
    FROM (
      SELECT DISTINCT ON (btrim(message_id, '<>')) recipient_id, message_id
      FROM (
        SELECT DISTINCT ON (recipient_id) recipient_id, message_id
        FROM unnest(${ids}::int[], ${messages}::text[]) AS told (recipient_id, message_id)
      ) AS one
      WHERE length(message_id) <= 100
    ) AS entry
    WHERE recipient.id = entry.recipient_id AND recipient.brevo_message_id IS NULL
      AND NOT EXISTS (
        SELECT FROM communication_recipients AS other
        WHERE btrim(other.brevo_message_id, '<>') = btrim(entry.message_id, '<>'))`;
  await Promise.all([own, taken, given]);
}

/**
 * Takes it that mails of which events were told have left, also where no answer said so: what
 * was unknown is settled by it.
 *
 * @returns how many people were unknown before
 */
export async function settleByEvents(
  sql: Queryable,
  recipients: readonly number[],
): Promise<number> {
  const people = sql<{ id: number }[]>`
    UPDATE communication_recipients AS recipient
    SET sent_at = (SELECT min((event ->> 'at')::timestamptz)
                   FROM jsonb_array_elements(recipient.metadata -> 'events') AS event)
    WHERE recipient.id = ANY(${recipients}::int[]) AND recipient.sent_at IS NULL
      AND recipient.status <> 'queued'
    RETURNING recipient.id`;
  const batches = sql`
    UPDATE outreach.send_batches AS batch
    SET outcome = 'accepted', settled_at = coalesce(batch.settled_at, clock_timestamp()), applied = true,
        body = NULL, detail = 'Brevo''s events told that it was taken'
    WHERE (batch.outcome IS NULL OR batch.outcome = 'unknown')
      AND batch.id IN (
        SELECT listed.batch_id FROM outreach.send_recipients AS listed
        JOIN communication_recipients AS recipient
          ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
        WHERE recipient.id = ANY(${recipients}::int[]))
      AND NOT EXISTS (SELECT FROM outreach.send_states AS stated
                      WHERE stated.batch_id = batch.id AND stated.state IN ('unknown', 'waiting'))`;
  const [settled] = await Promise.all([people, batches]);
  return settled.length;
}

/** A batch whose events are asked for. */
export interface TaggedBatch {
  id: string;
  tag: string;
  /** The first day on which it can have events that are not known yet, YYYY-MM-DD in UTC. */
  from_day: string;
  /** When it was asked, as the database's clock says. */
  asked_at: string;
}

/**
 * Batches that were tried, whose events may not all be known: those of a send, of a campaign, or all.
 *
 * @param since a UTC instant from which events are asked for again where that is earlier than what
 *   follows from the last time (two days before it): a gap would count as known; null: from there
 */
export async function batchesToSync(
  sql: Queryable,
  communication: number | null,
  campaign: number | null,
  since: string | null,
): Promise<TaggedBatch[]> {
  return sql<TaggedBatch[]>`
    SELECT batch.id::text AS id, batch.tag, coalesce(clock_timestamp()::text, '') AS asked_at,
           coalesce(to_char(greatest(
             batch.first_attempted_at - interval '1 day',
             least(${since}::timestamptz,
                   coalesce(batch.events_synced_to - interval '2 days', '-infinity')),
             now() - interval '85 days') AT TIME ZONE 'UTC', 'YYYY-MM-DD')::text, '') AS from_day
    FROM outreach.send_batches AS batch
    JOIN communications AS communication ON communication.id = batch.communication_id
    WHERE batch.first_attempted_at > now() - interval '90 days'
      AND (${communication}::int IS NULL OR batch.communication_id = ${communication})
      AND (${campaign}::int IS NULL OR communication.campaign_id = ${campaign})
    ORDER BY batch.first_attempted_at, batch.id`;
}

/**
 * Notes up to when batches' events are known; those of all batches together are known up to the oldest.
 *
 * @returns up to when those of all are known, shown in the given zone; null where of some nothing is
 */
export async function noteSynced(
  sql: Queryable,
  batches: readonly { id: string }[],
  askedAt: string,
  zone: string,
): Promise<string | null> {
  const each = sql`
    UPDATE outreach.send_batches
    SET events_synced_to = greatest(events_synced_to, ${askedAt}::timestamptz)
    WHERE id IN (SELECT unnest(${batches.map(({ id }) => id)}::text[])::uuid)`;
  const all = sql<{ synced_to: string | null }[]>`
    UPDATE outreach.settings
    SET events_synced_to = greatest(events_synced_to, (
      SELECT CASE WHEN bool_and(events_synced_to IS NOT NULL) THEN min(events_synced_to) END
      FROM outreach.send_batches WHERE first_attempted_at > now() - interval '90 days'))
    RETURNING outreach.local_time(events_synced_to, ${zone})::text AS synced_to`;
  const [, [row]] = await Promise.all([each, all]);
  return row?.synced_to ?? null;
}
