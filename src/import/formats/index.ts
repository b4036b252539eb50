import type { ImportType, RowError, RowsOf, RowWarning } from "./rows.ts";

/** What a file is, beside its rows. */
export interface FileInfo {
  format: "csv" | "xlsx";
  /** Rows below the header that hold anything. */
  rows: number;
  /**
   * Its columns, as the header names them. Of a file that does not fit the type only those that the
   * type knows, so that nothing of a wrong file is shown.
   */
  columns: string[];
  file_size_bytes: number;
  /** `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`; null for XLSX. */
  encoding: string | null;
  /** `,`, `;` or a tab; null for XLSX. */
  delimiter: string | null;
}

/** An export that was read to its end. */
export interface Export<Type extends ImportType> {
  info: FileInfo;
  /** In the file's order, without those that have an error. Empty if columns are missing. */
  rows: RowsOf[Type][];
  /** By row. */
  errors: RowError[];
  /** By row. */
  warnings: RowWarning[];
  /** Columns that the import cannot do without and the file lacks: if any, it does not fit the type. */
  missing_columns: string[];
  /** Columns that the type does not know; empty if columns are missing. */
  extra_columns: string[];
  /** Rows of which every cell equals that of an earlier one. */
  duplicate_rows: number;
  /** 0 to 100, to two decimals: cells below the header that are empty. */
  missing_data_percentage: number;
}

export interface ReadOptions {
  /** Stops the reading, which then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** IANA zone for the rare time that is given with an offset; default: the machine's. */
  zone?: string | undefined;
}

/**
 * Reads an export file whole.
 *
 * @throws ImportFileError (files/errors.ts) when it cannot be read as a table at all
 */
export function readExport<Type extends ImportType>(
  _path: string,
  _type: Type,
  _options: ReadOptions = {},
): Promise<Export<Type>> {
  return Promise.reject(new Error("not yet"));
}
