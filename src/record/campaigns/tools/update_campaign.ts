import * as z from "zod";
import { ToolError, oneOf } from "../../../mcp/errors.ts";
import { reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { oneCampaign } from "../../../conventions/references/campaign.ts";
import { tool } from "../../../conventions/call.ts";
import {
  campaignById,
  lockCampaign,
  updateCampaign,
  type CampaignFields,
} from "../queries/campaigns.ts";
import { difference } from "../../corrections/changes.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES, campaignShape } from "../shape.ts";

/** Which status may follow which; the database enforces the same. */
const NEXT: Record<string, readonly string[]> = {
  draft: ["active", "cancelled"],
  active: ["completed", "cancelled"],
  completed: ["active"],
  cancelled: ["draft"],
};

export const updateCampaignTool = tool({
  name: "update_campaign",
  title: "Update a campaign",
  description:
    'Renames a campaign or changes its status, type or description, e.g. campaign "CFP 2026", status "completed" when it is over. It keeps answering to its former names.',
  effects: CORRECTS,
  input: z.strictObject({
    campaign: reference(),
    status: z.enum(CAMPAIGN_STATUSES).optional(),
    name: text(200).optional(),
    description: text(10_000).nullable().optional(),
    campaign_type: z.enum(CAMPAIGN_TYPES).optional(),
  }),
  output: z.object({
    campaign: campaignShape,
    changed: z.record(z.string(), z.tuple([z.string().nullable(), z.string().nullable()])),
  }),
  async handle(args, { sql, zone }) {
    const { campaign: given, ...changes } = args;
    const { id } = await oneCampaign(sql, given);
    const before = await lockCampaign(sql, id);
    if (!before) throw new ToolError(`The campaign "${plain(given)}" was removed meanwhile.`);
    const after: CampaignFields = {
      name: changes.name ?? before.name,
      campaign_type: changes.campaign_type ?? before.campaign_type,
      description: changes.description === undefined ? before.description : changes.description,
      status: changes.status ?? before.status,
    };
    const allowed = NEXT[before.status] ?? [];
    if (after.status !== before.status && !allowed.includes(after.status)) {
      throw new ToolError(
        `A campaign that is ${before.status} cannot become ${after.status}, only ${oneOf(allowed)}.`,
      );
    }
    const changed = difference(before, after, ["name", "campaign_type", "description", "status"]);
    const fields = Object.keys(changed);
    const [, campaign] = await Promise.all([
      fields.length === 0 ? null : updateCampaign(sql, id, after),
      campaignById(sql, id, zone),
    ]);
    if (!campaign) throw new Error("the campaign is not there");
    return {
      headline:
        fields.length === 0
          ? `The campaign ${plain(campaign.name)} is so already; nothing was changed.`
          : `Changed ${fields.join(", ")} of the campaign ${plain(campaign.name)}.`,
      facts: { campaign, changed },
    };
  },
});
