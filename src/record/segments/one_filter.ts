import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { AudienceFilter, Meant } from "../audiences/queries/filter.ts";
import { both, filterOf, meantBy, ofSegment, partsIn, searchAmong } from "./members.ts";
import type { SegmentRow } from "./queries.ts";

/** Filters that are read together; those of two groups narrow each by itself. */
const GROUPS: readonly (readonly (keyof AudienceFilter)[])[] = [
  ["events", "role", "registered", "attended", "registeredBefore"],
  ["registeredFor"],
  ["notRegisteredFor"],
  ["topics"],
  ["receivedCampaign", "receivedCommunication", "receivedStatus", "opened"],
  ["notReceivedCampaign"],
  ["notReceivedCommunication"],
  ["notContactedSince"],
  ["minMails", "mailsCampaign", "mailsEvents", "mailsSince"],
  ["text"],
];

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
  const says = (filter: AudienceFilter) =>
    GROUPS.map((group) => group.some((name) => filter[name] !== null));
  const [ofOne, ofOther] = [says(one), says(other)];
  if (ofOne.some((isSaid, index) => isSaid && ofOther[index])) return undefined;
  const taken = GROUPS.filter((_group, index) => ofOther[index]).flat();
  return { ...one, ...Object.fromEntries(taken.map((name) => [name, other[name]])) };
}
