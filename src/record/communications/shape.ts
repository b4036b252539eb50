import * as z from "zod";

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
