/** Something in a row that keeps it from being imported; the row is not among the rows. */
export interface RowError {
  row: number;
  /** The column as the reference names it, or `""` where the whole row is meant. */
  field: string;
  error: string;
}

/** Something a person should know; the row is imported without it, or left out where that is said. */
export interface RowWarning {
  row: number;
  field: string;
  warning: string;
}

/** A row that is not among the rows, though nothing is wrong with it. */
export interface LeftOutRow {
  row: number;
  reason: string;
}

/** Orders by row. */
export function byRow(one: { row: number }, other: { row: number }): number {
  return one.row - other.row;
}

/** Collects what is wrong with a file's rows. No message repeats what a cell holds. */
export class Report {
  readonly errors: RowError[] = [];
  readonly warnings: RowWarning[] = [];
  readonly leftOut: LeftOutRow[] = [];

  error(row: number, field: string, error: string): void {
    this.errors.push({ row, field, error });
  }

  warn(row: number, field: string, warning: string): void {
    this.warnings.push({ row, field, warning });
  }

  leaveOut(row: number, reason: string): void {
    this.leftOut.push({ row, reason });
  }
}
