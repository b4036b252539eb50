import type { Queryable } from "../../../database/connect.ts";
import type { PlainAsset } from "../../assets/queries/assets.ts";
import type { CommunicationRow } from "../../communications/queries.ts";
import type { StatusCount } from "../../recipients/queries.ts";

/** A communication in a campaign's record. */
export interface RecordedCommunication extends Omit<CommunicationRow, "title"> {
  title: string;
  recipients: StatusCount[];
  tracked: boolean;
}

/** Every communication of a campaign, oldest first, drafts last. */
export async function campaignCommunications(
  sql: Queryable,
  campaign: number,
  zone: string,
): Promise<RecordedCommunication[]> {
  return sql<RecordedCommunication[]>`
    SELECT communication.id, communication.channel, coalesce(communication.title, '')::text AS title,
           communication.status,
           outreach.local_time(communication.sent_at, ${zone})::text AS sent_at,
           communication.brevo_template_id, communication.post_url, communication.content_summary,
           CASE communication.status WHEN 'draft' THEN 0 ELSE communication.recipient_count END
             AS recipient_count,
           counted.recipients, coalesce(counted.tracked::boolean, false) AS tracked
    FROM communications AS communication
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('status', status, 'recipients', recipients)), '[]')
               AS recipients,
             bool_or(tracked) AS tracked
      FROM (
        SELECT coalesce(outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status)::text, '')
                 AS status,
               count(*)::int AS recipients,
               bool_or(recipient.metadata -> 'events' IS NOT NULL) AS tracked
        FROM communication_recipients AS recipient
        WHERE recipient.communication_id = communication.id
          AND outreach.is_recipient(communication.status, recipient.status)
        GROUP BY 1
      ) AS by_status
    ) AS counted
    WHERE communication.campaign_id = ${campaign}
    ORDER BY communication.sent_at NULLS LAST, communication.id`;
}

/** How many people a campaign's mails went to, each at their best status. */
export async function campaignPeople(
  sql: Queryable,
  campaign: number,
): Promise<(StatusCount & { received: boolean })[]> {
  return sql<(StatusCount & { received: boolean })[]>`
    SELECT best.status, count(*)::int AS recipients,
           coalesce(outreach.received(best.status::text)::boolean, false) AS received
    FROM (
      SELECT DISTINCT ON (recipient.contact_id) recipient.contact_id,
             coalesce(told.status::text, '') AS status
      FROM communications AS communication
      JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
      CROSS JOIN LATERAL (
        SELECT outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status) AS status
      ) AS told
      WHERE communication.campaign_id = ${campaign}
        AND outreach.is_recipient(communication.status, recipient.status)
      ORDER BY recipient.contact_id,
               array_position(outreach.statuses_best_first(), told.status)
    ) AS best
    GROUP BY best.status`;
}

/** Every asset of a campaign, oldest first. */
export async function campaignAssets(
  sql: Queryable,
  campaign: number,
  zone: string,
): Promise<PlainAsset[]> {
  return sql<PlainAsset[]>`
    SELECT id, title, asset_type, description, file_url,
           coalesce(outreach.local_time(created_at, ${zone})::text, '') AS created_at
    FROM marketing_assets
    WHERE campaign_id = ${campaign}
    ORDER BY marketing_assets.created_at, id`;
}

/** Distributions of a campaign's assets through one channel. */
export interface ChannelDistributions {
  channel: string;
  distributions: number;
  reach_estimate: number | null;
  without_estimate: number;
}

/** Where a campaign's assets were shared, by channel. */
export async function campaignDistributions(
  sql: Queryable,
  campaign: number,
): Promise<ChannelDistributions[]> {
  return sql<ChannelDistributions[]>`
    SELECT distribution.channel, count(*)::int AS distributions,
           sum(distribution.reach_estimate)::float8 AS reach_estimate,
           (count(*) FILTER (WHERE distribution.reach_estimate IS NULL))::int AS without_estimate
    FROM marketing_assets AS asset
    JOIN asset_distributions AS distribution ON distribution.asset_id = asset.id
    WHERE asset.campaign_id = ${campaign}
    GROUP BY distribution.channel
    ORDER BY distribution.channel`;
}
