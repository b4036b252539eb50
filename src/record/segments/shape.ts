import * as z from "zod";

/** Filters of an audience, as they were given. */
export const filtersShape = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

/** A segment in an answer. */
export const segmentShape = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string().nullable(),
  /** Null where it is found by sql. */
  audience: filtersShape.nullable(),
  sql: z.string().nullable(),
  version: z.number(),
});
