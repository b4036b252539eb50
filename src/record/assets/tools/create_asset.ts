import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text, webAddress } from "../../../mcp/fields.ts";
import { canonical } from "../../../mcp/paging.ts";
import { plain } from "../../../mcp/render.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { campaignOfEvent, oneCampaign } from "../../../conventions/references/campaign.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import {
  assetById,
  assetsOfTitle,
  insertAsset,
  lockAssetCreation,
  sameAsset,
  type AssetRow,
  type NewAsset,
} from "../queries/assets.ts";
import { lockedCampaign } from "../../campaigns/rules.ts";
import { insertMissingDistributions, type NewDistribution } from "../queries/distributions.ts";
import { REMOVED_SINCE, claim } from "../../../conventions/replay.ts";
import { together } from "../../../conventions/together.ts";
import { distributionMeant } from "../rules.ts";
import { ASSET_TYPES, assetShape, distributionFields, listedDistribution } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

const input = z.strictObject({
  title: text(200),
  asset_type: z.enum(ASSET_TYPES),
  event: reference().optional(),
  campaign: reference("its event is used").optional(),
  description: text(10_000).optional(),
  file_url: webAddress().optional(),
  distributions: z.array(z.strictObject(distributionFields)).max(100).optional(),
});

export const createAssetTool = tool({
  name: "create_asset",
  title: "Record a marketing asset",
  description:
    'Records a flyer, graphic, video or the like, and where it was shared, in one call. E.g. title "CFP flyer", asset_type "flyer", campaign "CFP 2026", distributions [{channel: "linkedin"}]. Needs event or campaign.',
  effects: RECORDS,
  input,
  output: z.object({
    asset: assetShape,
    distributions: z.array(listedDistribution),
    created: z.boolean(),
    replay: z.boolean(),
  }),
  async handle(args, call) {
    const { sql, zone } = call;
    const asset = await assetMeant(call, args);
    const distributions = distinct(
      (args.distributions ?? []).map((given) => distributionMeant(given, zone)),
    );
    // In the order of locks: the key of a repeated call, the campaign, then assets.
    const [claimed, , , existing] = await together(
      claim(sql, "create_asset", "asset", { ...asset, distributions }),
      asset.campaign_id === null ? null : lockedCampaign(call, asset.campaign_id),
      lockAssetCreation(sql, asset.event_id),
      sameAsset(sql, asset),
    );
    if (claimed.recorded !== null) {
      const found = await recordedAsset(call, claimed.recorded);
      return {
        headline: `"${plain(found.title)}" was recorded before by the same call; nothing was recorded twice.`,
        facts: { asset: found, distributions: found.distributions, created: false, replay: true },
      };
    }

    const id = existing ?? (await insertAsset(sql, asset));
    const [added, , found, others] = await together(
      insertMissingDistributions(sql, id, distributions),
      claimed.complete(id),
      recordedAsset(call, id),
      existing === null ? assetsOfTitle(sql, asset.event_id, asset.title, id) : [],
    );
    return {
      headline: [
        existing === null
          ? `Recorded the ${found.asset_type} "${plain(found.title)}" for ${plain(found.event.name)}.`
          : `"${plain(found.title)}" was there already.`,
        ...(distributions.length > 0
          ? [
              `${String(added.length)} of ${counted(distributions.length, "distribution")} recorded.`,
            ]
          : []),
        ...(others.length > 0
          ? [`There is another of that title for this event (id ${others.join(", ")}).`]
          : []),
      ].join(" "),
      facts: {
        asset: found,
        distributions: found.distributions,
        created: existing === null,
        replay: false,
      },
    };
  },
});

/** The asset with its references resolved; a campaign given alone brings its event. */
async function assetMeant(call: Call, given: z.output<typeof input>): Promise<NewAsset> {
  const { sql } = call;
  const eventMeant = given.event === undefined ? undefined : oneEvent(call, given.event);
  const campaignMeant = (words: string) =>
    eventMeant ? campaignOfEvent(sql, words, eventMeant) : oneCampaign(sql, words);
  const [event, campaign] = await together(
    eventMeant,
    given.campaign === undefined ? undefined : campaignMeant(given.campaign),
  );
  const eventId = event?.id ?? campaign?.event_id;
  if (eventId === undefined) {
    throw new ToolError("Give event or campaign: an asset is of an event, and a campaign has one.");
  }
  return {
    event_id: eventId,
    campaign_id: campaign?.id ?? null,
    asset_type: given.asset_type,
    title: given.title,
    description: given.description ?? null,
    file_url: given.file_url ?? null,
  };
}

async function recordedAsset({ sql, zone }: Call, id: number): Promise<AssetRow> {
  const asset = await assetById(sql, id, zone);
  if (!asset) throw new ToolError(REMOVED_SINCE);
  return asset;
}

function distinct(given: readonly NewDistribution[]): NewDistribution[] {
  return [
    ...new Map(given.map((distribution) => [canonical(distribution), distribution])).values(),
  ];
}
