import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { named } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { peopleMeant, TookTooLong } from "../asking/people.ts";
import { EVERYBODY, parseAudience, resolveAudience } from "../audiences/filters.ts";
import { audience, TooLate } from "../audiences/queries/audience.ts";
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

/** The segments that a call finds, each once, and the questions by which it finds them. */
interface Search {
  call: Call;
  segments: ReadonlyMap<number, SegmentRow>;
  /** Seconds of the call in which all of them are to be found; null: each has its own. */
  within: number | null;
  found: Map<number, Promise<Members>>;
  asked: Map<string, Promise<number[]>>;
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
 * Who is in each of these segments now, or why one cannot be found any more: a TookTooLong for what was not found
 * in time.
 *
 * @param within seconds of the call that all of them may take together
 * @throws what is no fault of a segment
 */
export async function membersOfEach(
  call: Call,
  segments: readonly SegmentRow[],
  within: number,
): Promise<(Members | ToolError)[]> {
  const parts = segments.flatMap(({ in_segment, not_in_segment }) =>
    [in_segment, not_in_segment].filter((id) => id !== null),
  );
  const others = parts.length === 0 ? [] : await segmentsReached(call.sql, parts);
  const search = searchAmong(call, [...others, ...segments], within);
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

export function searchAmong(
  call: Call,
  segments: readonly SegmentRow[],
  within: number | null = null,
): Search {
  const known = new Map(segments.map((one) => [one.id, one]));
  return { call, segments: known, within, found: new Map(), asked: new Map() };
}

/** What is done once for a key, however often it is wanted. */
function once<Key, Value>(
  done: Map<Key, Promise<Value>>,
  key: Key,
  work: () => Promise<Value>,
): Promise<Value> {
  const there = done.get(key) ?? work();
  done.set(key, there);
  return there;
}

function segmentOf(search: Search, id: number): SegmentRow {
  const segment = search.segments.get(id);
  if (segment) return segment;
  throw new ToolError(`Segment ${String(id)} was removed by another call meanwhile.`);
}

function membersOf(search: Search, id: number): Promise<Members> {
  return once(search.found, id, async () => {
    const segment = segmentOf(search, id);
    return ofSegment(segment, () => members(search, segment));
  });
}

async function members(search: Search, segment: SegmentRow): Promise<Members> {
  const { sql, zone } = search.call;
  const [filter, meant] = await together(
    filterOf(search.call, segment),
    meantBy(search, partsIn(segment)),
  );
  // Whom a question has answered in time is soon looked up.
  const within = segment.sql === null ? search.within : null;
  const told = { ids: true, excluded: 0, within };
  try {
    const { ids, fitting } = await audience(sql, filter, meant, zone, told);
    return { people: ids, fitting };
  } catch (error) {
    throw error instanceof TooLate ? new TookTooLong("Others took all the time there was.") : error;
  }
}

/** By which others, and by which question, a segment is found. */
export function partsIn({ sql, meant, in_segment, not_in_segment }: SegmentRow): Parts {
  const question = sql ?? (meant as { sql?: string } | null)?.sql ?? null;
  return { segment: in_segment, notSegment: not_in_segment, question };
}

/** Does what finds a segment; of what the caller hears it is said which segment it is about. */
export async function ofSegment<Found>(
  { id, name }: SegmentRow,
  find: () => Promise<Found>,
): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    const which = `The segment "${plain(name)}"`;
    if (error instanceof TookTooLong) {
      throw new TookTooLong(`${which} was not found in time: ${error.message}`);
    }
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError(
      `${which} cannot be found any more: ${error.message} save_segment with segment ${String(id)} changes it.`,
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
    question === null ? null : answering(search, question),
  );
  const meant: Meant = { among: both(within?.fitting, asked), butNot: without?.fitting ?? null };
  return { within, without, asked, meant };
}

/** Whom the parts of a filter mean together, in as few steps as that takes. */
export async function meantBy(
  search: Search,
  { segment, notSegment, question }: Parts,
): Promise<Meant> {
  const [within, butNot, asked] = await together(
    segment === null ? null : fitting(search, segment),
    notSegment === null ? null : fitting(search, notSegment),
    question === null ? null : answering(search, question),
  );
  return { among: both(within, asked), butNot };
}

/** Who is in a segment, whether they can be mailed or not. */
async function fitting(search: Search, id: number): Promise<readonly number[]> {
  const segment = segmentOf(search, id);
  const { sql } = segment;
  if (sql === null) return (await membersOf(search, id)).fitting;
  return ofSegment(segment, () => answering(search, sql));
}

function answering({ call, within, asked }: Search, question: string): Promise<number[]> {
  return once(asked, question, () => peopleMeant(call, question, within));
}

/** Who is in both; what is null does not narrow. */
export function both(
  one: readonly number[] | null | undefined,
  other: readonly number[] | null,
): readonly number[] | null {
  if (!one || !other) return one ?? other;
  const there = new Set(other);
  return one.filter((id) => there.has(id));
}
