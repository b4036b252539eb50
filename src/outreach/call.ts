import type * as z from "zod";
import { defineOpeningTool, defineTool, type Answer, type Caller } from "../mcp/tool.ts";
import type { DatabaseCall } from "../ground.ts";
import type { Page } from "../mcp/paging.ts";

/** What every tool of this server works on. */
export type OutreachCall = DatabaseCall;

/** Defines a tool of this server; see `defineTool`. */
export function outreachTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineTool<OutreachCall, Input, Output>>[0] & {
    handle(
      args: z.output<Input>,
      call: OutreachCall,
      caller: Caller,
      page: Page,
    ): Promise<Answer<z.input<Output>>>;
  },
) {
  return defineTool<OutreachCall, Input, Output>(definition);
}

/** Defines a tool of this server that opens its transactions itself, as it waits for others between. */
export function outreachOpeningTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Parameters<typeof defineOpeningTool<OutreachCall, Input, Output>>[0],
) {
  return defineOpeningTool<OutreachCall, Input, Output>(definition);
}
