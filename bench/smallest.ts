import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Bundles the smallest server with the options that ours are built with, but leaves nothing of the SDK out.
 *
 * @returns the path of the bundle
 */
export async function buildSmallest(folder: string): Promise<string> {
  const outfile = path.join(folder, "smallest.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../workbench/smallest_server.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return outfile;
}
