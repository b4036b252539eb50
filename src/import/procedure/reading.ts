import { ToolError } from "../../mcp/errors.ts";
import { ImportFileError } from "../files/table.ts";
import { readCaged } from "../cage/read.ts";
import type { FileSource } from "../files/open.ts";
import type { Export } from "../formats/export.ts";
import type { ImportType } from "../formats/index.ts";
import { plain } from "../../mcp/render.ts";
import { cancelled } from "./steps.ts";

/** Where files are read: a test that reads thousands of harmless ones does it in its own process. */
export const reader = { read: readCaged };

/**
 * Reads a file that must match the type.
 *
 * @throws ToolError that says what is wrong with it
 */
export async function readMatching<Type extends ImportType>(
  source: FileSource,
  type: Type,
  zone: string,
  signal: AbortSignal,
): Promise<Export<Type>> {
  const file = await readAny(source, type, zone, signal);
  const { missing_columns: missing } = file;
  if (missing.length === 0) return file;
  throw new ToolError(doesNotMatch(file, type, `it has no column ${missing.join(", no column ")}`));
}

/**
 * Reads a file, whether it matches the type or not.
 *
 * @throws ToolError when it is no table
 */
export async function readAny<Type extends ImportType>(
  source: FileSource,
  type: Type,
  zone: string | undefined,
  signal: AbortSignal,
): Promise<Export<Type>> {
  try {
    return await reader.read({ source, type, zone }, signal);
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if (error instanceof ImportFileError) throw new ToolError(plain(error.message));
    throw error;
  }
}

/** That a file is another export, or none, and which one it seems to be. */
export function doesNotMatch(
  { looks_like, unread_columns }: Export<ImportType>,
  type: ImportType,
  why: string,
): string {
  const renaming = unread_columns.map(
    ({ column, expected }) =>
      ` "${plain(column)}" seems to be ${plain(expected ?? "")}: rename it to that, or take it out of the file if it is something else.`,
  );
  const other = looks_like === null ? "" : ` It looks like ${looks_like}.`;
  return `The file does not match ${type}: ${why}.${other}${renaming.join("")}`;
}
