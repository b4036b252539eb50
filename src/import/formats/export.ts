import type { FileSource } from "../files/open.ts";
import { readTable } from "../files/read.ts";
import type { Table } from "../files/table.ts";
import { Cells } from "./reading/cells.ts";
import { headerText, knownAmong, lacking, mapColumns, type Mapping } from "./reading/columns.ts";
import { seeminglyMissing, unreadColumns, type UnreadColumn } from "./reading/unread.ts";
import type { Format } from "./format.ts";
import { FORMATS, IMPORT_TYPES, type ImportType, type RowsOf } from "./index.ts";
import { SharedTexts } from "./reading/shared_texts.ts";
import {
  Report,
  byRow,
  type LeftOutRow,
  type RowError,
  type RowWarning,
} from "./reading/report.ts";
import { Tally } from "./reading/tally.ts";
import { Times } from "./reading/times.ts";
import { counted } from "../../words/counts.ts";

/** What a file is, beside its rows. */
interface FileInfo extends Pick<Table, "format" | "file_size_bytes" | "encoding" | "delimiter"> {
  /** Rows below the header that hold anything. */
  rows: number;
  /**
   * Its columns, as the header names them. Of a file that does not match the type only those that the
   * type knows, so that nothing of a wrong file is shown.
   */
  columns: string[];
}

/** An export that was read to its end. */
export interface Export<Type extends ImportType> {
  info: FileInfo;
  /** In the file's order, without those that have an error. Empty if columns are missing. */
  rows: RowsOf[Type][];
  /** By row. Rows that cannot be what they should: the file was damaged, or is not what it seems. */
  errors: RowError[];
  /** By row. */
  warnings: RowWarning[];
  /** By row. Rows that name nobody. */
  left_out: LeftOutRow[];
  /** Columns that the import cannot do without and the file lacks: if any, it does not match the type. */
  missing_columns: string[];
  /** Where columns are missing: what other export the file is, e.g. "Sessionize sessions"; else null. */
  looks_like: string | null;
  /** Columns that the type knows, can do without and the file lacks; empty if columns are missing. */
  absent_columns: string[];
  /** Columns that the type does not know; empty if columns are missing. */
  extra_columns: string[];
  /** The same with what each may be; if columns are missing, only those that may be one of them. */
  unread_columns: UnreadColumn[];
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
 * Reads an export whole.
 *
 * @throws ImportFileError when it cannot be read as a table at all
 */
export async function readExport<Type extends ImportType>(
  source: FileSource,
  type: Type,
  { signal, zone }: ReadOptions = {},
): Promise<Export<Type>> {
  const format: Format<RowsOf[Type]> = FORMATS[type];
  const table = await readTable(source, (cells) => knownAmong(cells, format.columns), signal);
  const mapping = mapColumns(table.header.cells, format.columns);
  const { missing_columns, looks_like, isAnother } = whatIsMissing(
    table.header.cells,
    type,
    mapping,
  );
  const unread = unreadColumns(mapping).map(({ column, expected }) => ({
    column,
    expected: expected?.name ?? null,
  }));
  const report = new Report();
  const tally = new Tally(table.header.cells.length, format.style);
  const rows =
    missing_columns.length > 0
      ? await countOnly(table, tally)
      : await readRows(table, format, mapping, { report, tally, zone });
  return {
    info: {
      format: table.format,
      rows: tally.rows,
      columns: missing_columns.length > 0 ? knownNames(format, mapping) : headerNames(table),
      file_size_bytes: table.file_size_bytes,
      encoding: table.encoding,
      delimiter: table.delimiter,
    },
    rows,
    errors: report.errors.sort(byRow),
    warnings: report.warnings.sort(byRow),
    left_out: report.leftOut,
    missing_columns,
    looks_like,
    absent_columns: missing_columns.length > 0 ? [] : absentNames(mapping),
    extra_columns: missing_columns.length > 0 ? [] : mapping.extra,
    unread_columns:
      missing_columns.length === 0
        ? unread
        : unread.filter(({ expected }) => !isAnother && missing_columns.includes(expected ?? "")),
    duplicate_rows: tally.duplicates,
    missing_data_percentage: tally.missingPercentage,
  };
}

/** Names of what a file lacks; not of a column that it has twice by one name, and that some tools number. */
function absentNames({ missing, repeated }: Mapping): string[] {
  const numbered = new Set(repeated.map(({ name }) => `${name}1`));
  return missing.map(({ name }) => name).filter((name) => !numbered.has(name));
}

/**
 * What keeps a header from being of the type. A type that needs little fits many files: one that another
 * type knows better is that other export, and lacks whatever this one would have.
 */
function whatIsMissing(
  header: readonly string[],
  type: ImportType,
  mapping: Mapping,
): { missing_columns: string[]; looks_like: string | null; isAnother: boolean } {
  const lacked = lacking(mapping, FORMATS[type].oneOf);
  const missing = [...new Set([...lacked, ...seeminglyMissing(mapping)])];
  const [best] = IMPORT_TYPES.filter((other) => other !== type)
    .map((other) => ({ other, mapping: mapColumns(header, FORMATS[other].columns) }))
    .filter(({ other, mapping }) => lacking(mapping, FORMATS[other].oneOf).length === 0)
    .sort((one, another) => another.mapping.at.size - one.mapping.at.size);
  const isAnother = best !== undefined && best.mapping.at.size > mapping.at.size;
  const looksLike = best && (isAnother || lacked.length > 0) ? FORMATS[best.other].title : null;
  const absent = missing.length > 0 ? missing : isAnother ? mapping.missing : [];
  return { missing_columns: absent.map(({ name }) => name), looks_like: looksLike, isAnother };
}

async function readRows<Row extends { row: number }>(
  table: Table,
  format: Format<Row>,
  mapping: Mapping,
  { report, tally, zone }: { report: Report; tally: Tally; zone: string | undefined },
): Promise<Row[]> {
  const times = new Times(zone);
  const read = format.begin(times);
  const file = { ...format, at: mapping.at, report };
  const rows: Row[] = [];
  const texts = new SharedTexts();
  warnOfColumns(table.header.row, mapping, report);
  for await (const { row, cells } of table.rows) {
    tally.add(cells);
    if (!isWhole(cells, table, row, report)) continue;
    const line = read(new Cells(row, cells, file));
    if (line) rows.push(texts.shared(line));
  }
  times.settle();
  format.complete?.(rows, report);
  const wrong = new Set(report.errors.map(({ row }) => row));
  return wrong.size === 0 ? rows : rows.filter(({ row }) => !wrong.has(row));
}

async function countOnly(table: Table, tally: Tally): Promise<[]> {
  for await (const { cells } of table.rows) tally.add(cells);
  return [];
}

function warnOfColumns(row: number, { at, missing, repeated }: Mapping, report: Report): void {
  for (const { name, loss: said } of missing) {
    const loss = typeof said === "function" ? said(at) : said;
    if (loss !== undefined) report.warn(row, name, `is missing from the file: ${loss}`);
  }
  for (const { name, mayRepeat } of repeated) {
    if (!mayRepeat) report.warn(row, name, "occurs twice; the first column counts");
  }
}

/** A NUL, a half of a character (or a whole one that has two halves), or one that was lost. */
const SUSPECT = /[\0\ud800-\udfff\ufffd]/;

/** Whether a row has the cells that the header promises, all of them text. */
function isWhole(cells: string[], { format, header }: Table, row: number, report: Report): boolean {
  const expected = header.cells.length;
  // A workbook leaves out what is empty at a row's end.
  const isShort = format === "csv" && cells.length < expected;
  if (isShort || cells.slice(expected).some((cell) => cell.trim() !== "")) {
    const cause = isShort
      ? "the row is cut off, or a separator or quotation mark is missing"
      : "a cell with a separator in it has no quotation marks";
    const counts = `has ${counted(cells.length, "cell")} where the header has ${String(expected)}`;
    report.error(row, "", `${counts}: ${cause}`);
    return false;
  }
  return cells.every(
    (cell, index) =>
      !SUSPECT.test(cell) || isText(cell, headerText(header.cells[index] ?? ""), row, report),
  );
}

function isText(cell: string, field: string, row: number, report: Report): boolean {
  if (cell.includes("\0") || !cell.isWellFormed()) {
    report.error(row, field, "holds a NUL character or half a character, which no text has");
    return false;
  }
  if (cell.includes("\ufffd")) {
    report.warn(row, field, "holds a character that was lost before the file was written (\ufffd)");
  }
  return true;
}

function headerNames({ header }: Table): string[] {
  const names = header.cells.map(headerText);
  while (names.at(-1) === "") names.pop();
  return names;
}

function knownNames<Row extends { row: number }>(format: Format<Row>, { at }: Mapping): string[] {
  return format.columns.filter(({ key }) => at.has(key)).map(({ name }) => name);
}
