import * as z from "zod";
import { named } from "../mcp/fields.ts";

export const CAMPAIGN_TYPES = [
  "cfp",
  "registration",
  "reminder",
  "thank_you",
  "sponsor",
  "general",
] as const;
export const CAMPAIGN_STATUSES = ["draft", "active", "completed", "cancelled"] as const;
export const ROLES = ["attendee", "speaker", "sponsor", "organiser"] as const;
export const RECIPIENT_STATUSES = [
  "queued",
  "sent",
  "delivered",
  "opened",
  "clicked",
  "bounced",
  "failed",
] as const;

/** A person received a mail when this is their status there; a bounced or failed one did not arrive. */
export const RECEIVED: ReadonlySet<string> = new Set(["sent", "delivered", "opened", "clicked"]);

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

/** A communication in the answer of the tool that recorded it. */
export const communicationShape = z.object({
  id: z.number(),
  channel: z.string(),
  title: z.string(),
  status: z.string(),
  sent_at: z.string().nullable(),
  brevo_template_id: z.number().nullable(),
  post_url: z.string().nullable(),
  content_summary: z.string().nullable(),
  recipient_count: z.number(),
});

/** A person in a list of an answer. */
export const personShape = z.object({ contact_id: z.number(), name: z.string() });
