/* eslint-disable @typescript-eslint/no-deprecated -- `Server` is kept for uses like ours: tools are loaded at
   their first use and errors are worded by us, which McpServer does not allow. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  inputRequired,
  inputResponse,
  type McpServerFactory,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Ground } from "./call.ts";
import { InputNeeded } from "./errors.ts";
import type { Caller, PersonsAnswer, Tool } from "./tool.ts";

/** What makes a server: its name, what it teaches a model, its tools and what they stand on. */
export interface ServerDefinition<Context> {
  name: string;
  title: string;
  version: string;
  instructions: string;
  /** Loaded at the first `tools/list` or `tools/call`, so that `initialize` is answered at once. */
  tools(): Promise<readonly Tool<Context>[]>;
  ground: Ground<Context>;
}

/** Makes servers of one definition: one per connection, for clients of either protocol generation. */
export function serverFactory<Context>(definition: ServerDefinition<Context>): McpServerFactory {
  return () => {
    const server = new Server(
      { name: definition.name, title: definition.title, version: definition.version },
      { capabilities: { tools: {} }, instructions: definition.instructions },
    );
    server.setRequestHandler("tools/list", async () => {
      const [tools, { toolDefinition }] = await Promise.all([
        definition.tools(),
        import("./definition.ts"),
      ]);
      return { tools: tools.map(toolDefinition) };
    });
    server.setRequestHandler("tools/call", async (request, context) => {
      const [tools, { callTool }] = await Promise.all([definition.tools(), import("./call.ts")]);
      const { name, arguments: given } = request.params;
      const tool = tools.find((candidate) => candidate.name === name);
      if (!tool) {
        const known = tools.map((candidate) => candidate.name).join(", ");
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There is no such tool. The tools are ${known}.`,
        );
      }
      try {
        const caller = callerOf(server, context, [name, given]);
        return await callTool(tool, given, definition.ground, caller);
      } catch (error) {
        if (!(error instanceof InputNeeded)) throw error;
        return inputRequired({
          inputRequests: {
            [CONFIRMATION]: inputRequired.elicit({
              message: error.question,
              requestedSchema: { type: "object", properties: {} },
            }),
          },
          requestState: error.seal,
        });
      }
    });
    return server;
  };
}

const CONFIRMATION = "confirmation";

/** Answers come back by way of the client, so each names what it answers, under this process's seal. */
const SEAL_KEY = randomBytes(32);

function callerOf(server: Server, context: ServerContext, call: unknown): Caller {
  return {
    signal: context.mcpReq.signal,
    asksPeople: asksPeople(server, context),
    confirm: (question, about = "") => {
      const answer = personsAnswer(context);
      if (!asksPeople(server, context)) return "unavailable";
      const seal = createHmac("sha256", SEAL_KEY)
        .update(JSON.stringify([call, question, about]))
        .digest("base64url");
      if (answer && sameText(context.mcpReq.requestState(), seal)) return answer;
      throw new InputNeeded(question, seal);
    },
    progress: async (done, total, message) => {
      const token = context.mcpReq._meta?.progressToken;
      if (token === undefined) return;
      await context.mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken: token, progress: done, total, message },
      });
    },
  };
}

function sameText(given: unknown, expected: string): boolean {
  return (
    typeof given === "string" &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}

function personsAnswer(context: ServerContext): PersonsAnswer | undefined {
  const response = inputResponse(context.mcpReq.inputResponses, CONFIRMATION);
  if (response.kind !== "elicit") return undefined;
  if (response.action === "accept") return "accepted";
  return response.action === "decline" ? "declined" : "cancelled";
}

/** Whether this client can put a form before a person; `elicitation: {}` means forms. */
function asksPeople(server: Server, context: ServerContext): boolean {
  const envelope = context.mcpReq.envelope as Record<string, unknown> | undefined;
  const declared = envelope?.["io.modelcontextprotocol/clientCapabilities"] as
    { elicitation?: { form?: unknown; url?: unknown } } | undefined;
  const elicitation = (declared ?? server.getClientCapabilities())?.elicitation;
  return (
    elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
  );
}
