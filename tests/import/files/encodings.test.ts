import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTable } from "../../../src/import/files/read.ts";
import { decoded, detectEncoding } from "../../../src/import/files/text.ts";
import { readExport } from "../../../src/import/formats/export.ts";
import { csv, QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();
const NAME = "Zoë O’Connor – Łódź";

/** Big-endian is what no encoder of Node writes. */
function utf16(text: string, order: "le" | "be"): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
}

describe.each([",", ";", "\t"])("cells separated by %j", (delimiter) => {
  const text = csv([QUICKET_COLUMNS, ticket({ Surname: NAME })], delimiter);
  test.each([
    ["utf-8", Buffer.from(text)],
    ["utf-8", Buffer.from(`\ufeff${text}`)],
    ["utf-16le", utf16(text, "le")],
    ["utf-16be", utf16(text, "be")],
  ] as const)("as %s", async (encoding, bytes) => {
    const path = await files.write("encoded.csv", bytes);
    const read = await readExport(path, "quicket_registrations");
    expect(read.info).toMatchObject({ encoding, delimiter });
    expect(read.rows).toMatchObject([{ last_name: NAME, ticket_number: "810001" }]);
  });
});

test("Windows-1252, with the characters that Latin-1 has not", async () => {
  const bytes = Buffer.from(
    csv([QUICKET_COLUMNS, ticket({ Surname: "Zo\u00eb O\u0092Connor \u0096 \u0080" })], ";"),
    "latin1",
  );
  const read = await readExport(await files.write("old.csv", bytes), "quicket_registrations");
  expect(read.info).toMatchObject({ encoding: "windows-1252", delimiter: ";" });
  expect(read.rows).toMatchObject([{ last_name: "Zoë O’Connor – €" }]);
});

test("all of Windows-1252, by the table of the Encoding Standard", () => {
  const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
  const bytes = Buffer.from(Array.from({ length: 128 }, (_, index) => 128 + index));
  expect(detectEncoding(bytes)).toBe("windows-1252");
  const text = [...decoded(bytes, "windows-1252")].join("");
  expect(text.slice(0, 32)).toBe(high);
  expect(text.slice(32)).toBe(bytes.subarray(32).toString("latin1"));
});

test("the separator is found though the header's questions hold others", async () => {
  const header = [
    "ID",
    "Completion time",
    "First Name, please",
    "Last Name, if any, or none",
    "Email Address, private",
    "Cell, phone",
  ];
  const path = await files.write(
    "questions.csv",
    `${header.join(";")}\n1;2026-11-14 08:00:00;Neo;Letsoalo;neo@example.org;0821234567\n`,
  );
  const read = await readExport(path, "walkup");
  expect(read.info.delimiter).toBe(";");
  expect(read.rows).toMatchObject([
    { first_name: "Neo", last_name: "Letsoalo", phone: "0821234567" },
  ]);
});

test("rows end in any way, also mixed, and a cell keeps its lines", async () => {
  const [header, one, two, three] = [
    QUICKET_COLUMNS,
    ticket({}),
    ticket({ "Area of Interest": "A\nB" }),
    ticket({}),
  ];
  const text =
    csv([header], ",", "\n") +
    csv([one], ",", "\r\n") +
    csv([two], ",", "\n") +
    csv([three], ",", "");
  const read = await readExport(await files.write("ends.csv", text), "quicket_registrations");
  expect(read.errors).toEqual([]);
  expect(read.rows).toMatchObject([{ row: 2 }, { row: 3, interests: ["A", "B"] }, { row: 4 }]);
});

test("stray quotation marks inside a cell are characters", async () => {
  const text = csv([QUICKET_COLUMNS, ticket({ "First name": "X" })]).replace(
    ",X,",
    ',Thabo "TK" N,',
  );
  const read = await readExport(await files.write("marks.csv", text), "quicket_registrations");
  expect(read.rows).toMatchObject([{ first_name: 'Thabo "TK" N' }]);
});

test("property: what is written as CSV is read again, whatever the cells, separators and row ends", async () => {
  const cell = fc
    .oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(",", ";", "\t", '"', "\n", "\r", "a", " "), maxLength: 8 }),
    )
    .filter((text) => !text.includes("\0") && text.isWellFormed() && text.trim() !== "");
  const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 8,
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(",", ";", "\t"),
      fc.constantFrom("\r\n", "\n", "\r"),
      async (rows, delimiter, end) => {
        const header = rows[0]!.map((_, index) => `column ${String(index)}`);
        const all = [header, ...rows].map((cells) => [...cells, "last"]);
        const path = await files.write("any.csv", csv(all, delimiter, end));
        const read = await readTable(path, () => 0);
        const found: string[][] = [];
        for await (const { cells } of read.rows) found.push(cells);
        expect(read.delimiter).toBe(delimiter);
        expect([read.header.cells, ...found]).toEqual(all);
      },
    ),
    { numRuns: 150 },
  );
});
