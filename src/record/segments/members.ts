import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { named } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { peopleMeant } from "../asking/people.ts";
import { EVERYBODY, parseAudience, resolveAudience } from "../audiences/filters.ts";
import { audience } from "../audiences/queries/audience.ts";
import type { AudienceFilter, Meant } from "../audiences/queries/filter.ts";
import { segmentsReached, type SegmentRow, type SegmentUse } from "./queries.ts";

/** Who is in a segment now, by id. */
export interface Members {
  /** Who can be mailed. */
  people: number[];
  /** Who cannot as well. */
  fitting: number[];
}

/** By which segments and which question a filter finds people; they are found before the rest of it is asked. */
type Parts = Pick<AudienceFilter, "segment" | "notSegment" | "question">;

/** The segments that a call finds, each once. */
interface Search {
  call: Call;
  segments: ReadonlyMap<number, SegmentRow>;
  found: Map<number, Promise<Members>>;
}

/** Whom the parts of a filter mean by now: each by itself, and together. */
export interface PartsFound {
  within: Members | null;
  without: Members | null;
  /** Whom the question answers. */
  asked: number[] | null;
  meant: Meant;
}

/**
 * Whom the segments and the question of a filter mean by now, and which segments these are.
 *
 * @param known segments that were looked up already
 * @throws ToolError where one of them does not work any more, in words
 */
export async function whomItMeans(
  call: Call,
  filter: Parts,
  known: readonly SegmentRow[] = [],
): Promise<PartsFound & { uses: SegmentUse[] }> {
  const ids = [filter.segment, filter.notSegment].filter((id) => id !== null);
  const segments =
    ids.length === 0 || known.length > 0 ? known : await segmentsReached(call.sql, ids);
  const found = await partsOf(searchAmong(call, segments), filter);
  const use = (id: number | null, members: Members | null, isLeftOut: boolean): SegmentUse[] => {
    const segment = segments.find((one) => one.id === id);
    if (!segment || !members) return [];
    const { name, description, version } = segment;
    const { people } = members;
    return [{ segment: segment.id, is_left_out: isLeftOut, version, name, description, people }];
  };
  const uses = [
    ...use(filter.segment, found.within, false),
    ...use(filter.notSegment, found.without, true),
  ];
  return { ...found, uses };
}

/**
 * Who is in each of these segments now, or why one cannot be found any more.
 *
 * @throws what is no fault of a segment
 */
export async function membersOfEach(
  call: Call,
  segments: readonly SegmentRow[],
): Promise<(Members | ToolError)[]> {
  const parts = segments.flatMap(({ in_segment, not_in_segment }) =>
    [in_segment, not_in_segment].filter((id) => id !== null),
  );
  const others = parts.length === 0 ? [] : await segmentsReached(call.sql, parts);
  const search = searchAmong(call, [...others, ...segments]);
  const outcomes = segments.map(({ id }) =>
    membersOf(search, id).catch((error: unknown) => {
      if (error instanceof ToolError) return error;
      throw error;
    }),
  );
  return together(...outcomes);
}

/**
 * The filter by which a segment is found now.
 *
 * @throws ToolError where what it names is not there any more
 */
export async function filterOf(call: Call, segment: SegmentRow): Promise<AudienceFilter> {
  const { in_segment, not_in_segment } = segment;
  const { filter } = hasFilters(segment)
    ? await resolveAudience(call, parseAudience(segment.meant), "", KNOWN.parse(segment.known))
    : { filter: EVERYBODY };
  return {
    ...filter,
    segment: in_segment,
    notSegment: not_in_segment,
    question: segment.sql ?? filter.question,
  };
}

const KNOWN = z.record(z.string(), named);

function hasFilters(segment: SegmentRow): segment is SegmentRow & { meant: object } {
  return segment.meant !== null && Object.keys(segment.meant).length > 0;
}

function searchAmong(call: Call, segments: readonly SegmentRow[]): Search {
  return { call, segments: new Map(segments.map((one) => [one.id, one])), found: new Map() };
}

function membersOf(search: Search, id: number): Promise<Members> {
  const known = search.found.get(id);
  if (known) return known;
  const segment = search.segments.get(id);
  const found = segment
    ? members(search, segment)
    : Promise.reject(new ToolError(`Segment ${String(id)} was removed by another call meanwhile.`));
  search.found.set(id, found);
  return found;
}

async function members(search: Search, segment: SegmentRow): Promise<Members> {
  const { sql, zone } = search.call;
  const question = segment.sql ?? (segment.meant as { sql?: string } | null)?.sql ?? null;
  const { in_segment, not_in_segment } = segment;
  try {
    const [filter, { meant }] = await together(
      filterOf(search.call, segment),
      partsOf(search, { segment: in_segment, notSegment: not_in_segment, question }),
    );
    const { ids, fitting } = await audience(sql, filter, meant, zone, { ids: true, excluded: 0 });
    return { people: ids, fitting };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError(
      `The segment "${plain(segment.name)}" cannot be found any more: ${error.message} save_segment with segment ${String(segment.id)} changes it.`,
    );
  }
}

async function partsOf(
  search: Search,
  { segment, notSegment, question }: Parts,
): Promise<PartsFound> {
  const [within, without, asked] = await together(
    segment === null ? null : membersOf(search, segment),
    notSegment === null ? null : membersOf(search, notSegment),
    question === null ? null : peopleMeant(search.call, question),
  );
  const meant: Meant = { among: both(within?.fitting, asked), butNot: without?.fitting ?? null };
  return { within, without, asked, meant };
}

/** Who is in both; what is null does not narrow. */
function both(
  one: readonly number[] | null | undefined,
  other: readonly number[] | null,
): readonly number[] | null {
  if (!one || !other) return one ?? other;
  const there = new Set(other);
  return one.filter((id) => there.has(id));
}
