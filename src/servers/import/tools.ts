import type { Tool } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { importCheckInsTool } from "../../import/check_ins/tools.ts";
import { previewTool } from "../../import/tools/preview_import.ts";
import { importRatingsTool } from "../../import/ratings/tools.ts";
import { importRegistrationsTools } from "../../import/registrations/tools.ts";
import { importSessionsTool } from "../../import/sessions/tools.ts";
import { validateTool } from "../../import/tools/validate_import_data.ts";
import { importWalkUpsTool } from "../../import/walk_ups/tools.ts";

/** Every tool of the import server, in the order in which an organiser needs them. */
export const IMPORT_TOOLS: readonly Tool<Call>[] = [
  validateTool,
  previewTool,
  ...importRegistrationsTools,
  importCheckInsTool,
  importWalkUpsTool,
  importSessionsTool,
  importRatingsTool,
];
