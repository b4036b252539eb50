import type { Queryable } from "../../../database/connect.ts";

/** A distribution of an asset as it is recorded. */
export interface NewDistribution {
  channel: string;
  /** A UTC instant, or null for now. */
  distributed_at: string | null;
  reach_estimate: number | null;
  notes: string | null;
}

/** Records one distribution of an asset. */
export async function insertDistribution(
  sql: Queryable,
  asset: number,
  distribution: NewDistribution,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO asset_distributions (asset_id, channel, distributed_at, reach_estimate, notes)
    VALUES (${asset}, ${distribution.channel}, coalesce(${distribution.distributed_at}::timestamptz, now()),
            ${distribution.reach_estimate}, ${distribution.notes})
    RETURNING id`;
  if (!row) throw new Error("INSERT answered no row");
  return row.id;
}

/**
 * Records those distributions of an asset that are not there yet, in their order. One without a time is
 * there when one of the same channel, reach and notes is.
 *
 * @returns the ids of what was added
 */
export async function insertMissingDistributions(
  sql: Queryable,
  asset: number,
  distributions: readonly NewDistribution[],
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    INSERT INTO asset_distributions (asset_id, channel, distributed_at, reach_estimate, notes)
    SELECT ${asset}, entry.channel, coalesce(entry.distributed_at, now()), entry.reach_estimate, entry.notes
    FROM jsonb_to_recordset(${sql.json(distributions.map((given, position) => ({ ...given, position })))})
      AS entry (channel text, distributed_at timestamptz, reach_estimate int, notes text, position int)
    WHERE NOT EXISTS (
      SELECT FROM asset_distributions AS present
      WHERE present.asset_id = ${asset} AND present.channel = entry.channel
        AND present.reach_estimate IS NOT DISTINCT FROM entry.reach_estimate
        AND present.notes IS NOT DISTINCT FROM entry.notes
        AND (entry.distributed_at IS NULL OR present.distributed_at = entry.distributed_at))
    ORDER BY entry.position
    RETURNING id`;
  return rows.map((row) => row.id);
}

/** A distribution with the title of its asset. */
export interface DistributionRow extends NewDistribution {
  id: number;
  asset: { id: number; title: string };
  distributed_at: string;
}

/** One distribution; times are shown in the given zone. */
export async function distributionById(
  sql: Queryable,
  id: number,
  zone: string,
): Promise<DistributionRow | undefined> {
  const [row] = await sql<DistributionRow[]>`
    SELECT distribution.id, jsonb_build_object('id', asset.id, 'title', asset.title) AS asset,
           distribution.channel,
           coalesce(outreach.local_time(distribution.distributed_at, ${zone})::text, '') AS distributed_at,
           distribution.reach_estimate, distribution.notes
    FROM asset_distributions AS distribution
    JOIN marketing_assets AS asset ON asset.id = distribution.asset_id
    WHERE distribution.id = ${id}`;
  return row;
}

/** Locks a distribution until the transaction ends; false when it is not there. */
export async function lockDistribution(sql: Queryable, id: number): Promise<boolean> {
  const locked = await sql<{ id: number }[]>`
    SELECT id FROM asset_distributions WHERE id = ${id} FOR UPDATE`;
  return locked.length > 0;
}

/** Locks the distributions of an asset, always in the same order; the asset must be locked before. */
export async function lockDistributions(sql: Queryable, asset: number): Promise<void> {
  await sql`SELECT FROM asset_distributions WHERE asset_id = ${asset} ORDER BY id FOR UPDATE`;
}
