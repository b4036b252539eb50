import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync, type Zippable } from "fflate";
import manifest from "../../package.json" with { type: "json" };
import { manifestFor, type Platform, PLATFORMS } from "./manifest.ts";
import type { Offered } from "./offered.ts";
import { type BundledFile, postgresFor } from "./postgres.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A bundle for a system; the same files give the same bytes. */
export async function bundleFor(platform: Platform, offered: Offered): Promise<Uint8Array> {
  const files = await program();
  for (const system of PLATFORMS[platform].postgres) {
    for (const [name, file] of await postgresFor(system)) files.set(name, file);
  }
  const text = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const { name, version, license, type, engines } = manifest;
  files.set("package.json", {
    content: text({ name, version, license, type, engines, private: true }),
    isProgram: false,
  });
  files.set("manifest.json", {
    content: text(manifestFor(platform, offered)),
    isProgram: false,
  });
  const sorted: Zippable = {};
  for (const name of [...files.keys()].sort()) {
    const file = files.get(name);
    if (file !== undefined) {
      const attrs = (file.isProgram ? 0o100755 : 0o100644) << 16;
      sorted[name] = [file.content, { attrs, os: 3, level: 6, mtime: new Date(2000, 0, 1) }];
    }
  }
  return zipSync(sorted);
}

/** The program itself, without its demo. */
async function program(): Promise<Map<string, BundledFile>> {
  const files = new Map<string, BundledFile>();
  const take = async (name: string, from = name) => {
    files.set(name, { content: await readFile(path.join(ROOT, from)), isProgram: false });
  };
  for (const name of ["LICENSE", "README.md", "templates.json"]) await take(name);
  await take("icon.png", "scripts/bundle/icon.png");
  for (const folder of ["dist", "db/migrations"]) {
    for (const name of await readdir(path.join(ROOT, folder))) {
      if (name !== "demo.js") await take(`${folder}/${name}`);
    }
  }
  return files;
}
