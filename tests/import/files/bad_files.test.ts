import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, symlink, truncate } from "node:fs/promises";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { BOUNDS } from "../../../src/import/files/bounds.ts";
import { ImportFileError } from "../../../src/import/files/table.ts";
import { readExport } from "../../../src/import/formats/export.ts";
import { csv, QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { fixture } from "../support/fixture.ts";
import { tempFiles } from "../support/temp_files.ts";
import { parts, sheetRows, workbook } from "../support/workbook.ts";

const files = tempFiles();

/** What is said of a file that cannot be read at all. */
async function refusal(path: string): Promise<string> {
  const error = await readExport(path, "quicket_registrations").then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ImportFileError);
  return (error as ImportFileError).message;
}

const good = csv([QUICKET_COLUMNS, ticket({}), ticket({ "Ticket Number": "810002" })]);

describe("what is no file of these kinds", () => {
  test("nothing there", async () => {
    const path = files.path("nothing.csv");
    expect(await refusal(path)).toBe(`There is no file at ${path}.`);
  });

  test("another extension", async () => {
    expect(await refusal(await files.write("export.txt", good))).toMatch(/Only \.csv and \.xlsx/);
    expect(await refusal("/etc/passwd")).toMatch(/Only \.csv and \.xlsx/);
  });

  test("a folder", async () => {
    const path = files.path("folder.csv");
    await mkdir(path);
    expect(await refusal(path)).toBe(`${path} is a folder, not a file.`);
  });

  test.skipIf(process.platform === "win32")("a pipe, without waiting for a writer", async () => {
    const path = files.path("pipe.csv");
    execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
    expect(await refusal(path)).toMatch(/not a regular file/);
  });

  test.skipIf(process.platform === "win32")("a link to a device", async () => {
    const path = files.path("zero.csv");
    await symlink("/dev/zero", path);
    expect(await refusal(path)).toMatch(/not a regular file/);
  });

  test("a link to a regular file is read", async () => {
    const path = files.path("link.csv");
    await symlink(await files.write("good.csv", good), path);
    expect((await readExport(path, "quicket_registrations")).rows).toHaveLength(2);
  });

  test("a path that is none", async () => {
    expect(await refusal("a\0b.csv")).toMatch(/cannot be opened/);
  });

  test("empty, or only empty lines", async () => {
    expect(await refusal(await files.write("empty.csv", ""))).toBe("The file is empty.");
    expect(await refusal(await files.write("blank.csv", "\r\n\r\n,,\r\n"))).toMatch(/no table/);
    expect(await refusal(await files.write("bom.csv", "\ufeff"))).toMatch(/no table/);
  });

  test("larger than the bound, without reading it", async () => {
    const path = await files.write("large.csv", good);
    await truncate(path, BOUNDS.fileBytes + 1);
    expect(await refusal(path)).toMatch(/larger than 100 MB/);
  });
});

describe("CSV", () => {
  test("more rows than the bound", async () => {
    const path = await files.write("rows.csv", `A\n${"x\n".repeat(BOUNDS.rows + 1)}`);
    expect(await refusal(path)).toMatch(/more than 200,000 rows/);
  });

  test("text that is not a table", async () => {
    const path = await files.write("text.csv", `${good}${"x\n".repeat(BOUNDS.raggedRows + 1)}`);
    expect(await refusal(path)).toMatch(/More than 1,000 rows have other numbers of cells/);
  });

  test("a workbook, a picture or noise under the name of CSV", async () => {
    const renamed = await files.write("book.csv", workbook({ rows: "" }));
    expect(await refusal(renamed)).toMatch(/workbook, not CSV/);
    const picture = await files.write("picture.csv", Buffer.from("89504e470d0a1a0a0000", "hex"));
    expect(await refusal(picture)).toMatch(/binary file/);
    const noise = Buffer.concat([Buffer.of(1, 0, 2), randomBytes(5000)]);
    expect(await refusal(await files.write("noise.csv", noise))).toMatch(/not a table/);
  });

  test("UTF-16 without a byte order mark", async () => {
    const path = await files.write("utf16.csv", Buffer.from(good, "utf16le"));
    expect(await refusal(path)).toMatch(/header \(row 1\) holds control characters/);
  });

  test("ends inside a quoted cell: the row is named", async () => {
    const cut = csv([QUICKET_COLUMNS, ticket({}), ticket({ "Ticket Type": "one, two" })]);
    const path = await files.write("cut.csv", cut.slice(0, cut.indexOf("one, two") + 4));
    expect(await refusal(path)).toMatch(/quoted cell that begins in row 3/);
  });

  test("the row is right, however many were read before", async () => {
    const many = csv([QUICKET_COLUMNS, ...Array.from({ length: 5000 }, () => ticket({}))]);
    const path = await files.write("cut.csv", `${many}"`);
    expect(await refusal(path)).toMatch(/begins in row 5002/);
  });

  test("a quotation mark that is never closed does not read on for ever", async () => {
    const path = await files.write("quote.csv", `${good}"${"x,".repeat(1_000_000)}`);
    expect(await refusal(path)).toMatch(/Row 4 is longer than/);
  });

  test("cut off in the middle of a row: the row is named, the others are read", async () => {
    const path = await files.write("cut.csv", good.slice(0, -60));
    const read = await readExport(path, "quicket_registrations");
    expect(read.errors).toMatchObject([{ row: 3, field: "" }]);
    expect(read.errors[0]?.error).toMatch(
      /has \d+ cells where the header has 37: the row is cut off/,
    );
    expect(read.rows.map(({ row }) => row)).toEqual([2]);
  });

  test("cut off in the middle of a letter", async () => {
    const bytes = Buffer.from(
      csv([QUICKET_COLUMNS, ticket({ "First name": "Zoë", Surname: "Müller" })]),
    );
    const path = await files.write("cut.csv", bytes.subarray(0, bytes.indexOf("ü") + 1));
    expect(await refusal(path)).toMatch(/UTF-8 text, but damaged or cut off in line 2/);
  });

  test("a cell with a separator but no quotation marks", async () => {
    const path = await files.write("more.csv", good.replace("General Admission", "One, two"));
    const read = await readExport(path, "quicket_registrations");
    expect(read.errors).toMatchObject([{ row: 2, field: "" }]);
    expect(read.errors[0]?.error).toMatch(
      /38 cells where the header has 37: a cell with a separator/,
    );
  });

  test("NUL and half characters: the row is named, and nothing of it is read", async () => {
    const path = await files.write(
      "nul.csv",
      csv([QUICKET_COLUMNS, ticket({ Surname: "Nk\0si" }), ticket({ "Ticket Number": "810002" })]),
    );
    const read = await readExport(path, "quicket_registrations");
    expect(read.errors).toMatchObject([{ row: 2, field: "Surname" }]);
    expect(read.rows.map(({ row }) => row)).toEqual([3]);
  });

  test("a character that was lost earlier is warned of", async () => {
    const path = await files.write(
      "lost.csv",
      csv([QUICKET_COLUMNS, ticket({ Surname: "M\ufffdller" })]),
    );
    const read = await readExport(path, "quicket_registrations");
    expect(read.warnings).toMatchObject([{ row: 2, field: "Surname" }]);
    expect(read.rows).toHaveLength(1);
  });

  test("longer cells than can be kept are errors, not cut", async () => {
    const path = await files.write(
      "long.csv",
      csv([
        QUICKET_COLUMNS,
        ticket({ Surname: "x".repeat(101) }),
        ticket({ "Ticket Number": "2", Surname: "𝒙".repeat(100) }),
      ]),
    );
    const read = await readExport(path, "quicket_registrations");
    expect(read.errors).toMatchObject([{ row: 2, field: "Surname" }]);
    expect(read.errors[0]?.error).toContain("100 characters");
    expect(read.rows).toMatchObject([{ row: 3, last_name: "𝒙".repeat(100) }]);
  });
});

describe("XLSX", () => {
  test("CSV, or an old workbook, under the name of XLSX", async () => {
    expect(await refusal(await files.write("text.xlsx", good))).toMatch(/not a workbook/);
    const old = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]);
    expect(await refusal(await files.write("old.xlsx", old))).toMatch(
      /old \.xls workbook or one with a password/,
    );
  });

  test("an archive that is not a workbook", async () => {
    const path = await files.write("zip.xlsx", zipSync({ "a.xml": strToU8("<a/>") }));
    expect(await refusal(path)).toMatch(/not a workbook/);
  });

  test("cut off, or with a byte changed", async () => {
    const whole = await readFile(fixture("sessionize.xlsx"));
    for (const length of [30, 400, whole.length - 10]) {
      const path = await files.write("cut.xlsx", whole.subarray(0, length));
      expect(await refusal(path)).toMatch(/cut off or damaged/);
    }
    const stored = zipSync(parts({ rows: sheetRows([QUICKET_COLUMNS, ticket({})]) }), { level: 0 });
    const changed = Buffer.from(stored);
    changed[changed.indexOf("General Admission")] = 0x67;
    expect(await refusal(await files.write("changed.xlsx", changed))).toMatch(/cut off or damaged/);
  });

  test("a part that ends too early", async () => {
    const rows = sheetRows([QUICKET_COLUMNS, ticket({})]);
    const path = await files.write("early.xlsx", workbook({ rows: rows.slice(0, -30) }));
    expect(await refusal(path)).toMatch(/damaged/);
  });

  /** A workbook with a part of so many bytes, of which the archive's directory says that it has others. */
  function bomb(bytes: number, said: number): Buffer {
    const part = Buffer.alloc(bytes, "<si><t>x</t></si>");
    part.write("<sst>");
    const archive = Buffer.from(zipSync({ ...parts({ rows: "" }), "xl/sharedStrings.xml": part }));
    // The name is 46 bytes into the directory's entry, the size 24.
    const entry = archive.lastIndexOf("xl/sharedStrings.xml") - 46;
    expect(archive.readUInt32LE(entry + 24)).toBe(bytes);
    archive.writeUInt32LE(said, entry + 24);
    return archive;
  }

  test("a bomb is refused before it is unzipped", async () => {
    const path = await files.write("bomb.xlsx", bomb(1000, BOUNDS.unzippedBytes));
    expect(await refusal(path)).toMatch(/Unzipped, the workbook would be larger than 200 MB/);
  });

  test("a bomb that lies about its size is stopped", async () => {
    const path = await files.write("bomb.xlsx", bomb(20_000_000, 1000));
    expect(await refusal(path)).toMatch(/cut off or damaged/);
  });

  test.each([
    ["rows", '<row r="999999999"><c r="A999999999"><v>1</v></c></row>', /more than 200,000 rows/],
    ["rows, written otherwise", "<x:row r='200002'/>", /more than 200,000 rows/],
    ["columns", '<row r="1"><c r="XFD1"><v>1</v></c></row>', /more than 500 columns/],
    [
      "columns by three letters",
      '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
      /more than 500 columns/,
    ],
    [
      "columns by six letters",
      '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
      /no readable address/,
    ],
    [
      "cells",
      '<row r="1"><c r="RR1"><v>1</v></c></row><row r="199999"/>',
      /more than 10,000,000 cells/,
    ],
    ["rows in disguise", '<row r="&#57;99999999"><c><v>1</v></c></row>', /more than 200,000 rows/],
  ])("a small sheet that claims too many %s", async (_what, rows, message) => {
    expect(await refusal(await files.write("claims.xlsx", workbook({ rows })))).toMatch(message);
  });

  test("half a character and NUL, which only Excel's escapes can write", async () => {
    const path = await files.write(
      "escapes.xlsx",
      workbook({
        rows: sheetRows([
          QUICKET_COLUMNS,
          ticket({ Surname: "Nk_xD800_si" }),
          ticket({ Surname: "Nk_x0000_si" }),
          ticket({ "Ticket Number": "810003" }),
        ]),
      }),
    );
    const read = await readExport(path, "quicket_registrations");
    expect(read.errors).toMatchObject([
      { row: 2, field: "Surname" },
      { row: 3, field: "Surname" },
    ]);
    expect(read.rows.map(({ row }) => row)).toEqual([4]);
  });
});

test("reading stops when it is told to", async () => {
  const many = csv([QUICKET_COLUMNS, ...Array.from({ length: 20_000 }, () => ticket({}))]);
  const path = await files.write("many.csv", many);
  const controller = new AbortController();
  const reading = readExport(path, "quicket_registrations", { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await expect(reading).rejects.toThrow("enough");
});
