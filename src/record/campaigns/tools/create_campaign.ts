import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { tool } from "../../../conventions/call.ts";
import { campaignById, campaignOfName, insertCampaign } from "../queries/campaigns.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES, campaignShape } from "../shape.ts";

export const createCampaignTool = tool({
  name: "create_campaign",
  title: "Create a campaign",
  description:
    'Starts a campaign for an event, e.g. name "CFP 2026", event "Data & AI Day 2026", campaign_type "cfp". A draft until something is logged, unless status says otherwise. One that is there already is returned with created: false.',
  effects: RECORDS,
  input: z.strictObject({
    name: text(200),
    event: reference(),
    campaign_type: z.enum(CAMPAIGN_TYPES),
    description: text(10_000).optional(),
    status: z.enum(CAMPAIGN_STATUSES).optional(),
  }),
  output: z.object({ campaign: campaignShape, created: z.boolean() }),
  async handle(args, call) {
    const { sql, zone } = call;
    const event = await oneEvent(call, args.event);
    const inserted = await insertCampaign(sql, {
      name: args.name,
      event_id: event.id,
      campaign_type: args.campaign_type,
      description: args.description ?? null,
      status: args.status ?? "draft",
    });
    const there = inserted === null ? await campaignOfName(sql, event.id, args.name) : undefined;
    if (there && there.campaign_type !== args.campaign_type) {
      throw new ToolError(
        `${plain(event.name)} already has a campaign "${plain(args.name)}" of type ${there.campaign_type}; choose another name, or change that one's type with update_campaign.`,
      );
    }
    const campaign = await campaignById(sql, inserted ?? there?.id ?? 0, zone);
    if (!campaign) throw new Error("the campaign is not there");
    return {
      headline: there
        ? `The campaign ${plain(campaign.name)} was there already; nothing was changed.`
        : `Created the campaign ${plain(campaign.name)} for ${plain(event.name)}, ${args.status === undefined ? "as a draft (the default status)" : `with status ${campaign.status}`}.`,
      facts: { campaign, created: !there },
    };
  },
});
