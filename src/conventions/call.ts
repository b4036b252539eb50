import type * as z from "zod";
import type { Queryable } from "../database/connect.ts";
import { defineOpeningTool, defineTool } from "../mcp/tool.ts";

/** What a tool's handler is given: its connection and the zone of the organiser. */
export interface Call {
  /** The call's transaction: one that cannot write if the tool only reads. */
  sql: Queryable;
  /** IANA zone in which times are read and shown. */
  zone: string;
}

/** Defines a tool that works on the database in one transaction; see {@link defineTool}. */
export function tool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineTool<Call, Input, Output>>[0],
) {
  return defineTool<Call, Input, Output>(definition);
}

/** Defines a tool that opens its transactions itself, as it waits for others between. */
export function openingTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineOpeningTool<Call, Input, Output>>[0],
) {
  return defineOpeningTool<Call, Input, Output>(definition);
}
