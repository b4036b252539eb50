import * as z from "zod";
import { ToolError, oneOf } from "../../mcp/errors.ts";
import { asked, paged, paging, reference, text } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS, CORRECTS, RECORDS } from "../../mcp/tool.ts";
import { oneCampaign } from "../../references/campaign.ts";
import { oneEvent } from "../../references/event.ts";
import { outreachTool } from "../call.ts";
import { funnelOf, funnel } from "../funnel.ts";
import {
  campaignById,
  campaignOfName,
  insertCampaign,
  listCampaigns,
  lockCampaignFields,
  updateCampaign,
  type CampaignFields,
} from "../queries/campaigns.ts";
import { understand } from "../question.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES, campaignShape } from "../shapes.ts";

/** Which status may follow which; the database enforces the same. */
const NEXT: Record<string, readonly string[]> = {
  draft: ["active", "cancelled"],
  active: ["completed", "cancelled"],
  completed: ["active"],
  cancelled: ["draft"],
};

export const createCampaignTool = outreachTool({
  name: "create_campaign",
  title: "Create a campaign",
  description:
    'Starts a campaign for an event, e.g. name "CFP 2026", event "Data & AI Day 2026", campaign_type "cfp". One that is there already is returned with created: false.',
  effects: RECORDS,
  input: z.strictObject({
    name: text(200),
    event: reference(),
    campaign_type: z.enum(CAMPAIGN_TYPES),
    description: text(10_000).optional(),
    status: z.enum(CAMPAIGN_STATUSES).optional(),
  }),
  output: z.object({ campaign: campaignShape, created: z.boolean() }),
  async handle(args, { sql, zone }) {
    const event = await oneEvent(sql, args.event);
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
        : `Created the campaign ${plain(campaign.name)} for ${plain(event.name)}.`,
      facts: { campaign, created: !there },
    };
  },
});

export const updateCampaignTool = outreachTool({
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
    const before = await lockCampaignFields(sql, id);
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
    const fields = ["name", "campaign_type", "description", "status"] as const;
    const changed = fields.filter((field) => before[field] !== after[field]);
    if (changed.length > 0) await updateCampaign(sql, id, after);
    const campaign = await campaignById(sql, id, zone);
    if (!campaign) throw new Error("the campaign is not there");
    return {
      headline:
        changed.length === 0
          ? `The campaign ${plain(campaign.name)} is so already; nothing was changed.`
          : `Changed ${changed.join(", ")} of the campaign ${plain(campaign.name)}.`,
      facts: {
        campaign,
        changed: Object.fromEntries(
          changed.map((field): [string, [string | null, string | null]] => [
            field,
            [before[field], after[field]],
          ]),
        ),
      },
    };
  },
});

export const listCampaignsTool = outreachTool({
  name: "list_campaigns",
  title: "List campaigns",
  description:
    'Campaigns newest first, each with how many people it reached and what became of its mails, e.g. event "2026" or campaign_type "cfp". One campaign in full: get_campaign.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign_type: z.enum(CAMPAIGN_TYPES).optional(),
    status: z.enum(CAMPAIGN_STATUSES).optional(),
    text: text(200).optional(),
    ...paging,
  }),
  output: z.object({
    campaigns: z.array(
      campaignShape.extend({
        communications: z.number(),
        people: z.number(),
        funnel: funnel,
        open_rate: z.number().nullable(),
        assets: z.number(),
        last_activity_at: z.string().nullable(),
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const [place, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const found = await listCampaigns(
      call.sql,
      {
        events: question.events,
        campaign_type: args.campaign_type ?? null,
        status: args.status ?? null,
        text: args.text ?? null,
      },
      call.zone,
      { place, id },
      page.limit + 1,
    );
    const campaigns = found.campaigns
      .slice(0, page.limit)
      .map(({ recipients, tracked, place, ...campaign }) => {
        const counts = funnelOf(recipients);
        return { ...campaign, funnel: counts, open_rate: openRate(counts, tracked) };
      });
    return {
      headline: `${String(campaigns.length)} of ${String(found.total)} campaigns shown.`,
      facts: {
        campaigns,
        total: found.total,
        next_cursor: page.next(found.campaigns, (last) => [last.place, last.id]),
        ...question.answer,
      },
    };
  },
});

/** Opened mails per delivered mail, to four places; null where nobody could have told. */
function openRate(counts: { opened: number; delivered: number }, tracked: boolean): number | null {
  if (!tracked || counts.delivered === 0) return null;
  return Math.round((counts.opened / counts.delivered) * 10_000) / 10_000;
}
