import type * as z from "zod";
import type { Call } from "../../conventions/call.ts";
import { asId } from "../../conventions/references/choose.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { pastInstant } from "../../mcp/time.ts";
import {
  distributionById,
  lockDistribution,
  type DistributionRow,
  type NewDistribution,
} from "./queries/distributions.ts";
import type { distributionFields } from "./shape.ts";

/**
 * A distribution as it is recorded.
 *
 * @throws ToolError when `distributed_at` is no time or lies in the future
 */
export function distributionMeant(
  given: z.output<z.ZodObject<typeof distributionFields>>,
  zone: string,
): NewDistribution {
  return {
    channel: given.channel,
    distributed_at: pastInstant(given.distributed_at, zone, "distributed_at"),
    reach_estimate: given.reach_estimate ?? null,
    notes: given.notes ?? null,
  };
}

/** What is said where an asset that was found before is not there any more. */
export const ASSET_GONE = "The asset was removed meanwhile; list_assets lists those there are.";

/**
 * The distribution of an id, locked until the transaction ends.
 *
 * @throws ToolError where there is none
 */
export async function lockedDistribution(
  { sql, zone }: Call,
  given: string,
): Promise<DistributionRow> {
  const id = asId(given);
  const found =
    id !== null && (await lockDistribution(sql, id)) && (await distributionById(sql, id, zone));
  if (found) return found;
  throw new ToolError(
    `There is no distribution "${plain(given)}"; list_assets shows every asset's distributions with their ids.`,
  );
}
