import { ToolError } from "../../mcp/errors.ts";
import { canonical } from "../../mcp/paging.ts";
import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { difference } from "../corrections/changes.ts";
import { EVERYBODY, parseAudience, resolveAudience } from "../audiences/filters.ts";
import type { AudienceFilter } from "../audiences/queries/filter.ts";
import {
  insertSegment,
  lockSegment,
  segmentNamed,
  updateSegment,
  type Definition,
  type NewSegment,
  type SegmentRow,
} from "./queries.ts";
import { filtersShape } from "./shape.ts";

/** By what a segment is to be found, and the filter that this is now. */
export interface DefinedSegment {
  definition: Definition;
  filter: AudienceFilter;
  /** All segments, where it names one. */
  segments: readonly SegmentRow[];
}

/**
 * Reads by what a segment is to be found; null where a call says nothing of it.
 *
 * @throws ToolError for both ways at once, for filters of a wrong form, and for what belongs to a use of the segment
 */
export async function defined(
  call: Call,
  audience: Record<string, unknown> | undefined,
  sql: string | undefined,
): Promise<DefinedSegment | null> {
  if (audience !== undefined && sql !== undefined) {
    throw new ToolError("Give audience or sql, and not both; audience may hold sql as well.");
  }
  if (sql !== undefined) {
    const definition = {
      audience: null,
      meant: null,
      in_segment: null,
      not_in_segment: null,
      sql,
    };
    return { definition, filter: { ...EVERYBODY, question: sql }, segments: [] };
  }
  if (audience === undefined) return null;
  const given = parseAudience(audience);
  if (given.include_undeliverable !== undefined) {
    throw new ToolError(
      "include_undeliverable is no part of a segment; give it where the segment is used.",
    );
  }
  const { filter, pinned, segments } = await resolveAudience(call, given, "audience.");
  const { segment, not_in_segment, ...meant } = filtersShape.parse({ ...given, ...pinned });
  const definition = {
    audience: filtersShape.parse(given),
    meant,
    in_segment: filter.segment,
    not_in_segment: filter.notSegment,
    sql: null,
  };
  return { definition, filter, segments };
}

/** A segment as it is after a call. */
export interface Saved {
  segment: NewSegment & { id: number; version: number };
  created: boolean;
  changed: Record<string, [unknown, unknown]>;
}

/**
 * Adds a segment; one of the same name that says the same is left as it is.
 *
 * @throws ToolError for another segment of that name
 */
export async function addSegment({ sql }: Call, segment: NewSegment): Promise<Saved> {
  const id = await insertSegment(sql, segment);
  if (id !== undefined) {
    return { segment: { ...segment, id, version: 1 }, created: true, changed: {} };
  }
  const row = await segmentNamed(sql, segment.name);
  if (!row) throw new ToolError("The segment of that name was removed meanwhile; call again.");
  const there = writable(row);
  if (!isSame(there, { ...segment, name: there.name })) throw taken(there);
  return { segment: there, created: false, changed: {} };
}

/**
 * Locks a segment that is to be changed.
 *
 * @param name the one that it is to have
 * @throws ToolError where another segment has that name
 */
export async function segmentToChange(
  { sql }: Call,
  id: number,
  name: string,
): Promise<{ row: SegmentRow; before: Saved["segment"] }> {
  const [row, there] = await together(lockSegment(sql, id), segmentNamed(sql, name));
  if (!row) throw new ToolError("The segment was removed by another call meanwhile.");
  if (there && there.id !== id) throw taken(writable(there));
  return { row, before: writable(row) };
}

/** Changes a segment that is locked, unless it says so already. */
export async function changeSegment(
  { sql }: Call,
  before: Saved["segment"],
  after: NewSegment,
): Promise<Saved> {
  const { id, version } = before;
  if (isSame(before, after)) return { segment: before, created: false, changed: {} };
  await updateSegment(sql, id, after);
  const changed = difference(before, { ...before, ...after }, SHOWN);
  return { segment: { ...after, id, version: version + 1 }, created: false, changed };
}

const SHOWN = ["name", "description", "audience", "sql"] as const;
const KEPT = [...SHOWN, "meant", "in_segment", "not_in_segment"] as const;

function isSame(one: NewSegment, other: NewSegment): boolean {
  return KEPT.every((field) => canonical(one[field]) === canonical(other[field]));
}

function writable(row: SegmentRow): Saved["segment"] {
  return {
    ...row,
    audience: row.audience && filtersShape.parse(row.audience),
    meant: row.meant && filtersShape.parse(row.meant),
  };
}

function taken({ id, name, description }: Saved["segment"]): ToolError {
  const about = description === null ? "" : ` ("${plain(description)}")`;
  return new ToolError(
    `There is another segment "${plain(name)}"${about}, ${String(id)}; choose another name, or give segment ${String(id)} to change that one.`,
  );
}
