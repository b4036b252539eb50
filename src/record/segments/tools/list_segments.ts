import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { asked, paged, paging, text } from "../../../mcp/fields.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { tool } from "../../../conventions/call.ts";
import { understand } from "../../../conventions/question.ts";
import { together } from "../../../conventions/together.ts";
import { TookTooLong } from "../../asking/people.ts";
import { membersOfEach, type Members } from "../members.ts";
import { listSegments, type ListedSegment } from "../queries.ts";
import { filtersShape, segmentShape } from "../shape.ts";

/** What all segments of an answer may take together. */
const SECONDS = 10;

const NOT_COUNTED =
  "Not counted: all together took too long. find_audience with this segment counts it alone.";

const listedShape = segmentShape.extend({
  /** Who is in it now and can be mailed; null where it cannot be found any more, or was not counted. */
  people: z.number().nullable(),
  /** Who cannot be mailed as well. */
  fitting: z.number().nullable(),
  /** The last mail whose list was made of it and that went out, when that list was made, and of how many. */
  last_used: z
    .object({
      communication: z.object({ id: z.number(), title: z.string() }),
      at: z.string(),
      people: z.number(),
    })
    .nullable(),
  /** Who can be mailed now and was not in it then, or could not be mailed; null before the first use. */
  entered_since: z.number().nullable(),
  left_since: z.number().nullable(),
  /** Why it cannot be found any more, or was not counted. */
  problem: z.string().nullable(),
});

export const listSegmentsTool = tool({
  name: "list_segments",
  title: "List segments",
  description:
    "Saved segments with who is in them now (people: who can be mailed), the last mail that went to each, and how many came in and dropped out since that mail's list was made. find_audience lists the people.",
  effects: ASKS,
  input: z.strictObject({ text: text(200).optional(), ...paging }),
  output: z.object({ segments: z.array(listedShape), ...paged, ...asked }),
  async handle(args, call, _caller, page) {
    const [place, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const [{ answer }, found] = await together(
      understand(call, args),
      listSegments(call.sql, args.text ?? null, call.zone, { place, id }, page.limit + 1),
    );
    const listed = found.segments.slice(0, page.limit);
    const members = await membersOfEach(call, listed, SECONDS);
    const segments = listed.map((segment, index) => inAnswer(segment, members[index]));
    const late = members.filter((one) => one instanceof TookTooLong).length;
    const broken = members.filter((one) => one instanceof ToolError).length - late;
    return {
      headline: `${String(segments.length)} of ${counted(found.total, "segment")} shown${broken > 0 ? `, ${String(broken)} of which cannot be found any more` : ""}${late > 0 ? `, ${String(late)} not counted, as that took too long` : ""}.`,
      facts: {
        segments,
        total: found.total,
        next_cursor: page.next(found.segments, (last) => [last.place, last.id]),
        ...answer,
      },
    };
  },
});

function inAnswer(segment: ListedSegment, members: Members | ToolError | undefined) {
  const { id, name, description, audience, sql, version, last_used: last } = segment;
  const now = members === undefined || members instanceof ToolError ? null : members;
  const changes = last && now && changesSince(last.people, now.people);
  return {
    id,
    name,
    description,
    audience: audience && filtersShape.parse(audience),
    sql,
    version,
    people: now && now.people.length,
    fitting: now && now.fitting.length,
    last_used: last && { ...last, people: last.people.length },
    entered_since: changes && changes.entered,
    left_since: changes && changes.left,
    problem:
      members instanceof TookTooLong
        ? NOT_COUNTED
        : members instanceof ToolError
          ? members.message
          : null,
  };
}

function changesSince(then: readonly number[], now: readonly number[]) {
  const [before, after] = [new Set(then), new Set(now)];
  return {
    entered: now.filter((id) => !before.has(id)).length,
    left: then.filter((id) => !after.has(id)).length,
  };
}
