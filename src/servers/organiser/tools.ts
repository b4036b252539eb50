import type { Tool } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { IMPORT_TOOLS } from "../import/tools.ts";
import { OUTREACH_TOOLS } from "../outreach/tools.ts";

/** Every tool there is. */
export const ORGANISER_TOOLS: readonly Tool<Call>[] = [...OUTREACH_TOOLS, ...IMPORT_TOOLS];
