import type { Queryable } from "../../../database/connect.ts";

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
