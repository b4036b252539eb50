import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connect } from "../../workbench/client.ts";
import { freshDatabase } from "../support/database.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const README = read("README.md");
const CLAUDE = read("CLAUDE.md");

/** What stands in backticks in the first column of the tables below some words of the README. */
function firstColumn(after: string): string[] {
  const [, rest = ""] = README.split(after);
  const [table = ""] = /^\|[\s\S]*?(?=^[^|])/mu.exec(rest) ?? [];
  return [...table.matchAll(/^\| *`([^`]+)`/gmu)].map(([, cell = ""]) => cell);
}

describe("README.md", () => {
  it("lists exactly the tools that the server has, those that write apart from those that read", async () => {
    const client = await connect();
    const tools = (await client.tools()) as {
      name: string;
      annotations: { readOnlyHint: boolean };
    }[];
    await client.close();
    const names = (readOnly: boolean) =>
      tools.filter((tool) => tool.annotations.readOnlyHint === readOnly).map(({ name }) => name);
    expect(firstColumn("Tools that write:").sort()).toEqual(names(false).sort());
    expect(firstColumn("Tools that only read:").sort()).toEqual(names(true).sort());
  });

  it("names every variable that the program reads, and no other", () => {
    const readers = read("src/environment.ts") + read("src/brevo/configuration.ts");
    const known = [...readers.matchAll(/environment(?:\.|\[")([A-Z_]+)/gu)].map(
      ([, name = ""]) => name,
    );
    expect(known).toContain("DATABASE_URL");
    expect(firstColumn("## Configuration").sort()).toEqual([...known, "TEST_DATABASE_URL"].sort());
  });

  it("lists exactly the commands that the command line has", () => {
    const help = execFileSync(process.execPath, [path.join(ROOT, "dist/cli.js"), "--help"], {
      encoding: "utf8",
    });
    const [, commands = ""] = help.split("Commands:");
    const known = [...commands.matchAll(/^ {2}(\w+)/gmu)].map(([, name = ""]) => name);
    const listed = firstColumn("### The command line").map(
      (command) => /^node dist\/cli\.js (\w+)/u.exec(command)?.[1],
    );
    expect(listed.sort()).toEqual(known.filter((name) => name !== "help").sort());
  });

  it("gives blocks to paste that are JSON and start the outreach server", () => {
    const blocks = [...README.matchAll(/^```json\n([\s\S]*?)^```/gmu)].map(
      ([, block = ""]) => JSON.parse(block) as { mcpServers: { outreach: { args: string[] } } },
    );
    expect(blocks.map(({ mcpServers }) => mcpServers.outreach.args)).toEqual([
      ["/path/to/event-outreach/dist/outreach.js"],
      ["C:\\path\\to\\event-outreach\\dist\\outreach.js"],
    ]);
  });
});

describe("mcp.json", () => {
  it("starts a server that offers its tools", async () => {
    const { mcpServers } = JSON.parse(read("mcp.json")) as {
      mcpServers: Record<string, { command: string; args: string[]; env: Record<string, string> }>;
    };
    expect(Object.keys(mcpServers)).toEqual(["outreach", "import"]);
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StdioClientTransport({ ...mcpServers["outreach"]!, cwd: ROOT }));
    const { tools } = await client.listTools();
    await client.close();
    expect(tools.map(({ name }) => name)).toContain("log_send");
  });
});

describe("CLAUDE.md", () => {
  it("maps folders and files that are there", () => {
    const named = [...CLAUDE.matchAll(/`((?:src|db|demo|tests|scripts)\/[\w./]*)`/gu)].map(
      ([, file = ""]) => file,
    );
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it("says how many tables there are", async () => {
    const database = await freshDatabase();
    const [found] = await database.sql<{ tables: number }[]>`
      SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`;
    await database.drop();
    expect(CLAUDE).toContain(`**${found!.tables} tables** in \`public\``);
  });
});

describe.each([
  ["README.md", README],
  ["CLAUDE.md", CLAUDE],
])("%s", (_file, text) => {
  it("links to files that are there and names npm scripts that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/gu)].map(([, file = ""]) => file);
    const scripts = [...text.matchAll(/npm run (?:--\S+ )?([\w:-]+)/gu)].map(
      ([, name = ""]) => name,
    );
    const known = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    expect(links.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
    expect(scripts.filter((name) => !known.includes(name))).toEqual([]);
    expect(scripts.length).toBeGreaterThan(0);
  });
});
