import * as z from "zod";
import { asked, paged, paging, reference, text } from "../../../mcp/fields.ts";
import { rate } from "../../../mcp/figures.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { funnel, funnelOf } from "../../recipients/shape.ts";
import { listCampaigns } from "../queries/campaigns.ts";
import { understand } from "../../../conventions/question.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES, campaignShape } from "../shape.ts";

export const listCampaignsTool = tool({
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
        funnel,
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
        const open_rate = tracked ? rate(counts.opened, counts.delivered) : null;
        return { ...campaign, funnel: counts, open_rate };
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
