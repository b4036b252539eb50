import type { Cell, Column, Row } from "../table.ts";

/** More of them in a cell make a workbook that Excel calls damaged. */
export const MOST_CELL_CHARACTERS = 32_767;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const UNADORNED = 'fontId="0" fillId="0" borderId="0"';

/** Indexes into `cellXfs` of the styles below. */
const STYLE = { day: 1, time: 2, header: 3, formulaLike: 4 };

/** The parts of a workbook beside its sheet. */
export const FRAME: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
  "_rels/.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Answer" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  // With quotePrefix a text that looks like a formula stays text also where somebody edits the cell.
  "xl/styles.xml": `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" ${UNADORNED}/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" ${UNADORNED} xfId="0"/><xf numFmtId="164" ${UNADORNED} xfId="0" applyNumberFormat="1"/><xf numFmtId="165" ${UNADORNED} xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="0" ${UNADORNED} xfId="0" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
};

/**
 * What stands before the rows below the header, which stays in sight.
 *
 * @param first rows by which the columns are made wide enough
 */
export function sheetStart(columns: readonly Column[], first: readonly Row[]): string {
  const sample = first.slice(0, 100);
  const widths = columns.map(({ name, isTime, cellOf }, index) => {
    const longest = Math.max(name.length, ...sample.map((row) => String(cellOf(row) ?? "").length));
    const width = isTime ? Math.max(name.length, 19) : Math.min(longest, 60);
    const at = String(index + 1);
    return `<col min="${at}" max="${at}" width="${String(width + 2)}" customWidth="1"/>`;
  });
  const header = columns.map(({ name }, index) => text(name, place(index, 1), STYLE.header));
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join("")}</cols><sheetData><row r="1">${header.join("")}</row>`;
}

/** @param last the number of the last row */
export function sheetEnd(columns: number, last: number): string {
  return `</sheetData><autoFilter ref="A1:${place(columns - 1, last)}"/></worksheet>`;
}

/** @param number of the row in its sheet, from 1 */
export function sheetRow(columns: readonly Column[], row: Row, number: number): string {
  const cells = columns.map((column, index) =>
    cellAt(column.cellOf(row), column.isTime, place(index, number)),
  );
  return `<row r="${String(number)}">${cells.join("")}</row>`;
}

function cellAt(cell: Cell, isTime: boolean, at: string): string {
  if (cell === null) return "";
  if (typeof cell === "number") return `<c r="${at}"><v>${String(cell)}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${at}" t="b"><v>${cell ? "1" : "0"}</v></c>`;
  const days = isTime ? daysOf(cell) : null;
  if (days === null) return text(cell, at, /^[=+\-@]/u.test(cell) ? STYLE.formulaLike : null);
  const style = String(cell.length === 10 ? STYLE.day : STYLE.time);
  return `<c r="${at}" s="${style}"><v>${String(days)}</v></c>`;
}

/** A day, or the clock's time before its offset, as the days that a spreadsheet counts; null for any other text. */
function daysOf(cell: string): number | null {
  const [, clock] =
    /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?)(?:(?<=:\d\d)[+-]\d\d:\d\d)?$/u.exec(cell) ?? [];
  if (clock === undefined) return null;
  const days = Date.parse(clock.length === 10 ? clock : `${clock}Z`) / 86_400_000 + 25_569;
  // Before March 1900 it counts a day that there never was.
  return days >= 61 ? days : null;
}

function text(words: string, at: string, style: number | null): string {
  const styled = style === null ? "" : ` s="${String(style)}"`;
  return `<c r="${at}"${styled} t="inlineStr"><is><t xml:space="preserve">${escaped(fitting(words))}</t></is></c>`;
}

/** Whole characters, as many as a cell holds. */
function fitting(words: string): string {
  if (words.length <= MOST_CELL_CHARACTERS) return words;
  return `${words.slice(0, MOST_CELL_CHARACTERS - 1).replace(/[\ud800-\udbff]$/u, "")}…`;
}

/** What XML does not hold, or would read as another character, Excel writes as `_x0007_`. */
function escaped(words: string): string {
  return words
    .replace(/_(?=x[\da-f]{4}_)/giu, "_x005F_")
    .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/gu, codeOf)
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function codeOf(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}

const letters: string[] = [];

/** @param column from 0 */
function place(column: number, row: number): string {
  return `${(letters[column] ??= lettersOf(column + 1))}${String(row)}`;
}

function lettersOf(column: number): string {
  const rest = (column - 1) % 26;
  const last = String.fromCharCode(65 + rest);
  return column <= 26 ? last : lettersOf((column - 1 - rest) / 26) + last;
}
