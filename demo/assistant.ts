import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { fileURLToPath } from "node:url";
import { VERSION } from "../src/version.ts";
import { ZONE } from "./calendar.ts";
import type { Page } from "./page.ts";

/** The facts of an answer, or a row of a list in it. */
export type Facts = Record<string, unknown>;

/** Which part of an answer is printed below its first line: the tables are wider than a terminal. */
export interface Excerpt {
  /** The rows, each with the columns to show. */
  of: (facts: Facts) => string[][];
  /** Most rows to print. */
  most?: number;
}

/** Does what an assistant would: turns a request into a call of a tool and passes on the answer. */
export interface Assistant {
  /** Calls without printing. */
  call: (tool: string, args: Facts) => Promise<Facts>;
  /** Prints the request, calls the tool and prints the first line of its answer, and the excerpt. */
  asked: (words: string, tool: string, args: Facts, excerpt?: Excerpt) => Promise<Facts>;
  close: () => Promise<void>;
}

// The demo is one folder below the project's, whether it runs from demo/ or from dist/.
const SERVERS = ["outreach", "import"].map((name) =>
  fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)),
);

/**
 * Starts both servers as a host such as Claude Desktop does and connects to them.
 *
 * @param env the servers' environment; of this process's they get only what programs need to run, so that
 *   no DATABASE_URL reaches them
 */
export async function startAssistant(env: Record<string, string>, page: Page): Promise<Assistant> {
  const clients = await Promise.all(SERVERS.map((server) => connect(server, env, page)));
  const offered = await Promise.all(
    clients.map(async (client) => {
      const { tools } = await client.listTools();
      return tools.map(({ name }) => [name, client] as const);
    }),
  );
  const clientOf = new Map(offered.flat());
  const answered = async (tool: string, args: Facts) => {
    const result = await clientOf.get(tool)!.callTool({ name: tool, arguments: args });
    const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (result.isError) throw new Error(`${tool} refused: ${text}`);
    return { text, facts: (result.structuredContent ?? {}) as Facts };
  };
  return {
    call: async (tool, args) => (await answered(tool, args)).facts,
    asked: async (words, tool, args, excerpt) => {
      page.request(words);
      const { text, facts } = await answered(tool, args);
      page.answer(tool, text.slice(0, text.indexOf("\n")));
      if (excerpt) print(page, excerpt.of(facts), excerpt.most);
      return facts;
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

async function connect(server: string, env: Record<string, string>, page: Page): Promise<Client> {
  const client = new Client(
    { name: "event-outreach-demo", version: VERSION },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: { pin: "2026-07-28" } },
    },
  );
  client.setRequestHandler("elicitation/create", ({ params }) => {
    page.question(params.message);
    page.aside("Here a person would be asked; the demo says yes in their place.");
    return { action: "accept", content: {} };
  });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [server],
      env: { OUTREACH_TIMEZONE: ZONE, ...env },
    }),
  );
  return client;
}

function print(page: Page, rows: readonly string[][], most = rows.length): void {
  const more = rows.length - most;
  page.excerpt(
    rows.slice(0, most),
    more > 0 ? `and ${String(more)} more ${more === 1 ? "row" : "rows"}` : "",
  );
}
