import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text, when } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { instant } from "../../../mcp/time.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { oneCampaign } from "../../../conventions/references/campaign.ts";
import { nameOf, type Named } from "../../../conventions/references/choose.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import { following, together } from "../../../conventions/together.ts";
import { counted } from "../../../words/counts.ts";
import { nearestFirst } from "../../../words/nearest.ts";
import {
  campaignsNamed,
  deleteMappings,
  insertMapping,
  lockSource,
  overlappingMappings,
  registrationsMapped,
  type Mapping,
  type OverlappingMapping,
  type SourceSpan,
} from "../queries/mappings.ts";
import { carriedSources, type CarriedSource } from "../queries/sources.ts";
import { mappingShape } from "../shape.ts";

export const mapSourceTool = tool({
  name: "map_source",
  title: "Say which campaign a source means",
  description:
    'Says what a source on tickets meant, e.g. event "Data & AI Day 2026", source "Email", campaign "CFP 2026", from "2026-03-01", to "2026-04-30": such registrations count for it from then on. The same span again replaces; campaign null takes away what lies in the span.',
  effects: CORRECTS,
  input: z.strictObject({
    event: reference(),
    source: text(500, "as list_sources shows it"),
    campaign: reference().nullable().meta({ reference: true, description: "null: none" }),
    from: when("of registration").optional(),
    to: when().optional(),
  }),
  output: z.object({
    mapping: mappingShape.nullable(),
    registrations: z.number(),
    taken_away: z.array(mappingShape),
    replay: z.boolean(),
    /** Only where no registration carries the source: those that they do carry, the nearest first. */
    carried: z
      .array(z.object({ marketing_source: z.string(), registrations: z.number() }))
      .optional(),
  }),
  async handle(args, call) {
    const { sql, zone } = call;
    const eventMeant = oneEvent(call, args.event);
    const [event, campaign] = await together(
      eventMeant,
      args.campaign === null
        ? null
        : oneCampaign(
            sql,
            args.campaign,
            following(eventMeant, ({ id }) => [id]),
          ).then(nameOf),
    );
    const from = args.from === undefined ? null : instant(args.from, zone, "from");
    const to = args.to === undefined ? null : instant(args.to, zone, "to", "end");
    if (from !== null && to !== null && from >= to) {
      throw new ToolError("from must lie before to.");
    }
    const span = { event: event.id, source: args.source, from, to };
    const [campaigns, , overlapping, sources] = await together(
      campaignsNamed(sql, event.id, args.source),
      lockSource(sql, event.id, args.source),
      overlappingMappings(sql, span, zone),
      carriedSources(sql, event.id, args.source, zone),
    );
    const said = `"${plain(args.source)}" at ${plain(event.name)}`;
    if (campaign !== null || overlapping.length === 0) refuseOwnName(said, campaigns, campaign);
    const { headline, facts } = await (campaign === null
      ? unmap(call, said, overlapping)
      : map(call, said, span, campaign, overlapping));
    if (sources.some(({ is_asked }) => is_asked)) return { headline, facts };
    const carried = nearestFirst(args.source, sources, (other) => other.marketing_source);
    return {
      headline: `${headline} ${noneCarries(event, carried)}`,
      facts: {
        ...facts,
        carried: carried
          .slice(0, MOST_CARRIED)
          .map(({ marketing_source, registrations }) => ({ marketing_source, registrations })),
      },
    };
  },
});

const MOST_CARRIED = 10;

function noneCarries(event: Named, carried: readonly CarriedSource[]): string {
  const values = carried
    .slice(0, MOST_CARRIED)
    .map(
      ({ marketing_source, registrations }) =>
        `"${plain(marketing_source)}" (${String(registrations)})`,
    );
  if (carried.length > MOST_CARRIED) values.push(`${String(carried.length - MOST_CARRIED)} more`);
  return `No registration for ${plain(event.name)} carries it so far; ${values.length === 0 ? "none carries any source" : `they carry ${values.join(", ")}`}.`;
}

async function unmap({ sql }: Call, said: string, overlapping: readonly OverlappingMapping[]) {
  refuseInTheWay(said, overlapping, ["same", "within"]);
  const ids = overlapping.map(({ id }) => id);
  const [registrations] = await together(registrationsMapped(sql, ids), deleteMappings(sql, ids));
  const replay = overlapping.length === 0;
  return {
    headline: replay
      ? `${said} is mapped to no campaign in that time; nothing was changed.`
      : `${said} no longer means ${overlapping.map(inWords).join(" or ")}; ${counting(registrations)} for none by it now.`,
    facts: { mapping: null, registrations, taken_away: [...overlapping], replay },
  };
}

async function map(
  { sql, zone }: Call,
  said: string,
  span: SourceSpan,
  campaign: Named,
  overlapping: readonly OverlappingMapping[],
) {
  refuseInTheWay(said, overlapping, ["same"]);
  const [same] = overlapping;
  const replay = same?.campaign.id === campaign.id;
  const replaced = same && !replay ? [same] : [];
  const ids = replaced.map(({ id }) => id);
  const [, , [mapping]] = await together(
    replay ? null : deleteMappings(sql, ids),
    replay ? null : insertMapping(sql, span, campaign.id, zone),
    overlappingMappings(sql, span, zone),
  );
  if (!mapping) throw new Error("the mapping is not there");
  const registrations = await registrationsMapped(sql, [mapping.id]);
  const how = replay ? "was mapped so already, nothing was changed: it means" : "now means";
  const before = replaced.map((other) => ` Until now it meant ${plain(other.campaign.name)}.`);
  return {
    headline: `${said} ${how} ${inWords(mapping)}; ${counting(registrations)} for that campaign by it.${before.join("")}`,
    facts: { mapping, registrations, taken_away: replaced, replay },
  };
}

function counting(registrations: number): string {
  return `${counted(registrations, "registration")} ${registrations === 1 ? "counts" : "count"}`;
}

/** A source that names a campaign by itself means that one; of several that it names, one may be chosen. */
function refuseOwnName(said: string, campaigns: readonly Named[], to: Named | null): void {
  const [own, ...others] = campaigns;
  if (!own) return;
  if (others.length > 0 && (to === null || campaigns.some(({ id }) => id === to.id))) return;
  const names = campaigns.map(({ name }) => plain(name)).join(" and ");
  throw new ToolError(
    own.id === to?.id
      ? `${said} names ${names} and counts for it already; only what names no campaign is mapped.`
      : `${said} names ${names} by itself, so it cannot mean another campaign or none.`,
  );
}

/** Refuses to guess what is to become of a mapping of which the span covers but a part. */
function refuseInTheWay(
  said: string,
  overlapping: readonly OverlappingMapping[],
  movable: readonly OverlappingMapping["extent"][],
): void {
  const inTheWay = overlapping.filter(({ extent }) => !movable.includes(extent));
  if (inTheWay.length === 0) return;
  throw new ToolError(
    `${said} means ${inTheWay.map(inWords).join(" and ")} already, in a part of that time; give exactly that from and to to change it, or take it away first with campaign null.`,
  );
}

function inWords({ campaign, from, to }: Mapping): string {
  const span = [from && `from ${from}`, to && `to ${to}`].filter((part) => part !== null);
  return `${plain(campaign.name)} (${span.length === 0 ? "at any time" : span.join(" ")})`;
}
