import { mkdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/**
 * The folder into which this person's programs download: on Linux the one that their desktop names, else
 * `Downloads` in their own, which is made if need be.
 */
export function downloads(): string {
  const home = homedir();
  const named = process.platform === "linux" ? namedByDesktop(home) : undefined;
  if (named !== undefined && isFolder(named)) return named;
  const usual = path.join(home, "Downloads");
  try {
    if (isFolder(home)) mkdirSync(usual, { recursive: true });
  } catch {
    // What is written there says why it cannot be.
  }
  return usual;
}

/** `XDG_DOWNLOAD_DIR`; a desktop names the person's own folder where there is none for downloads. */
function namedByDesktop(home: string): string | undefined {
  const settings = process.env["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  const line = /^\s*XDG_DOWNLOAD_DIR="(.*)"\s*$/mu.exec(
    textOf(path.join(settings, "user-dirs.dirs")),
  );
  const folder = line?.[1]?.replace(/^\$HOME(?=$|\/)/u, () => home).replace(/\\(.)/gu, "$1");
  if (folder === undefined || !path.isAbsolute(folder)) return undefined;
  return path.resolve(folder) === path.resolve(home) ? undefined : folder;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
