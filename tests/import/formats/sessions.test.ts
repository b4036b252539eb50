import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readExport } from "../../../src/import/formats/export.ts";
import { csv } from "../../../workbench/exports.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();
const COLUMNS = [
  "Session Id",
  "Title",
  "Description",
  "Level",
  "Room",
  "Scheduled At",
  "Scheduled Duration",
  "Speaker Id",
  "FirstName",
  "LastName",
  "Email",
];

/** Without the warnings of row 1, the header: this one has not all columns. */
async function sessions(rows: string[][]) {
  const path = await files.write("sessions.csv", csv([COLUMNS, ...rows]));
  const read = await readExport(path, "sessionize");
  return { ...read, warnings: read.warnings.filter(({ row }) => row > 1) };
}

const neo = ["s-neo", "Neo", "Letsoalo", "neo@example.org"];
const zan = ["s-zan", "Zanele", "Mkhize", "zanele@example.org"];

describe("what a session's rows say together", () => {
  const TWO = [
    ["7", "Two heads", "For two.", "Beginner", "", "", "", ...neo],
    ["7", "", "", "", "Hall A", "2026-11-14 09:00", "45", ...zan],
    ["8", "Alone", "For one.", "", "", "", "0:30", ...neo],
  ];

  test("is in each of them", async () => {
    const { rows } = await sessions(TWO);
    const shared = {
      title: "Two heads",
      description: "For two.",
      level: "Beginner",
      room: "Hall A",
      scheduled_at: "2026-11-14T09:00:00",
      duration_minutes: 45,
    };
    expect(rows).toMatchObject([
      { ...shared, first_name: "Neo" },
      { ...shared, first_name: "Zanele" },
      { title: "Alone", level: null, room: null, scheduled_at: null, duration_minutes: 30 },
    ]);
  });

  test("property: whatever their order", async () => {
    const facts = async (rows: string[][]) =>
      (await sessions(rows)).rows.map(({ row: _, ...rest }) => JSON.stringify(rest)).sort();
    const other = ["7", "Two heads!", "", "Expert", "Hall B", "", "", "s-3", "Ann", "Lee", ""];
    const all = [...TWO, other];
    const expected = await facts(all);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: all.length }), async (rows) => {
        expect(await facts(rows)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

test("titles that contradict each other are told", async () => {
  const { rows, warnings } = await sessions([
    ["7", "Short", "", "", "", "", "", ...neo],
    ["7", "Longer title", "", "", "", "", "", ...zan],
  ]);
  expect(rows.map(({ title }) => title)).toEqual(["Longer title", "Longer title"]);
  expect(warnings).toMatchObject([{ row: 3, field: "Title" }]);
});

test("a row without an id goes on with the session above, but only without a title", async () => {
  const { rows, warnings, errors } = await sessions([
    ["7", "Two heads", "", "", "", "", "", ...neo],
    ["", "", "", "", "", "", "", ...zan],
    ["", "Another", "", "", "", "", "", ...zan],
  ]);
  expect(rows).toMatchObject([
    { session_id: "7" },
    { row: 3, session_id: "7", title: "Two heads" },
  ]);
  expect(warnings).toMatchObject([{ row: 3, field: "Session Id" }]);
  expect(errors).toMatchObject([{ row: 4, field: "Session Id" }]);
});

test("a session without any title, and a speaker without a name", async () => {
  const { rows, warnings, errors } = await sessions([
    ["7", "", "", "", "", "", "", ...neo],
    ["8", "Break", "", "", "", "", "", "", "", "", ""],
  ]);
  expect(rows).toEqual([]);
  expect(errors).toMatchObject([{ row: 2, field: "Title" }]);
  expect(warnings).toMatchObject([{ row: 3, field: "FirstName" }]);
});

test.each([
  ["45", 45],
  ["45.0", 45],
  ["45 min", 45],
  ["90 minutes", 90],
  ["1:30", 90],
  ["00:45:00", 45],
  ["1899-12-30T00:45:00.000", 45],
])("a duration of %s", async (duration, minutes) => {
  const { rows, warnings } = await sessions([["7", "One", "", "", "", "", duration, ...neo]]);
  expect(rows).toMatchObject([{ duration_minutes: minutes }]);
  expect(warnings).toEqual([]);
});

test.each(["0", "soon", "-5"])("a duration of %s is left out with a warning", async (duration) => {
  const { rows, warnings } = await sessions([["7", "One", "", "", "", "", duration, ...neo]]);
  expect(rows).toMatchObject([{ duration_minutes: null }]);
  expect(warnings.map(({ field }) => field)).toContain("Scheduled Duration");
});
