import * as z from "zod";
import { text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { day } from "../../../mcp/time.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { findEvent, insertEvent, lockEventCreation } from "../queries/events.ts";
import { EVENT_STATUSES, eventShape } from "../shape.ts";

export const createEventTool = tool({
  name: "create_event",
  title: "Create an event",
  description:
    'Adds an event, e.g. name "Data & AI Day 2026", event_date "2026-11-14". Name and date that are there already are returned with created: false.',
  effects: RECORDS,
  input: z.strictObject({
    name: text(200),
    event_date: text(20, "YYYY-MM-DD"),
    location: text(300).optional(),
    description: text(10_000).optional(),
    status: z.enum(EVENT_STATUSES).optional(),
  }),
  output: z.object({
    event: eventShape,
    created: z.boolean(),
  }),
  async handle(args, { sql, zone }) {
    const date = day(args.event_date, zone, "event_date");
    await lockEventCreation(sql);
    const existing = await findEvent(sql, args.name, date);
    const event =
      existing ??
      (await insertEvent(sql, {
        name: args.name,
        event_date: date,
        location: args.location ?? null,
        description: args.description ?? null,
        status: args.status ?? null,
      }));
    if (!event) throw new Error("INSERT answered no row");
    return {
      headline: existing
        ? `${plain(event.name)} on ${date} was there already; nothing was changed.`
        : `Created ${plain(event.name)} on ${date}.`,
      facts: { event, created: !existing },
    };
  },
});
