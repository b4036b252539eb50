import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  comingInstant,
  day,
  dayOrInstant,
  daysUntil,
  instant,
  isTime,
} from "../../src/mcp/time.ts";

const ZONE = "Africa/Johannesburg";

beforeEach(() => {
  // Half past midnight on 1 March there, still 28 February in UTC.
  vi.useFakeTimers({ now: new Date("2026-02-28T22:30:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["today", "2026-02-28T22:00:00.000Z"],
  ["-30d", "2026-01-29T22:00:00.000Z"],
  ["30 days", "2026-01-29T22:00:00.000Z"],
  ["30 days ago", "2026-01-29T22:00:00.000Z"],
  ["last 30 days", "2026-01-29T22:00:00.000Z"],
  ["the last 30 days", "2026-01-29T22:00:00.000Z"],
  ["Past 30 Days", "2026-01-29T22:00:00.000Z"],
  ["1 day", "2026-02-27T22:00:00.000Z"],
  ["-2w", "2026-02-14T22:00:00.000Z"],
  ["2 weeks", "2026-02-14T22:00:00.000Z"],
  ["3 months", "2025-11-30T22:00:00.000Z"],
  ["-1 month", "2026-01-31T22:00:00.000Z"],
  ["1 year ago", "2025-02-28T22:00:00.000Z"],
])("%s is the start of its day in the zone", (given, at) => {
  expect(instant(given, ZONE, "from")).toBe(at);
  expect(isTime(given)).toBe(true);
});

test("as the end of a span it is the end of that day", () => {
  expect(instant("2 weeks", ZONE, "to", "end")).toBe("2026-02-15T21:59:59.999999Z");
  expect(day("-2w", ZONE, "date")).toBe("2026-02-15");
});

test.each(["30", "-30", "days", "3m", "2 fortnights", "-2w ago now", "99999 years", "next week"])(
  "%s is refused with what would be right",
  (given) => {
    expect(() => instant(given, ZONE, "from")).toThrow(
      /^from is not a time I can read; give .*"-30d", "2 weeks"/u,
    );
  },
);

test("what looks like a time and is a name is none", () => {
  expect(["Week 2 mailing", "2026", "last", "30 days of data"].map(isTime)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test.each([
  ["tomorrow", "2026-03-02"],
  ["30 days", "2026-03-31"],
  ["2 weeks", "2026-03-15"],
  ["+2w", "2026-03-15"],
  ["in 2 weeks", "2026-03-15"],
  ["the next 3 months", "2026-06-01"],
  ["1 day from now", "2026-03-02"],
  ["-2w", "2026-02-15"],
  ["3 days ago", "2026-02-26"],
  ["2026-02-03", "2026-02-03"],
])("%s of what is to come is its day in the zone", (given, date) => {
  expect(day(given, ZONE, "event_date")).toBe(date);
  expect(dayOrInstant(given, ZONE, "cfp_closes")).toEqual({ day: date, at: null });
  expect(comingInstant(given, ZONE, "due", "end")).toBe(`${date}T21:59:59.999999Z`);
});

test("what says that it lies ahead does so wherever a time is read", () => {
  expect(instant("in 2 weeks", ZONE, "to", "end")).toBe("2026-03-15T21:59:59.999999Z");
  expect(isTime("in 2 weeks")).toBe(false);
});

test("an hour is kept, and what is no time is refused with what would be right", () => {
  expect(dayOrInstant("2026-06-30T17:00", ZONE, "cfp_closes")).toEqual({
    day: null,
    at: "2026-06-30T15:00:00.000Z",
  });
  for (const given of ["end of June", "2026-02-30", "in 2 weeks ago", "-2w from now"]) {
    expect(() => dayOrInstant(given, ZONE, "cfp_closes")).toThrow(
      /^cfp_closes is not a time I can read; give .*"tomorrow", "30 days"/u,
    );
  }
});

test("days are counted by the zone's midnights", () => {
  expect(
    ["2026-03-02", "2026-03-01", "2026-02-28", "2027-03-01"].map((date) => daysUntil(date, ZONE)),
  ).toEqual([1, 0, -1, 365]);
});
