import type { Queryable } from "../../database/connect.ts";

/** Somebody whom a send means, with what decides whether they are left out. */
export interface Candidate {
  id: number;
  name: string;
  first_name: string;
  last_name: string;
  email: string | null;
  /** bounced, complained, unsubscribed or no_email; null where nothing stands against mailing them. */
  state: string | null;
  /** They received this template in this campaign, are about to, or perhaps did. */
  has_received: boolean;
  /** Somebody on their mailbox did. */
  mailbox_has_received: boolean;
}

/** The people of these ids, by id. */
export async function candidates(
  sql: Queryable,
  contacts: readonly number[],
  campaign: number,
  template: number,
): Promise<Candidate[]> {
  return sql<Candidate[]>`
    WITH mailed AS MATERIALIZED (
      SELECT mail.contact_id, outreach.mailbox(coalesce(recipient.metadata ->> 'email', '')) AS address
      FROM outreach.mailed_or_under_way AS mail
      JOIN communications AS communication ON communication.id = mail.communication_id
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = mail.communication_id AND recipient.contact_id = mail.contact_id
      WHERE communication.campaign_id = ${campaign} AND communication.brevo_template_id = ${template}
    )
    SELECT contact.id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           coalesce(contact.first_name::text, '') AS first_name,
           coalesce(contact.last_name::text, '') AS last_name,
           contact.email::text AS email,
           outreach.reason_against(
             outreach.mailbox(contact.email::text)::text, undeliverable.state, kept_out.state)::text AS state,
           coalesce((contact.id IN (SELECT contact_id FROM mailed))::boolean, false) AS has_received,
           coalesce((outreach.mailbox(contact.email::text) IN (SELECT address FROM mailed))::boolean, false)
             AS mailbox_has_received
    FROM contacts AS contact
    LEFT JOIN outreach.undeliverable ON undeliverable.address = outreach.mailbox(contact.email::text)
    LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = contact.id
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
