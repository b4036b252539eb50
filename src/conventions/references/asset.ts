import type { Queryable } from "../../database/connect.ts";
import { LISTED, asId, chooseOne, type Candidate, type Taken } from "./choose.ts";
import { taking } from "./remarks.ts";

/** A marketing asset that a reference was taken to mean. */
export interface AssetReference extends Candidate {
  event_id: number;
  campaign_id: number | null;
}

const KIND = { argument: "asset", lister: "list_assets" };

/**
 * The asset that an id, a title or words (its title, campaign and event) mean.
 *
 * @throws ToolError that lists candidates or the nearest titles
 */
export async function oneAsset(sql: Queryable, given: string): Promise<AssetReference & Taken> {
  const found = await matching(sql, given);
  return taking(sql, await chooseOne(KIND, given, found, () => nearest(sql)));
}

async function matching(sql: Queryable, given: string): Promise<AssetReference[]> {
  const id = asId(given);
  return sql<AssetReference[]>`
    WITH exact AS MATERIALIZED (
      SELECT id FROM marketing_assets
      WHERE id = ${id}::integer OR outreach.fold(title) = outreach.fold(${given})
    )
    SELECT asset.id, asset.title::text AS name, asset.event_id, asset.campaign_id,
           concat_ws(', ', asset.asset_type, campaign.name, event.name)::text AS detail,
           CASE WHEN asset.id = ${id}::integer THEN 0
                WHEN outreach.fold(asset.title) = outreach.fold(${given}) THEN 1
                ELSE 2 END AS rank
    FROM marketing_assets AS asset
    JOIN events AS event ON event.id = asset.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = asset.campaign_id
    WHERE asset.id IN (SELECT id FROM exact)
       -- Also where a title fits exactly, since it is said which others fit; an id is no words.
       OR (NOT EXISTS (SELECT FROM exact WHERE exact.id = ${id}::integer)
           AND outreach.words(concat_ws(' ', asset.title, campaign.name, event.name)) @> outreach.words(${given}))
    ORDER BY rank, asset.created_at DESC, asset.id
    LIMIT ${LISTED + 1}`;
}

async function nearest(sql: Queryable): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT asset.id, asset.title::text AS name, asset.asset_type::text AS detail, 0 AS rank
    FROM marketing_assets AS asset
    ORDER BY asset.created_at DESC, asset.id
    LIMIT 1000`;
}
