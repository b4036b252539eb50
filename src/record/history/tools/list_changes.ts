import * as z from "zod";
import { tool } from "../../../conventions/call.ts";
import { understand } from "../../../conventions/question.ts";
import { asked, paged, paging, reference, text, when } from "../../../mcp/fields.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { listChanges } from "../queries/changes.ts";
import { changeShape } from "../shape.ts";
import { changeAnswer, inShort } from "../wording.ts";
import { counted } from "../../../words/counts.ts";
import { refuseNoWriter } from "../writing_tools.ts";

export const listChangesTool = tool({
  name: "list_changes",
  title: "List what was changed",
  description:
    'Every write, newest first: when, what, by whom and through which client. "What did we do to the CFP campaign yesterday?": campaign "CFP", from "yesterday". Its ids go to undo_change.',
  effects: ASKS,
  input: z.strictObject({
    from: when().optional(),
    to: when().optional(),
    tool: text(100).optional(),
    event: reference().optional(),
    campaign: reference().optional(),
    contact: reference().optional(),
    by: text(200).optional(),
    ...paging,
  }),
  output: z.object({ changes: z.array(changeShape), ...paged, ...asked }),
  async handle(args, call, _caller, page) {
    if (args.tool !== undefined) refuseNoWriter(args.tool);
    const question = await understand(call, args);
    const filter = {
      change: null,
      from: question.from,
      to: question.to,
      tool: args.tool ?? null,
      by: args.by ?? null,
      events: question.events,
      campaign: question.campaign,
      contacts: question.contacts,
    };
    const [before] = (page.after ?? [null]) as [number | null];
    const found = await listChanges(call.sql, filter, before, page.limit + 1, call.zone);
    const shown = found.changes.slice(0, page.limit).map(changeAnswer);
    const [newest] = shown;
    const first = newest === undefined ? "" : `, the newest first: ${inShort(newest)}`;
    return {
      headline: `${String(shown.length)} of ${counted(found.total, "change")} shown${first}.`,
      facts: {
        changes: shown,
        total: found.total,
        next_cursor: page.next(found.changes, (last) => [last.id]),
        ...question.answer,
      },
    };
  },
});
