import * as z from "zod";
import { asked, named, reference } from "../../../mcp/fields.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { understand } from "../../../conventions/question.ts";
import { counted } from "../../../words/counts.ts";
import { registrationCounts } from "../../registrations/queries/counts.ts";
import { mappingsAt } from "../queries/mappings.ts";
import { linkNames, marketingSources, type MarketingSource } from "../queries/sources.ts";
import { mappingShape } from "../shape.ts";

export const listSourcesTool = tool({
  name: "list_sources",
  title: "Where registrations came from",
  description:
    "What an event's tickets say brought people and which campaign each value means (map_source changes it). link_names: what to call the ticket shop's links so that each counts for its campaign; -place may follow, as in cfp-2026-whatsapp-speakers.",
  effects: ASKS,
  input: z.strictObject({ event: reference() }),
  output: z.object({
    sources: z.array(
      z.object({
        event: named,
        marketing_source: z.string(),
        registrations: z.number(),
        campaign: named.nullable(),
        channel: z.string().nullable(),
        mapped: z.boolean(),
        ambiguous_with: z.array(named),
      }),
    ),
    total: z.number(),
    registrations: z.number(),
    without_source: z.number(),
    mappings: z.array(mappingShape),
    link_names: z.array(
      z.object({ campaign: named, channel: z.string().nullable(), link_name: z.string() }),
    ),
    ...asked,
  }),
  async handle(args, call) {
    const { sql, zone } = call;
    const question = await understand(call, args);
    const { events } = question;
    const [sources, { total: registrations }, mappings, link_names] = await Promise.all([
      marketingSources(sql, events, zone),
      registrationCounts(sql, { events, from: null, to: null }, zone),
      mappingsAt(sql, events, zone),
      linkNames(sql, events),
    ]);
    const count = (belongs: (source: MarketingSource) => boolean) =>
      sources.filter(belongs).reduce((sum, { registrations }) => sum + registrations, 0);
    const without_source = registrations - count(() => true);
    return {
      headline: `${String(sources.length)} of ${counted(sources.length, "source")} shown. Of ${counted(registrations, "registration")}, ${counted(
        count(({ campaign, mapped }) => campaign !== null && !mapped),
        "names",
        "name",
      )} a campaign, ${counted(
        count(({ mapped }) => mapped),
        "counts",
        "count",
      )} for one by a mapping, ${counted(
        count(({ campaign }) => campaign === null),
        "says",
        "say",
      )} something that means no single campaign, ${counted(without_source, "says", "say")} nothing.`,
      facts: {
        sources,
        total: sources.length,
        registrations,
        without_source,
        mappings,
        link_names,
        ...question.answer,
      },
    };
  },
});
