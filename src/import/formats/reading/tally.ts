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
    const trimmed = Array.from({ length: this.#columns }, (_, index) =>
      (cells[index] ?? "").trim(),
    );
    for (const cell of trimmed) {
      if (cell === "" || (this.#style.isDashEmpty && cell === "-")) this.#empty++;
    }
    const digest = createHash("sha256").update(trimmed.join("\u0000")).digest("base64");
    if (this.#seen.has(digest)) this.duplicates++;
    else this.#seen.add(digest);
  }

  /** 0 to 100, to two decimals. */
  get missingPercentage(): number {
    const cells = this.rows * this.#columns;
    return cells === 0 ? 0 : Math.round((this.#empty / cells) * 10_000) / 100;
  }
}
