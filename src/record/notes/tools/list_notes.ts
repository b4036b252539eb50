import * as z from "zod";
import { asked, paged, paging, reference, text, when } from "../../../mcp/fields.ts";
import { comingInstant, inZone } from "../../../mcp/time.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { understand } from "../../../conventions/question.ts";
import { listNotes } from "../queries.ts";
import { noteShape } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

export const listNotesTool = tool({
  name: "list_notes",
  title: "List notes",
  description:
    'What is to be remembered or done, first due first, e.g. event "next", open true, due_before "2 weeks". Notes on its campaigns and mails are an event\'s too.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign: reference().optional(),
    contact: reference().optional(),
    open: z.boolean().optional(),
    due_before: when("a day: before it begins").optional(),
    text: text(200).optional(),
    ...paging,
  }),
  output: z.object({
    notes: z.array(noteShape),
    overdue: z.number().meta({ description: "of all that match, not done by when they were due" }),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    const before =
      args.due_before === undefined
        ? null
        : comingInstant(args.due_before, zone, "due_before", "start");
    const question = await understand(call, {
      ...args,
      ...(before !== null && { due_before: inZone(before, zone) }),
    });
    const [place, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const found = await listNotes(
      sql,
      {
        events: question.events,
        campaign: question.campaign,
        contacts: question.contacts,
        open: args.open ?? null,
        dueBefore: before,
        text: args.text ?? null,
      },
      zone,
      { place, id },
      page.limit + 1,
    );
    const notes = found.notes.slice(0, page.limit);
    return {
      headline: `${String(notes.length)} of ${counted(found.total, "note")} shown, ${String(found.overdue)} overdue.`,
      facts: {
        notes,
        overdue: found.overdue,
        total: found.total,
        next_cursor: page.next(found.notes, (last) => [last.place, last.id]),
        ...question.answer,
      },
    };
  },
});
