import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readExport } from "../../../src/import/formats/export.ts";
import type { ImportType } from "../../../src/import/formats/index.ts";
import { fixture } from "../support/fixture.ts";
import { QUICKET_COLUMNS } from "../../../workbench/exports.ts";

const FILES: [name: string, type: ImportType, expected: string, info: object][] = [
  [
    "quicket_registrations.csv",
    "quicket_registrations",
    "quicket_registrations",
    { format: "csv", encoding: "utf-8", delimiter: "," },
  ],
  [
    "quicket_checkins.csv",
    "quicket_checkins",
    "quicket_checkins",
    { format: "csv", encoding: "windows-1252", delimiter: ";" },
  ],
  ["walkup.csv", "walkup", "walkup", { format: "csv", encoding: "utf-8", delimiter: "," }],
  ["walkup.xlsx", "walkup", "walkup", { format: "xlsx", encoding: null, delimiter: null }],
  ["sessionize.xlsx", "sessionize", "sessionize", { format: "xlsx", encoding: null }],
  ["ratings.xlsx", "ratings", "ratings", { format: "xlsx", encoding: null }],
];

describe("every quirk is read as worked out by hand", () => {
  test.each(FILES)("%s", async (name, type, expected, info) => {
    const read = await readExport(fixture(name), type);
    expect({
      file_rows: read.info.rows,
      duplicate_rows: read.duplicate_rows,
      missing_data_percentage: read.missing_data_percentage,
      warnings: read.warnings,
      rows: read.rows,
    }).toEqual(JSON.parse(readFileSync(fixture(`${expected}.expected.json`), "utf8")));
    expect(read.info).toMatchObject(info);
    expect(read).toMatchObject({
      errors: [],
      missing_columns: [],
      extra_columns: [],
      looks_like: null,
    });
  });
});

test("names the columns as the file does", async () => {
  const read = await readExport(fixture("quicket_registrations.csv"), "quicket_registrations");
  expect(QUICKET_COLUMNS).toHaveLength(37);
  expect(read.info.columns).toEqual(QUICKET_COLUMNS);
  expect(read.info.file_size_bytes).toBe(3353);
});

describe("a wrong export is told by its columns, and nothing of it is shown", () => {
  test("sessions for tickets", async () => {
    const read = await readExport(fixture("sessionize.xlsx"), "quicket_registrations");
    expect(read.missing_columns).toEqual(["Ticket Number", "Purchase Date"]);
    expect(read.looks_like).toBe("Sessionize sessions");
    expect(read).toMatchObject({ rows: [], errors: [], warnings: [], extra_columns: [] });
    expect(read.info).toMatchObject({ rows: 4, columns: ["Email", "First name", "Surname"] });
  });

  test("walk-ins for ratings", async () => {
    const read = await readExport(fixture("walkup.csv"), "ratings");
    expect(read.missing_columns).toEqual([
      "The session attended",
      "The speaker's delivery",
      "How informative the session was",
    ]);
    expect(read.looks_like).toBe("walk-ins");
  });

  test("ratings for walk-ins", async () => {
    const read = await readExport(fixture("ratings.xlsx"), "walkup");
    expect(read.missing_columns).toEqual(["First Name", "Last Name"]);
    expect(JSON.stringify(read)).not.toContain("Which session");
  });
});
