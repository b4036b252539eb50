import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a program said and how it ended. */
interface Ran {
  code: number | null;
  output: string;
  errors: string;
}

/** A program of a package, as npm installs it, in a folder of its own with an empty home beside it. */
export interface Installed {
  home: string;
  /** The folder of the program. */
  bin: string;
  run: (parameters: string[]) => Promise<Ran>;
  remove: () => void;
}

/** Installs `name@version` of npm's registry; takes some ten seconds. */
export function installed(spec: string, program: string): Installed {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), "event-outreach-client-"));
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", spec], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const home = mkdtempSync(path.join(realpathSync(tmpdir()), "event-outreach-home-"));
  const bin = path.join(folder, "node_modules", ".bin");
  return {
    home,
    bin,
    run: (parameters) =>
      run(path.join(bin, program), parameters, { cwd: home, env: environment(home) }),
    remove: () => {
      for (const place of [folder, home]) rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Of an empty home: node and npm on the path, and nothing that is told home. */
export function environment(home: string) {
  return {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}`,
    HOME: home,
    USERPROFILE: home,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
  };
}

/** Runs a program to its end. */
export async function run(
  program: string,
  parameters: string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Ran> {
  const child = spawn(program, parameters, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output, errors };
}
