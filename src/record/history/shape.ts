import * as z from "zod";

/** A change as answers show it. */
export const changeShape = z.object({
  id: z.number(),
  at: z.string(),
  /** Null: written by other hands than the servers'. */
  tool: z.string().nullable(),
  what: z.string(),
  by: z.object({ name: z.string(), client: z.string().nullable() }),
  /** At most five people and seven others. */
  about: z.array(z.object({ kind: z.string(), id: z.number(), name: z.string() })),
  /** How many it was about; at least, where it wrote more rows at once than are looked at. */
  about_total: z.number(),
  undoable: z.boolean(),
  why_not: z.string().nullable(),
  undone_at: z.string().nullable(),
  undone_by: z.number().nullable(),
  undoes: z.number().nullable(),
});
