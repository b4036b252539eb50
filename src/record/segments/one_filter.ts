import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { AudienceFilter, Meant } from "../audiences/queries/filter.ts";
import { both, filterOf, meantBy, ofSegment, partsIn, searchAmong } from "./members.ts";
import type { SegmentRow } from "./queries.ts";

/** What its segments and its question mean is joined apart, and a segment never says whom to leave out. */
type Joinable = Exclude<
  keyof AudienceFilter,
  "segment" | "notSegment" | "question" | "includeUndeliverable"
>;

/** Filters of one group are read together; those of two narrow each by itself. */
const GROUP: Readonly<Record<Joinable, string>> = {
  events: "events",
  role: "events",
  registered: "events",
  attended: "events",
  registeredBefore: "events",
  registeredFor: "registered for",
  notRegisteredFor: "not registered for",
  topics: "topics",
  receivedCampaign: "received",
  receivedCommunication: "received",
  receivedStatus: "received",
  opened: "received",
  notReceivedCampaign: "campaign not received",
  notReceivedCommunication: "mail not received",
  notContactedSince: "not contacted",
  minMails: "mails",
  mailsCampaign: "mails",
  mailsEvents: "mails",
  mailsSince: "mails",
  text: "text",
};

const JOINABLE = Object.keys(GROUP) as Joinable[];

/**
 * A filter with whom it means by now. The filters of its segment become part of it where both say nothing of one
 * group, so that nobody has to be found for the segment first.
 *
 * @param segments all there are, where it names one
 * @throws ToolError where one of them does not work any more, in words
 */
export async function asOneFilter(
  call: Call,
  filter: AudienceFilter,
  segments: readonly SegmentRow[],
): Promise<{ filter: AudienceFilter; meant: Meant }> {
  const search = searchAmong(call, segments);
  const segment = segments.find(({ id }) => id === filter.segment);
  const ofIt = segment && (await ofSegment(segment, () => filterOf(call, segment)));
  const joined = ofIt && join(filter, ofIt);
  if (!segment || !joined) return { filter, meant: await meantBy(search, filter) };
  const [its, own] = await together(
    ofSegment(segment, () => meantBy(search, partsIn(segment))),
    meantBy(search, { ...filter, segment: null }),
  );
  const butNot = [...(its.butNot ?? []), ...(own.butNot ?? [])];
  const isNarrowed = its.butNot !== null || own.butNot !== null;
  return {
    filter: joined,
    meant: { among: both(its.among, own.among), butNot: isNarrowed ? butNot : null },
  };
}

/** Undefined where both say something of one group. */
function join(one: AudienceFilter, other: AudienceFilter): AudienceFilter | undefined {
  const saidBy = (filter: AudienceFilter) => JOINABLE.filter((name) => filter[name] !== null);
  const groups = new Set(saidBy(one).map((name) => GROUP[name]));
  const taken = saidBy(other);
  if (taken.some((name) => groups.has(GROUP[name]))) return undefined;
  return { ...one, ...Object.fromEntries(taken.map((name) => [name, other[name]])) };
}
