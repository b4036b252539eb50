import * as z from "zod";
import { asked, reference } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import { assetShape } from "../../assets/shape.ts";
import { communicationShape } from "../../communications/shape.ts";
import { byStatus, byStatusOf, funnel, funnelOf } from "../../recipients/shape.ts";
import {
  campaignAssets,
  campaignCommunications,
  campaignDistributions,
  campaignPeople,
} from "../queries/whole_campaign.ts";
import { eventsSyncedTo } from "../../delivery_events/queries.ts";
import { campaignById } from "../queries/campaigns.ts";
import { campaignOutcomes } from "../../registrations/queries/outcomes.ts";
import { understand } from "../../../conventions/question.ts";
import { campaignShape } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

export const getCampaignTool = tool({
  name: "get_campaign",
  title: "One campaign in full",
  description:
    'All that was done in one campaign and with what effect: mails, posts, assets, distributions, people, registrations. E.g. campaign "CFP 2026".',
  effects: ASKS,
  input: z.strictObject({ campaign: reference(), event: reference().optional() }),
  output: z.object({
    campaign: campaignShape,
    communications: z.array(communicationShape.extend({ by_status: byStatus, funnel })),
    people: z.object({ total: z.number(), by_status: byStatus }),
    assets: z.array(assetShape.omit({ event: true, campaign: true })),
    distributions: z.object({
      total: z.number(),
      reach_estimate: z.number().nullable(),
      without_estimate: z.number(),
      by_channel: z.record(z.string(), z.number()),
    }),
    registrations: z.object({
      by_marketing_source: z.number(),
      mapped: z.number(),
      after_receiving: z.number(),
    }),
    tracked: z.boolean(),
    events_synced_to: z.string().nullable(),
    ...asked,
  }),
  async handle(args, call) {
    const { sql, zone } = call;
    const question = await understand(call, args);
    const id = question.campaign ?? 0;
    const [campaign, communications, people, assets, distributions, outcome, syncedTo] =
      await Promise.all([
        campaignById(sql, id, zone),
        campaignCommunications(sql, id, zone),
        campaignPeople(sql, id),
        campaignAssets(sql, id, zone),
        campaignDistributions(sql, id),
        outcomeOf(call, id, question.event),
        eventsSyncedTo(sql, zone),
      ]);
    if (!campaign || !outcome) throw new Error("the campaign is not there");
    const total = sum(people.map(({ recipients }) => recipients));
    const received = sum(
      people.filter((best) => best.received).map(({ recipients }) => recipients),
    );
    const unknown = people.find(({ status }) => status === "unknown")?.recipients ?? 0;
    const uncertain = unknown > 0 ? `; whether ${String(unknown)} got it is not known` : "";
    return {
      headline: `${String(communications.length)} of ${counted(communications.length, "communication")} shown: the campaign ${plain(campaign.name)} (${campaign.status}) for ${plain(campaign.event.name)}, ${counted(total, "person", "people")} on its lists, ${String(received)} of them received a mail${uncertain}.`,
      facts: {
        campaign,
        communications: communications.map(({ recipients, tracked, ...communication }) => ({
          ...communication,
          by_status: byStatusOf(recipients),
          funnel: funnelOf(recipients),
        })),
        people: { total, by_status: byStatusOf(people) },
        assets,
        distributions: {
          total: sum(distributions.map((channel) => channel.distributions)),
          reach_estimate: known(distributions.map((channel) => channel.reach_estimate)),
          without_estimate: sum(distributions.map((channel) => channel.without_estimate)),
          by_channel: Object.fromEntries(
            distributions.map(({ channel, distributions: count }) => [channel, count]),
          ),
        },
        registrations: {
          by_marketing_source: outcome.by_marketing_source,
          mapped: outcome.mapped,
          after_receiving: outcome.after_receiving,
        },
        tracked: communications.some(({ tracked }) => tracked),
        events_synced_to: syncedTo,
        ...question.answer,
      },
    };
  },
});

async function outcomeOf({ sql, zone }: Call, campaign: number, event: number | null) {
  const filter = {
    events: event === null ? null : [event],
    campaign,
    communication: null,
    from: null,
    to: null,
  };
  const [outcome] = await campaignOutcomes(sql, filter, zone);
  return outcome;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The sum of what is known, or null where nothing is. */
function known(numbers: readonly (number | null)[]): number | null {
  const given = numbers.filter((number) => number !== null);
  return given.length === 0 ? null : sum(given);
}
