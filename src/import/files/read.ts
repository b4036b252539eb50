import { BOUNDS, withCommas } from "./bounds.ts";
import { csvRows, detectDelimiter } from "./csv.ts";
import { readFileBytes, type FileSource } from "./open.ts";
import { ImportFileError, type Table, type TableRow } from "./table.ts";
import { decoded, detectEncoding } from "./text.ts";

/**
 * Opens a file as a table.
 *
 * @param known how many of these cells name a known column; of use where the separator is not plain
 * @throws ImportFileError
 */
export async function readTable(
  source: FileSource,
  known: (cells: string[]) => number,
  signal?: AbortSignal,
): Promise<Table> {
  const { format, bytes } = await readFileBytes(source, signal);
  const file = { format, file_size_bytes: bytes.length };
  if (format === "xlsx") {
    // Few imports read a workbook, so its reader is loaded only for one.
    const { xlsxRows } = await import("./xlsx.ts");
    return { ...file, encoding: null, delimiter: null, ...(await headed(xlsxRows(bytes, signal))) };
  }
  const encoding = detectEncoding(bytes);
  const [beginning = ""] = decoded(bytes, encoding);
  const delimiter = await detectDelimiter(beginning, known);
  const rows = csvRows(decoded(bytes, encoding), delimiter, signal);
  return { ...file, encoding, delimiter, ...(await headed(rows)) };
}

/** Takes the header off the rows. */
async function headed(rows: AsyncGenerator<TableRow>) {
  const first = await rows.next();
  return { header: checkedHeader(first.done ? undefined : first.value), rows };
}

function checkedHeader(header: TableRow | undefined): TableRow {
  if (!header) throw new ImportFileError("The file holds no table: all its rows are empty.");
  if (header.cells.some((cell) => /[\u0000-\u0008\u000e-\u001f]/u.test(cell))) {
    throw new ImportFileError(
      `The file is not a table: its header (row ${String(header.row)}) holds control characters, as binary files and UTF-16 without a byte order mark do.`,
    );
  }
  if (header.cells.length > BOUNDS.columns) {
    throw new ImportFileError(`The file has more than ${withCommas(BOUNDS.columns)} columns.`);
  }
  return header;
}
