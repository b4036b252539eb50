import { DateTime } from "luxon";

/** The organiser's zone. */
export const ZONE = "Africa/Johannesburg";

/** The days of the story, counted from today, so that it never lies in the future and never ages. */
export interface Calendar {
  /** Years of the three events; the last is the one that the campaign is for. */
  years: { before: number; last: number; next: number };
  /** Dates of the events, `YYYY-MM-DD`. */
  days: { before: string; last: string; next: string };
  /** The local time some days ago, `YYYY-MM-DDTHH:mm`. */
  ago: (days: number, time: string) => string;
  /** The local time some days before one of the two past events. */
  ahead: (event: "before" | "last", days: number, time: string) => string;
  /** How a person says a day, `8 November`. */
  spoken: (days: number) => string;
}

/** The calendar of a day; the next event is in its year, in some hundred days or just before its end. */
export function calendar(today: DateTime = DateTime.now().setZone(ZONE)): Calendar {
  const { year } = today;
  const years = { before: year - 2, last: year - 1, next: year };
  const inTime = DateTime.min(
    today.plus({ days: 100 }),
    DateTime.fromObject({ year, month: 12, day: 12 }, { zone: ZONE }),
  );
  const days = {
    before: `${String(years.before)}-10-19`,
    last: `${String(years.last)}-11-15`,
    next: DateTime.max(today, inTime).toFormat("yyyy-MM-dd"),
  };
  return {
    years,
    days,
    ago: (count, time) => `${today.minus({ days: count }).toFormat("yyyy-MM-dd")}T${time}`,
    ahead: (event, count, time) =>
      `${DateTime.fromISO(days[event]).minus({ days: count }).toFormat("yyyy-MM-dd")}T${time}`,
    spoken: (count) => today.minus({ days: count }).setLocale("en-ZA").toFormat("d LLLL"),
  };
}
