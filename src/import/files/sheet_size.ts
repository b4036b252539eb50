import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError } from "./table.ts";

/** A tag of a row or a cell, to the next tag. */
const TAG = /<(?:[\w.-]+:)?(?:row|c)\s([^<]*)/gu;
const POSITION = /\br\s*=\s*(?:"([^"]*)"|'([^']*)')/gu;
const CHUNK = 1024 * 1024;

/**
 * Refuses a part of a workbook that names rows or columns beyond the bounds. A sheet of a few bytes can
 * say that its only cell is in row 1,000,000,000, and a reader fills up what lies before it.
 *
 * @throws ImportFileError
 */
export function checkSheetSize(part: Buffer): void {
  let rows = 0;
  let columns = 0;
  let rest = "";
  for (let start = 0; start < part.length; start += CHUNK) {
    const text = rest + part.toString("latin1", start, start + CHUNK);
    const end = start + CHUNK < part.length ? text.lastIndexOf("<") : text.length;
    for (const [, tag = ""] of text.slice(0, end).matchAll(TAG)) {
      for (const [, one, other] of tag.matchAll(POSITION)) {
        const [row, column] = position(one ?? other ?? "");
        rows = Math.max(rows, row);
        columns = Math.max(columns, column);
      }
    }
    rest = text.slice(end);
  }
  if (rows > BOUNDS.rows + 1) throw sheetTooLarge(`${withCommas(BOUNDS.rows)} rows`);
  if (columns > BOUNDS.columns) throw sheetTooLarge(`${withCommas(BOUNDS.columns)} columns`);
  if (rows * columns > BOUNDS.cells) throw sheetTooLarge(`${withCommas(BOUNDS.cells)} cells`);
}

/** Row and column of `12` or `AB12`. */
function position(address: string): [row: number, column: number] {
  const [, letters, digits] = /^([A-Z]{0,3})(\d{1,9})$/iu.exec(address.trim()) ?? [];
  if (letters === undefined || digits === undefined) {
    throw new ImportFileError("The workbook is damaged: a cell has no readable address.");
  }
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return [Number(digits), column];
}

function sheetTooLarge(bound: string): ImportFileError {
  return new ImportFileError(
    `The workbook has a sheet of more than ${bound}; save its table as CSV or split it.`,
  );
}
