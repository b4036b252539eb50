import { percent, rate } from "../../mcp/figures.ts";
import { plain } from "../../mcp/render.ts";
import { daysUntil } from "../../mcp/time.ts";
import { counted } from "../../words/counts.ts";
import type { EventAttendance } from "./queries/attendance.ts";

/** Whether an event is still to come, as seen today in the zone. */
export function isToCome({ event_date }: { event_date: string }, zone: string): boolean {
  return daysUntil(event_date, zone) > 0;
}

/** How an event was attended, in a sentence; of one still to come, when it is and how many have registered. */
export function eventInWords(event: EventAttendance, zone: string): string {
  const { came, event_date } = event;
  const days = daysUntil(event_date, zone);
  const name = plain(event.event.name);
  const people = counted(event.registered, "person", "people");
  if (event.status === "cancelled") {
    return `${name} (${event_date}) is cancelled; ${people} had registered.`;
  }
  const checkedIn =
    came === null ? "" : `; ${counted(came, "person", "people")} checked in already`;
  if (days > 0) {
    return `${name} is still to come, on ${event_date} (in ${counted(days, "day")}): ${people} registered so far${checkedIn}, so there are no no-shows yet.`;
  }
  const registered = `${people} registered for ${name} (${days === 0 ? "today" : event_date})`;
  if (came === null) {
    return days === 0
      ? `${registered}; nobody is checked in yet.`
      : `${registered}; nobody was checked in, so who came is not known.`;
  }
  const share = rate(event.registered_came, event.registered);
  const ofThem = `${String(event.registered_came)} of them came${share === null ? "" : ` (${percent(share)})`}`;
  const among = `${counted(event.walk_ins ?? 0, "walk-in")} and ${counted(event.first_time ?? 0, "first-timer")} among them`;
  return `${registered}, ${ofThem}; ${String(came)} came in all${days === 0 ? " so far" : ""}, ${among}.`;
}

/** What matters most of several events: how many were held, how often people came, the last and the next. */
export function eventsInWords(newestFirst: readonly EventAttendance[], zone: string): string {
  const standing = newestFirst.filter(({ status }) => status !== "cancelled");
  const held = standing.filter((event) => !isToCome(event, zone));
  const toCome = standing.filter((event) => isToCome(event, zone));
  const cancelled = newestFirst.length - standing.length;
  const visits = held.reduce((sum, { came }) => sum + (came ?? 0), 0);
  const unknown = held.filter(({ came }) => came === null).length;
  const [last, next] = [held[0], toCome.at(-1)];
  const count = [
    `${String(held.length)} held`,
    `${String(toCome.length)} to come`,
    cancelled > 0 && `${String(cancelled)} cancelled`,
  ].filter(Boolean);
  return [
    `${counted(newestFirst.length, "event")}: ${count.join(", ")}.`,
    visits > 0 &&
      `People came ${counted(visits, "time")} in all${unknown > 0 ? `, not counting ${counted(unknown, "event")} without check-ins` : ""}.`,
    last && `The last: ${eventInWords(last, zone)}`,
    next && `The next: ${eventInWords(next, zone)}`,
  ]
    .filter(Boolean)
    .join(" ");
}
