import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { CLIENTS, isHere, type Machine, onPath } from "../../src/cli/connect/clients.ts";
import { chooseVariables } from "../../src/cli/connect/variables.ts";
import { defaultDataDirectory } from "../../src/database/embedded/index.ts";
import { temporary } from "../embedded/helpers.ts";

function filesOn(platform: NodeJS.Platform, home: string, environment: NodeJS.ProcessEnv = {}) {
  const machine: Machine = { platform, home, environment };
  return Object.fromEntries(
    CLIENTS.map((client) => [
      client.name,
      path.relative(home, client.file(machine)).replaceAll("\\", "/"),
    ]),
  );
}

const EVERYWHERE = {
  "claude-code": ".claude.json",
  cursor: ".cursor/mcp.json",
  windsurf: ".codeium/windsurf/mcp_config.json",
  gemini: ".gemini/settings.json",
  codex: ".codex/config.toml",
};

describe("the settings of the clients lie", () => {
  it("on macOS", () => {
    expect(filesOn("darwin", "/Users/jo")).toEqual({
      ...EVERYWHERE,
      "claude-desktop": "Library/Application Support/Claude/claude_desktop_config.json",
      vscode: "Library/Application Support/Code/User/mcp.json",
    });
  });

  it("on Windows", () => {
    expect(filesOn("win32", "/Users/jo", { APPDATA: "/Users/jo/AppData/Roaming" })).toEqual({
      ...EVERYWHERE,
      "claude-desktop": "AppData/Roaming/Claude/claude_desktop_config.json",
      vscode: "AppData/Roaming/Code/User/mcp.json",
    });
  });

  it("on Windows, where Claude Desktop is of the Microsoft Store", async () => {
    const home = await temporary();
    const store = "AppData/Local/Packages/Claude_pzs8sxrjxfjjc";
    await mkdir(path.join(home, store), { recursive: true });
    const file = "LocalCache/Roaming/Claude/claude_desktop_config.json";
    expect(filesOn("win32", home)["claude-desktop"]).toBe(`${store}/${file}`);
  });

  it("on Linux, also where the variables of the system or of a client say another place", () => {
    expect(filesOn("linux", "/home/jo")).toEqual({
      ...EVERYWHERE,
      "claude-desktop": ".config/Claude/claude_desktop_config.json",
      vscode: ".config/Code/User/mcp.json",
    });
    const elsewhere = filesOn("linux", "/home/jo", {
      XDG_CONFIG_HOME: "/home/jo/settings",
      CODEX_HOME: "/home/jo/codex",
      CLAUDE_CONFIG_DIR: "/home/jo/claude",
    });
    expect(elsewhere).toMatchObject({
      vscode: "settings/Code/User/mcp.json",
      codex: "codex/config.toml",
      "claude-code": "claude/.claude.json",
    });
  });
});

it("Claude Code is here by its program alone, on Windows by an .exe", async () => {
  const home = await temporary();
  const claudeCode = CLIENTS.find(({ name }) => name === "claude-code")!;
  const on = (platform: NodeJS.Platform): Machine => ({
    platform,
    home,
    environment: { PATH: ["/nowhere", home].join(path.delimiter) },
  });
  expect(isHere(claudeCode, on("darwin"))).toBe(false);
  for (const name of ["claude", "claude.cmd"]) {
    await writeFile(path.join(home, name), "");
    await chmod(path.join(home, name), 0o755);
  }
  expect(onPath("claude", on("darwin"))).toBe(path.join(home, "claude"));
  expect(isHere(claudeCode, on("darwin"))).toBe(true);
  expect(onPath("claude", on("win32"))).toBeNull();
});

describe("Claude Desktop of the Microsoft Store, whose writing Windows redirects,", () => {
  const machine = async (environment: NodeJS.ProcessEnv): Promise<Machine> => {
    const home = await temporary();
    await mkdir(path.join(home, "AppData", "Local", "Packages", "Claude_x"), { recursive: true });
    return { platform: "win32", home, environment: { OUTREACH_TIMEZONE: "UTC", ...environment } };
  };

  it.skipIf(existsSync(defaultDataDirectory()))(
    "has every client keep the data where a terminal finds it, and says so",
    async () => {
      const here = await machine({});
      const { variables, notes } = await chooseVariables(here, {}, null);
      const folder = path.join(here.home, "event-outreach-data");
      expect(variables).toEqual({ OUTREACH_TIMEZONE: "UTC", OUTREACH_DATA_DIR: folder });
      expect(notes).toEqual([expect.stringContaining(`set OUTREACH_DATA_DIR to that`)]);
    },
  );

  it("changes no place that was named", async () => {
    const named = { OUTREACH_DATA_DIR: "/data" };
    for (const [environment, former] of [
      [named, {}],
      [{}, named],
    ]) {
      const { variables, notes } = await chooseVariables(
        await machine(environment!),
        former!,
        null,
      );
      expect(variables).toEqual({ OUTREACH_TIMEZONE: "UTC", ...environment });
      expect(notes).toEqual([]);
    }
  });
});
