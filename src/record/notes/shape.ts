import * as z from "zod";

/** What a note may be about. */
export const NOTE_KINDS = ["event", "campaign", "contact", "communication"] as const;

/** A note in an answer. */
export const noteShape = z.object({
  id: z.number(),
  about: z.object({ kind: z.string(), id: z.number(), name: z.string() }),
  text: z.string(),
  due: z.string().nullable(),
  done: z.boolean(),
  done_at: z.string().nullable(),
  overdue: z.boolean(),
  created_at: z.string(),
  by: z.string(),
});
