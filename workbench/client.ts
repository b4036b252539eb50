import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { fileURLToPath } from "node:url";

/** The two generations of the protocol that every tool is tested through. */
export const GENERATIONS = ["2026-07-28", "2025-11-25"] as const;
export type Generation = (typeof GENERATIONS)[number];

/** What a tool answered. */
interface ToolAnswer {
  text: string;
  facts: Record<string, any>;
  isError: boolean;
}

/** A connected client of one of our servers. */
export interface TestClient {
  /** Calls a tool; an error result is returned, a protocol error thrown. */
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  /** As `call`, and fails the test when the answer is an error. */
  ask(tool: string, args?: Record<string, unknown>): Promise<Record<string, any>>;
  /** As `call`, and fails the test when the answer is none; the text of the error. */
  refused(tool: string, args?: Record<string, unknown>): Promise<string>;
  tools(): Promise<Record<string, unknown>[]>;
  instructions(): string | undefined;
  /** Process id of the server. */
  pid: number;
  /** What the server wrote to stderr so far. */
  stderr(): string;
  /** The methods of the notifications that the server sent so far. */
  notifications(): string[];
  close(): Promise<void>;
}

/** How a person at the client answers a question; leave out for a client that cannot ask one. */
export type Person = (question: string) => "accept" | "decline" | "cancel";

/** What a client starts and how. */
export interface ClientOptions {
  generation?: Generation;
  server?: "outreach" | "import";
  /** Environment of the server beside PATH and HOME; nothing of the test's own leaks in. */
  env?: Record<string, string>;
  person?: Person;
  /** Hears how far calls have come; leave out for a client that does not ask. */
  progress?: (told: Progress) => void;
}

/** How far a call has come, as a server tells it. */
export interface Progress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** Starts a server from `dist` and connects a real client to it over stdio. */
export async function connect(options: ClientOptions = {}): Promise<TestClient> {
  const { generation = "2026-07-28", server = "outreach", env = {}, person, progress } = options;
  const command = {
    command: process.execPath,
    args: [fileURLToPath(new URL(`../dist/${server}.js`, import.meta.url))],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      ...reaching(env, generation),
    },
    stderr: "pipe" as const,
  };
  const capabilities = person ? { elicitation: {} } : {};
  let stderr = "";
  const hear = (transport: { stderr: unknown }) => {
    (transport.stderr as NodeJS.ReadableStream | null)?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
  };
  const methods: string[] = [];
  const listenTo = (transport: { onmessage?: unknown }) => {
    const heard = transport.onmessage as (message: unknown, ...more: unknown[]) => void;
    transport.onmessage = (message: { method?: string; id?: unknown }, ...more: unknown[]) => {
      if (message.method !== undefined && message.id === undefined) methods.push(message.method);
      heard(message, ...more);
    };
  };
  const watching = progress ? { onprogress: progress } : undefined;
  const shared = { stderr: () => stderr, notifications: () => methods };
  if (generation === "2026-07-28") {
    const client = new ModernClient(
      { name: "test", version: "1" },
      { capabilities, versionNegotiation: { mode: { pin: "2026-07-28" } } },
    );
    if (person) {
      client.setRequestHandler("elicitation/create", (request) => {
        const action = person(request.params.message);
        return action === "accept" ? { action, content: {} } : { action };
      });
    }
    const transport = new ModernTransport(command);
    hear(transport);
    await client.connect(transport);
    listenTo(transport);
    return testClient({
      ...shared,
      callTool: (name, args) => client.callTool({ name, arguments: args }, watching),
      listTools: async () => (await client.listTools()).tools,
      instructions: () => client.getInstructions(),
      pid: transport.pid ?? 0,
      close: () => client.close(),
    });
  }
  const client = new OlderClient({ name: "test", version: "1" }, { capabilities });
  if (person) {
    client.setRequestHandler(ElicitRequestSchema, (request) => {
      const action = person(request.params.message);
      return action === "accept" ? { action, content: {} } : { action };
    });
  }
  const transport = new OlderTransport(command);
  hear(transport);
  await client.connect(transport);
  listenTo(transport);
  return testClient({
    ...shared,
    callTool: (name, args) => client.callTool({ name, arguments: args }, undefined, watching),
    listTools: async () => (await client.listTools()).tools,
    instructions: () => client.getInstructions(),
    pid: transport.pid ?? 0,
    close: () => client.close(),
  });
}

/** The older generation's servers prepare no statements, as behind a pooler, so that both ways are tested. */
function reaching(env: Record<string, string>, generation: Generation): Record<string, string> {
  const url = env["DATABASE_URL"];
  if (url === undefined || generation === "2026-07-28") return env;
  return { ...env, DATABASE_URL: url.replace(/&prepared_statements=true\b/, "") };
}

interface Connection {
  callTool(name: string, args: Record<string, unknown>): Promise<unknown>;
  listTools(): Promise<unknown>;
  instructions(): string | undefined;
  stderr(): string;
  notifications(): string[];
  pid: number;
  close(): Promise<void>;
}

function testClient(connection: Connection): TestClient {
  const call = async (tool: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> => {
    const result = (await connection.callTool(tool, args)) as {
      content: { text?: string }[];
      structuredContent?: Record<string, unknown>;
      isError?: boolean;
    };
    return {
      text: result.content.map((part) => part.text ?? "").join("\n"),
      facts: result.structuredContent ?? {},
      isError: result.isError === true,
    };
  };
  return {
    call,
    ask: async (tool, args) => {
      const answer = await call(tool, args);
      if (answer.isError) {
        throw new Error(`${tool} was refused: ${answer.text}\n${connection.stderr()}`);
      }
      return answer.facts;
    },
    refused: async (tool, args) => {
      const answer = await call(tool, args);
      if (!answer.isError) throw new Error(`${tool} was not refused: ${answer.text}`);
      return answer.text;
    },
    tools: async () => (await connection.listTools()) as Record<string, unknown>[],
    instructions: () => connection.instructions(),
    pid: connection.pid,
    stderr: () => connection.stderr(),
    notifications: () => connection.notifications(),
    close: () => connection.close(),
  };
}
