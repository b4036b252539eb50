import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { hasPassed } from "../../src/sending/prepare/written_times.ts";

const inDays = (days: number) => DateTime.now().setZone("Africa/Johannesburg").plus({ days });

describe("a deadline as people write it", () => {
  const yesterday = inDays(-1);
  const [over, open, unread] = [true, false, null];
  it.each([
    ["31/05/2024", over],
    ["05/06/2024", over],
    ["Fri 31.05.24", over],
    ["2024/05/31", over],
    ["30. Mai 2024", over],
    ["31 mai 2024", over],
    ["31 de mayo de 2024", over],
    ["May 31st, 2024", over],
    ["31 May 2024 or 30 June 2024", over],
    [yesterday.toFormat("d MMM"), over],
    [yesterday.toFormat("d MMM' 23:59'"), over],
    [yesterday.toFormat("MMMM d"), over],
    [yesterday.toFormat("d/M"), over],
    ["yesterday", over],
    ["today", open],
    [inDays(0).toFormat("d MMMM"), open],
    [inDays(-25).toFormat("d MMMM"), over],
    // Without a year, what is long ago is meant of the next one.
    [inDays(-40).toFormat("d MMMM"), open],
    [inDays(200).toFormat("d MMMM"), open],
    ["31 May 2024 or 30 June 2096", open],
    ["30. Juni 2096", open],
    ["06/05/2096", open],
    ["soon", unread],
    ["32/13/2024", unread],
    ["version 2 of 10", unread],
  ])("%s", (written, is) => {
    expect(hasPassed(written, "Africa/Johannesburg", {})).toBe(is);
  });

  it("may have passed under one reading only", () => {
    const [month, day] = [yesterday.month, yesterday.day];
    const other = DateTime.fromObject({ year: yesterday.year, month: day, day: month });
    const isOver = !other.isValid || other.endOf("day").toMillis() < Date.now();
    expect(hasPassed(yesterday.toFormat("dd/MM/yyyy"), "Africa/Johannesburg", {})).toBe(isOver);
    expect(hasPassed(yesterday.toFormat("dd.MM.yyyy"), "Africa/Johannesburg", {})).toBe(true);
  });
});
