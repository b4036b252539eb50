import { QUICKET_COLUMNS, csv, ticket } from "../../../workbench/exports.ts";
import { parts, sheetRows, type Workbook } from "./workbook.ts";
import { zipped } from "./zip.ts";

/** A file that means harm. */
export interface HostileFile {
  name: string;
  make: () => Uint8Array;
  /** What is said of it. */
  says: RegExp;
}

const MEGABYTE = 1024 * 1024;
const good = csv([QUICKET_COLUMNS, ticket({})]);
const rows = sheetRows([QUICKET_COLUMNS, ticket({})]);

function book(contents: Workbook, also: Record<string, Buffer> = {}): Buffer {
  const all = { ...parts(contents), ...also };
  return zipped(
    Object.entries(all).map(([name, content]) => ({
      name,
      content: Buffer.from(content as Uint8Array),
    })),
  );
}

/** A workbook whose sheet is this, beyond what a template literal should hold. */
function sheet(before: string, filling: string, bytes: number, after: string): Buffer {
  const [head = "", tail = ""] = Buffer.from(
    parts({ rows: "%" })["xl/worksheets/sheet1.xml"] as Uint8Array,
  )
    .toString()
    .split("%");
  const content = Buffer.concat([
    Buffer.from(head + before),
    Buffer.alloc(bytes, filling),
    Buffer.from(after + tail),
  ]);
  return book({ rows: "" }, { "xl/worksheets/sheet1.xml": content });
}

/** Those that are found out at once. */
export const SMALL: readonly HostileFile[] = [
  {
    name: "a column that hides behind a tag in an attribute.xlsx",
    make: () => book({ rows: '<row r="1"><c x="<" r="ZZZZZZ1"><v>1</v></c></row>' }),
    says: /workbook/u,
  },
  {
    name: "spans that hide a row far below.xlsx",
    make: () => book({ rows: '<row spans="<" r="900000000"><c><v>1</v></c></row>' }),
    says: /workbook/u,
  },
  {
    name: "a row far below.xlsx",
    make: () => book({ rows: '<row spans="1:900000000" r="900000000"><c><v>1</v></c></row>' }),
    says: /more than 200,000 rows/u,
  },
  {
    name: "2 MB of attributes.xlsx",
    make: () => sheet(`${rows}<row `, 'abcdefgh="1" ', 2 * MEGABYTE, "/>"),
    says: /workbook/u,
  },
  {
    name: "many attributes that differ.xlsx",
    make: () =>
      book({
        rows: `<row ${Array.from({ length: 90_000 }, (_, n) => `a${String(n)}=""`).join(" ")}/>`,
      }),
    says: /workbook|table/u,
  },
  {
    name: "a million columns.xlsx",
    make: () => book({ rows: `<row r="1">${"<c><v>1</v></c>".repeat(1_000_000)}</row>` }),
    says: /more than 500 columns/u,
  },
  {
    name: "a million columns.csv",
    make: () => Buffer.from(`${"A,".repeat(1_000_000)}\n`),
    says: /longer than|more than 500 columns/u,
  },
  {
    name: "entities in entities.xlsx",
    make: () =>
      book(
        { rows: "" },
        {
          "xl/worksheets/sheet1.xml": Buffer.from(
            `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`,
          ),
        },
      ),
    says: /damaged/u,
  },
  {
    name: "overlapping entries.xlsx",
    make: () =>
      zipped([
        ...Object.entries(parts({ rows })).map(([name, content]) => ({
          name,
          content: Buffer.from(content as Uint8Array),
        })),
        ...Array.from({ length: 1500 }, (_, n) => ({
          name: `xl/${String(n)}.xml`,
          content: Buffer.alloc(MEGABYTE),
          at: 0,
        })),
      ]),
    says: /larger than 200 MB|parts/u,
  },
  {
    name: "an archive in an archive.xlsx",
    make: () => zipped([{ name: "xl/workbook.xml", content: book({ rows }) }]),
    says: /workbook/u,
  },
  {
    name: "a quotation mark that is never closed.csv",
    make: () => Buffer.from(`${good}"${"x,".repeat(2 * MEGABYTE)}`),
    says: /Row 3 is longer than/u,
  },
  {
    name: "NULs.csv",
    make: () => Buffer.alloc(4 * MEGABYTE),
    says: /not a table|longer than/u,
  },
  {
    name: "commas between cells of many lines.csv",
    make: () => Buffer.from(`${good}"${`\n",${",".repeat(400_000)}"`.repeat(8)}`),
    says: /ends inside a quoted cell|longer than/u,
  },
];

/** Those that take their time. */
export const LARGE: readonly HostileFile[] = [
  {
    name: "a tag with 40 million blanks.xlsx",
    make: () => sheet(`${rows}<row`, " ", 40_000_000, "/>"),
    says: /workbook/u,
  },
  {
    name: "one cell of 190 MB.xlsx",
    make: () => sheet('<row r="1"><c t="str"><v>', "x", 190_000_000, "</v></c></row>"),
    says: /workbook/u,
  },
  {
    name: "one cell of 190 MB of tags that are none.xlsx",
    make: () => sheet('<row r="1"><c t="str"><v><![CDATA[', "<", 190_000_000, "]]></v></c></row>"),
    says: /workbook/u,
  },
  {
    name: "20 million rows.xlsx",
    make: () => sheet("", "<row/>", 120_000_000, ""),
    says: /more than 200,000 rows/u,
  },
  {
    name: "millions of shared strings.xlsx",
    make: () =>
      book(
        { rows },
        {
          "xl/sharedStrings.xml": Buffer.concat([
            Buffer.from("<sst>"),
            Buffer.alloc(187_000_000, "<si><t>abcdefgh</t></si>"),
          ]),
        },
      ),
    says: /more than 2,000,000 different texts/u,
  },
  {
    name: "a shared string of a megabyte, a million times.xlsx",
    make: () =>
      book({
        rows:
          sheetRows([QUICKET_COLUMNS]) + `<row r="2">${'<c t="s"><v>0</v></c>'.repeat(400)}</row>`,
        sharedStrings: ["x".repeat(900_000)],
      }),
    says: /Row 2 of the workbook is longer/u,
  },
  {
    name: "100 MB of commas.csv",
    make: () => Buffer.alloc(100 * MEGABYTE, ","),
    says: /longer than/u,
  },
  {
    name: "100 MB of commas below a header.csv",
    make: () => Buffer.concat([Buffer.from(good), Buffer.alloc(99 * MEGABYTE, ",")]),
    says: /longer than/u,
  },
  {
    name: "one line of 100 MB.csv",
    make: () => Buffer.alloc(100 * MEGABYTE, "x"),
    says: /longer than/u,
  },
  {
    name: "100 MB of NULs.csv",
    make: () => Buffer.alloc(100 * MEGABYTE),
    says: /longer than|not a table/u,
  },
  {
    name: "100 MB of line breaks.csv",
    make: () => Buffer.concat([Buffer.from(good), Buffer.alloc(99 * MEGABYTE, "\n")]),
    says: /line breaks on end/u,
  },
  {
    name: "100 MB of quotation marks.csv",
    make: () => Buffer.concat([Buffer.from(good), Buffer.alloc(99 * MEGABYTE, '"')]),
    says: /longer than/u,
  },
];
