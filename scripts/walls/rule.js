import { readFileSync } from "node:fs";
import { posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @type {readonly import("./rule.js").Layer[]} */
export const layers = JSON.parse(readFileSync(new URL("layers.json", import.meta.url), "utf8"));

const places = layers.flatMap((layer) =>
  layer.where.map((glob) => ({ layer, glob, pattern: patternOf(glob) })),
);

/** Packages that only those layers may import which name them. */
const guarded = [...new Set(layers.flatMap(({ packages = [] }) => packages))];

/** @param {string} glob */
function patternOf(glob) {
  const pattern = glob
    .replace(/[.+^$()|[\]\\]/g, "\\$&")
    .replace(/\*\*\/|\*\*|\*/g, (star) =>
      star === "**/" ? "(?:.*/)?" : star === "**" ? ".*" : "[^/]*",
    );
  return new RegExp(`^${pattern}$`);
}

/**
 * The layer of a file: of the globs that match it, the longest says most about it.
 *
 * @param {string} file path from the root of the project, with slashes
 */
function layerOf(file) {
  return places
    .filter(({ pattern }) => pattern.test(file))
    .sort((a, b) => b.glob.length - a.glob.length)[0]?.layer;
}

/**
 * Why an import is refused; undefined where it is not.
 *
 * @param {string} file the importing file, from the root of the project
 * @param {string} specifier
 */
function objection(file, specifier) {
  const from = layerOf(file);
  if (!from || from.mayUse.includes("*")) return undefined;
  if (!specifier.startsWith(".")) {
    const wall = guarded.find((name) => specifier === name || specifier.startsWith(name));
    return wall === undefined || from.packages?.includes(wall)
      ? undefined
      : `The layer "${from.name}" may not import ${wall}; layers.json names those that may.`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  const to = layerOf(target);
  if (to === from || (to && from.mayUse.includes(to.name))) return undefined;
  if (!to && !/^(?:src|demo|stand_in|workbench|bench|evals|scripts|tests)\//.test(target))
    return undefined;
  const may = from.mayUse.length === 0 ? "nothing of ours" : from.mayUse.join(", ");
  return `Against the direction of dependencies: "${from.name}" may use ${may}, not ${to ? `"${to.name}"` : target}.`;
}

/** Refuses imports that the table of layers does not allow, of types too. */
export const walls = {
  rules: {
    walls: {
      meta: { type: "problem", schema: [] },
      create(context) {
        const file = relative(root, context.filename).split(sep).join("/");
        const check = (source) => {
          if (typeof source?.value !== "string") return;
          const message = objection(file, source.value);
          if (message !== undefined) context.report({ node: source, message });
        };
        return {
          ImportDeclaration: ({ source }) => check(source),
          ExportNamedDeclaration: ({ source }) => check(source),
          ExportAllDeclaration: ({ source }) => check(source),
          ImportExpression: ({ source }) => check(source),
          TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
        };
      },
    },
  },
};
