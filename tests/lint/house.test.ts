import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["src", "demo", "stand_in", "workbench", "bench", "evals", "scripts"];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((name) => path.posix.join(folder, String(name).split(path.sep).join("/")))
    .filter((name) => /\.[jt]s$/.test(name)),
);

/** Files that a file imports, types and dynamic imports included. */
const imports = new Map(
  files.map((file) => [
    file,
    ts
      .preProcessFile(textOf(file), true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
      .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName)),
  ]),
);

test("no file imports itself by way of others", () => {
  expect(imports.size).toBeGreaterThan(200);
  expect(circles()).toEqual([]);
});

test("no folder has more than fifteen files", () => {
  const folders = files.map((file) => path.posix.dirname(file));
  const full = [...new Set(folders)]
    .map((folder) => ({ folder, files: folders.filter((other) => other === folder).length }))
    .filter((counted) => counted.files > 15);
  expect(full).toEqual([]);
});

test("no file of the product has more than 300 lines", () => {
  const long = files
    .filter((file) => file.startsWith("src/"))
    .map((file) => ({ file, lines: textOf(file).trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > 300);
  expect(long).toEqual([]);
});

/** The circles that a walk along the imports runs into, each as the way round. */
function circles(): string[] {
  const found: string[] = [];
  const left = new Set<string>();
  const way: string[] = [];
  const walk = (file: string) => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(" → "));
    } else if (!left.has(file)) {
      way.push(file);
      for (const target of imports.get(file) ?? []) walk(target);
      way.pop();
      left.add(file);
    }
  };
  for (const file of files) walk(file);
  return found;
}

function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}
