/* eslint-disable @typescript-eslint/no-deprecated -- `Server` is kept for uses like ours: tools are loaded at
   their first use and errors are worded by us, which McpServer does not allow. */
import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type McpServerFactory,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Ground } from "./call.ts";
import { Asking } from "./asking/connection.ts";
import type { ToolDefinition } from "./definition.ts";
import { isPartMissing, PART_MISSING } from "./missing_part.ts";
import type { Tool } from "./tool.ts";
import type { Prompt } from "./prompt.ts";

/** What makes a server: its name, what it teaches a model, its tools and prompts and what they stand on. */
export interface ServerDefinition<Context> {
  name: string;
  title: string;
  version: string;
  instructions: string;
  /** Loaded when they are first needed, so that `initialize` is answered at once. */
  tools(): Promise<readonly Tool<Context>[]>;
  /** The same tools as `tools/list` shows them, where that was written down before; else it is made of them. */
  listed?: Promise<readonly ToolDefinition[] | undefined>;
  /** Loaded at the first question for them; those are offered whose tools all are. */
  prompts(): Promise<readonly Prompt<Context>[]>;
  /** Why there may be none of them, as a sentence. */
  whyNoTools?: string;
  /** Called after each `tools/list` was answered, when the client most likely waits for a person. */
  atRest?: () => void;
  ground: Ground<Context>;
}

/** Makes servers of one definition: one per connection, for clients of either protocol generation. */
export function serverFactory<Context>(definition: ServerDefinition<Context>): McpServerFactory {
  return () => {
    const server = new Server(
      { name: definition.name, title: definition.title, version: definition.version },
      {
        capabilities: { tools: {}, prompts: {}, completions: {} },
        instructions: definition.instructions,
      },
    );
    const asking = new Asking(server);
    server.setRequestHandler("tools/list", async () => {
      const tools = await listed(definition);
      // The answer is written before the next turn of the event loop.
      if (definition.atRest) setImmediate(definition.atRest);
      return { tools: [...tools] };
    });
    server.setRequestHandler("tools/call", async (request, context) => {
      const parts = await Promise.all([definition.tools(), import("./call.ts")]).catch(
        (error: unknown) => {
          if (isPartMissing(error)) return null;
          throw error;
        },
      );
      if (parts === null) return { content: [{ type: "text", text: PART_MISSING }], isError: true };
      const [tools, { callTool }] = parts;
      const { name, arguments: given } = request.params;
      const tool = tools.find((candidate) => candidate.name === name);
      if (!tool) {
        const known = tools.map((candidate) => candidate.name).join(", ");
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          known === ""
            ? `There is no such tool, and no other here. ${definition.whyNoTools ?? ""}`
            : `There is no such tool. The tools are ${known}.`,
        );
      }
      return asking.run(context, [name, given], (asks) =>
        callTool(tool, given, definition.ground, {
          ...asks,
          client: clientName(server, context),
          signal: context.mcpReq.signal,
          offered: tools,
          progress: (done, total, message) => tellProgress(context, done, total, message),
        }),
      );
    });
    const answering = () =>
      wordless(() => Promise.all([import("./prompt.ts"), offered(definition)]));
    server.setRequestHandler("prompts/list", async () => {
      const [{ promptDefinition }, prompts] = await answering();
      return { prompts: prompts.map(promptDefinition) };
    });
    server.setRequestHandler("prompts/get", async ({ params }) => {
      const [{ filledPrompt }, prompts] = await answering();
      return filledPrompt(prompts, params.name, params.arguments);
    });
    server.setRequestHandler("completion/complete", async ({ params: { ref, argument } }) => {
      const [{ completed }, prompts] = await answering();
      const prompt = ref.type === "ref/prompt" ? ref.name : "";
      const asked = { prompt, argument: argument.name, typed: argument.value };
      return completed(prompts, asked, definition.ground);
    });
    return server;
  };
}

/** As a client of the newer generation says with each call, and one of the older when it connects. */
function clientName(server: Server, context: ServerContext): string | null {
  const envelope = context.mcpReq.envelope as Record<string, unknown> | undefined;
  const told = envelope?.["io.modelcontextprotocol/clientInfo"] as
    ReturnType<Server["getClientVersion"]> | undefined;
  const info = told ?? server.getClientVersion();
  return info === undefined ? null : `${info.name} ${info.version}`.trim();
}

/** Keeps the words of a fault, which may name a path, from whoever asked. */
async function wordless<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    process.stderr.write(`Prompts cannot be loaded: ${String(error)}\n`);
    throw new ProtocolError(ProtocolErrorCode.InternalError, "The prompts cannot be loaded.");
  }
}

/** The prompts that can be followed here. */
async function offered<Context>(definition: ServerDefinition<Context>) {
  const [{ offeredPrompts }, prompts, tools] = await Promise.all([
    import("./prompt.ts"),
    definition.prompts(),
    listed(definition),
  ]);
  return offeredPrompts(prompts, tools);
}

async function listed<Context>(
  definition: ServerDefinition<Context>,
): Promise<readonly ToolDefinition[]> {
  const written = await definition.listed;
  if (written) return written;
  const [tools, { toolDefinition }] = await Promise.all([
    definition.tools(),
    import("./definition.ts"),
  ]);
  return tools.map(toolDefinition);
}

async function tellProgress(
  context: ServerContext,
  done: number,
  total: number,
  message: string,
): Promise<void> {
  const token = context.mcpReq._meta?.progressToken;
  if (token === undefined) return;
  await context.mcpReq.notify({
    method: "notifications/progress",
    params: { progressToken: token, progress: done, total, message },
  });
}
