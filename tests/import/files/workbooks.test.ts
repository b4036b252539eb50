import { describe, expect, test } from "vitest";
import { readExport } from "../../../src/import/formats/export.ts";
import { QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { tempFiles } from "../support/temp_files.ts";
import { sheetRows, workbook, type Workbook } from "../support/workbook.ts";

const files = tempFiles();

async function read(contents: Workbook) {
  return readExport(await files.write("book.xlsx", workbook(contents)), "quicket_registrations");
}

describe("a ticket is the same, however a workbook writes its cells", () => {
  // 46,083 days after the last day of 1899 is 2 March 2026; 8:15:30 is 29,730 of a day's 86,400 seconds.
  const serial = 46_083 + 29_730 / 86_400;
  test.each([
    ["text", {}],
    ["numbers", { "Ticket Number": "<c><v>810001</v></c>", "Order Number": "<c><v>9001</v></c>" }],
    ["a number in another notation", { "Ticket Number": "<c><v>8.10001E5</v></c>" }],
    ["a date", { "Purchase Date": `<c s="1"><v>${String(serial)}</v></c>` }],
    ["a date as a bare number", { "Purchase Date": `<c><v>${String(serial)}</v></c>` }],
    ["a date as ISO text", { "Purchase Date": '<c t="d"><v>2026-03-02T08:15:30Z</v></c>' }],
    ["a formula", { "Ticket Number": "<c><f>810000+1</f><v>810001</v></c>" }],
    ["a formula of text", { Surname: '<c t="str"><f>A1</f><v>Nkosi</v></c>' }],
    ["yes and no", { Valid: '<c t="b"><v>1</v></c>', "Is Merchandise": '<c t="b"><v>0</v></c>' }],
    ["rich text", { Surname: '<c t="inlineStr"><is><r><t>Nk</t></r><r><t>osi</t></r></is></c>' }],
  ])("%s", async (_how, cells) => {
    const { rows, errors } = await read({ rows: sheetRows([QUICKET_COLUMNS, ticket(cells)]) });
    expect(errors).toEqual([]);
    expect(rows).toMatchObject([
      {
        row: 2,
        ticket_number: "810001",
        order_number: "9001",
        purchase_date: "2026-03-02T08:15:30",
        last_name: "Nkosi",
        status: "registered",
      },
    ]);
  });

  test("days counted from 1904", async () => {
    const days = serial - 1462;
    const { rows } = await read({
      from1904: true,
      rows: sheetRows([
        QUICKET_COLUMNS,
        ticket({ "Purchase Date": `<c s="1"><v>${String(days)}</v></c>` }),
      ]),
    });
    expect(rows).toMatchObject([{ purchase_date: "2026-03-02T08:15:30" }]);
  });

  test("text that the workbook keeps once", async () => {
    const { rows } = await read({
      sharedStrings: ["Nkosi"],
      rows: sheetRows([QUICKET_COLUMNS, ticket({ Surname: '<c t="s"><v>0</v></c>' })]),
    });
    expect(rows).toMatchObject([{ last_name: "Nkosi" }]);
  });
});

test("rows keep the numbers of the sheet, though some are missing, and short ones are whole", async () => {
  const all = sheetRows([
    QUICKET_COLUMNS,
    ticket({}),
    ["", ""],
    ticket({ "Ticket Number": "810002" }).slice(0, -2),
  ]);
  const { rows, errors, info } = await read({ rows: all.replace('<row r="3"></row>', "") });
  expect(errors).toEqual([]);
  expect(info.rows).toBe(2);
  expect(rows.map(({ row }) => row)).toEqual([2, 4]);
});

test("a part that no reader needs may hold what it likes", async () => {
  const { rows } = await read({
    rows: sheetRows([QUICKET_COLUMNS, ticket({})]),
    more: { "xl/media/image1.png": new Uint8Array(100) },
  });
  expect(rows).toHaveLength(1);
});
