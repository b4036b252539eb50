import { describe, expect, test } from "vitest";
import { readExport } from "../../../src/import/formats/export.ts";
import { csv, QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();

async function tickets(...cells: Record<string, string>[]) {
  const path = await files.write("tickets.csv", csv([QUICKET_COLUMNS, ...cells.map(ticket)]));
  return readExport(path, "quicket_registrations");
}

async function one(cells: Record<string, string>) {
  const { rows, warnings, errors } = await tickets(cells);
  return {
    row: rows[0],
    warnings: warnings.map(({ field }) => field),
    errors: errors.map(({ field }) => field),
  };
}

describe("telephone numbers", () => {
  test.each([
    ["+27821234567", "+27821234567"],
    ["+27 82 123-4567", "+27821234567"],
    ["0027821234567", "+27821234567"],
    ["(082) 123 4567", "0821234567"],
    ["'0821234567", "0821234567"],
    // As a spreadsheet leaves them that took them for quantities.
    ["27821234567", "+27821234567"],
    ["821234567", "0821234567"],
    ["+44 20 7946 0018", "+442079460018"],
  ])("%s", async (Cellphone, phone) => {
    expect(await one({ Cellphone })).toMatchObject({ row: { phone }, warnings: [] });
  });

  test.each(["082123456", "+2782123456", "2.78212E+10", "none", "12345", "082 123 4567 or 083"])(
    "%s is left out with a warning",
    async (Cellphone) => {
      expect(await one({ Cellphone })).toMatchObject({
        row: { phone: null },
        warnings: ["Cellphone"],
      });
    },
  );
});

describe("e-mails", () => {
  test.each([
    [" Jane.Smith@Example.ORG ", "jane.smith@example.org"],
    ["mailto:jane@example.org", "jane@example.org"],
    ["jane\u00a0@example.org", null],
    ["jane@example", null],
    ["jane@example.org, joe@example.org", null],
    ["anonymous", null],
  ])("%j", async (Email, email) => {
    const { row, warnings } = await one({ Email });
    expect(row).toMatchObject({ email });
    expect(warnings).toEqual(email === null ? ["Email", "Email"] : []);
  });
});

test("topics are split at separators, not inside brackets, and each counts once", async () => {
  const { row } = await one({
    "Area of Interest": "AI &amp; ML; ai & ml|Cloud (AWS, Azure),  Data   Mesh ,-,\nOps",
  });
  expect(row).toMatchObject({ interests: ["AI & ML", "Cloud (AWS, Azure)", "Data Mesh", "Ops"] });
});

test("entities are decoded once, and only whole ones", async () => {
  expect(
    await one({ Surname: "O&#x27;Neill &amp;amp; R&D;", "Profession:": "A&nbsp;B" }),
  ).toMatchObject({
    row: { last_name: "O'Neill &amp; R&D;", profession: "A B" },
  });
});

test("line breaks stay out of what is one line", async () => {
  expect(await one({ Surname: "van\r\nder  Merwe" })).toMatchObject({
    row: { last_name: "van der  Merwe" },
  });
});

describe("what a ticket is", () => {
  test.each([
    [{ Valid: "Yes" }, "registered"],
    [{ Valid: "yes " }, "registered"],
    [{ Valid: "No" }, "cancelled"],
    [{ Valid: "FALSE" }, "cancelled"],
    [{ Valid: "No", "Transferred to Order Number": "9010" }, "transferred"],
    [{ Valid: "Yes", "Transferred to Order Number": "9010" }, "transferred"],
  ])("%j: %s", async (cells, status) => {
    expect(await one(cells as Record<string, string>)).toMatchObject({
      row: { status },
      warnings: [],
    });
  });

  test("neither yes nor no is told", async () => {
    expect(await one({ Valid: "Maybe", "Checked In": "?" })).toMatchObject({
      row: { status: "registered", checked_in: false },
      warnings: ["Checked In", "Valid"],
    });
  });

  test.each([
    ["Complimentary", true],
    ["Yes", true],
    ["-", false],
    ["", false],
    ["No", false],
  ])("complimentary: %j", async (Complimentary, complimentary) => {
    expect((await one({ Complimentary })).row).toMatchObject({ complimentary });
  });

  test.each([
    ["00810001", "810001"],
    ["810001.0", "810001"],
    ["9223372036854775807", "9223372036854775807"],
  ])("ticket number %s", async (number, ticket_number) => {
    expect(await one({ "Ticket Number": number })).toMatchObject({
      row: { ticket_number },
      errors: [],
    });
  });

  test.each(["-1", "0", "8.1E+05", "9223372036854775808", "A-17", "-"])(
    "ticket number %s is none, and the row an error",
    async (number) => {
      expect(await one({ "Ticket Number": number })).toMatchObject({
        row: undefined,
        errors: ["Ticket Number"],
      });
    },
  );

  test("a time that cannot be read is an error, none at all a warning", async () => {
    expect(await one({ "Purchase Date": "15:30.1" })).toMatchObject({
      row: undefined,
      errors: ["Purchase Date"],
    });
    expect(await one({ "Purchase Date": "-" })).toMatchObject({
      row: { purchase_date: null },
      warnings: ["Purchase Date"],
    });
    expect(await one({ "Purchase Date": "0001-01-01 00:00:00.0000000" })).toMatchObject({
      row: { purchase_date: null },
    });
  });

  test("checked in only where it says so", async () => {
    const date = { "Checked In Date": "2026-11-14 08:00:00.0000000" };
    expect((await one({ "Checked In": "Yes", ...date })).row).toMatchObject({
      checked_in: true,
      checked_in_at: "2026-11-14T08:00:00",
    });
    expect((await one({ "Checked In": "No", ...date })).row).toMatchObject({
      checked_in: false,
      checked_in_at: null,
    });
  });

  test("merchandise is told and not read any further", async () => {
    const { rows, warnings, errors } = await tickets({
      "Is Merchandise": "Yes",
      "Ticket Number": "-",
      Email: "x",
    });
    expect(rows).toEqual([{ row: 2, merchandise: true }]);
    expect(warnings).toMatchObject([{ row: 2, field: "Is Merchandise" }]);
    expect(errors).toEqual([]);
  });

  test("a row that names nobody is left out with a warning; one name is enough", async () => {
    const { rows, warnings } = await tickets(
      { "First name": "-", Surname: " " },
      { "First name": "Madonna", Surname: "-", "Ticket Number": "810002" },
    );
    expect(rows).toMatchObject([{ row: 3, first_name: "Madonna", last_name: "" }]);
    expect(warnings).toMatchObject([
      { row: 2, field: "First name" },
      { row: 3, field: "Surname" },
    ]);
  });
});

test("dates saved again by a spreadsheet: the day's place is told by the other rows", async () => {
  const { rows, warnings } = await tickets(
    { "Purchase Date": "3/4/2026 08:15" },
    { "Ticket Number": "2", "Purchase Date": "24/10/2026 08:15" },
  );
  expect(rows).toMatchObject([
    { purchase_date: "2026-04-03T08:15:00" },
    { purchase_date: "2026-10-24T08:15:00" },
  ]);
  expect(warnings).toEqual([]);
});

test("where no row tells it, the month is first, and a warning says so once", async () => {
  const { rows, warnings } = await tickets(
    { "Purchase Date": "3/4/2026 08:15" },
    { "Ticket Number": "2", "Purchase Date": "3/5/2026 08:15" },
  );
  expect(rows).toMatchObject([
    { purchase_date: "2026-03-04T08:15:00" },
    { purchase_date: "2026-03-05T08:15:00" },
  ]);
  expect(warnings).toMatchObject([{ row: 2, field: "Purchase Date" }]);
  expect(warnings[0]?.warning).toContain("as can 1 more of the file");
});

test("no message repeats what a cell holds", async () => {
  const secret = "Tr0ub4dor";
  const read = await tickets(
    Object.fromEntries(
      QUICKET_COLUMNS.filter((name) => name !== "First name" && name !== "Is Merchandise").map(
        (name) => [name, secret],
      ),
    ),
  );
  expect(read.errors.length + read.warnings.length).toBeGreaterThan(4);
  expect(JSON.stringify([read.errors, read.warnings])).not.toContain(secret);
});
