import * as z from "zod";
import { ASKS } from "../../mcp/tool.ts";
import { tool } from "../../conventions/call.ts";
import type { Export } from "../formats/export.ts";
import type { ImportType } from "../formats/index.ts";
import { doesNotMatch, readAny } from "../procedure/reading.ts";
import {
  LISTED,
  importType,
  unreadShape,
  unreadText,
  warningFacts,
  warningsShape,
} from "../procedure/shapes.ts";
import { fileArguments, fileSource } from "../procedure/source.ts";
import { counted } from "../../words/counts.ts";

export const validateTool = tool({
  name: "validate_import_data",
  title: "Check an export file",
  description:
    "Whether a file matches its type and what is wrong with its rows; needs no database. preview_import says what importing it would do.",
  effects: ASKS,
  standsAlone: true,
  input: z.strictObject({ ...fileArguments, import_type: importType }),
  output: z.object({
    valid: z.boolean(),
    file_info: z.object({
      format: z.string(),
      rows: z.number(),
      columns: z.array(z.string()),
      file_size_bytes: z.number(),
      encoding: z.string().nullable(),
      delimiter: z.string().nullable(),
    }),
    validation_results: z.object({
      required_columns_present: z.boolean(),
      missing_columns: z.array(z.string()),
      /** Optional columns that the file lacks. */
      absent_columns: z.array(z.string()),
      extra_columns: z.array(z.string()),
      duplicate_rows: z.number(),
      missing_data_percentage: z.number(),
      data_quality_score: z.number(),
      total_errors: z.number(),
      total_warnings: z.number(),
    }),
    errors: z.array(z.object({ row: z.number(), field: z.string(), error: z.string() })),
    ...warningsShape,
    ...unreadShape,
  }),
  async handle({ import_type, ...source }, _nothing, caller, page) {
    const file = await readAny(fileSource(source), import_type, undefined, caller.signal);
    const matches = file.missing_columns.length === 0;
    const valid = matches && file.errors.length === 0;
    return {
      headline: validationHeadline(file, import_type),
      facts: {
        valid,
        file_info: file.info,
        validation_results: {
          required_columns_present: matches,
          missing_columns: file.missing_columns,
          absent_columns: file.absent_columns,
          extra_columns: file.extra_columns,
          duplicate_rows: file.duplicate_rows,
          missing_data_percentage: file.missing_data_percentage,
          data_quality_score: quality(file),
          total_errors: file.errors.length,
          total_warnings: file.warnings.length,
        },
        errors: page.isWhole ? file.errors : file.errors.slice(0, LISTED),
        ...warningFacts(file.warnings),
        unread_columns: file.unread_columns,
      },
    };
  },
});

function validationHeadline(file: Export<ImportType>, type: ImportType): string {
  if (file.missing_columns.length > 0) {
    return doesNotMatch(file, type, `${counted(file.missing_columns.length, "column")} missing`);
  }
  if (file.info.rows === 0) {
    return `The file matches ${type}, but has no rows below its header: there is nothing to import.`;
  }
  const faults = `${counted(file.errors.length, "error")} and ${counted(file.warnings.length, "warning")}`;
  const verdict =
    file.errors.length > 0
      ? `The file matches ${type}, but cannot be imported until its errors are corrected: ${faults} in ${counted(file.info.rows, "row")}.`
      : `The file matches ${type} and can be imported: ${faults} in ${counted(file.info.rows, "row")}.`;
  return verdict + unreadText(file.unread_columns);
}

/** 0 to 1, to three decimals: how much of the table is filled; 0 for a file that does not match its type. */
function quality(file: Export<ImportType>): number {
  if (file.missing_columns.length > 0 || file.info.rows === 0) return 0;
  return Math.round(1000 - 10 * file.missing_data_percentage) / 1000;
}
