import * as z from "zod";
import { named, reference } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { CORRECTIONS, CORRECTABLE } from "../corrections.ts";
import { communicationShape } from "../../communications/shape.ts";
import { assetShape, distributionShape } from "../../assets/shape.ts";

const entryShape = z.discriminatedUnion("kind", [
  communicationShape.extend({
    kind: z.literal("communication"),
    title: z.string().nullable(),
    campaign: named,
    event: named,
  }),
  assetShape.extend({ kind: z.literal("asset") }),
  distributionShape.extend({ kind: z.literal("distribution") }),
]);

export const updateEntryTool = tool({
  name: "update_entry",
  title: "Correct an entry",
  description:
    'Puts right what was logged wrongly. E.g. kind "communication", id "Speak at our event", changes {sent_at: "2026-03-02"}; kind "distribution", id 7, changes {reach_estimate: null}.',
  effects: CORRECTS,
  input: z.strictObject({
    kind: z.enum(CORRECTABLE),
    id: reference(),
    changes: z.record(z.string(), z.unknown()).meta({
      description:
        "communication: campaign, title, post_url, content_summary, sent_at, status; asset: campaign, title, description, file_url; distribution: channel, distributed_at, reach_estimate, notes. null empties",
    }),
  }),
  output: z.object({
    entry: entryShape,
    changed: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
  }),
  async handle({ kind, id, changes }, call) {
    const { entry, changed } = await CORRECTIONS[kind](call, id, changes);
    const fields = Object.keys(changed);
    const what =
      entry.kind === "distribution" ? `of "${entry.asset.title}"` : `"${entry.title ?? ""}"`;
    return {
      headline:
        fields.length === 0
          ? `Nothing was changed: the ${kind} ${plain(what)} says so already.`
          : `Changed ${fields.join(", ")} of the ${kind} ${plain(what)}.`,
      facts: { entry, changed },
    };
  },
});
