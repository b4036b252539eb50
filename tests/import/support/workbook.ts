import { strToU8, zipSync, type Zippable } from "fflate";

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** The least that is a workbook, with what a test wants in it. */
export interface Workbook {
  /** What is in `<sheetData>`; see {@link sheetRows}. */
  rows: string;
  sharedStrings?: string[];
  /** Counts days from 1904, as Excel on a Mac did. */
  from1904?: boolean;
  /** More entries of the archive. */
  more?: Zippable;
}

/** A workbook's parts, to be zipped. Style 1 is a date with a time. */
export function parts({ rows, sharedStrings, from1904 = false, more = {} }: Workbook): Zippable {
  return {
    "[Content_Types].xml": strToU8("<Types/>"),
    "xl/workbook.xml": strToU8(
      `<workbook ${MAIN} xmlns:r="${OFFICE}"><workbookPr${from1904 ? ' date1904="1"' : ""}/><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": strToU8(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    "xl/styles.xml": strToU8(
      `<styleSheet ${MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
    ),
    ...(sharedStrings && {
      "xl/sharedStrings.xml": strToU8(
        `<sst ${MAIN}>${sharedStrings.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join("")}</sst>`,
      ),
    }),
    "xl/worksheets/sheet1.xml": strToU8(
      `<worksheet ${MAIN}><sheetData>${rows}</sheetData></worksheet>`,
    ),
    ...more,
  };
}

export function workbook(contents: Workbook): Uint8Array {
  return zipSync(parts(contents));
}

/** Rows of text cells, or of cells as XML where one begins with `<c`. */
export function sheetRows(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells, row) => {
      const inner = cells.map((cell, column) =>
        cell.startsWith("<c")
          ? cell.replace("<c", `<c r="${letters(column)}${String(row + 1)}"`)
          : `<c r="${letters(column)}${String(row + 1)}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
      );
      return `<row r="${String(row + 1)}">${inner.join("")}</row>`;
    })
    .join("");
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
