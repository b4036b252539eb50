import type { Cells, Style } from "./reading/cells.ts";
import type { Column } from "./reading/columns.ts";
import type { Report } from "./reading/report.ts";
import type { Times } from "./reading/times.ts";

/** An export that can be read: its columns, and what its rows mean. */
export interface Format<Row extends { row: number }> {
  /** What a person calls it. */
  title: string;
  /** Where a field of the rows is a cell as it stands, the column has the field's name as its key. */
  columns: readonly Column[];
  /** Keys of columns of which one at least must be there, beside those that are required. */
  oneOf: readonly string[];
  /** Of nothing said, cells are what they are. */
  style?: Style;
  /** Starts on a file whose columns match: gives what reads a row, or undefined where it is left out. */
  begin(times: Times): (cells: Cells) => Row | undefined;
  /** Completes the rows, when all are read and their times settled. */
  complete?(rows: Row[], report: Report): void;
}
