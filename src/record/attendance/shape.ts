import * as z from "zod";
import { named } from "../../mcp/fields.ts";
import { rate } from "../../mcp/figures.ts";
import type { EventAttendance } from "./queries/attendance.ts";

/** How an event was attended, as answers state it. */
export const attendanceShape = z.object({
  event: named,
  event_date: z.string(),
  status: z.string().nullable(),
  registered: z.number(),
  cancelled: z.number(),
  transferred: z.number(),
  came: z.number().nullable(),
  walk_ins: z.number().nullable(),
  no_shows: z.number().nullable(),
  show_rate: z.number().nullable(),
  first_time: z.number().nullable(),
  returning: z.number().nullable(),
  complimentary: z.number(),
});

/** An event's attendance in the form of {@link attendanceShape}. */
export function stated({
  registered_came,
  ...event
}: EventAttendance): z.input<typeof attendanceShape> {
  return {
    ...event,
    show_rate: event.came === null ? null : rate(registered_came, event.registered),
  };
}
