import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

// Packs the plugin's skill as Claude Desktop takes it, into `bundles/` or the folder that is named: the same
// bytes for the same skill.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const NAME = "campaign-outreach";
/** The first day that a zip file can tell. */
const NO_TIME = new Date(1980, 0, 1, 12);

const skill = path.join(ROOT, "plugin", "skills", NAME);
const { version } = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8")) as {
  version: string;
};
const entries = await readdir(skill, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name))
  .sort();
const packed: Record<string, Uint8Array> = {};
for (const file of files) {
  const place = path.relative(skill, file).split(path.sep).join("/");
  packed[`${NAME}/${place}`] = await readFile(file);
}
const folder = path.resolve(process.argv[2] ?? path.join(ROOT, "bundles"));
await mkdir(folder, { recursive: true });
const made = path.join(folder, `${NAME}-${version}.zip`);
await writeFile(made, zipSync(packed, { mtime: NO_TIME }));
console.log(made);
