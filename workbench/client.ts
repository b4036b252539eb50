import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernStdio } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import path from "node:path";
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
  /** Calls a tool; an error result is returned, a protocol error thrown, also where the signal cancels the call. */
  call(tool: string, args?: Record<string, unknown>, signal?: AbortSignal): Promise<ToolAnswer>;
  /** As `call`, and fails the test when the answer is an error. */
  ask(tool: string, args?: Record<string, unknown>): Promise<Record<string, any>>;
  /** As `call`, and fails the test when the answer is not an error; gives the text of the error. */
  refused(tool: string, args?: Record<string, unknown>): Promise<string>;
  tools(): Promise<Record<string, unknown>[]>;
  prompts(): Promise<ListedPrompt[]>;
  /** The text of a prompt with its arguments filled in. */
  prompt(name: string, args?: Record<string, string>): Promise<string>;
  /** What is proposed for an argument of a prompt. */
  complete(prompt: string, argument: string, typed: string): Promise<Completion>;
  instructions(): string | undefined;
  /** Process id of the server; this process's own where it runs in it. */
  pid: number;
  /** What the server wrote to stderr so far. */
  stderr(): string;
  /** The methods of the notifications that the server sent so far. */
  notifications(): string[];
  close(): Promise<void>;
}

/** A prompt as a client sees it listed. */
interface ListedPrompt {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  arguments?:
    | { name: string; description?: string | undefined; required?: boolean | undefined }[]
    | undefined;
}

interface Completion {
  values: string[];
  hasMore?: boolean | undefined;
}

type PersonsAction = "accept" | "decline" | "cancel";

/**
 * How a person at the client answers a question; leave out for a client that cannot ask one. What it throws
 * is what the client answers instead; what it never answers hangs.
 */
export type Person = (question: string) => PersonsAction | Promise<PersonsAction>;

/** What a client starts and how. */
export interface ClientOptions {
  generation?: Generation;
  server?: "organiser" | "outreach" | "import";
  /** Environment of the server beside PATH and HOME; nothing of the test's own leaks in. */
  env?: Record<string, string>;
  /** The folder of the built servers; this checkout's unless given. */
  dist?: string;
  person?: Person;
  /** What a person does with a page that the client opens for them; such a client may have no forms. */
  opens?: (url: string) => PersonsAction | Promise<PersonsAction>;
  /** Milliseconds after which the client gives a call up. */
  patience?: number;
  /** Hears how far calls have come; leave out for a client that does not ask. */
  progress?: (told: Progress) => void;
}

/** How far a call has come, as a server tells it. */
export interface Progress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/** Starts a server from `dist` and connects a real client to it over stdio. */
export async function connect(options: ClientOptions = {}): Promise<TestClient> {
  const { generation = "2026-07-28", server = "outreach", env = {}, dist = DIST } = options;
  const command = {
    command: process.execPath,
    args: [path.join(dist, `${server}.js`)],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      ...env,
    },
    stderr: "pipe" as const,
  };
  const transport =
    generation === "2026-07-28" ? new ModernStdio(command) : new OlderStdio(command);
  let stderr = "";
  (transport.stderr as NodeJS.ReadableStream | null)?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = await clientOver(transport, options, () => stderr);
  return { ...client, pid: transport.pid ?? 0 };
}

/**
 * Connects a real client of the options' generation over a transport, but for what only a process has.
 *
 * @param stderr what the server at its other end wrote there so far
 */
export async function clientOver(
  transport: ModernTransport | OlderTransport,
  options: ClientOptions,
  stderr: () => string,
): Promise<Omit<TestClient, "pid">> {
  const { generation = "2026-07-28", person, opens, patience, progress } = options;
  const asksPeople = person !== undefined || opens !== undefined;
  const capabilities = opens
    ? { elicitation: { url: {}, ...(person && { form: {} }) } }
    : person
      ? { elicitation: {} }
      : {};
  const answer = async (params: { message: string; url?: unknown }) => {
    const action =
      typeof params.url === "string" ? await opens?.(params.url) : await person?.(params.message);
    return action === "accept"
      ? { action, ...(params.url === undefined && { content: {} }) }
      : { action: action ?? ("cancel" as const) };
  };
  const methods: string[] = [];
  const listen = () => {
    const heard = transport.onmessage as Hearing | undefined;
    transport.onmessage = (message: Heard, ...more: unknown[]) => {
      if (message.method !== undefined && message.id === undefined) {
        methods.push(message.method);
        if (message.method === "notifications/progress") progress?.(message.params as Progress);
      }
      heard?.(message, ...more);
    };
  };
  // Progress is heard from the messages themselves: the clients forget who listens as soon as the
  // answer is read, and a last notice that comes in one piece with it is handed on a moment later.
  const watching = {
    ...(progress && { onprogress: () => undefined }),
    ...(patience !== undefined && { timeout: patience }),
  };
  const shared = { stderr, notifications: () => methods };
  if (generation === "2026-07-28") {
    const client = new ModernClient(
      { name: "test", version: "1" },
      { capabilities, versionNegotiation: { mode: { pin: "2026-07-28" } } },
    );
    if (asksPeople) client.setRequestHandler("elicitation/create", ({ params }) => answer(params));
    await client.connect(transport);
    listen();
    return testClient({
      ...shared,
      callTool: (name, args, signal) =>
        client.callTool({ name, arguments: args }, { ...watching, ...(signal && { signal }) }),
      listTools: async () => (await client.listTools()).tools,
      listPrompts: async () => (await client.listPrompts()).prompts,
      getPrompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
      complete: async (ref, argument) => (await client.complete({ ref, argument })).completion,
      instructions: () => client.getInstructions(),
      close: () => client.close(),
    });
  }
  const client = new OlderClient({ name: "test", version: "1" }, { capabilities });
  if (asksPeople) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params));
  await client.connect(transport);
  listen();
  return testClient({
    ...shared,
    callTool: (name, args, signal) =>
      client.callTool({ name, arguments: args }, undefined, {
        ...watching,
        ...(signal && { signal }),
      }),
    listTools: async () => (await client.listTools()).tools,
    listPrompts: async () => (await client.listPrompts()).prompts,
    getPrompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
    complete: async (ref, argument) => (await client.complete({ ref, argument })).completion,
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  });
}

/** The transports that the two generations of clients take. */
type ModernTransport = Parameters<ModernClient["connect"]>[0];
type OlderTransport = Parameters<OlderClient["connect"]>[0];

/** A message as far as a listener reads it. */
interface Heard {
  method?: string;
  id?: unknown;
  params?: unknown;
}
type Hearing = (message: unknown, ...more: unknown[]) => void;

interface Connection {
  callTool(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<unknown>;
  listTools(): Promise<unknown>;
  listPrompts(): Promise<ListedPrompt[]>;
  getPrompt(name: string, args: Record<string, string>): Promise<unknown>;
  complete(
    ref: { type: "ref/prompt"; name: string },
    argument: { name: string; value: string },
  ): Promise<Completion>;
  instructions(): string | undefined;
  stderr(): string;
  notifications(): string[];
  close(): Promise<void>;
}

function testClient(connection: Connection): Omit<TestClient, "pid"> {
  const call = async (
    tool: string,
    args: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<ToolAnswer> => {
    const result = (await connection.callTool(tool, args, signal).catch((error: unknown) => {
      // What the clients say of a call that they gave up names no tool.
      if (error instanceof Error) error.message += ` (${tool})`;
      throw error;
    })) as {
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
    prompts: () => connection.listPrompts(),
    prompt: async (name, args = {}) => {
      const messages = (await connection.getPrompt(name, args)) as { content: { text?: string } }[];
      return messages.map(({ content }) => content.text ?? "").join("\n");
    },
    complete: (name, argument, value) =>
      connection.complete({ type: "ref/prompt", name }, { name: argument, value }),
    instructions: () => connection.instructions(),
    stderr: () => connection.stderr(),
    notifications: () => connection.notifications(),
    close: () => connection.close(),
  };
}
