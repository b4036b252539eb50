import type { Queryable } from "../../database/connect.ts";
import type { SendRow } from "./sends.ts";

/** Somebody whom a send means and who is left out of it. */
export interface LeftOut {
  contact_id: number;
  name: string;
  reason: string;
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

/** Remembers that everybody held was left out for one reason. */
export async function rememberHeld(
  sql: Queryable,
  communication: number,
  reason: string,
): Promise<void> {
  await sql`
    INSERT INTO outreach.left_out (communication_id, contact_id, reason)
    SELECT DISTINCT communication_id, contact_id, ${reason} FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NULL
    ON CONFLICT (communication_id, contact_id) DO NOTHING`;
}

/**
 * Who of a send must be left out by now: nothing may be sent to their address any more, they have received
 * the mail otherwise since, or somebody on their mailbox has, where one a mailbox was wished.
 *
 * @param batch whose people are asked about; null: those held
 */
export async function lateReasons(
  sql: Queryable,
  send: SendRow,
  batch: string | null,
): Promise<LeftOut[]> {
  return sql<LeftOut[]>`
    WITH mailed AS MATERIALIZED (
      SELECT mail.contact_id, outreach.mailbox(coalesce(recipient.metadata ->> 'email', '')) AS address
      FROM outreach.mailed_or_under_way AS mail
      JOIN communications AS other ON other.id = mail.communication_id
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = mail.communication_id AND recipient.contact_id = mail.contact_id
      WHERE NOT ${send.allow_resend}::boolean AND mail.campaign_id = ${send.campaign_id}
        AND other.brevo_template_id = ${send.brevo_template_id} AND other.id <> ${send.communication_id}
    ), listed AS MATERIALIZED (
      SELECT listed.contact_id, listed.name, outreach.mailbox(listed.email) AS address,
             outreach.mailbox(contact.email::text) AS present
      FROM outreach.send_recipients AS listed
      LEFT JOIN contacts AS contact ON contact.id = listed.contact_id
      WHERE listed.communication_id = ${send.communication_id}
        AND listed.batch_id IS NOT DISTINCT FROM ${batch}::uuid
    ), refused AS MATERIALIZED (
      -- Of all of them at once: what is known of an address is gathered from several tables.
      SELECT undeliverable.address, undeliverable.state
      FROM outreach.undeliverable
      WHERE undeliverable.address = ANY (ARRAY(SELECT address FROM listed UNION SELECT present FROM listed))
    )
    SELECT DISTINCT ON (listed.contact_id) listed.contact_id, listed.name,
           coalesce(least(frozen.state, present.state, kept_out.state),
                    CASE WHEN listed.contact_id IN (SELECT contact_id FROM mailed) THEN 'already_received'
                         ELSE 'shared_mailbox' END) AS reason
    FROM listed
    LEFT JOIN refused AS frozen ON frozen.address = listed.address
    LEFT JOIN refused AS present ON present.address = listed.present
    LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = listed.contact_id
    WHERE frozen.state IS NOT NULL OR present.state IS NOT NULL OR kept_out.state IS NOT NULL
       OR listed.contact_id IN (SELECT contact_id FROM mailed)
       OR (${send.one_per_mailbox}::boolean AND listed.address IN (SELECT address FROM mailed))
    ORDER BY listed.contact_id`;
}

/**
 * Who was left out of a send since its last question was answered, as it may not be sent to them any more, by
 * contact. What was taken back is not among them.
 */
export async function droppedOf(sql: Queryable, communication: number): Promise<LeftOut[]> {
  return sql<LeftOut[]>`
    SELECT entry.contact_id, entry.reason,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name
    FROM outreach.left_out AS entry
    LEFT JOIN contacts AS contact ON contact.id = entry.contact_id
    WHERE entry.communication_id = ${communication} AND entry.reason <> 'cancelled'
      AND entry.at >= (SELECT question.started_at FROM outreach.send_confirmations AS question
                       WHERE question.communication_id = ${communication}
                       ORDER BY question.id DESC LIMIT 1)
    ORDER BY entry.contact_id`;
}

/** Who was left out of a send and why, at most so many for each reason. */
export async function leftOutOf(
  sql: Queryable,
  communication: number,
  listed: number,
): Promise<LeftOut[]> {
  return sql<LeftOut[]>`
    SELECT coalesce(entry.reason, '') AS reason, coalesce(entry.contact_id, 0) AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name
    FROM (
      SELECT reason, contact_id, row_number() OVER (PARTITION BY reason ORDER BY contact_id) AS position
      FROM outreach.left_out WHERE communication_id = ${communication}
    ) AS entry
    LEFT JOIN contacts AS contact ON contact.id = entry.contact_id
    WHERE entry.position <= ${listed}
    ORDER BY entry.reason, entry.contact_id`;
}
