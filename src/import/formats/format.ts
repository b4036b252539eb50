import type { Cells, Style } from "./cells.ts";
import type { Column } from "./columns.ts";
import type { Report } from "./report.ts";
import type { Times } from "./times.ts";

/** An export that can be read: its columns, and what its rows mean. */
export interface Format<Row extends { row: number }> {
  /** What a person calls it. */
  title: string;
  columns: readonly Column[];
  style: Style;
  /** Starts on a file whose columns fit. */
  begin(report: Report, times: Times): Reader<Row>;
}

/** Reads the rows of one file. */
interface Reader<Row> {
  row(cells: Cells): void;
  /** All rows of the file, when its times are settled. */
  end(): Row[];
}
