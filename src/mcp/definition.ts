import type { Tool as ListedTool } from "@modelcontextprotocol/server";
import { inputShape } from "./call.ts";
import { advertised, jsonSchema, type JsonSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";

/** A tool as `tools/list` shows it. */
export type ToolDefinition = ListedTool;

/** Says of a tool what `tools/list` shows. */
export function toolDefinition(tool: Tool<never>): ToolDefinition {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: wire(inputShape(tool)),
    outputSchema: wire(jsonSchema(tool.output, "output")),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effects.readOnly,
      destructiveHint: tool.effects.destructive,
      idempotentHint: tool.effects.idempotent,
      openWorldHint: tool.effects.openWorld,
    },
  };
}

function wire(schema: JsonSchema) {
  return { ...advertised(schema), type: "object" as const } as ToolDefinition["inputSchema"];
}
