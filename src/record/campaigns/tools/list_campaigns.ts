import * as z from "zod";
import { asked, paged, paging, reference, text, when } from "../../../mcp/fields.ts";
import { percent, rate } from "../../../mcp/figures.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { funnel, funnelOf } from "../../recipients/shape.ts";
import { listCampaigns, type CampaignPlace } from "../queries/listed_campaigns.ts";
import { asFilter, understand } from "../../../conventions/question.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES, campaignShape } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

export const listCampaignsTool = tool({
  name: "list_campaigns",
  title: "List campaigns",
  description:
    'Campaigns newest first: people on their lists (people), who of them received a mail (people_reached), what became of the mails; open_rate is opened of delivered mails. E.g. event "2026", from "30 days", order open_rate. One in full: get_campaign.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign_type: z.enum(CAMPAIGN_TYPES).optional(),
    status: z.array(z.enum(CAMPAIGN_STATUSES)).optional(),
    text: text(200).optional(),
    from: when("of activity").optional(),
    to: when().optional(),
    order: z.enum(["last_activity", "open_rate"]).optional(),
    ...paging,
  }),
  output: z.object({
    campaigns: z.array(
      campaignShape.extend({
        communications: z.number(),
        people: z.number().meta({ description: "people on its lists" }),
        people_reached: z.number().meta({ description: "who of them received a mail" }),
        funnel,
        open_rate: z.number().nullable().meta({
          description: "opened / delivered mails; null where nothing was tracked or delivered",
        }),
        untracked_mails: z.number().meta({
          description: "attempted mails of which no delivery event was recorded",
        }),
        assets: z.number(),
        last_activity_at: z.string().nullable(),
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const [after = null] = (page.after ?? []) as [CampaignPlace?];
    const found = await listCampaigns(
      call.sql,
      {
        events: question.events,
        campaign_type: args.campaign_type ?? null,
        status: asFilter(args.status),
        text: args.text ?? null,
        from: question.from,
        to: question.to,
      },
      args.order ?? null,
      call.zone,
      after,
      page.limit + 1,
    );
    const campaigns = found.campaigns
      .slice(0, page.limit)
      .map(({ recipients, tracked_mails, place, ...campaign }) => {
        const counts = funnelOf(recipients);
        return {
          ...campaign,
          funnel: counts,
          open_rate: tracked_mails > 0 ? rate(counts.opened, counts.delivered) : null,
          untracked_mails: counts.attempted - tracked_mails,
        };
      });
    const [first] = campaigns;
    const best =
      args.order === "open_rate" && after === null && first && first.open_rate !== null
        ? ` ${plain(first.name)} was opened most: ${percent(first.open_rate)} of ${counted(first.funnel.delivered, "delivered mail")}.`
        : "";
    return {
      headline: `${String(campaigns.length)} of ${counted(found.total, "campaign")} shown.${best}`,
      facts: {
        campaigns,
        total: found.total,
        next_cursor: page.next(found.campaigns, (last) => [last.place]),
        ...question.answer,
      },
    };
  },
});
