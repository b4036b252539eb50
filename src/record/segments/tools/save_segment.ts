import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { line, named, reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import { together } from "../../../conventions/together.ts";
import { byReason } from "../../audiences/groups.ts";
import { audience, type Audience } from "../../audiences/queries/audience.ts";
import { filterOf, whomItMeans } from "../members.ts";
import { oneSegment } from "../reference.ts";
import {
  addSegment,
  changeSegment,
  defined,
  segmentToChange,
  type DefinedSegment,
  type Saved,
} from "../saving.ts";
import { segmentShape } from "../shape.ts";

const input = z.strictObject({
  name: line(200),
  description: text(1000, "whom it means, in the person's words").nullable().optional(),
  audience: z.looseObject({}).meta({ description: "filters as find_audience" }).optional(),
  sql: text(10_000, "instead: as find_audience").optional(),
  segment: reference("to change one").optional(),
});

type Input = z.output<typeof input>;

export const saveSegmentTool = tool({
  name: "save_segment",
  title: "Save a segment",
  description:
    'Gives an audience a name; who is in it is found anew at each use, as audience {segment: "Our regulars"}, also with other filters. E.g. name "Our regulars", description "came more than once", sql "SELECT contact_id FROM registrations WHERE came GROUP BY 1 HAVING count(DISTINCT event_id) > 1".',
  effects: CORRECTS,
  input,
  output: z.object({
    segment: segmentShape,
    created: z.boolean(),
    changed: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
    /** Who is in it and can be mailed; `excluded` are in it too. */
    people: z.number(),
    fitting: z.number(),
    excluded: z.array(
      z.object({ reason: z.string(), count: z.number(), contacts: z.array(named) }),
    ),
  }),
  async handle(args, call) {
    const [chosen, given] = await together(
      args.segment === undefined ? null : oneSegment(call.sql, args.segment),
      defined(call, args.audience, args.sql),
    );
    return chosen === null ? newSegment(call, args, given) : changed(call, args, chosen.id, given);
  },
});

async function newSegment(call: Call, args: Input, given: DefinedSegment | null) {
  if (given === null) throw new ToolError("Give audience or sql: who is in it?");
  const { name, description = null } = args;
  const { meant } = await whomItMeans(call, given.filter, given.segments);
  const [saved, found] = await together(
    addSegment(call, { name, description, ...given.definition }),
    audience(call.sql, given.filter, meant, call.zone, {}),
  );
  return answer(saved, found, saved.created ? "Saved" : "There already, and left as it is:");
}

async function changed(call: Call, args: Input, id: number, given: DefinedSegment | null) {
  const { name, description } = args;
  const [{ row, before }, givenMeans] = await together(
    segmentToChange(call, id, name),
    given && whomItMeans(call, given.filter, given.segments),
  );
  const filter = given?.filter ?? (await filterOf(call, row));
  const { meant } = givenMeans ?? (await whomItMeans(call, filter));
  const after = { ...before, ...given?.definition, name };
  if (description !== undefined) after.description = description;
  const [saved, found] = await together(
    changeSegment(call, before, after),
    audience(call.sql, filter, meant, call.zone, {}),
  );
  const isChanged = saved.segment.version !== before.version;
  return answer(saved, found, isChanged ? "Changed" : "Nothing to change in");
}

function answer({ segment, created, changed }: Saved, found: Audience, what: string) {
  const { id, name, description, audience: filters, sql, version } = segment;
  const excluded = byReason(found.excluded);
  const fitting = excluded.reduce((sum, { count }) => sum + count, found.total);
  const others = fitting - found.total;
  return {
    headline: `${what} the segment "${plain(name)}", ${String(id)}: ${counted(found.total, "person", "people")} now${others > 0 ? `, and ${String(others)} who cannot be mailed` : ""}.`,
    facts: {
      segment: { id, name, description, audience: filters, sql, version },
      created,
      changed,
      people: found.total,
      fitting,
      excluded,
    },
  };
}
