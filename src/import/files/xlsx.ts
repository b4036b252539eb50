import { openArchive } from "./archive.ts";
import { SheetRows } from "./sheet.ts";
import type { TableRow } from "./table.ts";
import { openWorkbook } from "./workbook.ts";
import { xmlPieces } from "./xml.ts";

/**
 * The rows of the first sheet that hold anything, as they are unzipped: of a workbook of any size only
 * the texts that its cells share are held.
 *
 * @throws ImportFileError when it is not a workbook, is damaged or over the bounds
 */
export async function* xlsxRows(bytes: Buffer, signal?: AbortSignal): AsyncGenerator<TableRow> {
  const workbook = await openWorkbook(await openArchive(bytes));
  const sheet = new SheetRows(workbook);
  const pieces = xmlPieces(workbook.sheet, {
    opened: (tag, attributes) => sheet.opened(tag, attributes),
    text: (piece) => sheet.text(piece),
    closed: (tag) => sheet.closed(tag),
  });
  for (;;) {
    const { done } = await pieces.next();
    signal?.throwIfAborted();
    yield* sheet.rows;
    sheet.rows = [];
    if (done) return;
  }
}
