import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { parser } from "typescript-eslint";
import { describe, expect, test } from "vitest";
import { layers, walls } from "../../scripts/walls/rule.js";

// Each file of wrong/walls says in its first line as which file it is linted. In the others it imports,
// one a line, what its layer may not; the comment of a line names the layer or package that it is of.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PLANTS = new URL("wrong/walls/", import.meta.url);

const eslint = new ESLint({
  cwd: ROOT,
  overrideConfigFile: true,
  overrideConfig: {
    files: ["**/*.ts"],
    languageOptions: { parser },
    plugins: { house: walls },
    rules: { "house/walls": "error" },
  },
});

const walled = layers.filter(({ mayUse }) => !mayUse.includes("*"));
const packages = [...new Set(layers.flatMap((layer) => layer.packages ?? []))];

describe.each(walled)('the walls of "$name"', (layer) => {
  const file = `${layer.name.replace(/[^a-z]+/g, "_")}.ts`;
  const forbidden = [
    ...layers.filter((other) => other !== layer && !layer.mayUse.includes(other.name)),
    ...packages.filter((name) => !layer.packages?.includes(name)).map((name) => ({ name })),
  ].map(({ name }) => name);

  test("each has a planted import", () => {
    expect(plants(file).map(({ of }) => of)).toEqual(forbidden);
  });

  test("each planted import is refused", async () => {
    const refused = await findings(file);
    const of = `"${layer.name}"`;
    expect(refused).toEqual(
      plants(file).map(({ line, of: target }) => ({
        line,
        message: packages.includes(target)
          ? expect.stringContaining(`${of} may not import ${target};`)
          : expect.stringMatching(new RegExp(`${of} may use .*, not "${target}"\\.$`)),
      })),
    );
  });
});

test("there are no plants of layers that are gone", () => {
  expect(readdirSync(PLANTS)).toHaveLength(walled.length + 1);
});

test("what the table allows is not refused", async () => {
  expect(await findings("right.ts")).toEqual([]);
});

function plants(file: string): { line: number; of: string }[] {
  return linesOf(file).flatMap((text, index) => {
    const of = index === 0 ? undefined : /; \/\/ (.+)$/.exec(text)?.[1];
    return of === undefined ? [] : [{ line: index + 1, of }];
  });
}

function linesOf(file: string): string[] {
  return readFileSync(new URL(file, PLANTS), "utf8").split("\n");
}

async function findings(file: string): Promise<{ line: number; message: string }[]> {
  const lines = linesOf(file);
  const as = /^\/\/ as (.+)$/.exec(lines[0] ?? "")?.[1] ?? "";
  const [result] = await eslint.lintText(lines.join("\n"), { filePath: path.join(ROOT, as) });
  return (result?.messages ?? []).map(({ line, message }) => ({ line, message }));
}
