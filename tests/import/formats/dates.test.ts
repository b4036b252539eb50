import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayOrder, isAmbiguous, localTime } from "../../../src/import/formats/reading/dates.ts";

describe("the forms in which exports write a time", () => {
  test.each([
    // Quicket's, with seven decimals: PostgreSQL keeps six.
    ["2026-10-04 08:15:30.1234567", "2026-10-04T08:15:30.123456"],
    ["2026-10-04 08:15:30.5000000", "2026-10-04T08:15:30.5"],
    ["2026-10-04 08:15:30.0000000", "2026-10-04T08:15:30"],
    ["2026-10-04T08:15:30", "2026-10-04T08:15:30"],
    ["2026/10/04 08:15", "2026-10-04T08:15:00"],
    ["2026-10-04", "2026-10-04T00:00:00"],
    // Microsoft Forms'.
    ["10/4/2026 8:15:30 AM", "2026-10-04T08:15:30"],
    ["10/4/2026 8:15:30 PM", "2026-10-04T20:15:30"],
    ["10/4/2026 12:00:00 AM", "2026-10-04T00:00:00"],
    ["10/4/2026 12:00:00 PM", "2026-10-04T12:00:00"],
    ["10/4/26 20:15", "2026-10-04T20:15:00"],
    ["10/4/2026, 8:15:30 p.m.", "2026-10-04T20:15:30"],
    // What cannot be month first.
    ["24/10/2026 08:15", "2026-10-24T08:15:00"],
    ["4.10.2026 08:15", "2026-10-04T08:15:00"],
    // With the month's name.
    ["4 Oct 2026 08:15", "2026-10-04T08:15:00"],
    ["04-Oct-26", "2026-10-04T00:00:00"],
    ["Sunday, 4 October 2026 8:15 AM", "2026-10-04T08:15:00"],
    ["October 4, 2026 8:15 AM", "2026-10-04T08:15:00"],
    ["Sunday, October 4, 2026 8:15 PM", "2026-10-04T20:15:00"],
    // Excel's days: 46,299 of them lie between the last day of 1899 and 4 October 2026.
    ["46299", "2026-10-04T00:00:00"],
    ["46299.34375", "2026-10-04T08:15:00"],
    ["46299,34375", "2026-10-04T08:15:00"],
  ])("%s", (text, expected) => {
    expect(localTime(text, "month first")).toBe(expected);
  });

  test.each([
    ["2026-10-04T08:15:30Z", "2026-10-04T10:15:30"],
    ["2026-10-04T08:15:30.25+02:00", "2026-10-04T08:15:30.25"],
    ["2026-10-03 23:00:00 -0100", "2026-10-04T02:00:00"],
  ])("%s, with an offset, in the organiser's zone", (text, expected) => {
    expect(localTime(text, "month first", "Africa/Johannesburg")).toBe(expected);
  });
});

test.each([
  "2026-02-29 08:00",
  "2026-04-31",
  "31/4/2026",
  "2026-13-01",
  "2026-10-04 24:00",
  "2026-10-04 08:60",
  "13/13/2026",
  "0/1/2026",
  "1899-12-30T08:00:00",
  "9999-01-01",
  "15:30.1",
  "8:15 AM",
  "46299.3.4",
  "4 Och 2026",
  "tomorrow",
  "10/4/2026 0:15 PM",
  "2026-10-04 08:15:30 and more",
])("%s is no time", (text) => {
  expect(localTime(text, "month first")).toBeUndefined();
});

describe("3/4/2026", () => {
  test("is read as the others of the file are", () => {
    expect(localTime("3/4/2026", "month first")).toBe("2026-03-04T00:00:00");
    expect(localTime("3/4/2026", "day first")).toBe("2026-04-03T00:00:00");
    expect(localTime("25/4/2026", "month first")).toBe("2026-04-25T00:00:00");
    expect(localTime("4/25/2026", "day first")).toBe("2026-04-25T00:00:00");
  });

  test("the others say which", () => {
    expect(dayOrder(["3/4/2026", "24/10/2026 08:00"])).toBe("day first");
    expect(dayOrder(["10/24/2026", "3/4/2026"])).toBe("month first");
    expect(dayOrder(["3/4/2026", "4/4/2026", "2026-10-24", "24.10.2026"])).toBeUndefined();
    expect(dayOrder(["10/24/2026", "24/10/2026"])).toBeUndefined();
  });

  test("is ambiguous, others are not", () => {
    expect(["3/4/2026", "03-04-26 10:00"].map(isAmbiguous)).toEqual([true, true]);
    expect(["4/4/2026", "3.4.2026", "13/4/2026", "2026-03-04", "46299"].map(isAmbiguous)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });
});

test("property: every second from 1970 to 2100 is read as it is written", () => {
  const moment = fc.date({
    min: new Date("1970-01-01T00:00:00Z"),
    max: new Date("2100-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moment, (date) => {
      const iso = date.toISOString().slice(0, 19);
      const [year, month, day, hour, minute, second] = iso.split(/\D/u).map(Number);
      const clock = `${String(((hour! + 11) % 12) + 1)}:${String(minute).padStart(2, "0")}:${String(second).padStart(2, "0")} ${hour! < 12 ? "AM" : "PM"}`;
      expect(localTime(iso.replace("T", " "), "month first")).toBe(iso);
      expect(
        localTime(`${String(month)}/${String(day)}/${String(year)} ${clock}`, "month first"),
      ).toBe(iso);
      if (year! > 1970 || month! > 6) {
        const seconds = Date.parse(`${iso}Z`) / 1000;
        const days = seconds / 86_400 + 25_569;
        if (days >= 10_000 && days < 100_000)
          expect(localTime(String(days), "month first")).toBe(iso);
      }
    }),
  );
});
