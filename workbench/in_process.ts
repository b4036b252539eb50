import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  createMcpHandler,
  InMemoryTransport,
  type McpServerFactory,
} from "@modelcontextprotocol/server";
import { databaseOptions } from "../src/environment.ts";
import { serverFactory } from "../src/mcp/server.ts";
import { onDatabase } from "../src/servers/on_database.ts";
import { IMPORT } from "../src/servers/import/definition.ts";
import { ORGANISER } from "../src/servers/organiser/definition.ts";
import { OUTREACH } from "../src/servers/outreach/definition.ts";
import { VERSION } from "../src/version.ts";
import { clientOver, type ClientOptions, type TestClient } from "./client.ts";

/**
 * A real client of a server that runs from `src` in this very process, on the database of
 * `env.DATABASE_URL`: for what has to do with neither processes nor stdio. Of the environment only what
 * says something about the database is heard, so that nothing can be sent from here.
 */
export async function connectInProcess(options: ClientOptions = {}): Promise<TestClient> {
  const { generation = "2026-07-28", server = "outreach", env = {} } = options;
  const chosen = databaseOptions(env);
  if (!env["DATABASE_URL"]) throw new Error("a server in this process needs a DATABASE_URL");
  const { ground, leave } = onDatabase(chosen);
  const factory = serverFactory({
    ...DEFINITIONS[server],
    version: VERSION,
    ground,
    tools: async () => {
      const tools = await loadTools(server);
      return tools.filter((tool) => tool.effects.readOnly || !chosen.readOnly);
    },
    prompts: async () => (await import("../src/servers/prompts.ts")).PROMPTS,
  });
  const stderr = overhear();
  const { transport, end } = generation === "2026-07-28" ? modern(factory) : await older(factory);
  const client = await clientOver(transport, options, stderr.text);
  return {
    ...client,
    pid: process.pid,
    close: async () => {
      await client.close();
      await end();
      await leave();
      stderr.stop();
    },
  };
}

const DEFINITIONS = { organiser: ORGANISER, outreach: OUTREACH, import: IMPORT };

async function loadTools(server: keyof typeof DEFINITIONS) {
  switch (server) {
    case "organiser":
      return (await import("../src/servers/organiser/tools.ts")).ORGANISER_TOOLS;
    case "outreach":
      return (await import("../src/servers/outreach/tools.ts")).OUTREACH_TOOLS;
    case "import":
      return (await import("../src/servers/import/tools.ts")).IMPORT_TOOLS;
  }
}

/** HTTP without a network, since the clients of this generation have no other way within a process. */
function modern(factory: McpServerFactory) {
  const handler = createMcpHandler(factory, { legacy: "reject" });
  const transport = new StreamableHTTPClientTransport(new URL("http://in-process.example.org/"), {
    fetch: (url, init) => handler.fetch(new Request(url, init)),
  });
  return { transport, end: () => handler.close() };
}

async function older(factory: McpServerFactory) {
  const pair = InMemoryTransport.createLinkedPair();
  // By way of text, as on a wire: what JSON cannot carry must not arrive.
  for (const half of pair) {
    const send = half.send.bind(half);
    half.send = (message, options) =>
      send(JSON.parse(JSON.stringify(message)) as typeof message, options);
  }
  const [transport, far] = pair;
  const server = await factory({ era: "legacy" });
  await server.connect(far);
  return { transport, end: () => server.close() };
}

/** Who listens to this process's stderr. */
const listeners = new Set<(text: string) => void>();
let isOverheard = false;

/** Keeps what this process writes to stderr from now on, and lets it be written all the same. */
function overhear(): { text: () => string; stop: () => void } {
  if (!isOverheard) {
    isOverheard = true;
    const write = process.stderr.write.bind(process.stderr) as (...args: unknown[]) => boolean;
    process.stderr.write = (...args: unknown[]) => {
      for (const listener of listeners) listener(String(args[0]));
      return write(...args);
    };
  }
  let text = "";
  const listener = (more: string) => void (text += more);
  listeners.add(listener);
  return { text: () => text, stop: () => void listeners.delete(listener) };
}
