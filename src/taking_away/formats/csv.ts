import type { Cell, Column, Row } from "../table.ts";

/**
 * A table as CSV (RFC 4180): with a byte order mark, without which Excel takes UTF-8 for another encoding. A text
 * that a spreadsheet would take for a formula has an apostrophe before it.
 */
export async function* csv(
  columns: readonly Column[],
  parts: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield `\ufeff${line(columns.map(({ name }) => name))}`;
  for await (const rows of parts) {
    yield rows.map((row) => line(columns.map(({ cellOf }) => cellOf(row)))).join("");
  }
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(field).join(",")}\r\n`;
}

/** The beginnings of a formula; Excel takes the wide forms for it too, and looks past a tab or a line's end. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/u;

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\t\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
