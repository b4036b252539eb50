import type { Queryable } from "../../database/connect.ts";

/** A communication as answers show it. */
export interface CommunicationRow {
  id: number;
  channel: string;
  title: string | null;
  status: string;
  sent_at: string | null;
  brevo_template_id: number | null;
  post_url: string | null;
  content_summary: string | null;
  recipient_count: number;
}

/** A communication; times are shown in the given zone. */
export async function communicationById(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<(CommunicationRow & { campaign_status: string }) | undefined> {
  const [row] = await sql<(CommunicationRow & { campaign_status: string })[]>`
    SELECT communication.id, campaign.status AS campaign_status,
           communication.channel, communication.title, communication.status,
           outreach.local_time(communication.sent_at, ${zone})::text AS sent_at,
           communication.brevo_template_id, communication.post_url, communication.content_summary,
           communication.recipient_count
    FROM communications AS communication
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    WHERE communication.id = ${id}`;
  return row;
}

/** A communication as it is recorded; `sent_at` is a UTC instant, or null for now. */
export interface NewCommunication {
  campaign_id: number;
  channel: "email" | "linkedin_post" | "marketing_material";
  title: string;
  status: "draft" | "sent" | "published" | "failed";
  brevo_template_id: number | null;
  post_url: string | null;
  content_summary: string | null;
  sent_at: string | null;
}

/** Records a communication. A draft has no time at which it was sent. */
export async function insertCommunication(
  sql: Queryable,
  communication: NewCommunication,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO communications
      (campaign_id, channel, title, status, brevo_template_id, post_url, content_summary, sent_at)
    VALUES (
      ${communication.campaign_id}, ${communication.channel}, ${communication.title},
      ${communication.status}, ${communication.brevo_template_id}, ${communication.post_url},
      ${communication.content_summary},
      CASE WHEN ${communication.status} <> 'draft'
           THEN coalesce(${communication.sent_at}::timestamptz, now()) END)
    RETURNING id`;
  if (!row) throw new Error("INSERT answered no row");
  return row.id;
}

/** A recipient as it is recorded; what is null takes the communication's value. */
export interface NewRecipient {
  contact_id: number;
  brevo_message_id: string | null;
  status: string;
  /** A UTC instant. */
  sent_at: string | null;
}

/**
 * Records recipients of a mail, each with the address it went to. Who is one already stays as is.
 *
 * @returns the contacts who were added
 */
export async function insertRecipients(
  sql: Queryable,
  communication: number,
  recipients: readonly NewRecipient[],
): Promise<number[]> {
  const [answer] = await sql<{ added: (number | null)[] }[]>`
    WITH entry AS (
      SELECT contact_id, status, brevo_message_id, sent_at
      FROM unnest(${recipients.map(({ contact_id }) => contact_id)}::int[],
                  ${recipients.map(({ status }) => status)}::text[],
                  ${said(recipients.map(({ brevo_message_id: id }) => id))}::text[],
                  ${said(recipients.map(({ sent_at }) => sent_at))}::timestamptz[])
        AS given (contact_id, status, brevo_message_id, sent_at)
    ), added AS (
      INSERT INTO communication_recipients
        (communication_id, contact_id, status, brevo_message_id, sent_at, metadata)
      SELECT ${communication}, entry.contact_id, entry.status, entry.brevo_message_id,
             CASE WHEN entry.status <> 'queued' THEN coalesce(entry.sent_at, communication.sent_at) END,
             jsonb_strip_nulls(jsonb_build_object('email', outreach.trimmed(contact.email::text), 'logged_status', entry.status))
      FROM entry
      JOIN contacts AS contact ON contact.id = entry.contact_id
      JOIN communications AS communication ON communication.id = ${communication}
      ORDER BY entry.contact_id
      ON CONFLICT (communication_id, contact_id) DO NOTHING
      RETURNING contact_id
    )
    SELECT coalesce(array_agg(contact_id::int), '{}') AS added FROM added`;
  return (answer?.added ?? []).flatMap((id) => id ?? []);
}

/** A column for `unnest`, which fills up a shorter one with nulls: none need be sent where all are. */
function said<Value>(column: (Value | null)[]): (Value | null)[] {
  return column.every((value) => value === null) ? [] : column;
}

/** Where a message id is in use. */
export interface MessageUse {
  brevo_message_id: string;
  contact_id: number;
  name: string;
  communication_id: number;
  title: string | null;
}

/**
 * Which of these message ids (brackets or not) belong to other recipients.
 *
 * @param mail the mail that the ids are given for, where a person may have theirs already
 */
export async function messageIdsInUse(
  sql: Queryable,
  given: readonly { contact_id: number; brevo_message_id: string }[],
  mail: number | null,
): Promise<MessageUse[]> {
  return sql<MessageUse[]>`
    WITH entry AS (
      SELECT contact_id, btrim(brevo_message_id, '<>') AS message_id
      FROM jsonb_to_recordset(${sql.json(given.map((entry) => ({ ...entry })))})
        AS given (contact_id int, brevo_message_id text)
    )
    SELECT coalesce(recipient.brevo_message_id, '') AS brevo_message_id, recipient.contact_id,
           coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name,
           communication.id AS communication_id, communication.title
    FROM entry
    JOIN communication_recipients AS recipient
      ON btrim(recipient.brevo_message_id, '<>') = entry.message_id
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    JOIN communications AS communication ON communication.id = recipient.communication_id
    WHERE recipient.communication_id IS DISTINCT FROM ${mail}::int
       OR recipient.contact_id <> entry.contact_id
    ORDER BY recipient.id`;
}

/** A person as lists in answers name one. */
export interface NamedPerson {
  contact_id: number;
  name: string;
}

/** Everybody whom a mail was recorded for, by contact id. */
export async function recipientsRecorded(
  sql: Queryable,
  communication: number,
): Promise<NamedPerson[]> {
  return sql<NamedPerson[]>`
    SELECT contact.id AS contact_id,
           coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name
    FROM communication_recipients AS recipient
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    WHERE recipient.communication_id = ${communication}
    ORDER BY contact.id`;
}

/**
 * Who of these people received another mail of the campaign with the same template, or with the same
 * title where the mail has no template.
 */
export async function alsoReceived(
  sql: Queryable,
  communication: number,
  contacts: readonly number[],
): Promise<NamedPerson[]> {
  return sql<NamedPerson[]>`
    SELECT DISTINCT contact.id AS contact_id,
           coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name
    FROM communications AS this
    JOIN communications AS other
      ON other.campaign_id = this.campaign_id AND other.id <> this.id AND other.channel = 'email'
     AND CASE WHEN this.brevo_template_id IS NULL
              THEN outreach.fold(other.title) = outreach.fold(this.title)
              ELSE other.brevo_template_id = this.brevo_template_id END
    JOIN communication_recipients AS recipient ON recipient.communication_id = other.id
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    WHERE this.id = ${communication}
      AND outreach.received(recipient.status)
      AND recipient.contact_id = ANY(${contacts}::int[])
    ORDER BY name, contact_id`;
}

/** A communication as it is corrected. */
export interface CommunicationEntry extends CommunicationRow {
  campaign: { id: number; name: string };
  event: { id: number; name: string };
}

/** A communication with its names, locked until the transaction ends; times in the given zone. */
export async function lockCommunication(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<CommunicationEntry | undefined> {
  const [row] = await sql<CommunicationEntry[]>`
    SELECT communication.id, communication.title, communication.channel,
           jsonb_build_object('id', campaign.id, 'name', campaign.name) AS campaign,
           jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           communication.status, outreach.local_time(communication.sent_at, ${zone})::text AS sent_at,
           communication.brevo_template_id, communication.post_url, communication.content_summary,
           communication.recipient_count
    FROM communications AS communication
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    JOIN events AS event ON event.id = campaign.event_id
    WHERE communication.id = ${id}
    FOR UPDATE OF communication`;
  return row;
}

/** Locks the recipients of a mail, always in the same order. */
export async function lockRecipientsOfMail(sql: Queryable, communication: number): Promise<void> {
  await sql`
    SELECT FROM communication_recipients WHERE communication_id = ${communication} ORDER BY id FOR UPDATE`;
}
