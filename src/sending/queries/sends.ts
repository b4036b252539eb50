import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";

/** A mail that this program sends, with the last question whether it may. */
export interface SendRow {
  communication_id: number;
  title: string;
  status: string;
  campaign_id: number;
  campaign_name: string;
  event_name: string;
  brevo_template_id: number;
  template_name: string;
  allow_resend: boolean;
  /** Nobody is mailed on whose mailbox somebody else gets, or got, the mail. */
  one_per_mailbox: boolean;
  /** Everybody gets a mail for each of their sessions. */
  per_session: boolean;
  /** What its values were taken from; null for one that an earlier version prepared. */
  filled: Json | null;
  event_id: number;
  cancelled: boolean;
}

/** A send by its communication's id. */
export async function sendOf(sql: Queryable, communication: number): Promise<SendRow | undefined> {
  const [row] = await sql<SendRow[]>`
    SELECT send.communication_id, coalesce(communication.title, '')::text AS title,
           communication.status, campaign.id AS campaign_id, campaign.name AS campaign_name,
           event.name::text AS event_name, send.brevo_template_id, send.template_name, send.allow_resend,
           send.one_per_mailbox, send.per_session, send.filled, event.id AS event_id,
           send.cancelled_at IS NOT NULL AS cancelled
    FROM outreach.sends AS send
    JOIN communications AS communication ON communication.id = send.communication_id
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    JOIN events AS event ON event.id = campaign.event_id
    WHERE send.communication_id = ${communication}`;
  return row;
}

/** Locks the campaign of a communication until the transaction ends. */
export async function lockCampaignOf(sql: Queryable, communication: number): Promise<void> {
  await sql<{ id: number }[]>`
    SELECT id FROM campaigns
    WHERE id = (SELECT campaign_id FROM communications WHERE id = ${communication}) FOR UPDATE`;
}

/** Locks a send until the transaction ends, after its campaign. */
export async function lockSend(sql: Queryable, communication: number): Promise<void> {
  await Promise.all([
    sql<{ id: number }[]>`SELECT id FROM communications WHERE id = ${communication} FOR UPDATE`,
    sql<{ communication_id: number }[]>`
      SELECT communication_id FROM outreach.sends WHERE communication_id = ${communication} FOR UPDATE`,
  ]);
}

/** How many mails of a send are how far, and to how many people they go. */
export interface SendCounts {
  people: number;
  held: number;
  waiting: number;
  unknown: number;
  accepted: number;
  failed: number;
}

/** Counts a send's mails by how far they are. */
export async function countStates(sql: Queryable, communication: number): Promise<SendCounts> {
  const [row] = await sql<SendCounts[]>`
    SELECT count(DISTINCT contact_id)::int AS people,
           (count(*) FILTER (WHERE state = 'held'))::int AS held,
           (count(*) FILTER (WHERE state = 'waiting'))::int AS waiting,
           (count(*) FILTER (WHERE state = 'unknown'))::int AS unknown,
           (count(*) FILTER (WHERE state = 'accepted'))::int AS accepted,
           (count(*) FILTER (WHERE state = 'failed'))::int AS failed
    FROM outreach.send_states WHERE communication_id = ${communication}`;
  return row ?? { people: 0, held: 0, waiting: 0, unknown: 0, accepted: 0, failed: 0 };
}

/** A mail of a send, with why it is where it is. */
export interface StatedMail {
  contact_id: number;
  name: string;
  /** Title of the session that it is about; null where it is about none. */
  about: string | null;
  reason: string;
}

/**
 * The mails of a send that failed, or of which it is not certain that they left, by contact.
 *
 * Accepted counts as uncertain where nothing was reported of it and the mail service only called its batch a
 * repetition (a failed attempt might have used its key up), or nothing was to be heard for four hours.
 */
export async function mailsInState(
  sql: Queryable,
  send: Pick<SendRow, "communication_id" | "per_session">,
  state: "failed" | "unknown",
  limit: number,
): Promise<StatedMail[]> {
  const { communication_id: communication } = send;
  const status = state === "failed" ? "failed" : "queued";
  return sql<StatedMail[]>`
    WITH doubtful AS MATERIALIZED (
      SELECT * FROM outreach.send_batches
      WHERE communication_id = ${communication}
        AND (repeated OR events_synced_to > settled_at + interval '4 hours')
    ), found AS (
      -- By the status, which few of a list have, as most of it needs no look.
      SELECT stated.contact_id, stated.mail, stated.recipient_id, stated.batch_id, stated.state
      FROM communication_recipients AS recipient
      JOIN outreach.send_states AS stated
        ON stated.communication_id = recipient.communication_id AND stated.contact_id = recipient.contact_id
      WHERE recipient.communication_id = ${communication}
        AND (recipient.status = ${status} OR ${send.per_session}::boolean)
        AND stated.state = ${state}
      UNION ALL
      SELECT stated.contact_id, stated.mail, stated.recipient_id, stated.batch_id, stated.state
      FROM doubtful AS batch
      JOIN outreach.send_states AS stated
        ON stated.communication_id = batch.communication_id AND stated.batch_id = batch.id
      JOIN communication_recipients AS recipient ON recipient.id = stated.recipient_id
      JOIN outreach.send_recipients AS listed
        ON listed.communication_id = ${communication} AND listed.contact_id = stated.contact_id
           AND listed.mail = stated.mail
      WHERE ${state} = 'unknown' AND stated.state = 'accepted' AND NOT listed.told
        AND outreach.is_unproved(CASE WHEN listed.session IS NULL THEN recipient.metadata ELSE '{}' END,
                                 batch.repeated, batch.settled_at, batch.events_synced_to)
    )
    SELECT listed.contact_id, listed.name, listed.about,
           coalesce(CASE WHEN found.state = 'failed'
                         THEN coalesce(CASE WHEN listed.session IS NULL
                                            THEN coalesce(became.event ->> 'reason', recipient.metadata ->> 'reason')
                                       END, batch.detail)
                         WHEN found.state = 'accepted'
                         THEN 'accepted, but Brevo has reported nothing of it'
                         ELSE batch.detail END, 'no answer was noted')
           || CASE WHEN found.state = 'unknown'
                     AND batch.events_synced_to > batch.first_attempted_at + interval '4 hours'
                   THEN ' Brevo has reported nothing of it for hours, so it has probably not left.'
                   ELSE '' END AS reason
    FROM found
    JOIN outreach.send_recipients AS listed
      ON listed.communication_id = ${communication} AND listed.contact_id = found.contact_id
         AND listed.mail = found.mail
    JOIN communication_recipients AS recipient ON recipient.id = found.recipient_id
    CROSS JOIN LATERAL (
      SELECT event::jsonb AS event, opened_at, clicked_at FROM outreach.what_became(recipient.metadata)
    ) AS became
    LEFT JOIN outreach.send_batches AS batch ON batch.id = found.batch_id
    ORDER BY listed.contact_id, listed.mail
    LIMIT ${limit}`;
}

/** Of a send's mails that count as accepted, of how many that is uncertain: see {@link mailsInState}. */
export async function countUnproved(sql: Queryable, communication: number): Promise<number> {
  const [row] = await sql<{ unproved: number }[]>`
    WITH doubtful AS MATERIALIZED (
      SELECT * FROM outreach.send_batches
      WHERE communication_id = ${communication}
        AND (repeated OR events_synced_to > settled_at + interval '4 hours')
    )
    SELECT count(*)::int AS unproved
    FROM doubtful AS batch
    JOIN outreach.send_states AS stated
      ON stated.communication_id = batch.communication_id AND stated.batch_id = batch.id
    JOIN outreach.send_recipients AS listed
      ON listed.communication_id = ${communication} AND listed.contact_id = stated.contact_id
         AND listed.mail = stated.mail
    JOIN communication_recipients AS recipient ON recipient.id = stated.recipient_id
    WHERE stated.state = 'accepted' AND NOT listed.told
      AND outreach.is_unproved(CASE WHEN listed.session IS NULL THEN recipient.metadata ELSE '{}' END,
                               batch.repeated, batch.settled_at, batch.events_synced_to)`;
  return row?.unproved ?? 0;
}

/** When a send was cancelled, shown in the given zone; null where it was not. */
export async function cancelledAt(
  sql: Queryable,
  communication: number,
  zone: string,
): Promise<string | null> {
  const [row] = await sql<{ cancelled_at: string | null }[]>`
    SELECT outreach.local_time(cancelled_at, ${zone})::text AS cancelled_at
    FROM outreach.sends WHERE communication_id = ${communication}`;
  return row?.cancelled_at ?? null;
}

/** Notes that a send was cancelled, where it is not over, and ends the open question about it. */
export async function markCancelled(sql: Queryable, communication: number): Promise<void> {
  await sql`
    WITH cancelled AS (
      UPDATE outreach.sends AS send SET cancelled_at = coalesce(send.cancelled_at, now())
      FROM communications AS mail
      WHERE send.communication_id = ${communication} AND mail.id = send.communication_id
        AND mail.status IN ('draft', 'sending')
      RETURNING send.communication_id
    )
    UPDATE outreach.send_confirmations AS question SET ended_at = now(), ended_because = 'cancelled'
    FROM cancelled
    WHERE question.communication_id = cancelled.communication_id
      AND question.started_at IS NULL AND question.ended_at IS NULL`;
}

/**
 * Sets a communication's status to what its people say: sending while anybody is open, else sent if
 * some left, else failed. A draft stays one until it is started or cancelled.
 *
 * One person decides it, so the list is not counted; who is queued has not left for certain (see
 * outreach.send_states). Of a send about sessions each mail is looked at: somebody who has one may wait for
 * another.
 */
export async function settleStatus(sql: Queryable, communication: number): Promise<void> {
  await sql`
    UPDATE communications AS communication
    SET status = CASE
          WHEN send.cancelled_at IS NULL AND send.per_session AND EXISTS (
            SELECT FROM outreach.send_states AS stated
            WHERE stated.communication_id = ${communication}
              AND stated.state IN ('held', 'waiting', 'unknown')) THEN 'sending'
          WHEN send.cancelled_at IS NULL AND NOT send.per_session AND EXISTS (
            SELECT FROM communication_recipients AS recipient
            JOIN outreach.send_recipients AS listed
              ON listed.communication_id = recipient.communication_id AND listed.contact_id = recipient.contact_id
            WHERE recipient.communication_id = ${communication} AND recipient.status = 'queued') THEN 'sending'
          WHEN EXISTS (
            SELECT FROM communication_recipients AS recipient
            JOIN outreach.send_recipients AS listed
              ON listed.communication_id = recipient.communication_id AND listed.contact_id = recipient.contact_id
            WHERE recipient.communication_id = ${communication} AND recipient.status <> 'failed'
              AND (recipient.status <> 'queued' OR listed.batch_id IS NOT NULL)) THEN 'sent'
          ELSE 'failed' END,
        sent_at = coalesce(communication.sent_at, (
          SELECT min(recipient.sent_at)
          FROM communication_recipients AS recipient
          JOIN outreach.send_recipients AS listed
            ON listed.communication_id = recipient.communication_id AND listed.contact_id = recipient.contact_id
          WHERE recipient.communication_id = ${communication} AND recipient.status <> 'failed'))
    FROM outreach.sends AS send
    WHERE communication.id = ${communication} AND send.communication_id = communication.id
      AND (communication.status <> 'draft' OR send.cancelled_at IS NOT NULL
           OR EXISTS (SELECT FROM outreach.send_confirmations
                      WHERE communication_id = ${communication} AND started_at IS NOT NULL))`;
}
