import { DateTime } from "luxon";
import { ToolError } from "./errors.ts";

const FORMS =
  'a date like 2026-03-31, a time like 2026-03-31T14:00 (with an offset, or local), "today", "yesterday", "-30d", "2 weeks" or "3 months ago"';

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
  const moment = parse(given.trim(), zone, edge);
  if (!moment) {
    throw new ToolError(`${argument} is not a time I can read; give ${FORMS}.`);
  }
  const iso = moment.toUTC().toISO();
  // The database counts microseconds, so that a day does not end where its last millisecond begins.
  return edge === "end" ? iso.replace(/\.999Z$/u, ".999999Z") : iso;
}

/**
 * Reads a calendar day.
 *
 * @returns `YYYY-MM-DD`
 * @throws ToolError when it is not a day
 */
export function day(given: string, zone: string, argument: string): string {
  const moment = dayOf(given.trim(), zone);
  if (!moment || !isUsable(moment)) {
    throw new ToolError(`${argument} is not a date; give one like 2026-11-14.`);
  }
  return moment.toISODate();
}

/** An instant as ISO 8601 with the offset that the zone has then, to the second. */
export function inZone(iso: string, zone: string): string {
  return withOffset(DateTime.fromISO(iso, { zone }));
}

/** The day it is in the zone, as `YYYY-MM-DD`. */
export function today(zone: string): string {
  return DateTime.now().setZone(zone).toFormat("yyyy-MM-dd");
}

/** Whether words are meant as a time, rather than as the name of something. */
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

function parse(given: string, zone: string, edge: "start" | "end"): DateTime<true> | undefined {
  const moment = momentOf(given, zone, edge);
  return moment && isUsable(moment) ? moment : undefined;
}

/** How long ago: with a minus, with "last" before or "ago" behind, or plainly, as `30 days`. */
const AGO =
  /^(?:-\s?|(?:the )?(?:last|past) )?(?<count>\d{1,5})\s?(?<unit>d|days?|w|weeks?|months?|y|years?)(?: ago)?$/iu;
const UNITS = { d: "days", w: "weeks", m: "months", y: "years" } as const;

function isUnit(letter: string): letter is keyof typeof UNITS {
  return letter in UNITS;
}

function dayOf(given: string, zone: string): DateTime | undefined {
  const now = DateTime.now().setZone(zone);
  if (/^today$/iu.test(given)) return now;
  if (/^yesterday$/iu.test(given)) return now.minus({ days: 1 });
  if (/^\d{4}-\d{2}-\d{2}$/u.test(given)) return DateTime.fromISO(given, { zone });
  const { count, unit = "" } = AGO.exec(given)?.groups ?? {};
  const letter = unit.charAt(0).toLowerCase();
  return isUnit(letter) ? now.minus({ [UNITS[letter]]: Number(count) }) : undefined;
}

function momentOf(given: string, zone: string, edge: "start" | "end"): DateTime | undefined {
  const dayOnly = dayOf(given, zone);
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
