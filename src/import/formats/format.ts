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
  /** Of nothing said, cells are what they are. */
  style?: Style;
  /** Starts on a file whose columns fit. */
  begin(report: Report, times: Times): Reader<Row>;
}

/** Reads the rows of one file. */
interface Reader<Row> {
  row(cells: Cells): void;
  /** All rows of the file, when its times are settled. */
  end(): Row[];
}

/** What messages call a column; a key that the format does not know stands for itself. */
export function columnName({ columns }: Pick<Format<never>, "columns">, key: string): string {
  return columns.find((column) => column.key === key)?.name ?? key;
}
