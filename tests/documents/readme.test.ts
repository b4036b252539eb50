import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { currentMap } from "../../scripts/document/house.ts";
import { connect } from "../../workbench/client.ts";
import { freshDatabase } from "../support/database.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const README = read("README.md");
const CLAUDE = read("CLAUDE.md");
const SYSTEMS: Record<string, string> = { linux: "Linux", darwin: "macOS" };
const DOCUMENTS = [
  "README.md",
  "CLAUDE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "DATABASE.md",
  "DATABASE_INTERNALS.md",
  "PROMISES.md",
];

interface Definition {
  name: string;
  annotations: { readOnlyHint: boolean };
}

async function toolsOf(server: "outreach" | "import"): Promise<Definition[]> {
  const client = await connect({ server });
  const tools = (await client.tools()) as unknown as Definition[];
  await client.close();
  return tools;
}

/** What stands in backticks in the first column of the tables below some words of the README. */
function firstColumn(after: string): string[] {
  const [, rest = ""] = README.split(after);
  const [table = ""] = /^\|[\s\S]*?(?=^[^|])/mu.exec(rest) ?? [];
  return [...table.matchAll(/^\| *`([^`]+)`/gmu)].map(([, cell = ""]) => cell);
}

describe("README.md", () => {
  it("lists exactly the tools that the servers have, those that write apart from those that read", async () => {
    const tools = await toolsOf("outreach");
    const names = (readOnly: boolean) =>
      tools.filter((tool) => tool.annotations.readOnlyHint === readOnly).map(({ name }) => name);
    expect(firstColumn("Tools that write:").sort()).toEqual(names(false).sort());
    expect(firstColumn("Tools that only read:").sort()).toEqual(names(true).sort());
    const importing = (await toolsOf("import")).map(({ name }) => name);
    expect(firstColumn("Tools that import").sort()).toEqual(importing.sort());
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
      (command) => /^event-outreach (\w+)/u.exec(command)?.[1],
    );
    expect(listed.sort()).toEqual(known.filter((name) => name !== "help").sort());
  });

  it("gives a fresh machine with the folder exactly two commands, each on one line", () => {
    const [, install = ""] = README.split("\n### From the folder\n");
    const [, commands = ""] = /^```sh\n([\s\S]*?)^```/mu.exec(install) ?? [];
    expect(commands.trim().split("\n")).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  });

  it("adds the server to Claude Code by its name first, its variables next, its command last", () => {
    const added = [...README.matchAll(/^claude mcp add .*$/gmu)].map(([line]) => line);
    expect(added).toEqual([
      "claude mcp add event-outreach --scope user --env OUTREACH_TIMEZONE=Africa/Johannesburg -- npx -y event-outreach serve",
    ]);
  });

  it("lists exactly the prompts that the server has", async () => {
    const client = await connect({ server: "organiser" });
    const names = (await client.prompts()).map(({ name }) => name);
    await client.close();
    expect(firstColumn("can be started by name")).toEqual(names);
  });

  it.skipIf(process.platform === "win32")(
    "says where the bundled database keeps its data on this system",
    () => {
      const status = execFileSync(process.execPath, [path.join(ROOT, "dist/cli.js"), "status"], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], HOME: "/nowhere" },
      });
      const [, folder = ""] = /the bundled PostgreSQL in \/nowhere(\/.*)$/mu.exec(status) ?? [];
      expect(README).toMatch(
        new RegExp(`^\\| ${SYSTEMS[process.platform] ?? ""} +\\| \`~${folder}\` `, "mu"),
      );
    },
  );
});

describe("mcp.json", () => {
  it("starts a server that offers its tools", async () => {
    const { mcpServers } = JSON.parse(read("mcp.json")) as {
      mcpServers: Record<string, { command: string; args: string[]; env: Record<string, string> }>;
    };
    expect(Object.keys(mcpServers)).toEqual(["event-outreach"]);
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StdioClientTransport({ ...mcpServers["event-outreach"]!, cwd: ROOT }));
    const { tools } = await client.listTools();
    await client.close();
    for (const name of ["log_send", "preview_import"])
      expect(tools.map((tool) => tool.name)).toContain(name);
  });
});

describe("CLAUDE.md", () => {
  it("shows the table of layers that lint reads; if not, `npm run docs` writes it anew", async () => {
    expect(CLAUDE).toBe(await currentMap(CLAUDE));
  });

  it("names functions and views that the database has", async () => {
    const [, said = ""] = /^- Said once, in schema `outreach`:(.*)$/mu.exec(CLAUDE) ?? [];
    const named = [...said.matchAll(/`(\w+)[`(]/gu)].map(([, name = ""]) => name);
    const database = await freshDatabase();
    const known = await database.sql<{ name: string }[]>`
      SELECT proname::text AS name FROM pg_proc WHERE pronamespace = 'outreach'::regnamespace
      UNION SELECT viewname::text FROM pg_views WHERE schemaname = 'outreach'`;
    await database.drop();
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((wanted) => !known.some(({ name }) => name === wanted))).toEqual([]);
  });

  it.each(["src/record", "src/sending", "src/import", "src/conventions"])(
    "names every room of %s, and no other",
    (place) => {
      const line = CLAUDE.split("\n").find((each) => each.startsWith(`- \`${place}/\`:`)) ?? "";
      const named = [...line.matchAll(/`(\w+)`/gu)].map(([, name = ""]) => name);
      const inside = readdirSync(path.join(ROOT, place), { recursive: true, withFileTypes: true });
      const unnamed = inside.filter(
        (entry) =>
          entry.isDirectory() &&
          entry.parentPath === path.join(ROOT, place) &&
          ![...named, "queries", "tools"].includes(entry.name),
      );
      expect(unnamed.map(({ name }) => name)).toEqual([]);
      // A room of one file is a file.
      const there = inside.map(({ name }) => path.parse(name).name);
      expect(named.filter((name) => !there.includes(name))).toEqual([]);
    },
  );

  it("maps folders and files that are there", () => {
    const named = [
      ...CLAUDE.matchAll(/`((?:src|db|demo|tests|scripts|workbench)\/[\w./]*)`/gu),
    ].map(([, file = ""]) => file);
    expect(named.length).toBeGreaterThan(15);
    // A room of one file is a file.
    const isThere = (place: string) =>
      existsSync(path.join(ROOT, place)) ||
      existsSync(path.join(ROOT, place.replace(/\/$/u, ".ts")));
    expect(named.filter((place) => !isThere(place))).toEqual([]);
  });

  it("says how many tables there are", async () => {
    const database = await freshDatabase();
    const [found] = await database.sql<{ tables: number }[]>`
      SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`;
    await database.drop();
    expect(CLAUDE).toContain(`**${found!.tables} tables** in \`public\``);
  });
});

describe.each(DOCUMENTS)("%s", (file) => {
  const text = read(file);

  it("links to files and headings that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/gu)];
    const broken = links.filter(([, target = "", anchor]) => {
      if (target !== "" && !existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target === "" ? text : read(target)).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it("names npm scripts that are there", () => {
    const scripts = [...text.matchAll(/npm run (?:--\S+ )?([\w:-]+)/gu)].map(
      ([, name = ""]) => name,
    );
    const known = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    expect(scripts.filter((name) => !known.includes(name))).toEqual([]);
    expect(scripts.length).toBeGreaterThan(0);
  });
});

/** The anchors of a document's headings, as a code host makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gmu)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/ /gu, "-"),
    ),
  );
}
