import type * as z from "zod";
import type { DatabaseCall } from "../ground.ts";
import { defineTool } from "../mcp/tool.ts";

/** What every tool of this server works on. */
export type ImportCall = DatabaseCall;

/** Defines a tool of this server; see `defineTool`. */
export function importServerTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineTool<ImportCall, Input, Output>>[0],
) {
  return defineTool<ImportCall, Input, Output>(definition);
}
