import * as z from "zod";
import { asked, named, reference, when } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import { tool } from "../../conventions/call.ts";
import { counted } from "../../words/counts.ts";
import { campaignOutcomes, registrationSummary, type CampaignOutcome } from "./queries.ts";
import { understand } from "../../conventions/question.ts";

export const queryRegistrationsTool = tool({
  name: "query_registrations",
  title: "Query registrations",
  description:
    'How many registered and what brought them: by what tickets say (by_marketing_source), and by who registered after a mail (after_receiving). Never add the two up. E.g. campaign "CFP 2026".',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign: reference().optional(),
    from: when("of registration").optional(),
    to: when().optional(),
  }),
  output: z.object({
    total: z.number(),
    people: z.number(),
    cancelled: z.number(),
    transferred: z.number(),
    without_source: z.number(),
    by_source: z.array(
      z.object({
        marketing_source: z.string(),
        registrations: z.number(),
        checked_in: z.number(),
        campaign: named.nullable(),
        ambiguous_with: z.array(named),
      }),
    ),
    campaigns: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        people_reached: z.number(),
        by_marketing_source: z.number(),
        after_receiving: z.number(),
        registered_of_reached: z.number(),
        conversion: z.number().nullable(),
      }),
    ),
    ...asked,
  }),
  async handle(args, call) {
    const question = await understand(call, args);
    const [summary, outcomes] = await Promise.all([
      registrationSummary(call.sql, question, call.zone),
      campaignOutcomes(call.sql, question, call.zone),
    ]);
    const [only] = outcomes;
    return {
      headline:
        question.campaign !== null && only
          ? ofCampaign(only, summary.total)
          : `${String(summary.total)} of ${counted(summary.total, "registration")} counted, by ${counted(summary.people, "person", "people")}; ${String(summary.without_source)} do not say what brought them.`,
      facts: {
        ...summary,
        campaigns: outcomes.map((outcome) => ({
          ...outcome,
          conversion:
            outcome.people_reached === 0 ? null : outcome.after_receiving / outcome.people_reached,
        })),
        ...question.answer,
      },
    };
  },
});

function ofCampaign(outcome: CampaignOutcome, total: number): string {
  return `${String(outcome.by_marketing_source)} of ${counted(total, "registration")} name ${plain(outcome.name)} as their source; apart from that, ${counted(outcome.after_receiving, "person", "people")} of the ${String(outcome.people_reached)} it reached registered after its first mail to them. The two overlap.`;
}
