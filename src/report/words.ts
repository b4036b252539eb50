import { DateTime } from "luxon";
import { percent } from "../mcp/figures.ts";
import { numbered } from "../words/counts.ts";

/** What stands where something is not known. */
export const UNKNOWN = "–";

/** A number as the page shows it, `1,438`; a dash where none is known. */
export function figure(value: number | null): string {
  return value === null ? UNKNOWN : numbered(value);
}

/** A rate as the page shows it, `27.5 %`, its sign not torn from it. */
export function share(rate: number | null): string {
  return rate === null ? UNKNOWN : percent(rate).replace(" ", "\u00a0");
}

/** A mean, always with two places, so that a column of them can be compared. */
export function mean(value: number | null): string {
  return value === null ? UNKNOWN : value.toFixed(2);
}

/** Whatever the number, its noun: `1 mail`, `1,200 mails`. */
export function several(count: number, one: string, many = `${one}s`): string {
  return `${numbered(count)} ${count === 1 ? one : many}`;
}

/** A day or the day of an instant, as it is written with its offset: `14 November 2026`. */
export function fullDay(iso: string): string {
  return written(iso, "d LLLL yyyy");
}

/** `14 Nov 2026`. */
export function day(iso: string): string {
  return written(iso, "d LLL yyyy");
}

/** `14 Nov`. */
export function shortDay(iso: string): string {
  return written(iso, "d LLL");
}

/** `14 Nov 2026, 09:00`; midnight is where a day was given without an hour, so it is the day alone. */
export function moment(iso: string): string {
  return /T00:00:00(?:[+-]|Z|$)/u.test(iso) ? day(iso) : written(iso, "d LLL yyyy, HH:mm");
}

function written(iso: string, format: string): string {
  return DateTime.fromISO(iso, { setZone: true, locale: "en" })
    .toFormat(format)
    .replaceAll(" ", "\u00a0");
}

/** A word of a list, such as a channel's, as a person writes it: `linkedin_post` is LinkedIn post. */
export function spoken(word: string): string {
  const known = SPOKEN[word];
  if (known !== undefined) return known;
  const text = word.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SPOKEN: Readonly<Record<string, string>> = {
  cfp: "Call for speakers",
  linkedin: "LinkedIn",
  linkedin_post: "LinkedIn post",
  whatsapp: "WhatsApp",
  thank_you: "Thank-you",
  cfp_opens: "Call for speakers opens",
  cfp_closes: "Call for speakers closes",
  speakers_notified_by: "Speakers notified by",
  doors_open_at: "Doors open",
};
