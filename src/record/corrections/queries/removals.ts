import type { Queryable } from "../../../database/connect.ts";

/** What a campaign's removal would take, and what stands against it. */
export interface CampaignToRemove {
  name: string;
  event_name: string;
  communications: number;
  assets: number;
  /** Sources that were said to mean it. */
  source_mappings: number;
  /** On it and its communications. */
  notes: number;
  /** A mail of it that went out or is going out, if there is one. */
  mailed: string | null;
  mailed_recipients: number;
  /** A mail of it that is prepared and waits for its confirmation, if there is one. */
  prepared: string | null;
}

/**
 * Locks a campaign's communications, their recipients and its assets, always in the same order. The
 * campaign itself must be locked before.
 */
export async function lockCampaignEntries(sql: Queryable, campaign: number): Promise<void> {
  await Promise.all([
    sql`SELECT FROM communications WHERE campaign_id = ${campaign} ORDER BY id FOR UPDATE`,
    sql`
      SELECT FROM communication_recipients
      WHERE communication_id IN (SELECT id FROM communications WHERE campaign_id = ${campaign})
      ORDER BY id FOR UPDATE`,
    sql`SELECT FROM marketing_assets WHERE campaign_id = ${campaign} ORDER BY id FOR UPDATE`,
  ]);
}

/** What the removal of a campaign means. A mail that failed and reached nobody did not go out. */
export async function campaignToRemove(
  sql: Queryable,
  campaign: number,
): Promise<CampaignToRemove | undefined> {
  const [row] = await sql<CampaignToRemove[]>`
    SELECT campaign.name, event.name::text AS event_name,
           coalesce((SELECT count(*)::int FROM communications WHERE campaign_id = campaign.id), 0) AS communications,
           coalesce((SELECT count(*)::int FROM marketing_assets WHERE campaign_id = campaign.id), 0) AS assets,
           coalesce((SELECT count(*)::int FROM outreach.source_mappings WHERE campaign_id = campaign.id), 0)
             AS source_mappings,
           coalesce((SELECT count(*)::int FROM outreach.notes_by_name() AS note
                     WHERE note.campaign_id = campaign.id), 0) AS notes,
           mailed.title AS mailed, coalesce(mailed.recipient_count, 0) AS mailed_recipients,
           (SELECT coalesce(title, '') FROM communications
            WHERE campaign_id = campaign.id AND channel = 'email' AND status = 'draft'
            ORDER BY id LIMIT 1) AS prepared
    FROM campaigns AS campaign
    JOIN events AS event ON event.id = campaign.event_id
    LEFT JOIN LATERAL (
      SELECT coalesce(communication.title, '') AS title, communication.recipient_count
      FROM communications AS communication
      WHERE communication.campaign_id = campaign.id AND communication.channel = 'email'
        AND (communication.status IN ('sending', 'sent')
             OR EXISTS (SELECT FROM communication_recipients AS recipient
                        WHERE recipient.communication_id = communication.id AND recipient.status <> 'queued'))
      ORDER BY communication.id LIMIT 1
    ) AS mailed ON true
    WHERE campaign.id = ${campaign}`;
  return row;
}

/**
 * Takes a campaign out of the record with its communications, which may then be recorded anew, and the notes
 * on them; its assets stay with the event.
 */
export async function deleteCampaign(sql: Queryable, campaign: number): Promise<void> {
  await Promise.all([
    sql`UPDATE marketing_assets SET campaign_id = NULL WHERE campaign_id = ${campaign}`,
    sql`
      DELETE FROM outreach.recorded_calls
      WHERE kind = 'communication'
        AND entry_id IN (SELECT id FROM communications WHERE campaign_id = ${campaign})`,
    sql`
      DELETE FROM communication_recipients
      WHERE communication_id IN (SELECT id FROM communications WHERE campaign_id = ${campaign})`,
    sql`DELETE FROM communications WHERE campaign_id = ${campaign}`,
    sql`DELETE FROM campaigns WHERE id = ${campaign}`,
  ]);
}

/** Takes a communication out of the record with its recipients and the notes on it. */
export async function deleteCommunication(sql: Queryable, communication: number): Promise<void> {
  await Promise.all([
    sql`DELETE FROM communication_recipients WHERE communication_id = ${communication}`,
    sql`DELETE FROM communications WHERE id = ${communication}`,
  ]);
}

/** A recipient of a mail with names. */
export interface RecipientToRemove {
  id: number;
  communication_id: number;
  name: string;
}

/** The recipient of an id, or else of a mail and a contact. */
export async function recipientToRemove(
  sql: Queryable,
  id: number | null,
  communication: number | null,
  contact: number | null,
): Promise<RecipientToRemove | undefined> {
  const [row] = await sql<RecipientToRemove[]>`
    SELECT recipient.id, recipient.communication_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name
    FROM communication_recipients AS recipient
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    WHERE recipient.id = ${id}::int
       OR (recipient.communication_id = ${communication}::int AND recipient.contact_id = ${contact}::int)`;
  return row;
}

/** Locks a recipient until the transaction ends; false when it is not there. */
export async function lockRecipient(sql: Queryable, id: number): Promise<boolean> {
  const locked = await sql<{ id: number }[]>`
    SELECT id FROM communication_recipients WHERE id = ${id} FOR UPDATE`;
  return locked.length > 0;
}

/** How many of a mail's recipients, or one of them, bounced, complained or unsubscribed. */
export async function countProblems(
  sql: Queryable,
  communication: number,
  recipient: number | null,
): Promise<number> {
  const [row] = await sql<{ people: number }[]>`
    SELECT count(DISTINCT problem.recipient_id)::int AS people
    FROM outreach.delivery_problems AS problem
    JOIN communication_recipients AS recipient ON recipient.id = problem.recipient_id
    WHERE recipient.communication_id = ${communication}
      AND (${recipient}::int IS NULL OR recipient.id = ${recipient})`;
  return row?.people ?? 0;
}

/** How many notes there are on a communication. */
export async function countNotes(sql: Queryable, communication: number): Promise<number> {
  const [row] = await sql<{ notes: number }[]>`
    SELECT count(*)::int AS notes FROM outreach.notes WHERE communication_id = ${communication}`;
  return row?.notes ?? 0;
}

/** Takes one recipient of a mail out of the record. */
export async function deleteRecipient(sql: Queryable, recipient: number): Promise<void> {
  await sql`DELETE FROM communication_recipients WHERE id = ${recipient}`;
}

/** Takes an asset out of the record with everywhere it was shared, which may then be recorded anew. */
export async function deleteAsset(sql: Queryable, asset: number): Promise<void> {
  await Promise.all([
    sql`
      DELETE FROM outreach.recorded_calls
      WHERE kind = 'distribution'
        AND entry_id IN (SELECT id FROM asset_distributions WHERE asset_id = ${asset})`,
    sql`DELETE FROM asset_distributions WHERE asset_id = ${asset}`,
    sql`DELETE FROM marketing_assets WHERE id = ${asset}`,
  ]);
}

/** Takes one distribution out of the record. */
export async function deleteDistribution(sql: Queryable, distribution: number): Promise<void> {
  await sql`DELETE FROM asset_distributions WHERE id = ${distribution}`;
}
