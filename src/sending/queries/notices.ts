import type { Queryable } from "../../database/connect.ts";
import type { SendRow } from "./sends.ts";

/** Somebody on a list of whom a person should know something before they say yes. */
export interface NoticedPerson {
  name: string;
  /** They received this template in this campaign, or it is under way to them. */
  has_received: boolean;
  /** Somebody let them be mailed again since the beginning of yesterday. */
  is_lifted: boolean;
}

/**
 * The people held who have received the mail already, or who may be mailed only since yesterday, by contact.
 *
 * @param zone in which yesterday began
 */
export async function noticedPeople(
  sql: Queryable,
  send: SendRow,
  zone: string,
): Promise<NoticedPerson[]> {
  return sql<NoticedPerson[]>`
    SELECT name, has_received, is_lifted
    FROM (
      SELECT DISTINCT ON (listed.contact_id) listed.contact_id, listed.name,
             EXISTS (
               SELECT FROM outreach.mailed_or_under_way AS mail
               JOIN communications AS other ON other.id = mail.communication_id
               WHERE mail.contact_id = listed.contact_id AND mail.campaign_id = ${send.campaign_id}
                 AND other.brevo_template_id = ${send.brevo_template_id}
                 AND other.id <> ${send.communication_id}) AS has_received,
             EXISTS (
               SELECT FROM outreach.suppressions AS decision
               WHERE NOT decision.suppressed
                 AND decision.at >= date_trunc('day', now(), ${zone}) - interval '1 day'
                 AND (decision.address = outreach.mailbox(listed.email)
                      OR decision.contact_id = listed.contact_id)) AS is_lifted
      FROM outreach.send_recipients AS listed
      WHERE listed.communication_id = ${send.communication_id} AND listed.batch_id IS NULL
      ORDER BY listed.contact_id
    ) AS people
    WHERE has_received OR is_lifted
    ORDER BY contact_id`;
}
