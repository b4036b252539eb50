import { DateTime } from "luxon";
import { ToolError } from "./errors.ts";

const DATES = "a date like 2026-03-31, a time like 2026-03-31T14:00 (with an offset, or local)";

/** What an error says would be right. */
const FORMS = {
  back: `${DATES}, "today", "yesterday", "-30d", "2 weeks" or "3 months ago"`,
  ahead: `${DATES}, "today", "tomorrow", "30 days" or "2 weeks" from now`,
};

/** Which way a length of time goes that does not say it, as `30 days`: from now back, or ahead. */
type Direction = keyof typeof FORMS;

/**
 * Reads a time as a person or a model gives it.
 *
 * @param given ISO 8601, `today`, `yesterday`, or how long ago: `-30d`, `-2w`, `30 days`, `last 3 months`
 * @param zone IANA name: what has no offset is local time there; a date alone is that day
 * @param edge which instant of a date alone is meant: its `start`, or its `end` (inclusive)
 * @returns an ISO 8601 instant in UTC
 * @throws ToolError when it is not a time
 */
export function instant(
  given: string,
  zone: string,
  argument: string,
  edge: "start" | "end" = "start",
): string {
  return read(given, zone, argument, edge, "back");
}

/** As {@link instant}, of what is to come: `30 days` and `2 weeks` lie ahead, `-2w` lies back. */
export function comingInstant(
  given: string,
  zone: string,
  argument: string,
  edge: "start" | "end",
): string {
  return read(given, zone, argument, edge, "ahead");
}

/**
 * Reads a time that may be a day without an hour; `30 days` lies ahead.
 *
 * @returns the day as `YYYY-MM-DD`, or else an ISO 8601 instant in UTC
 * @throws ToolError when it is neither
 */
export function dayOrInstant(
  given: string,
  zone: string,
  argument: string,
): { day: string; at: null } | { day: null; at: string } {
  const moment = dayOf(given.trim(), zone, "ahead");
  return moment && isUsable(moment)
    ? { day: moment.toISODate(), at: null }
    : { day: null, at: comingInstant(given, zone, argument, "start") };
}

/**
 * Reads a calendar day; `30 days` lies ahead.
 *
 * @returns `YYYY-MM-DD`
 * @throws ToolError when it is not a day
 */
export function day(given: string, zone: string, argument: string): string {
  const moment = dayOf(given.trim(), zone, "ahead");
  if (!moment || !isUsable(moment)) {
    throw new ToolError(`${argument} is not a date; give one like 2026-11-14.`);
  }
  return moment.toISODate();
}

/** The first or last instant of a day in the zone, as {@link instant} reads it. */
export function edgeOfDay(date: string, zone: string, edge: "start" | "end"): string {
  return read(date, zone, "the day", edge, "back");
}

/** How many midnights of the zone lie between now and a day (`YYYY-MM-DD`); negative for days that were. */
export function daysUntil(date: string, zone: string): number {
  const from = DateTime.fromISO(today(zone), { zone: "utc" });
  return DateTime.fromISO(date, { zone: "utc" }).diff(from, "days").days;
}

/** An instant as ISO 8601 with the offset that the zone has then, to the second. */
export function inZone(iso: string, zone: string): string {
  return withOffset(DateTime.fromISO(iso, { zone }));
}

/** The day it is in the zone, as `YYYY-MM-DD`. */
export function today(zone: string): string {
  return DateTime.now().setZone(zone).toFormat("yyyy-MM-dd");
}

/** Whether words are meant as a time that has come, rather than as the name of something. */
export function isTime(given: string): boolean {
  return /^\d{4}-|^(?:today|yesterday)$/iu.test(given) || AGO.test(given);
}

/** This moment, as {@link inZone} writes it. */
export function now(zone: string): string {
  return withOffset(DateTime.now().setZone(zone));
}

/**
 * Refuses what has not happened yet. An hour's grace covers clocks that differ.
 *
 * @param iso a UTC instant
 * @throws ToolError when it lies in the future
 */
export function notInFuture(iso: string, argument: string): string {
  if (Date.parse(iso) > Date.now() + 3_600_000) {
    throw new ToolError(`${argument} lies in the future; only what has happened is recorded.`);
  }
  return iso;
}

/**
 * Reads the time of something that has happened.
 *
 * @returns a UTC instant, or null where no time is given
 * @throws ToolError when it is no time or lies in the future
 */
export function pastInstant(
  given: string | undefined,
  zone: string,
  argument: string,
): string | null {
  return given === undefined ? null : notInFuture(instant(given, zone, argument), argument);
}

function withOffset(moment: DateTime): string {
  return moment.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

function read(
  given: string,
  zone: string,
  argument: string,
  edge: "start" | "end",
  direction: Direction,
): string {
  const moment = momentOf(given.trim(), zone, edge, direction);
  if (!moment || !isUsable(moment)) {
    throw new ToolError(`${argument} is not a time I can read; give ${FORMS[direction]}.`);
  }
  const iso = moment.toUTC().toISO();
  // The database counts microseconds, so that a day does not end where its last millisecond begins.
  return edge === "end" ? iso.replace(/\.999Z$/u, ".999999Z") : iso;
}

/** How long ago: with a minus, with "last" before or "ago" behind, or plainly, as `30 days`. */
const AGO =
  /^(?:-\s?|(?:the )?(?:last|past) )?(?<count>\d{1,5})\s?(?<unit>d|days?|w|weeks?|months?|y|years?)(?: ago)?$/iu;
/** How long from now: likewise with a plus, "in" or "next". */
const AHEAD =
  /^(?:\+\s?|in |(?:the )?next )?(?<count>\d{1,5})\s?(?<unit>d|days?|w|weeks?|months?|y|years?)(?: from now)?$/iu;
const UNITS = { d: "days", w: "weeks", m: "months", y: "years" } as const;

function isUnit(letter: string): letter is keyof typeof UNITS {
  return letter in UNITS;
}

function dayOf(given: string, zone: string, direction: Direction): DateTime | undefined {
  const now = DateTime.now().setZone(zone);
  if (/^today$/iu.test(given)) return now;
  if (/^yesterday$/iu.test(given)) return now.minus({ days: 1 });
  if (/^tomorrow$/iu.test(given)) return now.plus({ days: 1 });
  if (/^\d{4}-\d{2}-\d{2}$/u.test(given)) return DateTime.fromISO(given, { zone });
  const ahead = AHEAD.exec(given)?.groups;
  const back = AGO.exec(given)?.groups;
  const isAhead = ahead !== undefined && (back === undefined || direction === "ahead");
  const { count, unit = "" } = (isAhead ? ahead : back) ?? {};
  const letter = unit.charAt(0).toLowerCase();
  if (!isUnit(letter)) return undefined;
  const length = { [UNITS[letter]]: Number(count) };
  return isAhead ? now.plus(length) : now.minus(length);
}

function momentOf(
  given: string,
  zone: string,
  edge: "start" | "end",
  direction: Direction,
): DateTime | undefined {
  const dayOnly = dayOf(given, zone, direction);
  if (dayOnly) return edge === "start" ? dayOnly.startOf("day") : dayOnly.endOf("day");
  const iso =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/iu.exec(
      given,
    );
  return iso
    ? DateTime.fromISO(`${iso[1]}T${iso[2]}${iso[3] ?? ""}`.toUpperCase(), { zone })
    : undefined;
}

/** A real moment in the years that people mean and PostgreSQL's text form writes plainly. */
function isUsable(moment: DateTime): moment is DateTime<true> {
  return moment.isValid && moment.year >= 1900 && moment.year <= 9999;
}
