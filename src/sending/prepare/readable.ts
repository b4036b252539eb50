import { DateTime } from "luxon";
import type { DateFormat } from "../templates/registry.ts";

/** A day as a mail shows it, `March 14, 2026`, also of a time; what is none stays as it is. */
export function readableDay(date: string, { format, locale = "en-US" }: DateFormat): string {
  const day = DateTime.fromSQL(date, { setZone: true, locale });
  if (!day.isValid) return date;
  return format === undefined ? day.toLocaleString(DateTime.DATE_FULL) : day.toFormat(format);
}

/**
 * A time as a mail shows it in the organiser's zone, `March 14, 2026 at 9:30 AM`.
 *
 * @param time ISO 8601; without an offset it is local time in the zone
 */
export function readableTime(
  time: string,
  zone: string,
  { format, locale = "en-US" }: DateFormat,
): string {
  const moment = DateTime.fromISO(time, { zone, locale });
  if (!moment.isValid) return time;
  if (format !== undefined) return moment.toFormat(format);
  const hour = { hour: "numeric", minute: "2-digit" } as const;
  // No-break spaces of the language's own are drawn as boxes by some mail programs.
  return moment.toLocaleString({ ...DateTime.DATE_FULL, ...hour }).replace(/[\u00a0\u202f]/gu, " ");
}

/** Names as a sentence lists them: `Ada and Ben`, in the language of the format. */
export function listedNames(names: readonly string[], { locale = "en-GB" }: DateFormat): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
