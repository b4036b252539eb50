import type { Tool } from "../../mcp/tool.ts";
import type { ImportCall } from "../call.ts";
import { importCheckInsTool } from "./checkins.ts";
import { previewTool } from "./preview.ts";
import { importRatingsTool } from "./ratings.ts";
import { importRegistrationsTool } from "./registrations.ts";
import { importSessionsTool } from "./sessions.ts";
import { validateTool } from "./validate.ts";
import { importWalkUpsTool } from "./walkups.ts";

/** Every tool of the import server, in the order in which an organiser needs them. */
export const IMPORT_TOOLS: readonly Tool<ImportCall>[] = [
  validateTool,
  previewTool,
  importRegistrationsTool,
  importCheckInsTool,
  importWalkUpsTool,
  importSessionsTool,
  importRatingsTool,
];
