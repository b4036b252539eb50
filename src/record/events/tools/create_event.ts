import * as z from "zod";
import { text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { day } from "../../../mcp/time.ts";
import { RECORDS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import {
  eventsOfName,
  insertEvent,
  lockEventCreation,
  type RecordedEvent,
} from "../queries/events.ts";
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
    /** Those of other days, the latest ten at most, where another was added. */
    events_with_this_name: z
      .array(z.object({ id: z.number(), name: z.string(), event_date: z.string() }))
      .optional(),
  }),
  async handle(args, { sql, zone }) {
    const date = day(args.event_date, zone, "event_date");
    await lockEventCreation(sql);
    const namesakes = await eventsOfName(sql, args.name, date);
    const existing = namesakes.find(({ event_date }) => event_date === date);
    if (existing) {
      return {
        headline: `${plain(existing.name)} on ${date} was there already; nothing was changed.`,
        facts: { event: existing, created: false },
      };
    }
    const event = await insertEvent(sql, {
      name: args.name,
      event_date: date,
      location: args.location ?? null,
      description: args.description ?? null,
      status: args.status ?? null,
    });
    if (!event) throw new Error("INSERT answered no row");
    return {
      headline: `Created ${plain(event.name)} on ${date}.${namesakes.length > 0 ? beside(namesakes) : ""}`,
      facts: {
        event,
        created: true,
        ...(namesakes.length > 0 && {
          events_with_this_name: namesakes.map(({ id, name, event_date }) => ({
            id,
            name,
            event_date,
          })),
        }),
      },
    };
  },
});

/** Yearly events bear one name; but whoever meant to move an event has a second one now. */
function beside(namesakes: readonly RecordedEvent[]): string {
  const days = namesakes
    .slice(0, NAMED)
    .map(({ id, event_date }) => `${event_date} (${String(id)})`)
    .join(", ");
  const [there, second, that] =
    namesakes.length === 1
      ? ["is already an event of this name", "a second one", "that one"]
      : ["are already events of this name", "another", "one of those"];
  const more = namesakes.length > NAMED ? " and more" : "";
  return ` There ${there}, on ${days}${more}; this is ${second}. To change the date of ${that} use update_event; undo_change takes this one back.`;
}

/** How many events of its name the headline names. */
const NAMED = 3;
