import * as z from "zod";
import { named } from "../../mcp/fields.ts";

/** What a person said that a source means. */
export const mappingShape = z.object({
  id: z.number(),
  event: named,
  source: z.string(),
  campaign: named,
  from: z.string().nullable(),
  to: z.string().nullable(),
});
