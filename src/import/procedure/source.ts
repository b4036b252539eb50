import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { text } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { personsPath } from "../../words/paths.ts";
import type { FileSource } from "../files/open.ts";

/** Bytes of a file within a call; a message of MCP over stdio may have twice as many. */
const CONTENT_BYTES = 5 * 1024 * 1024;

/** Arguments that say which file is meant: exactly one of them. */
export const fileArguments = {
  file_path: text(4096, "path of a .csv or .xlsx file").optional(),
  file_content: z
    .strictObject({
      name: text(255),
      text: z.string().optional(),
      base64: z.string().optional(),
    })
    .meta({ description: "instead of file_path; text of a CSV, or base64" })
    .optional(),
};

/**
 * The file that a call means.
 *
 * @throws ToolError where it means none or two, or brings what cannot be one
 */
export function fileSource({
  file_path,
  file_content,
}: z.output<z.ZodObject<typeof fileArguments>>): FileSource {
  if ((file_path === undefined) === (file_content === undefined)) {
    throw new ToolError(
      "Give either file_path or file_content {name, text or base64}: one of the two is needed, and only one.",
    );
  }
  if (file_content === undefined) return personsPath(file_path ?? "");
  const { name, text: words, base64 } = file_content;
  if ((words === undefined) === (base64 === undefined)) {
    throw new ToolError(
      "file_content holds either text (of a CSV file) or base64 (of any file): one of the two is needed, and only one.",
    );
  }
  if (words !== undefined && !/\.csv$/iu.test(name)) {
    throw new ToolError(
      `file_content.text is the text of a CSV file, and ${plain(name)} is not named .csv; give a workbook as base64.`,
    );
  }
  const bytes = words === undefined ? decoded(base64 ?? "") : Buffer.from(words);
  if (bytes.length > CONTENT_BYTES) {
    throw new ToolError(
      `file_content holds at most ${String(CONTENT_BYTES / 1024 / 1024)} MB; save the file and give its file_path.`,
    );
  }
  return { name, bytes };
}

/** Node's own decoder leaves out in silence what it does not know. */
function decoded(base64: string): Buffer {
  const text = base64.replace(/^data:[^,]*;base64,/u, "").replace(/\s+/gu, "");
  if (!/^[\w+/-]*={0,2}$/u.test(text)) throw new ToolError("file_content.base64 is not base64.");
  return Buffer.from(text, "base64");
}
