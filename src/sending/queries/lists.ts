import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";
import type { MailRecipient, Params } from "../mail_service/batch.ts";

/** A send as it is prepared. */
export interface NewSend {
  brevo_template_id: number;
  template_name: string;
  params: Params;
  allow_resend: boolean;
  /** Nobody is mailed on whose mailbox somebody else gets, or got, the mail. */
  one_per_mailbox: boolean;
  /** Everybody gets a mail for each of their sessions. */
  per_session: boolean;
  filled: Filled;
}

/** What the values of a list are taken from when it is prepared, so that they can be taken anew. */
export interface Filled {
  /** What the call gives. */
  given: Params;
  parameters: {
    name: string;
    /** Null where the value can only be given. */
    source: string | null;
    /** How a date is written, as in the registry. */
    format?: string | undefined;
    locale?: string | undefined;
  }[];
}

/** A mail on the list of a send. */
export interface Listed extends MailRecipient {
  contact_id: number;
  /** Its number within the person, from 1. */
  mail: number;
  /** Which session it is about, and its title; null where it is about none. */
  session: string | null;
  about: string | null;
}

/** A draft that keeps a list. */
export interface Draft {
  communication: number;
  /** An equal call had prepared it lately; its list is there. */
  is_kept: boolean;
}

/**
 * The draft for a list: the one that an equal call prepared lately, of the same campaign, template, title
 * and parameters, for the same people at the same addresses; else a new one, without a list yet. The
 * campaign must be locked.
 *
 * @param replayMinutes how many minutes ago at most
 */
export async function draftFor(
  sql: Queryable,
  campaign: number,
  title: string,
  send: NewSend,
  listed: readonly Listed[],
  replayMinutes: number,
): Promise<Draft> {
  const [row] = await sql<Draft[]>`
    WITH wanted AS MATERIALIZED (
      SELECT contact_id, mail, coalesce(session, '') AS session, email, name, params
      FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
        AS entry (contact_id int, mail int, session text, email text, name text, params jsonb)
    ), same AS MATERIALIZED (
      SELECT send.communication_id
      FROM outreach.sends AS send
      JOIN communications AS communication ON communication.id = send.communication_id
      WHERE communication.campaign_id = ${campaign} AND communication.status = 'draft'
        AND communication.title = ${title} AND send.brevo_template_id = ${send.brevo_template_id}
        AND send.allow_resend = ${send.allow_resend} AND send.one_per_mailbox = ${send.one_per_mailbox}
        AND send.params = ${sql.json(send.params)}
        AND send.cancelled_at IS NULL AND send.prepared_at > now() - make_interval(mins => ${replayMinutes})
        AND (SELECT count(*) FROM outreach.send_recipients AS one
             WHERE one.communication_id = send.communication_id) = (SELECT count(*) FROM wanted)
        AND NOT EXISTS (
          SELECT FROM outreach.send_recipients AS one
          WHERE one.communication_id = send.communication_id
            AND (one.contact_id, one.mail, coalesce(one.session, ''), one.email, one.name, one.params) NOT IN (
              SELECT contact_id, mail, session, email, name, params FROM wanted))
      ORDER BY send.communication_id DESC LIMIT 1
    ), added AS (
      INSERT INTO communications (campaign_id, channel, title, status, brevo_template_id)
      SELECT ${campaign}, 'email', ${title}, 'draft', ${send.brevo_template_id}
      WHERE NOT EXISTS (SELECT FROM same)
      RETURNING id
    )
    SELECT coalesce((SELECT communication_id FROM same), (SELECT id FROM added), 0) AS communication,
           coalesce((EXISTS (SELECT FROM same))::boolean, false) AS is_kept`;
  if (!row) throw new Error("SELECT answered no row");
  return row;
}

/** Keeps a prepared send and its list, whose people must be the draft's queued recipients. */
export async function insertSend(
  sql: Queryable,
  communication: number,
  send: NewSend,
  listed: readonly Listed[],
): Promise<void> {
  const itself = sql`
    INSERT INTO outreach.sends
      (communication_id, brevo_template_id, template_name, params, allow_resend, one_per_mailbox, per_session,
       filled)
    VALUES (${communication}, ${send.brevo_template_id}, ${send.template_name},
            ${sql.json(send.params)}, ${send.allow_resend}, ${send.one_per_mailbox}, ${send.per_session},
            ${sql.json({ ...send.filled })})`;
  const list = sql`
    INSERT INTO outreach.send_recipients (communication_id, contact_id, mail, session, about, email, name, params)
    SELECT ${communication}, contact_id, mail, session, about, email, name, params
    FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
      AS entry (contact_id int, mail int, session text, about text, email text, name text, params jsonb)`;
  await Promise.all([itself, list]);
}

/** A mail on a list, as it is kept; `params` are {@link Params}. */
export type HeldMail = Omit<Listed, "params"> & { params: Json };

/** The mails of a send that are in no batch, by contact. */
export async function heldMails(sql: Queryable, communication: number): Promise<HeldMail[]> {
  return mailsIn(sql, communication, null, null);
}

/**
 * The mails of a batch, or for null of none, by contact.
 *
 * @param limit how many at most; null: all
 */
export async function mailsIn(
  sql: Queryable,
  communication: number,
  batch: string | null,
  limit: number | null,
): Promise<HeldMail[]> {
  return sql<HeldMail[]>`
    SELECT contact_id, mail, session, about, email, name, params FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NOT DISTINCT FROM ${batch}::uuid
    ORDER BY contact_id, mail
    LIMIT ${limit}`;
}

/** Gives mails that are held other values; nobody may be asked about them at that time. */
export async function refreshParams(
  sql: Queryable,
  communication: number,
  mails: readonly { contact_id: number; mail: number; params: Params }[],
): Promise<void> {
  await sql`
    UPDATE outreach.send_recipients AS listed SET params = entry.params
    FROM jsonb_to_recordset(${sql.json(mails.map((mail) => ({ ...mail })))})
      AS entry (contact_id int, mail int, params jsonb)
    WHERE listed.communication_id = ${communication} AND listed.contact_id = entry.contact_id
      AND listed.mail = entry.mail AND listed.batch_id IS NULL`;
}

/** What a confirmation is bound to: every mail held, to whom and with which values, and the template's number. */
export async function listDigest(sql: Queryable, communication: number): Promise<string> {
  const [row] = await sql<{ digest: string }[]>`
    SELECT coalesce(outreach.list_digest(${communication})::text, '') AS digest`;
  return row?.digest ?? "";
}

/** Mails, and to how many people. */
export interface MailsTo {
  mails: number;
  people: number;
}

/**
 * Takes mails that are in no batch off a send's list, and whoever gets no other of it out of its queued
 * recipients. Who has others that all failed has failed then. Why is to be remembered before.
 *
 * @param contacts whose; null: everybody's who are held
 */
export async function takeOff(
  sql: Queryable,
  communication: number,
  contacts: readonly number[] | null,
): Promise<MailsTo> {
  const [row] = await sql<MailsTo[]>`
    WITH gone AS (
      DELETE FROM outreach.send_recipients
      WHERE communication_id = ${communication} AND batch_id IS NULL
        AND (${contacts}::int[] IS NULL OR contact_id = ANY(${contacts}))
      RETURNING contact_id
    ), other AS MATERIALIZED (
      SELECT listed.contact_id, bool_and(coalesce(batch.outcome = 'rejected', false)) AS failed,
             max(batch.detail) AS detail
      FROM outreach.send_recipients AS listed
      LEFT JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id
      WHERE listed.communication_id = ${communication} AND listed.session IS NOT NULL
        AND listed.batch_id IS NOT NULL
        AND (${contacts}::int[] IS NULL OR listed.contact_id = ANY(${contacts}))
      GROUP BY listed.contact_id
    ), unlisted AS (
      DELETE FROM communication_recipients
      WHERE communication_id = ${communication} AND status = 'queued'
        AND contact_id IN (SELECT contact_id FROM gone)
        AND contact_id NOT IN (SELECT contact_id FROM other)
    ), failed AS (
      UPDATE communication_recipients AS recipient
      SET status = 'failed',
          metadata = coalesce(recipient.metadata, '{}')
                     || jsonb_build_object('logged_status', 'failed', 'reason', other.detail)
      FROM other
      WHERE other.failed AND recipient.communication_id = ${communication}
        AND recipient.contact_id = other.contact_id AND recipient.status = 'queued'
        AND recipient.contact_id IN (SELECT contact_id FROM gone)
    )
    SELECT count(*)::int AS mails, count(DISTINCT contact_id)::int AS people FROM gone`;
  return row ?? { mails: 0, people: 0 };
}
