import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { CLIENTS } from "../../src/cli/connect/clients.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const PAGE = read("CLIENTS.md");
const README = read("README.md");
const ENTRY = { command: "npx", args: ["-y", "event-outreach", "serve"] };
const ENV = { OUTREACH_TIMEZONE: "Africa/Johannesburg" };
const TYPED = { type: "stdio", ...ENTRY };

const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gmu"))].map(
    ([, block = ""]) => block,
  );

describe("CLIENTS.md", () => {
  it.each(CLIENTS)("says where $title keeps its servers, and under which key", (client) => {
    const line = PAGE.split("\n").find((each) => each.startsWith(`| ${client.title} `)) ?? "";
    expect(line).toContain(`\`${client.key}\``);
    const file = client.file({ platform: "darwin", home: "~", environment: {} });
    expect(line).toContain(client.name === "vscode" ? "`mcp.json`" : `\`${file}\``);
  });

  it("gives blocks to paste that say what connect would", () => {
    const [shared, vscode] = blocks("json").map((block) => JSON.parse(block));
    expect(shared).toEqual({ mcpServers: { "event-outreach": { ...ENTRY, env: ENV } } });
    expect(vscode).toEqual({ servers: { "event-outreach": { ...TYPED, env: ENV } } });
    const [codex = ""] = blocks("toml");
    expect(parseToml(codex)).toEqual({
      mcp_servers: { "event-outreach": { ...ENTRY, env: ENV } },
    });
  });

  it("gives links to Cursor and VS Code that add the same, as the README does", () => {
    const links = [
      ...blocks("text").join("").split("\n"),
      ...README.matchAll(/\((https:\S+install\S+)\)/gu),
    ]
      .map((link) => (typeof link === "string" ? link : (link[1] ?? "")))
      .filter((link) => link !== "");
    const configured = (link: string) => {
      const { searchParams } = new URL(link);
      expect(searchParams.get("name")).toBe("event-outreach");
      return searchParams.get("config") ?? "";
    };
    const decoded = (link: string) => Buffer.from(configured(link), "base64").toString();
    const [cursor, vscode, cursorPage, vscodePage] = links as [string, string, string, string];
    expect(links).toHaveLength(4);
    expect(cursor).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?/u);
    expect(cursorPage).toMatch(/^https:\/\/cursor\.com\/en\/install-mcp\?/u);
    for (const link of [cursor, cursorPage]) expect(JSON.parse(decoded(link))).toEqual(ENTRY);
    const [scheme, query = ""] = vscode.split("?");
    expect(scheme).toBe("vscode:mcp/install");
    expect(JSON.parse(decodeURIComponent(query))).toEqual({ name: "event-outreach", ...TYPED });
    expect(vscodePage).toMatch(/^https:\/\/vscode\.dev\/redirect\/mcp\/install\?/u);
    expect(JSON.parse(configured(vscodePage))).toEqual(TYPED);
  });

  it("links to files that are there", () => {
    const targets = [...PAGE.matchAll(/\]\((?!https?:)([^)#]+)/gu)].map(
      ([, target = ""]) => target,
    );
    expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
  });
});
