import { pipeline } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { parse, type CsvError } from "csv-parse";
import { BOUNDS, withCommas } from "./bounds.ts";
import { ImportFileError, type TableRow } from "./table.ts";

const DELIMITERS = [",", ";", "\t"] as const;
const RECORD_DELIMITERS = ["\r\n", "\n", "\r"];

/**
 * Finds what separates the cells: what makes most of the header's cells known, else what makes the most
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
    // Cut off inside a quoted cell, or not CSV with this separator: another may do.
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
      if (row > BOUNDS.rows + 1) {
        throw new ImportFileError(
          `The file has more than ${withCommas(BOUNDS.rows)} rows; split it into smaller ones.`,
        );
      }
      if (!cells.some((cell) => cell !== "")) continue;
      width ??= cells.length;
      if (cells.length !== width && ++ragged > BOUNDS.raggedRows) {
        throw new ImportFileError(
          `More than ${withCommas(BOUNDS.raggedRows)} rows have other numbers of cells than the header: the file is not a table.`,
        );
      }
      yield { row, cells };
    }
  } catch (error) {
    throw isCsvError(error) ? csvFault(error) : error;
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
  // What fails on either side ends the parser, and so whoever reads its rows.
  pipeline(pieces(text, signal), parser, () => undefined);
  return parser as AsyncIterable<string[]>;
}

async function* pieces(text: Iterable<string>, signal?: AbortSignal): AsyncGenerator<string> {
  const check = lineCheck();
  for (const piece of text) {
    signal?.throwIfAborted();
    check(piece);
    yield piece;
    // Without it no signal and no other request would come through before the last row.
    await setImmediate();
  }
}

/**
 * Refuses what the parser would choke on: it counts neither the separators of a row nor empty lines.
 *
 * @returns checks the text piece by piece
 */
function lineCheck(): (piece: string) => void {
  let length = 0;
  let breaks = 0;
  return (piece) => {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      const isBreak = code === 10 || code === 13;
      length = isBreak ? 0 : length + 1;
      breaks = isBreak ? breaks + 1 : 0;
      if (length > BOUNDS.lineCharacters) {
        throw new ImportFileError(
          `A line of the file is longer than ${withCommas(BOUNDS.lineCharacters)} characters: the file is not a table.`,
        );
      }
      if (breaks > BOUNDS.lineBreaks) {
        throw new ImportFileError(
          `The file holds more than ${withCommas(BOUNDS.lineBreaks)} line breaks on end: it is not a table.`,
        );
      }
    }
  };
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

/** The library's own messages quote the file. */
function csvFault(error: CsvError): ImportFileError {
  const { code } = error;
  // How many it had read; those that nobody has taken yet are lost.
  const row = Number(error["records"]) + 1;
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return new ImportFileError(
      `The file ends inside a quoted cell that begins in row ${String(row)}: it was cut off, or a quotation mark is missing.`,
    );
  }
  if (code === "CSV_MAX_RECORD_SIZE") {
    return new ImportFileError(
      `Row ${String(row)} is longer than ${withCommas(BOUNDS.recordCharacters)} characters: a quotation mark is missing, or the file is not a table.`,
    );
  }
  return new ImportFileError(`Row ${String(row)} cannot be read as CSV.`);
}
