import { strToU8, zipSync } from "fflate";

/** A cell: text, a number, a local time as a date, or nothing. */
export type Cell = string | number | { time: string } | null;

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** An .xlsx file of one sheet, as small as Excel opens one. */
export function workbook(rows: readonly (readonly Cell[])[]): Uint8Array {
  const part = (xml: string) =>
    strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${xml}`);
  const files = {
    "[Content_Types].xml": part(
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEETS}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEETS}.styles+xml"/></Types>`,
    ),
    "_rels/.rels": part(
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    "xl/workbook.xml": part(
      `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": part(
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ),
    // Style 1 is a date with a time.
    "xl/styles.xml": part(
      `<styleSheet ${MAIN}><fonts count="1"><font/></fonts><fills count="2"><fill/><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ),
    "xl/worksheets/sheet1.xml": part(
      `<worksheet ${MAIN}><sheetData>${rows.map(sheetRow).join("")}</sheetData></worksheet>`,
    ),
  };
  // The time of a zip's entries; with one that never changes, neither do the bytes.
  return zipSync(files, { mtime: "2026-01-01T00:00:00" });
}

function sheetRow(cells: readonly Cell[], index: number): string {
  const row = String(index + 1);
  const inner = cells.map((cell, column) => {
    const place = `r="${letters(column)}${row}"`;
    if (cell === null || cell === "") return "";
    if (typeof cell === "number") return `<c ${place}><v>${String(cell)}</v></c>`;
    if (typeof cell === "object") return `<c ${place} s="1"><v>${serial(cell.time)}</v></c>`;
    return `<c ${place} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${row}">${inner.join("")}</row>`;
}

/** Days since the last but one of 1899, as Excel counts them. */
function serial(time: string): string {
  return String(Date.parse(`${time}Z`) / 86_400_000 + 25_569);
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
