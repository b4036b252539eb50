import { ToolError } from "../mcp/errors.ts";
import type { Caller, Tool } from "../mcp/tool.ts";
import { everyPage } from "./whole_answer.ts";
import { numbered } from "../words/counts.ts";
import { csv } from "./formats/csv.ts";
import { json } from "./formats/json.ts";
import { MOST_CELL_CHARACTERS } from "./formats/sheet.ts";
import { type Place, type WrittenFile, writeNewFile } from "./new_file.ts";
import { type Cell, type Row, type Table, tableOf } from "./table.ts";

/** Rows that are read at once: few enough to be held, and so many that totals are seldom counted anew. */
const ROWS = 2000;

/** Rows of a file; what has more is no answer that somebody reads. */
const MOST_ROWS = 1_000_000;

/** An answer that was taken away. */
export interface TakenAway {
  file: WrittenFile & { rows: number };
  table: Table;
  /** By name, as the file has them. */
  columns: string[];
  /** Texts that a workbook holds without their end. */
  cutTexts: number;
  /** What the answer says of itself, on its first page. */
  facts: Row;
}

/**
 * Writes a question's whole answer, page after page, as a table to a new file.
 *
 * @param args as `parseArguments` read them
 * @param context what the question's handler works on: of one transaction, so that the file shows one moment
 * @throws ToolError what the question or the disk refuses; nothing is left of the file then
 */
export async function takeAway<Context>(
  tool: Tool<Context>,
  args: Record<string, unknown>,
  context: Context,
  caller: Caller,
  place: Place,
): Promise<TakenAway> {
  const pages = everyPage(tool, args, context, caller, ROWS);
  const { value: facts = {} } = await pages.next();
  const table = tableOf(tool, args, facts);
  let rows = 0;
  let cutTexts = 0;
  async function* parts() {
    for (let page: Row | undefined = facts; page; page = (await pages.next()).value) {
      if (caller.signal.aborted) throw new ToolError("Saving the answer was cancelled.");
      const part = table.rowsOf(page);
      rows += part.length;
      if (rows > MOST_ROWS) {
        throw new ToolError(
          `There are more than ${numbered(MOST_ROWS)} rows; narrow the question.`,
        );
      }
      if (place.format === "xlsx") cutTexts += tooLong(table, part);
      yield part;
      const { total, next_cursor } = page;
      if (typeof total === "number" && typeof next_cursor === "string")
        await caller.progress(rows, total, "rows saved");
    }
  }
  const file = await writeNewFile(place, await pieces(table, parts(), place));
  // JSON has each row as it is in the answer.
  const names = table.columns.map(({ name, field }) => (place.format === "json" ? field : name));
  return { file: { ...file, rows }, table, columns: [...new Set(names)], cutTexts, facts };
}

function tooLong({ columns }: Table, rows: readonly Row[]): number {
  const isTooLong = (cell: Cell) => typeof cell === "string" && cell.length > MOST_CELL_CHARACTERS;
  return rows.reduce(
    (sum, row) => sum + columns.filter(({ cellOf }) => isTooLong(cellOf(row))).length,
    0,
  );
}

async function pieces({ columns }: Table, parts: AsyncIterable<Row[]>, { format }: Place) {
  if (format === "csv") return csv(columns, parts);
  if (format === "json") return json(columns, parts);
  // Loaded only for a workbook, as zipping takes room.
  const { xlsx } = await import("./formats/xlsx.ts");
  return xlsx(columns, parts);
}
