import type { Queryable } from "../../../database/connect.ts";
import type { StatusCount } from "../../recipients/queries.ts";
import type { CampaignRow } from "./campaigns.ts";

/** Which campaigns are listed: null where a filter is not given. */
export interface CampaignFilter {
  events: readonly number[] | null;
  campaign_type: string | null;
  status: readonly string[] | null;
  /** Words that must all begin a word of name, type, description, or name and year of the event. */
  text: string | null;
  /** UTC instants, both inclusive: something was done for the campaign between them. */
  from: string | null;
  to: string | null;
}

/** By what campaigns are ordered, highest or latest first; null: by when they were created. */
export type CampaignOrder = "last_activity" | "open_rate" | null;

/** Where a campaign stands in the order of its list. */
export interface CampaignPlace {
  id: number;
  /** What it is ordered by first: a number, then a moment, both exact. */
  share: string;
  moment: string;
  /** The newest entries that the order of this list knows of, so that later ones move nobody. */
  known: string;
}

/** A campaign as it is listed. */
export interface ListedCampaign extends CampaignRow {
  communications: number;
  /** On its lists, and who of them received a mail. */
  people: number;
  people_reached: number;
  recipients: StatusCount[];
  /** Mails of which any delivery event is recorded. */
  tracked_mails: number;
  assets: number;
  last_activity_at: string | null;
  place: CampaignPlace;
}

/**
 * One page of campaigns, and how many there are in all.
 *
 * What was done for a campaign is as the timeline has it; one for which nothing was done yet stands at the
 * time of its creation in a span of time, and behind the others in the order of activity.
 *
 * @param after place of the last campaign of the page before
 */
export async function listCampaigns(
  sql: Queryable,
  filter: CampaignFilter,
  order: CampaignOrder,
  zone: string,
  after: CampaignPlace | null,
  limit: number,
): Promise<{ total: number; campaigns: ListedCampaign[] }> {
  const place = after ?? { id: null, share: null, moment: null, known: null };
  const [answer] = await sql<{ total: number; campaigns: ListedCampaign[] }[]>`
    WITH known AS MATERIALIZED (
      SELECT coalesce((${place.known}::text)::jsonb, jsonb_build_object(
        'mail', coalesce((SELECT max(id) FROM communications), 0),
        'asset', coalesce((SELECT max(id) FROM marketing_assets), 0),
        'distribution', coalesce((SELECT max(id) FROM asset_distributions), 0))) AS newest
    ), matching AS MATERIALIZED (
      SELECT campaign.*, event.name::text AS event_name
      FROM campaigns AS campaign
      JOIN events AS event ON event.id = campaign.event_id
      WHERE (${filter.events}::int[] IS NULL OR campaign.event_id = ANY(${filter.events}))
        AND (${filter.campaign_type}::text IS NULL OR campaign.campaign_type = ${filter.campaign_type})
        AND (${filter.status}::text[] IS NULL OR campaign.status = ANY(${filter.status}))
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ', campaign.name, campaign.campaign_type,
                  campaign.description, event.name, to_char(event.event_date, 'YYYY')), ${filter.text}))
        AND ((${filter.from}::timestamptz IS NULL AND ${filter.to}::timestamptz IS NULL)
             OR EXISTS (
               SELECT FROM outreach.timeline AS entry
               WHERE entry.campaign_id = campaign.id AND entry.status IS DISTINCT FROM 'draft'
                 AND entry.at BETWEEN coalesce(${filter.from}::timestamptz, '-infinity')
                                  AND coalesce(${filter.to}::timestamptz, 'infinity'))
             OR (campaign.created_at BETWEEN coalesce(${filter.from}::timestamptz, '-infinity')
                                         AND coalesce(${filter.to}::timestamptz, 'infinity')
                 AND NOT EXISTS (
                   SELECT FROM outreach.timeline AS entry
                   WHERE entry.campaign_id = campaign.id AND entry.status IS DISTINCT FROM 'draft')))
    ), placed AS (
      SELECT matching.*,
             CASE WHEN ${order}::text = 'open_rate' THEN coalesce((
               SELECT CASE WHEN bool_or(EXISTS (
                             SELECT FROM communication_recipients AS followed
                             WHERE followed.communication_id = communication.id
                               AND followed.metadata -> 'events' IS NOT NULL))
                           THEN sum(counted.opened) / nullif(sum(counted.delivered), 0) END
               FROM communications AS communication
               CROSS JOIN LATERAL (
                 SELECT count(*) FILTER (WHERE outreach.opened(recipient.status)) AS opened,
                        count(*) FILTER (WHERE recipient.status IN ('delivered', 'opened', 'clicked')) AS delivered
                 FROM communication_recipients AS recipient
                 WHERE recipient.communication_id = communication.id
               ) AS counted
               WHERE communication.campaign_id = matching.id
                 AND communication.id <= (known.newest ->> 'mail')::int), -1) ELSE 0 END AS share,
             CASE WHEN ${order}::text = 'last_activity' THEN coalesce((
               SELECT max(entry.at)
               FROM outreach.timeline AS entry
               WHERE entry.campaign_id = matching.id AND entry.status IS DISTINCT FROM 'draft'
                 AND entry.id <= (known.newest ->> CASE WHEN entry.kind = 'asset_created' THEN 'asset'
                                                        WHEN entry.kind = 'distribution' THEN 'distribution'
                                                        ELSE 'mail' END)::int), '-infinity')
                  ELSE matching.created_at END AS moment
      FROM matching CROSS JOIN known
    ), page AS (
      SELECT * FROM placed
      WHERE ${place.id}::int IS NULL
         OR (share, moment, id) < (${place.share}::numeric, ${place.moment}::timestamptz, ${place.id}::int)
      ORDER BY share DESC, moment DESC, id DESC
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(json_agg(json_build_object(
             'id', page.id, 'name', page.name, 'slug', coalesce(outreach.slug(page.name)::text, ''),
             'event', json_build_object('id', page.event_id, 'name', coalesce(page.event_name::text, '')),
             'campaign_type', page.campaign_type, 'status', page.status, 'description', page.description,
             'created_at', coalesce(outreach.local_time(page.created_at, ${zone})::text, ''),
             'updated_at', coalesce(outreach.local_time(page.updated_at, ${zone})::text, ''),
             'communications', communicated.communications, 'people', reached.people,
             'people_reached', reached.people_reached,
             'recipients', reached.recipients, 'tracked_mails', followed.tracked_mails,
             'assets', shown.assets,
             'last_activity_at', outreach.local_time(acted.last_at, ${zone})::text,
             'place', json_build_object('id', page.id, 'share', coalesce(page.share::text, ''),
               'moment', coalesce(page.moment::text, ''), 'known', coalesce(known.newest::text, ''))
           ) ORDER BY page.share DESC, page.moment DESC, page.id DESC), '[]') AS campaigns
    FROM page
    CROSS JOIN known
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS communications FROM communications WHERE campaign_id = page.id
    ) AS communicated
    -- People and statuses of one reading.
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE listed.is_person))::int AS people,
             (count(*) FILTER (WHERE listed.is_person AND listed.received))::int AS people_reached,
             coalesce(json_agg(json_build_object(
               'status', coalesce(listed.status::text, ''), 'recipients', coalesce(listed.recipients, 0)))
               FILTER (WHERE NOT listed.is_person), '[]') AS recipients
      FROM (
        SELECT told.status, grouping(told.status) = 1 AS is_person, count(*)::int AS recipients,
               bool_or(outreach.received(recipient.status)) AS received
        FROM communications AS communication
        JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
        CROSS JOIN LATERAL (
          SELECT outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status) AS status
        ) AS told
        WHERE communication.campaign_id = page.id
          AND outreach.is_recipient(communication.status, recipient.status)
        GROUP BY GROUPING SETS ((recipient.contact_id), (told.status))
      ) AS listed
    ) AS reached
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS tracked_mails
      FROM communications AS communication
      JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
      WHERE communication.campaign_id = page.id AND recipient.metadata -> 'events' IS NOT NULL
    ) AS followed
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS assets FROM marketing_assets WHERE campaign_id = page.id
    ) AS shown
    CROSS JOIN LATERAL (
      SELECT max(entry.at) AS last_at
      FROM outreach.timeline AS entry
      WHERE entry.campaign_id = page.id AND entry.status IS DISTINCT FROM 'draft'
    ) AS acted`;
  return answer ?? { total: 0, campaigns: [] };
}
