import * as z from "zod";

export const POST_CHANNELS = ["linkedin_post", "marketing_material"] as const;
export const COMMUNICATION_CHANNELS = ["email", ...POST_CHANNELS] as const;

export const COMMUNICATION_STATUSES = ["draft", "sending", "sent", "published", "failed"] as const;
/** What a mail that was logged may be; one that is prepared here has its status from its send. */
export const MAIL_STATUSES = ["sent", "failed"] as const;
export const POST_STATUSES = ["draft", "published", "failed"] as const;

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
