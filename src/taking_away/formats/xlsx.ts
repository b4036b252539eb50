import { strToU8, Zip, ZipDeflate } from "fflate";
import { ToolError } from "../../mcp/errors.ts";
import { numbered } from "../../words/counts.ts";
import type { Column, Row } from "../table.ts";
import { FRAME, sheetEnd, sheetRow, sheetStart } from "./sheet.ts";

/** Rows of a sheet below its header. */
const MOST_ROWS = 1_048_575;

/**
 * A table as a workbook of one sheet, zipped as its rows come, so that no more than one part of them is held. Texts
 * are texts, whatever they begin with; days and times are a spreadsheet's, times as the clock of their zone shows.
 *
 * @throws ToolError for more rows than a sheet holds
 */
export async function* xlsx(
  columns: readonly Column[],
  parts: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const zipped: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    zipped.push(piece);
  });
  const part = (name: string) => {
    const added = new ZipDeflate(name);
    zip.add(added);
    return (xml: string, isLast = false) => {
      added.push(strToU8(xml), isLast);
    };
  };
  for (const [name, xml] of Object.entries(FRAME)) part(name)(xml, true);
  const write = part("xl/worksheets/sheet1.xml");
  let last = 0;
  for await (const rows of parts) {
    if (last === 0) write(sheetStart(columns, rows));
    last ||= 1;
    if (last + rows.length > MOST_ROWS + 1) {
      throw new ToolError(
        `A sheet holds ${numbered(MOST_ROWS)} rows, and there are more; narrow the question, or take csv.`,
      );
    }
    write(rows.map((row) => sheetRow(columns, row, (last += 1))).join(""));
    yield* zipped.splice(0);
  }
  write(sheetEnd(columns.length, last), true);
  zip.end();
  yield* zipped.splice(0);
}
