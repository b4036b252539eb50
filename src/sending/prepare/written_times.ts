import { DateTime } from "luxon";
import { comingInstant } from "../../mcp/time.ts";
import { words } from "../../words/names.ts";
import type { DateFormat } from "../templates/registry.ts";

/**
 * Whether a time that somebody wrote down has passed; a day has when it is over in the zone. Of a day that can
 * be read in two ways, both must have. Without a year it is the next one, unless one was within a month: whoever
 * names a day of long ago means the next.
 *
 * @returns null for what is not read as a time
 */
export function hasPassed(written: string, zone: string, format: DateFormat): boolean | null {
  const text = written.trim();
  const readings = [
    inFormat(text, zone, format) ?? inRecord(text, zone) ?? inWords(text, zone, format),
  ]
    .flat()
    .filter((moment) => moment.isValid);
  return readings.length === 0 ? null : readings.every((moment) => moment.toMillis() <= Date.now());
}

/** In the format in which the template shows times, where that says the year. */
function inFormat(
  text: string,
  zone: string,
  { format = "", locale = "en-US" }: DateFormat,
): DateTime | undefined {
  if (!/y/u.test(format)) return undefined;
  const moment = DateTime.fromFormat(text, format, { zone, locale });
  return moment.isValid ? moment.endOf("day") : undefined;
}

/** As tools take times: ISO 8601, with anything behind a day, or `yesterday`. */
function inRecord(text: string, zone: string): DateTime | undefined {
  for (const given of [text, /^\d{4}-\d\d-\d\d(?!\d)/u.exec(text)?.[0] ?? ""]) {
    try {
      return DateTime.fromISO(comingInstant(given, zone, "the time", "end"));
    } catch {
      // Then it is written in another way.
    }
  }
  return undefined;
}

/** Years in digits; two of them are of this century. */
const YEAR = String.raw`(?<year>\d{4}|\d{2})(?!\d)`;
const DAY = String.raw`(?<!\d)(?<day>\d{1,2})`;
const IN_DIGITS = [
  new RegExp(String.raw`${DAY}(?<by>[./-])(?<month>\d{1,2})\k<by>${YEAR}`, "gu"),
  new RegExp(
    String.raw`(?<!\d)(?<year>\d{4})(?<by>[./])(?<month>\d{1,2})\k<by>(?<day>\d{1,2})(?!\d)`,
    "gu",
  ),
  new RegExp(String.raw`^${DAY}(?<by>[./])(?<month>\d{1,2})\.?$`, "gu"),
];
const MONTH = String.raw`(?<month>\p{L}{3,})`;
const IN_WORDS = [
  new RegExp(
    String.raw`${DAY}(?:st|nd|rd|th|er|[.ºª])?(?: of| de)? ?${MONTH}\.?(?:,? (?:de |del )?(?<year>\d{4})(?!\d))?`,
    "giu",
  ),
  new RegExp(
    String.raw`(?<!\p{L})${MONTH}\.? (?<day>\d{1,2})(?![\d:h])(?:st|nd|rd|th)?(?:,? (?<year>\d{4})(?!\d))?`,
    "giu",
  ),
];

/** Each day that a text names, at its end. */
function inWords(text: string, zone: string, { locale }: DateFormat): DateTime[] {
  const digits = IN_DIGITS.flatMap((pattern) => [...text.matchAll(pattern)]).flatMap(
    ({ groups = {} }) => {
      const { day = "", month = "", year, by } = groups;
      const dayFirst = ofDay(year, Number(month), Number(day), zone);
      // With points the day comes first wherever they are used, and a year in front leaves no doubt.
      const isSure = by === "." || /^\d{4}[./]/u.test(text);
      return isSure ? [dayFirst] : [dayFirst, ofDay(year, Number(day), Number(month), zone)];
    },
  );
  if (digits.length > 0) return digits;
  const months = monthsIn(locale);
  return IN_WORDS.flatMap((pattern) => [...text.matchAll(pattern)]).flatMap(({ groups = {} }) => {
    const month = months.get(words(groups["month"] ?? "").join(""));
    return month === undefined ? [] : [ofDay(groups["year"], month, Number(groups["day"]), zone)];
  });
}

function ofDay(year: string | undefined, month: number, day: number, zone: string): DateTime {
  const end = (given: number) =>
    DateTime.fromObject({ year: given, month, day }, { zone }).endOf("day");
  if (year !== undefined) return end(Number(year) + (year.length === 2 ? 2000 : 0));
  const now = DateTime.now().setZone(zone);
  const recent = now.minus({ months: 1 });
  const years = [now.year - 1, now.year, now.year + 1];
  return years.map(end).find((date) => date >= recent) ?? end(now.year);
}

const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "af", "sv", "da", "pl"];

/** The names of months in common languages, short ones only in English and the template's language. */
function monthsIn(locale = "en-US"): ReadonlyMap<string, number> {
  const found = new Map<string, number>([["sept", 9]]);
  const add = (language: string, format: Intl.DateTimeFormatOptions) => {
    const names = new Intl.DateTimeFormat(language, { ...format, timeZone: "UTC" });
    for (let month = 1; month <= 12; month += 1) {
      const parts = names.formatToParts(Date.UTC(2026, month - 1, 1));
      const name = words(parts.find(({ type }) => type === "month")?.value ?? "").join("");
      if (name !== "" && !found.has(name)) found.set(name, month);
    }
  };
  for (const language of [locale, ...LANGUAGES]) {
    // Some languages bend the name behind a day.
    add(language, { month: "long" });
    add(language, { day: "numeric", month: "long" });
  }
  for (const language of [locale, "en"]) add(language, { day: "numeric", month: "short" });
  return found;
}
