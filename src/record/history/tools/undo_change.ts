import * as z from "zod";
import { tool, type Call } from "../../../conventions/call.ts";
import { together } from "../../../conventions/together.ts";
import { personsYes } from "../../../mcp/asking/persons_yes.ts";
import { ToolError } from "../../../mcp/errors.ts";
import { reference } from "../../../mcp/fields.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { latestOwnChange } from "../queries/undoing.ts";
import { changeShape } from "../shape.ts";
import { allRows, changeById, rowsWritten, undoableChange, undone as undo } from "../undoing.ts";
import { changeAnswer, inShort } from "../wording.ts";

export const undoChangeTool = tool({
  name: "undo_change",
  title: "Undo a change",
  description:
    "Puts every row of one change back as it was before, e.g. change 17 of list_changes; undoing that undoes the undoing. Refuses, and says why: a mail that left, an erasure, rows changed since. A person is asked first where the client can.",
  effects: CORRECTS,
  input: z.strictObject({ change: reference("its id") }),
  output: z.object({
    undone: changeShape
      .extend({
        rows: z.array(
          z.object({
            table: z.string(),
            action: z.string(),
            rows: z.number(),
            columns: z.array(z.string()),
          }),
        ),
      })
      .nullable(),
    change: changeShape.nullable(),
    /** Only where the person was asked and said no. */
    declined: z.literal(true).optional(),
  }),
  async handle(args, call, caller) {
    const id = await idOf(call, args.change);
    const change = await undoableChange(call, id);
    const before = changeAnswer(change);
    if (caller.declaresAsking) {
      const question = {
        asked: `Undo change ${String(id)}, ${allRows(change)}?`,
        facts: [
          { label: "What it did", words: [before.what] },
          { label: "When", words: [before.at] },
          { label: "By", words: [before.by.name] },
          ...before.about.map(({ kind, name }) => ({ label: kind, words: [name] })),
        ],
      };
      if ((await personsYes(caller, question, "nothing was undone")) === "declined") {
        return {
          headline: `The person said no, so nothing was undone; change ${String(id)} stands.`,
          facts: { undone: null, change: null, declined: true as const },
        };
      }
    }
    const by = await undo(call, id);
    const [undone, undoing] = await together(changeById(call, id), changeById(call, by));
    if (!undone || !undoing) throw new Error("a change is gone");
    const { about, about_total } = before;
    const answer = { ...changeAnswer(undone), about, about_total };
    return {
      headline: `Undid ${inShort(answer)}. To undo that again: undo_change ${String(by)}.`,
      facts: {
        undone: { ...answer, rows: rowsWritten(undone) },
        change: changeAnswer(undoing),
      },
    };
  },
});

/**
 * A change is named by its number alone: "last" would mean another when a call is repeated.
 *
 * @throws ToolError with the number of the caller's own last change
 */
async function idOf(call: Call, given: string): Promise<number> {
  if (/^\d{1,9}$/u.test(given)) return Number(given);
  const id = await latestOwnChange(call.sql);
  const latest = id === undefined ? undefined : await changeById(call, id);
  const change = latest && changeAnswer(latest);
  const last = change
    ? ` The last of yours that stands is ${inShort(change)}${change.why_not === null ? "" : `; it cannot be undone: ${change.why_not}`}.`
    : "";
  throw new ToolError(`change is the id of a change, a number; list_changes gives them.${last}`);
}
