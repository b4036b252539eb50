import type { RowError, RowWarning } from "./rows.ts";

/** Collects what is wrong with a file's rows. No message repeats what a cell holds. */
export class Report {
  readonly errors: RowError[] = [];
  readonly warnings: RowWarning[] = [];

  error(row: number, field: string, error: string): void {
    this.errors.push({ row, field, error });
  }

  warn(row: number, field: string, warning: string): void {
    this.warnings.push({ row, field, warning });
  }
}
