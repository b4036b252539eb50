import * as z from "zod";

/** Not in the plan's tables, so that the organiser's own database may know others. */
export const EVENT_STATUSES = [
  "planned",
  "registration_open",
  "in_progress",
  "completed",
  "cancelled",
] as const;

/** An event in an answer. */
export const eventShape = z.object({
  id: z.number(),
  name: z.string(),
  event_date: z.string(),
  location: z.string().nullable(),
  description: z.string().nullable(),
  status: z.string().nullable(),
});

/** What was done for an event, in numbers. */
export const outreachShape = z.object({
  emails: z.number(),
  people_reached: z.number(),
  /** Of both kinds together. */
  posts: z.number(),
  linkedin_posts: z.number(),
  marketing_materials: z.number(),
  assets: z.number(),
  reach_estimate: z.number().nullable(),
});
