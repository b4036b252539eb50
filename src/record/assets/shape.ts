import * as z from "zod";
import { named, text, when, wholeNumber } from "../../mcp/fields.ts";

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

/** How a distribution is given. */
export const distributionFields = {
  channel: z.enum(DISTRIBUTION_CHANNELS),
  distributed_at: when("default now").optional(),
  reach_estimate: wholeNumber().optional(),
  notes: text(10_000, "where; a link").optional(),
};

/** A distribution in an answer that lists it under its asset. */
export const listedDistribution = z.object({
  id: z.number(),
  channel: z.string(),
  distributed_at: z.string(),
  reach_estimate: z.number().nullable(),
  notes: z.string().nullable(),
});

/** A distribution in an answer of its own. */
export const distributionShape = z.object({
  id: z.number(),
  asset: z.object({ id: z.number(), title: z.string() }),
  ...listedDistribution.omit({ id: true }).shape,
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
