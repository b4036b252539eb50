import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environment, type Installed, installed, run } from "./from_npm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLI = path.join(ROOT, "dist", "cli.js");
const KEY = "xkeysib-0123456789abcdef-made-up";
const PLUGIN = "event-outreach@event-outreach";

let claude: Installed;
beforeAll(() => {
  claude = installed("@anthropic-ai/claude-code@2.1.332", "claude");
});
afterAll(() => claude.remove());

/** Runs a command that has to succeed. */
async function told(parameters: string[]): Promise<string> {
  const { code, output, errors } = await claude.run(parameters);
  const said = output + errors;
  expect([parameters.join(" "), code, said]).toEqual([parameters.join(" "), 0, said]);
  return said;
}

/** Our own command line, where Claude Code is on the path. */
function commandLine(parameters: string[], more: Record<string, string> = {}) {
  const { PATH, ...home } = environment(claude.home);
  return run(process.execPath, [CLI, ...parameters], {
    cwd: claude.home,
    env: { ...home, ...more, PATH: `${claude.bin}${path.delimiter}${PATH}` },
  });
}

const settings = () =>
  JSON.parse(readFileSync(path.join(claude.home, ".claude.json"), "utf8")) as {
    mcpServers?: Record<string, { args: string[]; env: Record<string, string> }>;
  };

describe("the plugin, in a real Claude Code with an empty home,", () => {
  it("is valid, and so is the marketplace", async () => {
    for (const place of [ROOT, path.join(ROOT, "plugin")]) {
      expect(await told(["plugin", "validate", "--strict", place])).toContain("Validation passed");
    }
  });

  it("is installed by the README's line from the folder, connects, and is taken out again", async () => {
    const line = /^claude (plugin install event-outreach --marketplace) <.*>$/mu.exec(
      readFileSync(path.join(ROOT, "README.md"), "utf8"),
    )?.[1];
    await told([...(line ?? "").split(" "), ROOT, "--config", "timezone=Africa/Johannesburg"]);
    expect(await told(["plugin", "list"])).toMatch(/event-outreach@event-outreach[^]*enabled/u);
    const parts = await told(["plugin", "details", PLUGIN]);
    expect(parts).toMatch(/Skills \(1\) +campaign-outreach/u);
    expect(parts).toMatch(/MCP servers \(1\) +event-outreach/u);
    expect(await told(["mcp", "list"])).toMatch(
      /plugin:event-outreach:event-outreach: .*start\.mjs - ✔ Connected/u,
    );
    expect((await commandLine(["doctor"])).output).toMatch(
      /ok +Claude Code +Connected by our plugin/u,
    );
    await told(["plugin", "uninstall", PLUGIN]);
    expect(await told(["mcp", "list"])).not.toContain("event-outreach");
  });
});

describe("a real Claude Code", () => {
  it("connects to what the README's line adds", async () => {
    const line = /^claude (mcp add .*)-- npx -y event-outreach serve$/mu.exec(
      readFileSync(path.join(ROOT, "README.md"), "utf8"),
    )?.[1];
    await told([...(line ?? "").trim().split(" "), "--", process.execPath, CLI, "serve"]);
    expect(settings().mcpServers?.["event-outreach"]?.env).toEqual({
      OUTREACH_TIMEZONE: "Africa/Johannesburg",
    });
    expect(await told(["mcp", "list"])).toMatch(/^event-outreach: .* - ✔ Connected$/mu);
    await told(["mcp", "remove", "event-outreach", "--scope", "user"]);
  });

  it("takes from `connect` an entry with its key, replaces it, and gives it back", async () => {
    for (const key of [KEY, `${KEY}-2`]) {
      const connected = await commandLine(["connect", "claude-code", "--yes"], {
        BREVO_API_KEY: key,
      });
      expect(connected).toMatchObject({ code: 0, output: expect.stringContaining("connected.") });
      expect(settings().mcpServers?.["event-outreach"]).toMatchObject({
        args: [path.join(ROOT, "dist", "organiser.js")],
        env: { BREVO_API_KEY: key },
      });
    }
    expect(await told(["mcp", "list"])).toMatch(/^event-outreach: .* - ✔ Connected$/mu);
    expect((await commandLine(["doctor"])).output).toMatch(/ok +Claude Code +Connected in/u);
    expect(await commandLine(["connect", "claude-code", "--remove", "--yes"])).toMatchObject({
      code: 0,
    });
    expect(settings().mcpServers).toEqual({});
    // Nothing of it all asked for a database.
    expect(existsSync(path.join(claude.home, ".local", "share", "event-outreach"))).toBe(false);
  });
});
