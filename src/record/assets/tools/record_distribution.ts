import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { oneAsset } from "../../../conventions/references/asset.ts";
import { tool } from "../../../conventions/call.ts";
import { holdAsset } from "../queries/assets.ts";
import { distributionById, insertDistribution } from "../queries/distributions.ts";
import { REMOVED_SINCE, claim } from "../../../conventions/replay.ts";
import { together } from "../../../conventions/together.ts";
import { ASSET_GONE, distributionMeant } from "../rules.ts";
import { distributionFields, distributionShape } from "../shape.ts";

export const recordDistributionTool = tool({
  name: "record_distribution",
  title: "Record where an asset was shared",
  description:
    'Records that an asset was shared somewhere, e.g. asset "CFP flyer", channel "whatsapp", notes "speakers\' group". Once for each place.',
  effects: RECORDS,
  input: z.strictObject({ asset: reference(), ...distributionFields }),
  output: z.object({ distribution: distributionShape, replay: z.boolean() }),
  async handle(args, { sql, zone }) {
    const { asset: given, ...rest } = args;
    const asset = await oneAsset(sql, given);
    const meant = distributionMeant(rest, zone);
    const [claimed, isThere] = await together(
      claim(sql, "record_distribution", "distribution", { ...meant, asset: asset.id }),
      holdAsset(sql, asset.id),
    );
    if (claimed.recorded === null && !isThere) throw new ToolError(ASSET_GONE);
    const id = claimed.recorded ?? (await insertDistribution(sql, asset.id, meant));
    const [, distribution] = await together(
      claimed.recorded === null ? claimed.complete(id) : null,
      distributionById(sql, id, zone),
    );
    if (!distribution) throw new ToolError(REMOVED_SINCE);
    const replay = claimed.recorded !== null;
    return {
      headline: replay
        ? `That "${plain(asset.name)}" was shared (${distribution.channel}) was recorded before by the same call; nothing was recorded twice.`
        : `Recorded that "${plain(asset.name)}" was shared (${distribution.channel}).`,
      facts: { distribution, replay },
    };
  },
});
