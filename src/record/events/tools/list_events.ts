import * as z from "zod";
import { asked, paged, paging, text, wholeNumber } from "../../../mcp/fields.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { listEvents } from "../queries/listed_events.ts";
import { understand } from "../../../conventions/question.ts";
import { outreachShape } from "../shape.ts";
import { counted } from "../../../words/counts.ts";

export const listEventsTool = tool({
  name: "list_events",
  title: "List events",
  description:
    "Events newest first, each with its registrations, attendance and outreach in numbers. Use it to find an event or compare years.",
  effects: ASKS,
  input: z.strictObject({
    text: text(200).optional(),
    year: wholeNumber(1900).optional(),
    ...paging,
  }),
  output: z.object({
    events: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        event_date: z.string(),
        location: z.string().nullable(),
        status: z.string().nullable(),
        campaigns: z.number(),
        registrations: z.number(),
        attended: z.number().nullable(),
        outreach: outreachShape,
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const filter = { text: args.text ?? null, year: args.year ?? null, id: null };
    const [date, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const question = await understand(call, args);
    const found = await listEvents(call.sql, filter, { date, id }, page.limit + 1);
    const events = found.events.slice(0, page.limit);
    return {
      headline: `${String(events.length)} of ${counted(found.total, "event")} shown.`,
      facts: {
        events,
        total: found.total,
        next_cursor: page.next(found.events, (last) => [last.event_date, last.id]),
        ...question.answer,
      },
    };
  },
});
