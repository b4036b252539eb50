import type { Tool } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import type { Toolset } from "../../environment.ts";
import { IMPORT_TOOLSETS } from "../import/tools.ts";
import { OUTREACH_TOOLSETS } from "../outreach/tools.ts";
import { allOf } from "../tools_by_set.ts";

/** Every tool there is. */
export const ORGANISER_TOOLSETS: Readonly<Record<Toolset, readonly Tool<Call>[]>> = {
  ...OUTREACH_TOOLSETS,
  ...IMPORT_TOOLSETS,
};

/** The same in one list. */
export const ORGANISER_TOOLS = allOf(ORGANISER_TOOLSETS);
