import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { toolDefinition } from "../../src/mcp/definition.ts";
import { toolsIn } from "../../src/mcp/prompt.ts";
import { ORGANISER_TOOLS } from "../../src/servers/organiser/tools.ts";
import { VERSION } from "../../src/version.ts";
import { temporary } from "../embedded/helpers.ts";
import { type Callable, wrongCalls } from "../support/named_calls.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SKILL = path.join(ROOT, "plugin/skills/campaign-outreach");
const tools: Callable[] = ORGANISER_TOOLS.map(toolDefinition);
const pages = readdirSync(SKILL, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".md"),
);
const page = (file: string) => readFileSync(path.join(SKILL, file), "utf8");
const json = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));

describe("the skill", () => {
  it.each(pages)("calls only tools and arguments that are there: %s", (file) => {
    const text = page(file);
    expect(wrongCalls(text, tools)).toEqual([]);
    const schemas = JSON.stringify(ORGANISER_TOOLS.map(toolDefinition));
    const said = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/gu)].map(([, word = ""]) => word);
    expect(said.filter((word) => !schemas.includes(`"${word}"`))).toEqual([]);
  });

  it("names every tool that an organiser may need", () => {
    const named = new Set(pages.flatMap((file) => toolsIn(page(file))));
    const unnamed = tools.map(({ name }) => name).filter((name) => !named.has(name));
    // What is deleted for good is asked for in plain words, and not proposed.
    expect(unnamed).toEqual(["erase_contact"]);
  });

  it("is short, says when it is of use, and links to pages that are there", () => {
    const text = page("SKILL.md");
    expect(text).toMatch(/^---\nname: campaign-outreach\ndescription: .{100,1024}\n/u);
    expect(text.length / 4).toBeLessThan(2_000);
    const links = [...text.matchAll(/\]\(([^)]+)\)/gu)].map(([, target = ""]) => target);
    expect([...new Set(links)].sort()).toEqual(pages.filter((file) => file !== "SKILL.md").sort());
  });
});

describe("npm run skill", () => {
  it("packs the skill, each time to the same bytes", async () => {
    const folder = await temporary();
    const pack = () =>
      readFileSync(
        execFileSync(process.execPath, ["--import", "tsx", "scripts/skill.ts", folder], {
          cwd: ROOT,
          encoding: "utf8",
        }).trim(),
      );
    const packed = pack();
    expect(pack().equals(packed)).toBe(true);
    const files = Object.entries(unzipSync(packed)).map(([name, bytes]) => [
      name,
      strFromU8(bytes),
    ]);
    expect(Object.fromEntries(files)).toEqual(
      Object.fromEntries(pages.map((file) => [`campaign-outreach/${file}`, page(file)])),
    );
  });
});

describe("the plugin", () => {
  it("is of the program's version, and starts one server of all tools", () => {
    expect(json("plugin/.claude-plugin/plugin.json").version).toBe(VERSION);
    const { mcpServers } = json("plugin/.mcp.json");
    expect(mcpServers).toEqual({
      "event-outreach": {
        command: "node",
        args: ["${CLAUDE_PLUGIN_ROOT}/start.mjs"],
        env: expect.any(Object),
      },
    });
    const asked = Object.keys(json("plugin/.claude-plugin/plugin.json").userConfig);
    const env = mcpServers["event-outreach"].env as Record<string, string>;
    const used = Object.values(env).map((value) => /^\$\{user_config\.(\w+)\}$/u.exec(value)?.[1]);
    expect(used.sort()).toEqual(asked.sort());
  });

  it.skipIf(process.platform === "win32")(
    "starts the published program of its version where none was built beside it",
    async () => {
      const folder = await temporary();
      cpSync(path.join(ROOT, "plugin"), path.join(folder, "plugin"), { recursive: true });
      const npx = path.join(folder, "npx");
      writeFileSync(npx, '#!/bin/sh\necho "$@"; cat; exit 3\n', { mode: 0o755 });
      const { stdout, status } = spawnSync(process.execPath, ["plugin/start.mjs"], {
        cwd: folder,
        env: { PATH: `${folder}:/usr/bin:/bin` },
        input: "heard",
        encoding: "utf8",
      });
      expect({ stdout, status }).toEqual({
        stdout: `-y event-outreach@${VERSION} serve\nheard`,
        status: 3,
      });
    },
  );
});
