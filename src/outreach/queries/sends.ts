import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";

/** Values that a template is filled with, by name. */
export type Params = Record<string, string | number | boolean>;

/** Somebody whom a send means, with what decides whether they can get it. */
export interface Candidate {
  id: number;
  name: string;
  first_name: string;
  last_name: string;
  email: string | null;
  /** bounced, complained or unsubscribed; null where nothing stands against their address. */
  state: string | null;
  /** They received this template in this campaign, are about to, or perhaps did. */
  has_received: boolean;
  /** Somebody on their mailbox did. */
  mailbox_has_received: boolean;
}

/** The people of these ids, by id; what was received counts in other mails than the given one. */
export async function candidates(
  sql: Queryable,
  contacts: readonly number[],
  campaign: number,
  template: number,
  communication: number | null,
): Promise<Candidate[]> {
  return sql<Candidate[]>`
    WITH mailed AS MATERIALIZED (
      SELECT mail.contact_id, lower(btrim(coalesce(recipient.metadata ->> 'email', ''))) AS address
      FROM outreach.mailed_or_under_way AS mail
      JOIN communications AS communication ON communication.id = mail.communication_id
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = mail.communication_id AND recipient.contact_id = mail.contact_id
      WHERE communication.campaign_id = ${campaign} AND communication.brevo_template_id = ${template}
        AND communication.id IS DISTINCT FROM ${communication}::int
    )
    SELECT contact.id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           coalesce(contact.first_name::text, '') AS first_name,
           coalesce(contact.last_name::text, '') AS last_name,
           contact.email::text AS email, undeliverable.state,
           coalesce((contact.id IN (SELECT contact_id FROM mailed))::boolean, false) AS has_received,
           coalesce((lower(btrim(contact.email::text)) IN (SELECT address FROM mailed))::boolean, false)
             AS mailbox_has_received
    FROM contacts AS contact
    LEFT JOIN outreach.undeliverable ON undeliverable.address = lower(btrim(contact.email::text))
    WHERE contact.id = ANY(${contacts}::int[])
    ORDER BY contact.id`;
}

/** A campaign's event, with what a mail's parameters may be taken from. */
export interface EventValues {
  name: string;
  event_date: string;
  location: string;
  year: string;
  description: string;
  status: string;
}

/** The values of a campaign's event, as text; what it has none of is empty. */
export async function eventValues(
  sql: Queryable,
  campaign: number,
): Promise<EventValues | undefined> {
  const [row] = await sql<EventValues[]>`
    SELECT coalesce(event.name::text, '') AS name, coalesce(event.event_date::text, '') AS event_date,
           coalesce(event.location::text, '') AS location, coalesce(event.year::text, '') AS year,
           coalesce(event.description::text, '') AS description,
           coalesce(event.status::text, '') AS status
    FROM campaigns AS campaign JOIN events AS event ON event.id = campaign.event_id
    WHERE campaign.id = ${campaign}`;
  return row;
}

/** A send as it is prepared. */
export interface NewSend {
  communication_id: number;
  brevo_template_id: number;
  template_name: string;
  params: Params;
  allow_resend: boolean;
}

/** Somebody on the list of a send. */
export interface Listed {
  contact_id: number;
  email: string;
  name: string;
  params: Params;
}

/** Somebody whom a send means and who does not get it. */
export interface LeftOut {
  contact_id: number;
  reason: string;
}

/** Keeps a prepared send and its list, whose people must be its queued recipients. */
export async function insertSend(
  sql: Queryable,
  send: NewSend,
  listed: readonly Listed[],
): Promise<void> {
  const { communication_id: communication } = send;
  await sql`
    INSERT INTO outreach.sends (communication_id, brevo_template_id, template_name, params, allow_resend)
    VALUES (${communication}, ${send.brevo_template_id}, ${send.template_name},
            ${sql.json(send.params)}, ${send.allow_resend})`;
  await sql`
    INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params)
    SELECT ${communication}, contact_id, email, name, params
    FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
      AS entry (contact_id int, email text, name text, params jsonb)`;
}

/**
 * The draft that an equal call prepared within ten minutes: of the same campaign, template, title and
 * parameters, for the same people at the same addresses. The campaign must be locked.
 */
export async function samePrepared(
  sql: Queryable,
  campaign: number,
  title: string,
  send: Omit<NewSend, "communication_id">,
  listed: readonly Listed[],
): Promise<number | null> {
  const [row] = await sql<{ communication_id: number }[]>`
    WITH wanted AS MATERIALIZED (
      SELECT contact_id, email, name, params
      FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
        AS entry (contact_id int, email text, name text, params jsonb)
    )
    SELECT send.communication_id
    FROM outreach.sends AS send
    JOIN communications AS communication ON communication.id = send.communication_id
    WHERE communication.campaign_id = ${campaign} AND communication.status = 'draft'
      AND communication.title = ${title} AND send.brevo_template_id = ${send.brevo_template_id}
      AND send.allow_resend = ${send.allow_resend} AND send.params = ${sql.json(send.params)}
      AND send.cancelled_at IS NULL AND send.prepared_at > now() - interval '10 minutes'
      AND (SELECT count(*) FROM outreach.send_recipients AS one
           WHERE one.communication_id = send.communication_id) = (SELECT count(*) FROM wanted)
      AND NOT EXISTS (
        SELECT FROM outreach.send_recipients AS one
        WHERE one.communication_id = send.communication_id
          AND (one.contact_id, one.email, one.name, one.params) NOT IN (
            SELECT contact_id, email, name, params FROM wanted))
    ORDER BY send.communication_id DESC LIMIT 1`;
  return row?.communication_id ?? null;
}

/** Remembers who was left out of a send and why; the first reason stays. */
export async function rememberLeftOut(
  sql: Queryable,
  communication: number,
  people: readonly LeftOut[],
): Promise<void> {
  await sql`
    INSERT INTO outreach.left_out (communication_id, contact_id, reason)
    SELECT ${communication}, contact_id, reason
    FROM jsonb_to_recordset(${sql.json(people.map((person) => ({ ...person })))})
      AS entry (contact_id int, reason text)
    ON CONFLICT (communication_id, contact_id) DO NOTHING`;
}

/** A mail that this program sends, with the last question whether it may. */
export interface SendRow {
  communication_id: number;
  title: string;
  status: string;
  campaign_id: number;
  campaign_name: string;
  campaign_status: string;
  event_name: string;
  brevo_template_id: number;
  template_name: string;
  allow_resend: boolean;
  cancelled: boolean;
}

/** A send by its communication's id. */
export async function sendOf(sql: Queryable, communication: number): Promise<SendRow | undefined> {
  const [row] = await sql<SendRow[]>`
    SELECT send.communication_id, coalesce(communication.title, '')::text AS title,
           communication.status, campaign.id AS campaign_id, campaign.name AS campaign_name,
           campaign.status AS campaign_status, event.name::text AS event_name,
           send.brevo_template_id, send.template_name, send.allow_resend,
           send.cancelled_at IS NOT NULL AS cancelled
    FROM outreach.sends AS send
    JOIN communications AS communication ON communication.id = send.communication_id
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    JOIN events AS event ON event.id = campaign.event_id
    WHERE send.communication_id = ${communication}`;
  return row;
}

/** Locks a send until the transaction ends, after its campaign. */
export async function lockSend(sql: Queryable, communication: number): Promise<void> {
  await sql<{ id: number }[]>`SELECT id FROM communications WHERE id = ${communication} FOR UPDATE`;
  await sql<{ communication_id: number }[]>`
    SELECT communication_id FROM outreach.sends WHERE communication_id = ${communication} FOR UPDATE`;
}

/** How many people of a send are how far. */
export interface SendCounts {
  held: number;
  waiting: number;
  unknown: number;
  accepted: number;
  failed: number;
}

/** Counts a send's people by how far they are. */
export async function countStates(sql: Queryable, communication: number): Promise<SendCounts> {
  const [row] = await sql<SendCounts[]>`
    SELECT (count(*) FILTER (WHERE state = 'held'))::int AS held,
           (count(*) FILTER (WHERE state = 'waiting'))::int AS waiting,
           (count(*) FILTER (WHERE state = 'unknown'))::int AS unknown,
           (count(*) FILTER (WHERE state = 'accepted'))::int AS accepted,
           (count(*) FILTER (WHERE state = 'failed'))::int AS failed
    FROM outreach.send_states WHERE communication_id = ${communication}`;
  return row ?? { held: 0, waiting: 0, unknown: 0, accepted: 0, failed: 0 };
}

/** Somebody of a send, with why they are where they are. */
export interface StatedPerson {
  contact_id: number;
  name: string;
  reason: string;
}

/**
 * The people of a send whose mail failed, or of whom it is not certain that it left, by contact.
 *
 * Accepted counts as uncertain where Brevo called a batch a repetition, or nothing at all was
 * reported of it for four hours, though its events were asked for since.
 */
export async function peopleInState(
  sql: Queryable,
  communication: number,
  state: "failed" | "unknown",
  limit: number,
): Promise<StatedPerson[]> {
  return sql<StatedPerson[]>`
    SELECT listed.contact_id, listed.name,
           coalesce(CASE WHEN stated.state = 'failed'
                         THEN coalesce(outreach.deciding_event(recipient.metadata)::jsonb ->> 'reason',
                                       recipient.metadata ->> 'reason', batch.detail)
                         WHEN stated.state = 'accepted'
                         THEN 'accepted, but Brevo has reported nothing of it'
                         ELSE batch.detail END, 'no answer was noted') AS reason
    FROM outreach.send_states AS stated
    JOIN outreach.send_recipients AS listed
      ON listed.communication_id = stated.communication_id AND listed.contact_id = stated.contact_id
    JOIN communication_recipients AS recipient ON recipient.id = stated.recipient_id
    LEFT JOIN outreach.send_batches AS batch ON batch.id = stated.batch_id
    WHERE stated.communication_id = ${communication}
      AND (stated.state = ${state}
           OR (${state} = 'unknown' AND stated.state = 'accepted'
               AND recipient.metadata -> 'events' IS NULL
               AND batch.events_synced_to > batch.settled_at
                   + CASE WHEN batch.repeated THEN interval '0' ELSE interval '4 hours' END))
    ORDER BY listed.contact_id
    LIMIT ${limit}`;
}

/** Somebody on a list, as it is kept; `params` are {@link Params}. */
export interface HeldPerson {
  contact_id: number;
  email: string;
  name: string;
  params: Json;
}

/** The people of a send who are in no batch, with what they are to get, by contact. */
export async function heldPeople(sql: Queryable, communication: number): Promise<HeldPerson[]> {
  return sql<HeldPerson[]>`
    SELECT contact_id, email, name, params FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NULL
    ORDER BY contact_id`;
}

/** What a confirmation is bound to: everybody held, what they are to get, and the template's number. */
export async function listDigest(sql: Queryable, communication: number): Promise<string> {
  const [row] = await sql<{ digest: string }[]>`
    SELECT coalesce(encode(sha256(convert_to(concat(
             send.brevo_template_id, send.params::text, list.people), 'UTF8')), 'hex')::text, '') AS digest
    FROM outreach.sends AS send
    CROSS JOIN LATERAL (
      SELECT string_agg(jsonb_build_array(contact_id, email, name, params)::text, ',' ORDER BY contact_id)
               AS people
      FROM outreach.send_recipients
      WHERE communication_id = send.communication_id AND batch_id IS NULL
    ) AS list
    WHERE send.communication_id = ${communication}`;
  return row?.digest ?? "";
}

/**
 * Who of those held must not get it any more: their address cannot be mailed by now, or they have
 * received it otherwise since.
 */
export async function fallenOut(
  sql: Queryable,
  send: { communication_id: number; campaign_id: number; brevo_template_id: number },
  allowResend: boolean,
): Promise<(LeftOut & { name: string })[]> {
  const people = await sql<{ contact_id: number; name: string; reason: string }[]>`
    SELECT listed.contact_id, listed.name,
           coalesce(undeliverable.state, 'already_received') AS reason
    FROM outreach.send_recipients AS listed
    LEFT JOIN contacts AS contact ON contact.id = listed.contact_id
    LEFT JOIN LATERAL (
      SELECT state FROM outreach.undeliverable
      WHERE undeliverable.address IN (lower(btrim(listed.email)), lower(btrim(contact.email::text)))
      ORDER BY state LIMIT 1
    ) AS undeliverable ON true
    WHERE listed.communication_id = ${send.communication_id} AND listed.batch_id IS NULL
      AND (undeliverable.state IS NOT NULL OR (NOT ${allowResend}::boolean AND EXISTS (
        SELECT FROM outreach.mailed_or_under_way AS mail
        JOIN communications AS other ON other.id = mail.communication_id
        WHERE mail.contact_id = listed.contact_id AND mail.campaign_id = ${send.campaign_id}
          AND other.brevo_template_id = ${send.brevo_template_id}
          AND other.id <> ${send.communication_id})))
    ORDER BY listed.contact_id`;
  return people;
}

/**
 * Takes people who are in no batch off a send's list and out of its queued recipients. Why is to be
 * remembered before.
 *
 * @param contacts who; null: everybody held
 * @returns how many
 */
export async function takeOff(
  sql: Queryable,
  communication: number,
  contacts: readonly number[] | null,
): Promise<number> {
  const gone = await sql<{ contact_id: number }[]>`
    DELETE FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NULL
      AND (${contacts}::int[] IS NULL OR contact_id = ANY(${contacts}))
    RETURNING contact_id`;
  await sql`
    DELETE FROM communication_recipients
    WHERE communication_id = ${communication} AND status = 'queued'
      AND contact_id = ANY(${gone.map((row) => row.contact_id)}::int[])`;
  return gone.length;
}

/** Remembers that everybody held was left out for one reason. */
export async function rememberHeld(
  sql: Queryable,
  communication: number,
  reason: string,
): Promise<void> {
  await sql`
    INSERT INTO outreach.left_out (communication_id, contact_id, reason)
    SELECT communication_id, contact_id, ${reason} FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NULL
    ON CONFLICT (communication_id, contact_id) DO NOTHING`;
}

/** Notes that a send was cancelled. */
export async function markCancelled(sql: Queryable, communication: number): Promise<void> {
  await sql`
    UPDATE outreach.sends SET cancelled_at = coalesce(cancelled_at, now())
    WHERE communication_id = ${communication}`;
}

/**
 * Sets a communication's status to what its people say: sending while anybody is open, else sent if
 * some left, else failed. A draft stays one until it is started or cancelled.
 */
export async function settleStatus(sql: Queryable, communication: number): Promise<void> {
  await sql`
    UPDATE communications AS communication
    SET status = settled.status,
        sent_at = CASE WHEN settled.left_at IS NULL THEN communication.sent_at
                       ELSE coalesce(communication.sent_at, settled.left_at) END
    FROM (
      SELECT CASE WHEN send.cancelled_at IS NULL
                    AND count(*) FILTER (WHERE state IN ('held', 'waiting', 'unknown')) > 0 THEN 'sending'
                  WHEN count(*) FILTER (WHERE state IN ('accepted', 'unknown', 'waiting')) > 0 THEN 'sent'
                  ELSE 'failed' END AS status,
             min(recipient.sent_at) AS left_at
      FROM outreach.sends AS send
      LEFT JOIN outreach.send_states AS stated ON stated.communication_id = send.communication_id
      LEFT JOIN communication_recipients AS recipient
        ON recipient.id = stated.recipient_id AND recipient.status <> 'failed'
      WHERE send.communication_id = ${communication}
      GROUP BY send.cancelled_at
    ) AS settled
    WHERE communication.id = ${communication}
      AND (communication.status <> 'draft' OR EXISTS (
            SELECT FROM outreach.sends WHERE communication_id = ${communication} AND cancelled_at IS NOT NULL)
           OR EXISTS (SELECT FROM outreach.send_confirmations
                      WHERE communication_id = ${communication} AND started_at IS NOT NULL))`;
}

/** How many people of a send were left out for each reason, with some of them. */
export async function leftOutOf(
  sql: Queryable,
  communication: number,
  listed: number,
): Promise<{ reason: string; count: number; contact_id: number; name: string }[]> {
  return sql<{ reason: string; count: number; contact_id: number; name: string }[]>`
    SELECT coalesce(entry.reason, '') AS reason, coalesce(entry.count, 0) AS count,
           coalesce(entry.contact_id, 0) AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name
    FROM (
      SELECT reason, contact_id, (count(*) OVER (PARTITION BY reason))::int AS count,
             row_number() OVER (PARTITION BY reason ORDER BY contact_id) AS position
      FROM outreach.left_out WHERE communication_id = ${communication}
    ) AS entry
    LEFT JOIN contacts AS contact ON contact.id = entry.contact_id
    WHERE entry.position <= ${listed}
    ORDER BY entry.reason, entry.contact_id`;
}
