import { fileURLToPath } from "node:url";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { calendar } from "../../../demo/calendar.ts";
import { contents, EXPORTS } from "../../../demo/exports.ts";
import { readExport } from "../../../src/import/formats/export.ts";
import type { ImportType } from "../../../src/import/formats/index.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();
const TYPES: Record<(typeof EXPORTS)[number]["tool"], ImportType> = {
  import_quicket_registrations: "quicket_registrations",
  import_quicket_checkins: "quicket_checkins",
  import_walkup_registrations: "walkup",
  import_sessionize_data: "sessionize",
  import_speaker_ratings: "ratings",
};

/** Rows and warnings of each, by the lists in demo/people.ts, tickets.ts and talks.ts. */
const EXPECTED: Record<string, { rows: number; warnings: number }> = {
  // Five speakers; five speakers and eighteen attendees, and a shirt.
  "before-sessions.csv": { rows: 5, warnings: 0 },
  "before-registrations.csv": { rows: 24, warnings: 1 },
  "before-checkins.csv": { rows: 23, warnings: 0 },
  // One of the seventeen speakers has no e-mail; with four sponsors and 29 attendees that makes fifty.
  "last-sessions.xlsx": { rows: 17, warnings: 1 },
  "last-registrations.csv": { rows: 51, warnings: 2 },
  "last-checkins.csv": { rows: 50, warnings: 1 },
  // A telephone number is a digit short.
  "last-walkins.xlsx": { rows: 6, warnings: 1 },
  "last-ratings.xlsx": { rows: 48, warnings: 0 },
  // Nineteen tickets and a shirt.
  "next-registrations.csv": { rows: 20, warnings: 1 },
};

describe.each(["2026-11-22", "2028-02-29", "2027-12-31"])("the demo's exports on %s", (today) => {
  const made = contents(calendar(DateTime.fromISO(today)));

  test.each(EXPORTS)("$name", async ({ name, tool }) => {
    const read = await readExport(await files.write(name, made.get(name)!), TYPES[tool]);
    expect(read.errors).toEqual([]);
    expect(
      { rows: read.info.rows, warnings: read.warnings.length },
      JSON.stringify(read.warnings),
    ).toEqual(EXPECTED[name]);
    expect(read.extra_columns).toEqual([]);
  });

  test("are all that there are", () => {
    expect([...made.keys()].sort()).toEqual(EXPORTS.map(({ name }) => name).sort());
  });
});

test("those in demo/exports are what they were on 22 November 2026", async () => {
  const made = contents(calendar(DateTime.fromISO("2026-11-22")));
  for (const { name, tool } of EXPORTS) {
    const sample = fileURLToPath(new URL(`../../../demo/exports/${name}`, import.meta.url));
    const written = await files.write(name, made.get(name)!);
    const [one, other] = await Promise.all([
      readExport(sample, TYPES[tool]),
      readExport(written, TYPES[tool]),
    ]);
    expect({ name, rows: one.rows }).toEqual({ name, rows: other.rows });
  }
});
