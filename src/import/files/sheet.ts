import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError, type TableRow } from "./table.ts";
import { unescaped, type Workbook } from "./workbook.ts";
import type { Attributes } from "./xml.ts";

/** A cell that is being read. */
interface Cell {
  column: number;
  type: string;
  style: number;
  value: string;
}

/**
 * Puts the rows of a sheet together from what its XML says, one after the other. Formulas are read by
 * the value that was saved with them.
 */
export class SheetRows {
  /** Those that are whole; whoever takes them empties the list. */
  rows: TableRow[] = [];
  readonly #workbook: Workbook;
  #row = 0;
  #cells: string[] = [];
  #characters = 0;
  #widest = 0;
  #cell: Cell | undefined;
  /** Whether text is the cell's: in `<v>`, or in a `<t>` that does not say how a word is pronounced. */
  #isValue = false;
  #isReading = false;

  constructor(workbook: Workbook) {
    this.#workbook = workbook;
  }

  opened(tag: string, attributes: Attributes): void {
    if (tag === "row") this.#begin(attributes["r"]);
    else if (tag === "c") this.#cell = this.#next(attributes);
    else if (tag === "rPh") this.#isReading = true;
    else if (tag === "v" || tag === "t") this.#isValue = true;
  }

  text(piece: string): void {
    if (!this.#cell || !this.#isValue || this.#isReading) return;
    this.#cell.value += piece;
    this.#count(piece.length);
  }

  closed(tag: string): void {
    if (tag === "rPh") this.#isReading = false;
    else if (tag === "v" || tag === "t") this.#isValue = false;
    else if (tag === "c") this.#take();
    else if (tag === "row" && this.#cells.some((cell) => cell !== ""))
      this.rows.push({ row: this.#row, cells: this.#cells });
  }

  #begin(address: string | undefined): void {
    const row = address === undefined ? this.#row + 1 : position(address).row;
    if (row <= this.#row) throw damagedRow(row);
    if (row > BOUNDS.rows + 1) throw sheetTooLarge(`${withCommas(BOUNDS.rows)} rows`);
    this.#row = row;
    this.#cells = [];
    this.#characters = 0;
    this.#checkCells();
  }

  #next(attributes: Attributes): Cell {
    const address = attributes["r"];
    const column =
      address === undefined ? this.#cells.length + 1 : position(address, this.#row).column;
    if (column > BOUNDS.columns) throw sheetTooLarge(`${withCommas(BOUNDS.columns)} columns`);
    if (column <= this.#cells.length) throw damagedRow(this.#row);
    if (column > this.#widest) {
      this.#widest = column;
      this.#checkCells();
    }
    const style = Number(attributes["s"] ?? "0");
    return { column, type: attributes["t"] ?? "n", style, value: "" };
  }

  #take(): void {
    if (!this.#cell) return;
    const { column } = this.#cell;
    while (this.#cells.length < column - 1) this.#cells.push("");
    const text = this.#textOf(this.#cell);
    // What a cell refers to may be long though it is short itself.
    if (this.#cell.type === "s") this.#count(text.length);
    this.#cells.push(text);
    this.#cell = undefined;
  }

  /** A cell as a CSV of the same table would have it; times as `YYYY-MM-DDTHH:MM:SS.mmm`. */
  #textOf({ type, style, value }: Cell): string {
    const { sharedStrings, isTime, from1904 } = this.#workbook;
    switch (type) {
      case "s": {
        const text = value === "" ? "" : sharedStrings[Number(value)];
        if (text === undefined) throw damagedRow(this.#row);
        return text;
      }
      case "str":
      case "inlineStr":
        return unescaped(value);
      case "b":
        return value === "" ? "" : value === "1" ? "Yes" : "No";
      case "e":
        return "";
      case "d":
        return value === "" ? "" : timeText(Date.parse(value), this.#row);
      default: {
        if (value === "") return "";
        const number = Number(value);
        if (Number.isNaN(number)) throw damagedRow(this.#row);
        const days = from1904 ? number + 1462 : number;
        return isTime(style) ? timeText((days - 25_569) * 86_400_000, this.#row) : String(number);
      }
    }
  }

  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > BOUNDS.recordCharacters) {
      throw new ImportFileError(
        `Row ${String(this.#row)} of the workbook is longer than ${withCommas(BOUNDS.recordCharacters)} characters.`,
      );
    }
  }

  #checkCells(): void {
    if (this.#row * this.#widest > BOUNDS.cells)
      throw sheetTooLarge(`${withCommas(BOUNDS.cells)} cells`);
  }
}

/** Excel's days are binary fractions, so that a whole second is a millisecond or so off. */
function timeText(milliseconds: number, row: number): string {
  const second = Math.round(milliseconds / 1000) * 1000;
  const meant = Math.abs(second - milliseconds) <= 2 ? second : Math.round(milliseconds);
  const time = new Date(meant);
  if (Number.isNaN(time.getTime())) throw damagedRow(row);
  return time.toISOString().slice(0, -1);
}

/** Row and column of `12` or `AB12`. */
function position(address: string, row?: number): { row: number; column: number } {
  const [, letters, digits] = /^([A-Z]{0,3})(\d{1,9})$/iu.exec(address.trim()) ?? [];
  if (
    letters === undefined ||
    digits === undefined ||
    (row !== undefined && Number(digits) !== row)
  ) {
    throw new ImportFileError("The workbook is damaged: a cell has no readable address.");
  }
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(digits), column };
}

function damagedRow(row: number): ImportFileError {
  return new ImportFileError(`The workbook is damaged in row ${String(row)}; export it again.`);
}

function sheetTooLarge(bound: string): ImportFileError {
  return new ImportFileError(
    `The workbook has a sheet of more than ${bound}; save its table as CSV or split it.`,
  );
}
