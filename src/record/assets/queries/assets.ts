import type { Queryable } from "../../../database/connect.ts";
import type { DistributionRow } from "./distributions.ts";

/** An asset by itself. */
export interface PlainAsset {
  id: number;
  title: string;
  asset_type: string;
  description: string | null;
  file_url: string | null;
  created_at: string;
}

/** An asset with everywhere it was shared. */
export interface AssetRow extends PlainAsset {
  event: { id: number; name: string };
  campaign: { id: number; name: string } | null;
  distributions: Omit<DistributionRow, "asset">[];
  /** Sum of the known estimates; null where none is known. */
  reach_estimate: number | null;
  /** How many distributions have no estimate. */
  without_estimate: number;
  /** When it was created, exact, for the cursor. */
  place: string;
}

/** Which assets are listed: null where a filter is not given. */
export interface AssetFilter {
  asset: number | null;
  events: number[] | null;
  campaign: number | null;
  asset_type: string | null;
  /** Words that must all begin a word of title, description, type, or the names of campaign and event. */
  text: string | null;
  /** Whether it was shared anywhere. */
  shared: boolean | null;
  /** Whether a share of it is without an estimate of its reach. */
  without_reach: boolean | null;
}

/**
 * One page of assets, newest first, and how many there are in all.
 *
 * @param after place and id of the last asset of the page before
 */
export async function listAssets(
  sql: Queryable,
  filter: AssetFilter,
  after: { place: string | null; id: number | null },
  limit: number,
  zone: string,
): Promise<{ total: number; assets: AssetRow[] }> {
  const [answer] = await sql<{ total: number; assets: AssetRow[] }[]>`
    WITH matching AS (
      SELECT asset.id, asset.title, asset.asset_type, asset.description, asset.file_url, asset.created_at,
             event.id AS event_id, event.name::text AS event_name,
             campaign.id AS campaign_id, campaign.name AS campaign_name
      FROM marketing_assets AS asset
      JOIN events AS event ON event.id = asset.event_id
      LEFT JOIN campaigns AS campaign ON campaign.id = asset.campaign_id
      WHERE (${filter.asset}::int IS NULL OR asset.id = ${filter.asset})
        AND (${filter.events}::int[] IS NULL OR asset.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR asset.campaign_id = ${filter.campaign})
        AND (${filter.asset_type}::text IS NULL OR asset.asset_type = ${filter.asset_type})
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ', asset.title, asset.description, asset.asset_type,
                  campaign.name, event.name), ${filter.text}))
        AND (${filter.shared}::boolean IS NULL OR ${filter.shared} = EXISTS (
              SELECT FROM asset_distributions AS share WHERE share.asset_id = asset.id))
        AND (${filter.without_reach}::boolean IS NULL OR ${filter.without_reach} = EXISTS (
              SELECT FROM asset_distributions AS share
              WHERE share.asset_id = asset.id AND share.reach_estimate IS NULL))
    ), page AS (
      SELECT matching.*, json_build_object('id', event_id, 'name', event_name) AS event,
             CASE WHEN campaign_id IS NULL THEN NULL
                  ELSE json_build_object('id', coalesce(campaign_id, 0),
                                          'name', coalesce(campaign_name, '')) END AS campaign
      FROM matching
      WHERE ${after.place}::timestamptz IS NULL
         OR (created_at, id) < (${after.place}::timestamptz, ${after.id}::int)
      ORDER BY created_at DESC, id DESC
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(json_agg(json_build_object(
             'id', page.id, 'title', page.title, 'asset_type', page.asset_type,
             'description', page.description, 'file_url', page.file_url,
             'event', page.event, 'campaign', page.campaign,
             'created_at', coalesce(outreach.local_time(page.created_at, ${zone})::text, ''),
             'distributions', shared.distributions,
             'reach_estimate', shared.reach_estimate,
             'without_estimate', shared.without_estimate,
             'place', coalesce(page.created_at::text, '')
           ) ORDER BY page.created_at DESC, page.id DESC), '[]') AS assets
    FROM page
    CROSS JOIN LATERAL (
      SELECT coalesce(json_agg(json_build_object(
               'id', distribution.id, 'channel', distribution.channel,
               'distributed_at', coalesce(outreach.local_time(distribution.distributed_at, ${zone})::text, ''),
               'reach_estimate', distribution.reach_estimate, 'notes', distribution.notes
             ) ORDER BY distribution.distributed_at, distribution.id), '[]') AS distributions,
             sum(distribution.reach_estimate)::float8 AS reach_estimate,
             (count(*) FILTER (WHERE distribution.reach_estimate IS NULL))::int AS without_estimate
      FROM asset_distributions AS distribution
      WHERE distribution.asset_id = page.id
    ) AS shared`;
  return answer ?? { total: 0, assets: [] };
}

/** One asset with everywhere it was shared; times are shown in the given zone. */
export async function assetById(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<AssetRow | undefined> {
  const only = {
    asset: id,
    events: null,
    campaign: null,
    asset_type: null,
    text: null,
    shared: null,
    without_reach: null,
  };
  const { assets } = await listAssets(sql, only, { place: null, id: null }, 1, zone);
  return assets[0];
}

/** An asset as it is created. */
export interface NewAsset extends Omit<PlainAsset, "id" | "created_at"> {
  event_id: number;
  campaign_id: number | null;
}

/** Waits for whoever else is creating an asset of that event, until the transaction ends. */
export async function lockAssetCreation(sql: Queryable, event: number): Promise<void> {
  await sql`
    SELECT FROM pg_advisory_xact_lock(hashtextextended(concat('event-outreach: create asset ', ${event}::int), 0))`;
}

/** The asset that is the same in all but the case of its title; it cannot be removed meanwhile. */
export async function sameAsset(sql: Queryable, asset: NewAsset): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    SELECT id FROM marketing_assets
    WHERE event_id = ${asset.event_id}
      AND campaign_id IS NOT DISTINCT FROM ${asset.campaign_id}::int
      AND asset_type = ${asset.asset_type}
      AND lower(title) = lower(${asset.title})
      AND description IS NOT DISTINCT FROM ${asset.description}::text
      AND file_url IS NOT DISTINCT FROM ${asset.file_url}::text
    ORDER BY id LIMIT 1 FOR KEY SHARE`;
  return row?.id ?? null;
}

/** Other assets of the event with that title, in any spelling. */
export async function assetsOfTitle(
  sql: Queryable,
  event: number,
  title: string,
  except: number,
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    SELECT id FROM marketing_assets
    WHERE event_id = ${event} AND outreach.fold(title) = outreach.fold(${title}) AND id <> ${except}
    ORDER BY id LIMIT 10`;
  return rows.map((row) => row.id);
}

/** Adds an asset. */
export async function insertAsset(sql: Queryable, asset: NewAsset): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO marketing_assets (event_id, campaign_id, asset_type, title, description, file_url)
    VALUES (${asset.event_id}, ${asset.campaign_id}, ${asset.asset_type}, ${asset.title},
            ${asset.description}, ${asset.file_url})
    RETURNING id`;
  if (!row) throw new Error("INSERT answered no row");
  return row.id;
}

/** Keeps an asset from being removed until the transaction ends; false when it is gone. */
export async function holdAsset(sql: Queryable, id: number): Promise<boolean> {
  const held = await sql<{ id: number }[]>`
    SELECT id FROM marketing_assets WHERE id = ${id} FOR KEY SHARE`;
  return held.length > 0;
}

/** Locks an asset until the transaction ends; false when it is gone. */
export async function lockAsset(sql: Queryable, id: number): Promise<boolean> {
  const locked = await sql<{ id: number }[]>`
    SELECT id FROM marketing_assets WHERE id = ${id} FOR UPDATE`;
  return locked.length > 0;
}
