import type { Queryable } from "../../../database/connect.ts";
import type { StatusCount } from "../../recipients/queries.ts";

/** What can be changed of a campaign. */
export interface CampaignFields {
  name: string;
  campaign_type: string;
  description: string | null;
  status: string;
}

/** A campaign as answers show it. */
export interface CampaignRow extends CampaignFields {
  id: number;
  slug: string;
  event: { id: number; name: string };
  created_at: string;
  updated_at: string;
}

/** A campaign; times are shown in the given zone. */
export async function campaignById(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<CampaignRow | undefined> {
  const [row] = await sql<CampaignRow[]>`
    SELECT campaign.id, campaign.name, coalesce(outreach.slug(campaign.name)::text, '') AS slug,
           jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           campaign.campaign_type, campaign.status, campaign.description,
           coalesce(outreach.local_time(campaign.created_at, ${zone})::text, '') AS created_at,
           coalesce(outreach.local_time(campaign.updated_at, ${zone})::text, '') AS updated_at
    FROM campaigns AS campaign
    JOIN events AS event ON event.id = campaign.event_id
    WHERE campaign.id = ${id}`;
  return row;
}

/**
 * Creates a campaign, unless the event has one of that name (in any case).
 *
 * @returns its id, or null when the name is taken
 */
export async function insertCampaign(
  sql: Queryable,
  campaign: CampaignFields & { event_id: number },
): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO campaigns (name, event_id, campaign_type, description, status)
    VALUES (${campaign.name}, ${campaign.event_id}, ${campaign.campaign_type},
            ${campaign.description}, ${campaign.status})
    ON CONFLICT (event_id, lower(name)) DO NOTHING
    RETURNING id`;
  return row?.id ?? null;
}

/** The campaign of that name (in any case) at an event. */
export async function campaignOfName(
  sql: Queryable,
  event: number,
  name: string,
): Promise<{ id: number; campaign_type: string } | undefined> {
  const [row] = await sql<{ id: number; campaign_type: string }[]>`
    SELECT id, campaign_type FROM campaigns
    WHERE event_id = ${event} AND lower(name) = lower(${name})`;
  return row;
}

/** Changes a campaign; the database refuses a status that does not follow from the present one. */
export async function updateCampaign(
  sql: Queryable,
  id: number,
  to: CampaignFields,
): Promise<void> {
  await sql`
    UPDATE campaigns
    SET name = ${to.name}, campaign_type = ${to.campaign_type}, description = ${to.description},
        status = ${to.status}
    WHERE id = ${id}`;
}

/** Which campaigns are listed: null where a filter is not given. */
export interface CampaignFilter {
  events: number[] | null;
  campaign_type: string | null;
  status: string | null;
  /** Words that must all begin a word of name, type, description, or name and year of the event. */
  text: string | null;
}

/** A campaign as it is listed. */
export interface ListedCampaign extends CampaignRow {
  communications: number;
  people: number;
  recipients: StatusCount[];
  tracked: boolean;
  assets: number;
  last_activity_at: string | null;
  /** When it was created, exact, for the cursor. */
  place: string;
}

/**
 * One page of campaigns, newest first, and how many there are in all.
 *
 * @param after place and id of the last campaign of the page before
 */
export async function listCampaigns(
  sql: Queryable,
  filter: CampaignFilter,
  zone: string,
  after: { place: string | null; id: number | null },
  limit: number,
): Promise<{ total: number; campaigns: ListedCampaign[] }> {
  const [answer] = await sql<{ total: number; campaigns: ListedCampaign[] }[]>`
    WITH matching AS (
      SELECT campaign.*, event.name::text AS event_name
      FROM campaigns AS campaign
      JOIN events AS event ON event.id = campaign.event_id
      WHERE (${filter.events}::int[] IS NULL OR campaign.event_id = ANY(${filter.events}))
        AND (${filter.campaign_type}::text IS NULL OR campaign.campaign_type = ${filter.campaign_type})
        AND (${filter.status}::text IS NULL OR campaign.status = ${filter.status})
        AND (${filter.text}::text IS NULL
             OR outreach.word_beginnings(concat_ws(' ', campaign.name, campaign.campaign_type,
                  campaign.description, event.name, to_char(event.event_date, 'YYYY')))
                @@ outreach.beginning_with(${filter.text}))
    ), page AS (
      SELECT * FROM matching
      WHERE ${after.place}::timestamptz IS NULL
         OR (created_at, id) < (${after.place}::timestamptz, ${after.id}::int)
      ORDER BY created_at DESC, id DESC
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', page.id, 'name', page.name, 'slug', coalesce(outreach.slug(page.name)::text, ''),
             'event', jsonb_build_object('id', page.event_id, 'name', coalesce(page.event_name::text, '')),
             'campaign_type', page.campaign_type, 'status', page.status, 'description', page.description,
             'created_at', coalesce(outreach.local_time(page.created_at, ${zone})::text, ''),
             'updated_at', coalesce(outreach.local_time(page.updated_at, ${zone})::text, ''),
             'communications', communicated.communications, 'people', reached.people,
             'recipients', counted.recipients, 'tracked', coalesce(followed.tracked::boolean, false),
             'assets', shown.assets,
             'last_activity_at', outreach.local_time(
               greatest(communicated.last_at, shown.created_at, shared.last_at), ${zone})::text,
             'place', coalesce(page.created_at::text, '')
           ) ORDER BY page.created_at DESC, page.id DESC), '[]') AS campaigns
    FROM page
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS communications,
             max(sent_at) FILTER (WHERE status <> 'draft') AS last_at
      FROM communications WHERE campaign_id = page.id
    ) AS communicated
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS people
      FROM (
        SELECT DISTINCT recipient.contact_id
        FROM communications AS communication
        JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
        WHERE communication.campaign_id = page.id
          AND outreach.is_recipient(communication.status, recipient.status)
      ) AS person
    ) AS reached
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('status', status, 'recipients', recipients)), '[]')
               AS recipients
      FROM (
        SELECT recipient.status, count(*)::int AS recipients
        FROM communications AS communication
        JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
        WHERE communication.campaign_id = page.id
          AND outreach.is_recipient(communication.status, recipient.status)
        GROUP BY recipient.status
      ) AS by_status
    ) AS counted
    CROSS JOIN LATERAL (
      SELECT EXISTS (
        SELECT FROM communications AS communication
        JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
        WHERE communication.campaign_id = page.id AND recipient.metadata -> 'events' IS NOT NULL
      ) AS tracked
    ) AS followed
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS assets, max(created_at) AS created_at
      FROM marketing_assets WHERE campaign_id = page.id
    ) AS shown
    CROSS JOIN LATERAL (
      SELECT max(distribution.distributed_at) AS last_at
      FROM marketing_assets AS asset
      JOIN asset_distributions AS distribution ON distribution.asset_id = asset.id
      WHERE asset.campaign_id = page.id
    ) AS shared`;
  return answer ?? { total: 0, campaigns: [] };
}

/** A campaign as a write finds it, locked until the transaction ends. */
export interface LockedCampaign extends CampaignFields {
  id: number;
}

/** Locks a campaign, so that what is recorded for it at once is recorded one after the other. */
export async function lockCampaign(
  sql: Queryable,
  id: number,
): Promise<LockedCampaign | undefined> {
  const [row] = await sql<LockedCampaign[]>`
    SELECT id, name, campaign_type, description, status FROM campaigns WHERE id = ${id} FOR UPDATE`;
  return row;
}

/** Sets a draft campaign active: something of it went out. */
export async function activateCampaign(sql: Queryable, id: number): Promise<void> {
  await sql`UPDATE campaigns SET status = 'active' WHERE id = ${id} AND status = 'draft'`;
}
