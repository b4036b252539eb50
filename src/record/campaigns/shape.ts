import * as z from "zod";
import { named } from "../../mcp/fields.ts";

export const CAMPAIGN_TYPES = [
  "cfp",
  "registration",
  "reminder",
  "thank_you",
  "sponsor",
  "general",
] as const;
export const CAMPAIGN_STATUSES = ["draft", "active", "completed", "cancelled"] as const;

/** A campaign in an answer. */
export const campaignShape = z.object({
  id: z.number(),
  name: z.string(),
  slug: z.string(),
  event: named,
  campaign_type: z.string(),
  status: z.string(),
  description: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
