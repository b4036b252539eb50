import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import manifest from "../package.json" with { type: "json" };
import registered from "../server.json" with { type: "json" };
import { bundleFor } from "./bundle/contents.ts";
import { type Platform, PLATFORMS } from "./bundle/manifest.ts";
import { whatIsOffered } from "./bundle/offered.ts";

// Writes the bundles for Claude Desktop into bundles/, those of the named systems or all, and beside them
// the entry for the MCP registry, which names their hashes. Build first.

const folder = new URL("../bundles/", import.meta.url);
const all = Object.keys(PLATFORMS) as Platform[];
const named = process.argv.slice(2);
const unknown = named.find((name) => !all.some((platform) => platform === name));
if (unknown !== undefined) throw new Error(`There is no ${unknown}; there are ${all.join(", ")}.`);

const releases = `${manifest.homepage.replace(/#.*$/u, "")}/releases/download/v${manifest.version}`;
const offered = await whatIsOffered();
await mkdir(folder, { recursive: true });
const packages: object[] = [...registered.packages];
for (const platform of all.filter((name) => named.length === 0 || named.includes(name))) {
  const name = `${manifest.name}-${manifest.version}-${platform}.mcpb`;
  const bytes = await bundleFor(platform, offered);
  await writeFile(new URL(name, folder), bytes);
  packages.push({
    registryType: "mcpb",
    identifier: `${releases}/${name}`,
    version: manifest.version,
    fileSha256: createHash("sha256").update(bytes).digest("hex"),
    transport: { type: "stdio" },
  });
  console.log(`${fileURLToPath(new URL(name, folder))} ${(bytes.length / 1e6).toFixed(1)} MB`);
}
await writeFile(
  new URL("server.json", folder),
  `${JSON.stringify({ ...registered, packages }, null, 2)}\n`,
);
