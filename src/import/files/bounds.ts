/**
 * How large a file may be. An export of a large event has a few thousand rows and a megabyte or two;
 * what is over these bounds is refused, so that no file can exhaust the memory.
 */
export const BOUNDS = {
  fileBytes: 100 * 1024 * 1024,
  /** The parts of a workbook together, unzipped: about 100,000 rows of a ticket export. */
  unzippedBytes: 200 * 1024 * 1024,
  /** Files inside a workbook. */
  parts: 2_000,
  rows: 200_000,
  columns: 500,
  /** Line breaks of a CSV file, one after the other. */
  lineBreaks: 10_000,
  /** Characters of a line of a CSV file, of which most would be separators. */
  lineCharacters: 2 * 1024 * 1024,
  /** Texts that a workbook's cells share. */
  sharedStrings: 2_000_000,
  /** Rows of a CSV file that have more or fewer cells than its header; each is told of by row. */
  raggedRows: 1_000,
  /** Rows times the widest row of a sheet. */
  cells: 10_000_000,
  /** Characters of one row without its separators; a quotation mark that is never closed runs into it. */
  recordCharacters: 1024 * 1024,
  /** Characters between the ends of two tags of a workbook's XML, or of a tag itself. */
  xmlCharacters: 1024 * 1024,
} as const;

/** A number as the messages write it, e.g. `200,000`. */
export function withCommas(value: number): string {
  return value.toLocaleString("en-US");
}
