import * as z from "zod";
import { asked, named, paged, paging, reference, taken, when } from "../../mcp/fields.ts";
import { percent } from "../../mcp/figures.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import { tool } from "../../conventions/call.ts";
import { counted } from "../../words/counts.ts";
import { registrationCounts, sourceGroups, type RegistrationCounts } from "./queries/counts.ts";
import { campaignOutcomes, type CampaignOutcome } from "./queries/outcomes.ts";
import { registrants } from "./queries/registrants.ts";
import { understand } from "../../conventions/question.ts";
import { conversion } from "./shape.ts";

const reachedShape = z.object({
  id: z.number(),
  people_reached: z.number(),
  after_receiving: z.number(),
  registered_of_reached: z.number(),
  conversion: z.number().nullable(),
});

export const queryRegistrationsTool = tool({
  name: "query_registrations",
  title: "Query registrations",
  description:
    'How many registered and what brought them: by what tickets say (by_marketing_source), and by who registered after a mail (after_receiving). Never add the two up. E.g. campaign "CFP 2026"; list true for who.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign: reference().optional(),
    communication: reference("what one mail brought").optional(),
    from: when("of registration").optional(),
    to: when().optional(),
    list: z.boolean().optional(),
    ...paging,
  }),
  output: z.object({
    total: paged.total,
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
        mapped: z.boolean(),
        ambiguous_with: z.array(named),
        spellings: z.array(
          z.object({
            marketing_source: z.string(),
            registrations: z.number(),
            channel: z.string().nullable(),
          }),
        ),
      }),
    ),
    campaigns: z.array(
      reachedShape.extend({
        name: z.string(),
        by_marketing_source: z.number(),
        mapped: z.number(),
      }),
    ),
    communication: reachedShape.extend({ title: z.string() }).nullable(),
    registrations: z
      .array(
        z.object({
          contact_id: z.number(),
          name: z.string(),
          email: z.string().nullable(),
          event: named,
          ticket_type: z.string().nullable(),
          status: z.string().nullable(),
          registered_at: z.string(),
          checked_in: z.boolean(),
          marketing_source: z.string().nullable(),
          campaign: named.nullable(),
          channel: z.string().nullable(),
          mapped: z.boolean(),
        }),
      )
      .optional(),
    next_cursor: paged.next_cursor,
    as_of: asked.as_of,
    resolved: asked.resolved.extend({ communication: taken.nullable() }),
    filter: asked.filter,
  }),
  mainList: ({ list }) => (list === true ? "registrations" : "by_source"),
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    const { list } = args;
    const question = await understand(call, args);
    const { from, to, communication: mail } = question;
    const campaign = question.campaign ?? mail?.campaign_id ?? null;
    const events = question.event === null ? question.events : [question.event];
    const filter = { events, from, to };
    const [place = null, id = null] = (page.after ?? []) as [string?, number?];
    const [counts, by_source, outcomes, [ofMail], found] = await Promise.all([
      registrationCounts(sql, filter, zone),
      sourceGroups(sql, filter, zone),
      campaignOutcomes(sql, { ...filter, campaign, communication: null }, zone),
      mail === null
        ? []
        : campaignOutcomes(sql, { ...filter, campaign, communication: mail.id }, zone),
      list ? registrants(sql, filter, zone, { place, id }, page.limit + 1) : null,
    ]);
    const { total } = counts;
    const without_source = total - by_source.reduce((sum, group) => sum + group.registrations, 0);
    const shown = found?.slice(0, page.limit) ?? null;
    const sentences = [
      shown && `${String(shown.length)} of ${counted(total, "registration")} shown.`,
      mail && ofMail && ofOneMail(mail.name, ofMail),
      ...(campaign === null
        ? [
            `${String(total)} of ${counted(total, "registration")} counted, by ${counted(counts.people, "person", "people")}; ${counted(without_source, "does", "do")} not say what brought them.`,
          ]
        : outcomes.map((outcome) => ofCampaign(outcome, total))),
      withdrawn(counts),
    ];
    return {
      headline: sentences.filter((sentence) => sentence !== null).join(" "),
      facts: {
        ...counts,
        without_source,
        by_source,
        campaigns: outcomes.map((outcome) => ({ ...outcome, conversion: conversion(outcome) })),
        communication:
          mail && ofMail
            ? { ...ofMail, id: mail.id, title: mail.name, conversion: conversion(ofMail) }
            : null,
        ...(shown && { registrations: shown }),
        next_cursor: found && page.next(found, (last) => [last.place, last.ticket_id]),
        ...question.answer,
      },
    };
  },
});

/** That what was cancelled or passed on is counted apart, so that nobody takes it off once more. */
function withdrawn({ cancelled, transferred }: RegistrationCounts): string {
  return `Not in the total: ${String(cancelled)} cancelled and ${String(transferred)} transferred.`;
}

function ofCampaign(outcome: CampaignOutcome, total: number): string {
  const { mapped } = outcome;
  const byPerson =
    mapped === 0 ? "" : ` (${String(mapped)} of them by a mapping, see list_sources)`;
  return `${String(outcome.by_marketing_source)} of ${counted(total, "registration")} ${outcome.by_marketing_source === 1 ? "names" : "name"} ${plain(outcome.name)} as their source${byPerson}; apart from that, ${counted(outcome.after_receiving, "person", "people")} of the ${String(outcome.people_reached)} it reached registered after its first mail to them. The two overlap.`;
}

function ofOneMail(title: string, outcome: CampaignOutcome): string {
  const share = conversion(outcome);
  return `"${plain(title)}" reached ${counted(outcome.people_reached, "person", "people")}, of whom ${String(outcome.after_receiving)} registered after it${share === null ? "" : ` (${percent(share)})`}.`;
}
