import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";

/** Somebody whom a send means, with what decides whether they can get it. */
export interface Candidate {
  id: number;
  name: string;
  first_name: string | null;
  last_name: string | null;
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
           contact.first_name::text AS first_name, contact.last_name::text AS last_name,
           contact.email::text AS email, undeliverable.state,
           coalesce(contact.id IN (SELECT contact_id FROM mailed), false) AS has_received,
           coalesce(lower(btrim(contact.email::text)) IN (SELECT address FROM mailed), false)
             AS mailbox_has_received
    FROM contacts AS contact
    LEFT JOIN outreach.undeliverable ON undeliverable.address = lower(btrim(contact.email::text))
    WHERE contact.id = ANY(${contacts}::int[])
    ORDER BY contact.id`;
}

/** A campaign's event, with what a mail's parameters may be taken from. */
export interface EventValues {
  name: string | null;
  event_date: string | null;
  location: string | null;
  year: string | null;
  description: string | null;
  status: string | null;
}

/** The values of a campaign's event, as text. */
export async function eventValues(
  sql: Queryable,
  campaign: number,
): Promise<EventValues | undefined> {
  const [row] = await sql<EventValues[]>`
    SELECT event.name::text AS name, event.event_date::text AS event_date,
           event.location::text AS location, event.year::text AS year,
           event.description::text AS description, event.status::text AS status
    FROM campaigns AS campaign JOIN events AS event ON event.id = campaign.event_id
    WHERE campaign.id = ${campaign}`;
  return row;
}

/** A send as it is prepared. */
export interface NewSend {
  communication_id: number;
  brevo_template_id: number;
  template_name: string;
  params: Json;
  allow_resend: boolean;
}

/** Somebody on the list of a send. */
export interface Listed {
  contact_id: number;
  email: string;
  name: string;
  params: Json;
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
            ${sql.json({ ...send.params } as never)}, ${send.allow_resend})`;
  await sql`
    INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params)
    SELECT ${communication}, contact_id, email, name, params
    FROM jsonb_to_recordset(${sql.json(listed as never)})
      AS entry (contact_id int, email text, name text, params jsonb)`;
}
