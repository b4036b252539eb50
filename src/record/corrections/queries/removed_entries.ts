import type { Queryable } from "../../../database/connect.ts";
import type { Json } from "../../../database/options.ts";

/** Keeps a campaign in full, with everything that goes with it; the answer is where it is kept. */
export async function keepCampaign(
  sql: Queryable,
  campaign: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.removed_entries (kind, entry_id, entry, cascaded, reason)
    SELECT 'campaign', campaign.id,
           to_jsonb(campaign) || jsonb_build_object(
             'slug', outreach.slug(campaign.name),
             'event', jsonb_build_object('id', event.id, 'name', event.name::text),
             'names', (SELECT jsonb_agg(name ORDER BY since, name) FROM outreach.campaign_names
                       WHERE campaign_id = campaign.id)),
           jsonb_build_object(
             'communications', (
               SELECT coalesce(jsonb_agg(to_jsonb(communication) ORDER BY communication.id), '[]')
               FROM communications AS communication WHERE communication.campaign_id = campaign.id),
             'recipients', (
               SELECT coalesce(jsonb_agg(to_jsonb(recipient) || jsonb_build_object('contact',
                        jsonb_build_object('id', contact.id, 'email', contact.email::text, 'name',
                          outreach.full_name(contact.first_name::text, contact.last_name::text)))
                      ORDER BY recipient.id), '[]')
               FROM communication_recipients AS recipient
               JOIN communications AS communication ON communication.id = recipient.communication_id
               JOIN contacts AS contact ON contact.id = recipient.contact_id
               WHERE communication.campaign_id = campaign.id),
             'assets_detached', (
               SELECT coalesce(jsonb_agg(jsonb_build_object('id', asset.id, 'title', asset.title)
                      ORDER BY asset.id), '[]')
               FROM marketing_assets AS asset WHERE asset.campaign_id = campaign.id))
           || (SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
                        'source_mappings', jsonb_agg(to_jsonb(mapping) ORDER BY mapping.id)) ELSE '{}' END
               FROM outreach.source_mappings AS mapping WHERE mapping.campaign_id = campaign.id)
           || (SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
                        'notes', jsonb_agg(to_jsonb(note) ORDER BY note.id)) ELSE '{}' END
               FROM outreach.notes AS note
               WHERE note.campaign_id = campaign.id OR note.communication_id IN (
                 SELECT id FROM communications AS noted WHERE noted.campaign_id = campaign.id)),
           ${reason}
    FROM campaigns AS campaign
    JOIN events AS event ON event.id = campaign.event_id
    WHERE campaign.id = ${campaign}
    RETURNING id`;
  return kept(row);
}

/** Keeps a communication in full, with its recipients and what was known of their delivery. */
export async function keepCommunication(
  sql: Queryable,
  communication: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.removed_entries (kind, entry_id, entry, cascaded, reason)
    SELECT 'communication', communication.id,
           to_jsonb(communication) || jsonb_build_object(
             'campaign', jsonb_build_object('id', campaign.id, 'name', campaign.name),
             'event', jsonb_build_object('id', event.id, 'name', event.name::text),
             'email_log_row', (SELECT original FROM outreach.email_log_rows
                               WHERE communication_id = communication.id)),
           jsonb_build_object('recipients', (
             SELECT coalesce(jsonb_agg(to_jsonb(recipient) || jsonb_build_object(
                      'contact', jsonb_build_object('id', contact.id, 'email', contact.email::text, 'name',
                        outreach.full_name(contact.first_name::text, contact.last_name::text)),
                      'delivery_problems', (
                        SELECT coalesce(jsonb_agg(to_jsonb(problem) ORDER BY problem.kind), '[]')
                        FROM outreach.delivery_problems AS problem WHERE problem.recipient_id = recipient.id))
                    ORDER BY recipient.id), '[]')
             FROM communication_recipients AS recipient
             JOIN contacts AS contact ON contact.id = recipient.contact_id
             WHERE recipient.communication_id = communication.id))
           || (SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
                        'notes', jsonb_agg(to_jsonb(note) ORDER BY note.id)) ELSE '{}' END
               FROM outreach.notes AS note WHERE note.communication_id = communication.id),
           ${reason}
    FROM communications AS communication
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    JOIN events AS event ON event.id = campaign.event_id
    WHERE communication.id = ${communication}
    RETURNING id`;
  return kept(row);
}

/** Keeps one recipient of a mail in full. */
export async function keepRecipient(
  sql: Queryable,
  recipient: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.removed_entries (kind, entry_id, entry, reason)
    SELECT 'recipient', recipient.id,
           to_jsonb(recipient) || jsonb_build_object(
             'contact', jsonb_build_object('id', contact.id, 'email', contact.email::text, 'name',
               outreach.full_name(contact.first_name::text, contact.last_name::text)),
             'communication', jsonb_build_object('id', communication.id, 'title', communication.title),
             'campaign', jsonb_build_object('id', campaign.id, 'name', campaign.name),
             'delivery_problems', (
               SELECT coalesce(jsonb_agg(to_jsonb(problem) ORDER BY problem.kind), '[]')
               FROM outreach.delivery_problems AS problem WHERE problem.recipient_id = recipient.id)),
           ${reason}
    FROM communication_recipients AS recipient
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    JOIN communications AS communication ON communication.id = recipient.communication_id
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    WHERE recipient.id = ${recipient}
    RETURNING id`;
  return kept(row);
}

/** Keeps an asset in full, with everywhere it was shared. */
export async function keepAsset(
  sql: Queryable,
  asset: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.removed_entries (kind, entry_id, entry, cascaded, reason)
    SELECT 'asset', asset.id,
           to_jsonb(asset) || jsonb_build_object(
             'event', jsonb_build_object('id', event.id, 'name', event.name::text),
             'campaign', CASE WHEN campaign.id IS NULL THEN NULL
                              ELSE jsonb_build_object('id', campaign.id, 'name', campaign.name) END),
           jsonb_build_object('distributions', (
             SELECT coalesce(jsonb_agg(to_jsonb(distribution) ORDER BY distribution.id), '[]')
             FROM asset_distributions AS distribution WHERE distribution.asset_id = asset.id)),
           ${reason}
    FROM marketing_assets AS asset
    JOIN events AS event ON event.id = asset.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = asset.campaign_id
    WHERE asset.id = ${asset}
    RETURNING id`;
  return kept(row);
}

/** Keeps one distribution in full. */
export async function keepDistribution(
  sql: Queryable,
  distribution: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.removed_entries (kind, entry_id, entry, reason)
    SELECT 'distribution', distribution.id,
           to_jsonb(distribution) || jsonb_build_object(
             'asset', jsonb_build_object('id', asset.id, 'title', asset.title)),
           ${reason}
    FROM asset_distributions AS distribution
    JOIN marketing_assets AS asset ON asset.id = distribution.asset_id
    WHERE distribution.id = ${distribution}
    RETURNING id`;
  return kept(row);
}

/** Something that was removed, as it is kept. */
export interface RemovedEntry {
  entry: Json;
  /** How many rows of what went with it. */
  cascaded: { name: string; rows: number }[];
  reason: string | null;
}

/** What was removed, from where it is kept. */
export async function removedEntry(sql: Queryable, id: number): Promise<RemovedEntry | undefined> {
  const [row] = await sql<RemovedEntry[]>`
    SELECT removed.entry, cascaded.list AS cascaded, removed.reason
    FROM outreach.removed_entries AS removed
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'name', coalesce(part.key::text, ''),
               'rows', coalesce(jsonb_array_length(part.value)::int, 0)) ORDER BY part.key), '[]') AS list
      FROM jsonb_each(removed.cascaded) AS part
    ) AS cascaded
    WHERE removed.id = ${id}`;
  return row;
}

/** Where the entry that had this id is kept, or null if none was removed. Ids are never used again. */
export async function removalOf(
  sql: Queryable,
  kind: string,
  entry: number,
): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    SELECT id FROM outreach.removed_entries
    WHERE kind = ${kind} AND entry_id = ${entry} ORDER BY id DESC LIMIT 1`;
  return row?.id ?? null;
}

function kept(row: { id: number } | undefined): number {
  if (!row) throw new Error("what is to be removed is not there");
  return row.id;
}
