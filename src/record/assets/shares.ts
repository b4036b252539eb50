import * as z from "zod";
import { named, text, when, wholeNumber } from "../../mcp/fields.ts";
import { instant, notInFuture } from "../../mcp/time.ts";
import type { Call } from "../../conventions/call.ts";
import { asId } from "../../conventions/references/choose.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import {
  distributionById,
  lockDistribution,
  type DistributionRow,
  type NewDistribution,
} from "./queries/distributions.ts";

export const ASSET_TYPES = [
  "social_graphic",
  "flyer",
  "banner",
  "poster",
  "video",
  "presentation",
] as const;
export const DISTRIBUTION_CHANNELS = [
  "linkedin",
  "whatsapp",
  "twitter",
  "print",
  "email",
  "website",
] as const;

/** How a share of an asset is given. */
export const shareFields = {
  channel: z.enum(DISTRIBUTION_CHANNELS),
  distributed_at: when("default now").optional(),
  reach_estimate: wholeNumber().optional(),
  notes: text(10_000, "where; a link").optional(),
};

/** A share in an answer that shows it with its asset. */
export const sharedShape = z.object({
  id: z.number(),
  channel: z.string(),
  distributed_at: z.string(),
  reach_estimate: z.number().nullable(),
  notes: z.string().nullable(),
});

/** A share of an asset in an answer of its own. */
export const distributionShape = z.object({
  id: z.number(),
  asset: z.object({ id: z.number(), title: z.string() }),
  ...sharedShape.omit({ id: true }).shape,
});

/** An asset in an answer. */
export const assetShape = z.object({
  id: z.number(),
  title: z.string(),
  asset_type: z.string(),
  description: z.string().nullable(),
  file_url: z.string().nullable(),
  event: named,
  campaign: named.nullable(),
  created_at: z.string(),
});

/**
 * A share as it is recorded.
 *
 * @throws ToolError when `distributed_at` is no time or lies in the future
 */
export function shareMeant(
  given: z.output<z.ZodObject<typeof shareFields>>,
  zone: string,
): NewDistribution {
  const { distributed_at: at } = given;
  return {
    channel: given.channel,
    distributed_at:
      at === undefined ? null : notInFuture(instant(at, zone, "distributed_at"), "distributed_at"),
    reach_estimate: given.reach_estimate ?? null,
    notes: given.notes ?? null,
  };
}

/** What is said where an asset that was found before is not there any more. */
export const ASSET_GONE = "The asset was removed meanwhile; list_assets lists those there are.";

/**
 * The share of an id, locked until the transaction ends.
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
