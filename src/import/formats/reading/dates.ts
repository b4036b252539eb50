import { DateTime } from "luxon";

/** Which of the two numbers of a date like 3/4/2026 is the month. */
export type DayOrder = "month first" | "day first";

const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?`;
const AND_TIME = String.raw`(?:(?:T|,?\s+)${TIME})?`;
const YEAR_FIRST = new RegExp(
  String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${AND_TIME}\s*(Z|[+-]\d{2}:?\d{2})?$`,
  "iu",
);
const NUMBERS = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${AND_TIME}$`, "iu");
const DAY_AND_NAME = new RegExp(
  String.raw`^(?:[a-z]{3,9},?\s+)?(\d{1,2})[\s-]([a-z]{3,9})\.?[\s,-]+(\d{4}|\d{2})${AND_TIME}$`,
  "iu",
);
const NAME_AND_DAY = new RegExp(
  String.raw`^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})${AND_TIME}$`,
  "iu",
);
const SERIAL = /^\d{5}(?:[.,]\d+)?$/u;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

interface Parts {
  year: number;
  month: number;
  day: number;
  /** Hour, minute, second, decimals of a second, a or p. */
  time: readonly (string | undefined)[];
}

/**
 * Which order the dates of a file have, by those of them that can be read in one way only, such as
 * 10/24/2026; undefined where none says so, or they contradict each other.
 */
export function dayOrder(texts: Iterable<string>): DayOrder | undefined {
  const seen = new Set<DayOrder>();
  for (const text of texts) {
    const [, first, separator, second] = NUMBERS.exec(text) ?? [];
    if (first === undefined || separator === ".") continue;
    if (Number(first) > 12) seen.add("day first");
    if (Number(second) > 12) seen.add("month first");
  }
  return seen.size === 1 ? [...seen][0] : undefined;
}

/** Whether a date can be read as two days, so that the order decides. */
export function isAmbiguous(text: string): boolean {
  const [, first, separator, second] = NUMBERS.exec(text) ?? [];
  return (
    separator !== undefined &&
    separator !== "." &&
    Number(first) <= 12 &&
    Number(second) <= 12 &&
    first !== second
  );
}

/**
 * Reads a time as the exports write it: `2026-10-24 08:15:00.0000000`, `10/24/2026 8:15:00 AM`,
 * `24/10/2026 08:15`, `24.10.2026`, `24 Oct 2026 08:15`, `October 24, 2026 8:15 AM`, or Excel's number
 * of days, `46319.34375`. A date alone is its midnight, a year of two digits is of this century.
 *
 * @param order of a date that can be read in two ways
 * @param zone IANA zone of the result, for a time with an offset; all others are local there already
 * @returns `YYYY-MM-DDTHH:MM:SS` with up to six decimals (more are cut off), or undefined: not a time, not a
 *   day of the calendar, or not in the years 1970 to 2100
 */
export function localTime(text: string, order: DayOrder, zone?: string): string | undefined {
  if (SERIAL.test(text)) return fromSerial(Number(text.replace(",", ".")));
  const parts = yearFirst(text) ?? numbers(text, order) ?? namedMonth(text);
  const time = parts && timeOfParts(parts);
  const offset = YEAR_FIRST.exec(text)?.[10];
  return time !== undefined && offset !== undefined ? withoutOffset(time, offset, zone) : time;
}

function yearFirst(text: string): Parts | undefined {
  const [, year, , month, day, ...time] = YEAR_FIRST.exec(text) ?? [];
  return year === undefined
    ? undefined
    : { year: Number(year), month: Number(month), day: Number(day), time };
}

function numbers(text: string, order: DayOrder): Parts | undefined {
  const [, first, separator, second, year = "", ...time] = NUMBERS.exec(text) ?? [];
  if (first === undefined) return undefined;
  const one = Number(first);
  const other = Number(second);
  const dayFirst = one > 12 || (other <= 12 && (order === "day first" || separator === "."));
  const [day, month] = dayFirst ? [one, other] : [other, one];
  return { year: fullYear(year), month, day, time };
}

function namedMonth(text: string): Parts | undefined {
  const [, day, month, year, ...time] = DAY_AND_NAME.exec(text) ?? [];
  if (day !== undefined) return partsOf(day, month, year, time);
  const [, name, number, fourDigits, ...clock] = NAME_AND_DAY.exec(text) ?? [];
  return number === undefined ? undefined : partsOf(number, name, fourDigits, clock);
}

function partsOf(day: string, name = "", year = "", time: Parts["time"]): Parts {
  const month = MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  return { year: fullYear(year), month, day: Number(day), time };
}

function fullYear(digits: string): number {
  return digits.length === 2 ? 2000 + Number(digits) : Number(digits);
}

function timeOfParts({ year, month, day, time }: Parts): string | undefined {
  const [hours, minutes = "0", seconds = "0", decimals = "", half] = time;
  const hour = hours === undefined ? 0 : hourOf(Number(hours), half);
  if (hour === undefined) return undefined;
  const moment = new Date(Date.UTC(year, month - 1, day, hour, Number(minutes), Number(seconds)));
  // The 30th of February is read as one of March, which then differs from what was given.
  const isReal =
    moment.getUTCFullYear() === year &&
    moment.getUTCMonth() === month - 1 &&
    moment.getUTCDate() === day &&
    moment.getUTCHours() === hour &&
    moment.getUTCMinutes() === Number(minutes) &&
    moment.getUTCSeconds() === Number(seconds);
  const text = isReal ? inYears(moment) : undefined;
  const fraction = decimals.slice(0, 6).replace(/0+$/u, "");
  return text && text + (fraction && `.${fraction}`);
}

/** To the second; undefined outside the years of which an export can speak. */
function inYears(moment: Date): string | undefined {
  const year = moment.getUTCFullYear();
  return year >= 1970 && year <= 2100 ? moment.toISOString().slice(0, 19) : undefined;
}

/** 12 AM is midnight, 12 PM noon; what says 14:00 PM means 14:00. */
function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined || hour > 12) return hour;
  if (hour === 0) return half.toLowerCase() === "a" ? 0 : undefined;
  return (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
}

/** Day 25,569 is 1 January 1970; a second is the best that the number holds to. */
function fromSerial(days: number): string | undefined {
  return inYears(new Date(Math.round((days - 25_569) * 86_400) * 1000));
}

function withoutOffset(time: string, offset: string, zone = "local"): string | undefined {
  const [whole = "", fraction] = time.split(".");
  const moment = DateTime.fromISO(whole + offset.toUpperCase(), { zone });
  if (!moment.isValid) return undefined;
  return moment.toFormat("yyyy-MM-dd'T'HH:mm:ss") + (fraction === undefined ? "" : `.${fraction}`);
}
