import { importCheckInsTool } from "../../import/check_ins/tools.ts";
import { previewTool } from "../../import/tools/preview_import.ts";
import { importRatingsTool } from "../../import/ratings/tools.ts";
import { importRegistrationsTools } from "../../import/registrations/tools.ts";
import { importSessionsTool } from "../../import/sessions/tools.ts";
import { validateTool } from "../../import/tools/validate_import_data.ts";
import { importWalkUpsTool } from "../../import/walk_ups/tools.ts";
import { allOf, type ToolsBySet } from "../tools_by_set.ts";

/** Every tool of the import server, in the order in which an organiser needs them. */
export const IMPORT_TOOLSETS = {
  import: [
    validateTool,
    previewTool,
    ...importRegistrationsTools,
    importCheckInsTool,
    importWalkUpsTool,
    importSessionsTool,
    importRatingsTool,
  ],
} satisfies ToolsBySet;

/** The same in one list. */
export const IMPORT_TOOLS = allOf(IMPORT_TOOLSETS);
