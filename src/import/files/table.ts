/**
 * A file that cannot be read as a table. The message is a sentence or two for a person, names the row
 * where there is one, and the path where nothing readable is there. It holds nothing of the file's content.
 */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}

/** A row that holds anything. */
export interface TableRow {
  /** As a spreadsheet numbers it: the first row of the file is 1, and empty rows count. */
  row: number;
  cells: string[];
}

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** A file as a table, whichever format it has. */
export interface Table {
  format: "csv" | "xlsx";
  file_size_bytes: number;
  /** Null for XLSX, as is the delimiter. */
  encoding: Encoding | null;
  /** `,`, `;` or a tab. */
  delimiter: string | null;
  /** The first row that holds anything. */
  header: TableRow;
  /** Those below it. Throws ImportFileError where the file turns out to be damaged. */
  rows: AsyncIterable<TableRow>;
}
