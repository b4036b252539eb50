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

const MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const DAY_FIRST = new RegExp(
  `\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH})[a-z]*\\.?,? (\\d{4})\\b`,
  "iu",
);
const MONTH_FIRST = new RegExp(
  `\\b(${MONTH})[a-z]*\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b`,
  "iu",
);

/**
 * Whether a time that somebody wrote down has passed; a day has when it is over in the zone. What names no
 * year, or is read as no time, has not.
 */
export function hasPassed(written: string, zone: string, { format, locale }: DateFormat): boolean {
  const words = written.trim();
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/u.test(words)) {
    return isPast(DateTime.fromISO(words.replace(" ", "T"), { zone }));
  }
  const inFormat =
    format === undefined
      ? undefined
      : DateTime.fromFormat(words, format, { zone, ...(locale !== undefined && { locale }) });
  if (inFormat?.isValid === true && /y/u.test(format ?? "")) return isPast(inFormat.endOf("day"));
  const iso = /^\d{4}-\d\d-\d\d/u.exec(words)?.[0];
  const [, day, month, year] = DAY_FIRST.exec(words) ?? [];
  const [, otherMonth, otherDay, otherYear] = MONTH_FIRST.exec(words) ?? [];
  const date =
    iso === undefined
      ? DateTime.fromFormat(
          [day ?? otherDay, month ?? otherMonth, year ?? otherYear].join(" "),
          "d MMM yyyy",
          { zone, locale: "en-US" },
        )
      : DateTime.fromISO(iso, { zone });
  return isPast(date.endOf("day"));
}

function isPast(moment: DateTime): boolean {
  return moment.isValid && moment.toMillis() <= Date.now();
}
