import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
/** How code asks which system it is on. */
const ASKS =
  /process\.(?:platform|getuid|versions\.electron)|"(?:win32|darwin)"|"\/proc\/|envPaths\(/u;

it("PLATFORMS.md lists every place that does something else on another system", () => {
  const asking = readdirSync(new URL("src", ROOT), { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && ASKS.test(readFileSync(new URL(name, ROOT), "utf8")));
  const rows = readFileSync(new URL("PLATFORMS.md", ROOT), "utf8").matchAll(
    /^\| `(src\/[^`]+)` /gmu,
  );
  expect([...rows].map(([, name]) => name).sort()).toEqual(asking.sort());
});
