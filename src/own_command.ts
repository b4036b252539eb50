import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The command line's name where it is installed. */
const NAME = "event-outreach";

/**
 * A command of this program as it can be typed here: installed, `event-outreach migrate`; by npx,
 * `npx event-outreach migrate`; of a folder in which it lies, `node dist/cli.js migrate`, with the folder where
 * that is not the one to be in.
 *
 * @param here the folder of the built program, or of its sources
 * @param inTerminal whether it is typed in this process's folder, as after an answer of the command line
 */
export function ownCommand(
  words: string,
  here = path.dirname(fileURLToPath(import.meta.url)),
  inTerminal = path.basename(process.argv[1] ?? "") === "cli.js",
): string {
  return `${callOf(here, inTerminal)} ${words}`;
}

/** A command by its installed name, and where that is not how it is called here, as {@link ownCommand} says it. */
export function namedCommand(words: string): string {
  // Whoever reads a server's answer sits in another folder, even where this is the command line's `serve`.
  const [named, own] = [`${NAME} ${words}`, ownCommand(words, undefined, false)];
  return own === named ? `\`${named}\`` : `\`${named}\` (here: \`${own}\`)`;
}

function callOf(here: string, inTerminal: boolean): string {
  const folders = here.split(/[\\/]/u);
  if (folders.includes("_npx")) return `npx ${NAME}`;
  const file = [here, path.join(here, "..", "dist")]
    .map((folder) => path.join(folder, "cli.js"))
    .find((candidate) => existsSync(candidate));
  if (folders.includes("node_modules") || file === undefined) return NAME;
  const near = path.relative(process.cwd(), file);
  const isWithin = !near.startsWith("..") && !path.isAbsolute(near);
  return `node ${quoted(inTerminal && isWithin ? near : file)}`;
}

function quoted(file: string): string {
  return /\s/u.test(file) ? `"${file}"` : file;
}
