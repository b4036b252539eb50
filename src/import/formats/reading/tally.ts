import { createHash } from "node:crypto";
import type { Style } from "./cells.ts";

/** Counts what a file holds: rows, rows that occur again, empty cells. */
export class Tally {
  rows = 0;
  duplicates = 0;
  readonly #columns: number;
  readonly #style: Style;
  readonly #seen = new Set<string>();
  #empty = 0;

  constructor(columns: number, style: Style = {}) {
    this.#columns = columns;
    this.#style = style;
  }

  add(cells: readonly string[]): void {
    this.rows++;
    let row = "";
    for (let index = 0; index < this.#columns; index++) {
      const cell = (cells[index] ?? "").trim();
      if (cell === "" || (this.#style.isDashEmpty && cell === "-")) this.#empty++;
      row += `${cell}\0`;
    }
    const digest = createHash("sha256").update(row).digest("binary");
    if (this.#seen.has(digest)) this.duplicates++;
    else this.#seen.add(digest);
  }

  /** 0 to 100, to two decimals. */
  get missingPercentage(): number {
    const cells = this.rows * this.#columns;
    return cells === 0 ? 0 : Math.round((this.#empty / cells) * 10_000) / 100;
  }
}
