import { setImmediate } from "node:timers/promises";
import { parse, type CsvError } from "csv-parse";
import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError, type TableRow } from "./table.ts";

const DELIMITERS = [",", ";", "\t"] as const;
const RECORD_DELIMITERS = ["\r\n", "\n", "\r"];

/**
 * Tells what separates the cells: the one that makes most of the header's cells known, else the most
 * cells. A question in the header of a form may hold commas though semicolons separate its cells.
 *
 * @param beginning the start of the text, with the whole header
 * @param known how many of these cells name a known column
 */
export async function detectDelimiter(
  beginning: string,
  known: (cells: string[]) => number,
): Promise<string> {
  const candidates = await Promise.all(
    DELIMITERS.map(async (delimiter) => {
      const cells = await firstRecord(beginning, delimiter);
      return { delimiter, known: known(cells), count: cells.length };
    }),
  );
  // Stable: of equals the first stays first.
  candidates.sort((one, other) => other.known - one.known || other.count - one.count);
  return candidates[0]?.delimiter ?? ",";
}

async function firstRecord(beginning: string, delimiter: string): Promise<string[]> {
  try {
    for await (const cells of records([beginning], delimiter)) {
      if (cells.length > 1 || cells[0]?.trim() !== "") return cells;
    }
  } catch {
    // Cut off inside a quoted cell, or no CSV with this separator: another one may do.
  }
  return [];
}

/**
 * The rows that hold anything, as they come.
 *
 * @throws ImportFileError where the quotation marks do not match, naming the row
 */
export async function* csvRows(
  text: Iterable<string>,
  delimiter: string,
  signal?: AbortSignal,
): AsyncGenerator<TableRow> {
  let row = 0;
  let width: number | undefined;
  let ragged = 0;
  try {
    for await (const cells of records(text, delimiter, signal)) {
      row++;
      if (row > BOUNDS.rows + 1) throw tooManyRows();
      if (!cells.some((cell) => cell !== "")) continue;
      width ??= cells.length;
      if (cells.length !== width && ++ragged > BOUNDS.raggedRows) throw noTable();
      yield { row, cells };
    }
  } catch (error) {
    throw isCsvError(error) ? unreadable(error) : error;
  }
}

function records(
  text: Iterable<string>,
  delimiter: string,
  signal?: AbortSignal,
): AsyncIterable<string[]> {
  const parser = parse({
    delimiter,
    record_delimiter: RECORD_DELIMITERS,
    max_record_size: BOUNDS.recordCharacters,
    // Rows of a wrong length are reported by row; a stray quotation mark inside a cell is a character.
    relax_column_count: true,
    relax_quotes: true,
  });
  void feed(parser, text, signal);
  return parser as AsyncIterable<string[]>;
}

/** Writes as fast as the rows are read. */
async function feed(
  parser: ReturnType<typeof parse>,
  text: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    for (const piece of text) {
      signal?.throwIfAborted();
      if (parser.destroyed) return;
      if (!parser.write(piece)) await drained(parser);
      // Without it no signal and no other request would come through before the last row.
      await setImmediate();
    }
    if (!parser.destroyed) parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      parser.off("drain", done).off("close", done);
      resolve();
    };
    parser.on("drain", done).on("close", done);
  });
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

/** The library's own messages quote the file. */
function unreadable(error: CsvError): ImportFileError {
  const { code } = error;
  // How many it had read; of those it drops what nobody has taken yet.
  const row = Number(error["records"]) + 1;
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return new ImportFileError(
      `The file ends inside a quoted cell that begins in row ${String(row)}: it was cut off, or a quotation mark is missing.`,
    );
  }
  if (code === "CSV_MAX_RECORD_SIZE") {
    return new ImportFileError(
      `Row ${String(row)} is longer than ${withCommas(BOUNDS.recordCharacters)} characters: a quotation mark is missing, or the file is no table.`,
    );
  }
  return new ImportFileError(`Row ${String(row)} cannot be read as CSV.`);
}

function noTable(): ImportFileError {
  return new ImportFileError(
    `More than ${withCommas(BOUNDS.raggedRows)} rows have other numbers of cells than the header: the file is no table.`,
  );
}

function tooManyRows(): ImportFileError {
  return new ImportFileError(
    `The file has more than ${withCommas(BOUNDS.rows)} rows; split it into smaller ones.`,
  );
}
