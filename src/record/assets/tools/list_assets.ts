import * as z from "zod";
import { asked, paged, paging, reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { listAssets, type AssetRow } from "../queries/assets.ts";
import { understand } from "../../../conventions/question.ts";
import { ASSET_TYPES, assetShape, listedDistribution } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

export const listAssetsTool = tool({
  name: "list_assets",
  title: "List assets and where they were shared",
  description:
    'Flyers, graphics and the like, newest first, each with everywhere it was shared. "Where did we share the CFP flyer?": text "CFP flyer".',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign: reference().optional(),
    asset_type: z.enum(ASSET_TYPES).optional(),
    text: text(200).optional(),
    shared: z.boolean().optional(),
    without_reach: z.boolean().meta({ description: "a share has no estimate" }).optional(),
    ...paging,
  }),
  output: z.object({
    assets: z.array(
      assetShape.extend({
        distributions: z.array(listedDistribution),
        reach_estimate: z.number().nullable(),
        without_estimate: z.number(),
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const filter = {
      asset: null,
      events: question.events,
      campaign: question.campaign,
      asset_type: args.asset_type ?? null,
      text: args.text ?? null,
      shared: args.shared ?? null,
      without_reach: args.without_reach ?? null,
    };
    const [place, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const found = await listAssets(call.sql, filter, { place, id }, page.limit + 1, call.zone);
    const assets = found.assets.slice(0, page.limit);
    const [only] = assets;
    return {
      headline:
        found.total === 1 && only
          ? `1 of 1 asset shown: ${sharing(only)}`
          : `${String(assets.length)} of ${counted(found.total, "asset")} shown.`,
      facts: {
        assets,
        total: found.total,
        next_cursor: page.next(found.assets, (last) => [last.place, last.id]),
        ...question.answer,
      },
    };
  },
});

function sharing({ title, distributions }: AssetRow): string {
  if (distributions.length === 0) return `"${plain(title)}", not shared yet.`;
  const channels = [...new Set(distributions.map(({ channel }) => channel))].join(", ");
  const times = distributions.length === 1 ? "once" : `${String(distributions.length)} times`;
  return `"${plain(title)}", shared ${times} (${channels}).`;
}
