import { cp, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { emptyHome, makesAnEvent, newFolder, ROOT, run, packInto } from "./walk.ts";

const isWindows = process.platform === "win32";
const npm = isWindows ? "npm.cmd" : "npm";
const MADE = /Data Day/u;

let tarball: string;
beforeAll(async () => {
  tarball = await packInto(await newFolder());
});

/** Bytes of all files below a folder. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

test("npm i -g of the tarball, without install scripts: few packages, small, and it works", async () => {
  const env = await emptyHome();
  const prefix = await newFolder();
  const args = ["install", "--global", "--prefix", prefix, "--ignore-scripts", tarball];
  await run(npm, args, prefix, env);
  const packages = path.join(prefix, ...(isWindows ? [] : ["lib"]), "node_modules");
  const listed = await run(
    npm,
    ["ls", "--all", "--parseable", "-g", "--prefix", prefix],
    prefix,
    env,
  );
  // The first line is the prefix itself.
  expect(listed.trim().split("\n").slice(1).length).toBeLessThan(10);
  expect(await sizeOf(packages)).toBeLessThan(100e6);

  const command = path.join(
    prefix,
    ...(isWindows ? ["event-outreach.cmd"] : ["bin", "event-outreach"]),
  );
  expect((await run(command, ["--version"], prefix, env)).trim()).toBe(manifest.version);
  const answer = await makesAnEvent(command, ["serve"], env, prefix);
  expect(answer.text).toMatch(MADE);
  expect(answer.version).toBe(manifest.version);
  expect(await run(command, ["doctor"], prefix, env)).toContain("Nothing is broken.");
  expect(await run(command, ["stop"], prefix, env)).toMatch(/is stopped|is not running/u);
});

test("npx of the tarball, in an empty folder and home", async () => {
  const env = await emptyHome();
  const folder = await newFolder();
  const args = ["--yes", `--package=${tarball}`, "event-outreach"];
  const npx = isWindows ? "npx.cmd" : "npx";
  expect((await run(npx, [...args, "--version"], folder, env)).trim()).toBe(manifest.version);
  expect((await makesAnEvent(npx, [...args, "serve"], env, folder)).text).toMatch(MADE);
});

test("npm ci --omit=dev in a folder where it was built", async () => {
  const env = await emptyHome();
  const folder = path.join(await newFolder(), "event-outreach");
  await mkdir(folder);
  const tracked = await run("git", ["ls-files", "-z"], ROOT, process.env);
  for (const name of tracked.split("\0")) {
    if (name === "" || !/^(?:package|scripts|db|templates|\.npmrc)/u.test(name)) continue;
    await cp(path.join(ROOT, name), path.join(folder, name));
  }
  await cp(path.join(ROOT, "dist"), path.join(folder, "dist"), { recursive: true });
  await run(npm, ["ci", "--omit=dev"], folder, env);
  const server = [path.join(folder, "dist", "organiser.js")];
  expect((await makesAnEvent(process.execPath, server, env, folder)).text).toMatch(MADE);
});
