import { exportDirectory, UnusableSetting } from "../../environment.ts";
import { ToolError } from "../../mcp/errors.ts";
import { downloads } from "../../taking_away/downloads.ts";

/**
 * The folder into which files are written that leave the database: `OUTREACH_EXPORT_DIR`, else the person's
 * downloads.
 *
 * @throws ToolError where the variable names none
 */
export function exportFolder(): string {
  try {
    return exportDirectory(process.env) ?? downloads();
  } catch (error) {
    throw error instanceof UnusableSetting ? new ToolError(error.message) : error;
  }
}
