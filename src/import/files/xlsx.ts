import { zipSync } from "fflate";
import { readSheet, type CellValue } from "read-excel-file/node";
import { unzip } from "./archive.ts";
import { checkSheetSize } from "./sheet_size.ts";
import { ImportFileError, type TableRow } from "./table.ts";

/**
 * The rows of the first sheet that hold anything. Formulas are read by the value that was saved with
 * them.
 *
 * @throws ImportFileError when it is not a workbook, is damaged or over the bounds
 */
export async function xlsxRows(bytes: Buffer, signal?: AbortSignal): Promise<TableRow[]> {
  const parts = await unzip(bytes, signal);
  if (!parts.has("xl/workbook.xml")) {
    throw new ImportFileError("The file is named .xlsx but is not a workbook.");
  }
  for (const part of parts.values()) checkSheetSize(part);
  signal?.throwIfAborted();
  // The reader unzips without a bound and believes the archive, so it is given the parts that were
  // counted, packed again.
  const checked = Buffer.from(zipSync(Object.fromEntries(parts), { level: 0 }));
  const sheet = await firstSheet(checked);
  signal?.throwIfAborted();
  return sheet
    .map((cells, index) => ({ row: index + 1, cells: cells.map(cellText) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
}

async function firstSheet(archive: Buffer): Promise<(CellValue | null)[][]> {
  try {
    return await readSheet(archive, { trim: false });
  } catch (error) {
    // Its messages name rows and parts, never content, but in its own words.
    const row = /\brow (\d{1,7})\b/u.exec(error instanceof Error ? error.message : "")?.[1];
    throw new ImportFileError(
      row === undefined
        ? "The workbook is damaged or was not written as Excel does; export it again."
        : `The workbook is damaged in row ${row}; export it again.`,
    );
  }
}

/** A cell as a CSV of the same table would have it; times as `YYYY-MM-DDTHH:MM:SS.mmm`. */
function cellText(value: CellValue | null): string {
  if (value === null) return "";
  if (value instanceof Date) return wholeSeconds(value);
  return typeof value === "boolean" ? (value ? "Yes" : "No") : String(value);
}

/** Excel's days are binary fractions, so that a whole second is a millisecond or so off. */
function wholeSeconds(value: Date): string {
  const milliseconds = value.getTime();
  const second = Math.round(milliseconds / 1000) * 1000;
  const meant = Math.abs(second - milliseconds) <= 2 ? second : milliseconds;
  return new Date(meant).toISOString().slice(0, -1);
}
