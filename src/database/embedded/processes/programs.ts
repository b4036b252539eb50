import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Owner, runAs } from "../folder/owner.ts";

/** How a short-lived program ended. `failure` is the system's code when it could not be run. */
export interface Outcome {
  status: number | null;
  output: string;
  failure?: string;
}

const KEPT =
  /^(PATH|PATHEXT|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|TEMP|TMP|TMPDIR|USERPROFILE|LOCALAPPDATA|LD_LIBRARY_PATH)$/i;

/** Linux's flag of a descriptor that a started program does not get. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * The environment of PostgreSQL's programs: what the system needs and nothing else, since the
 * server outlives us and its environment (API keys, PG* variables) would be read by others.
 */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    // A desktop host runs us in a program of its own, which is Node for those who ask for it.
    ...(process.versions.electron !== undefined && { ELECTRON_RUN_AS_NODE: "1" }),
  };
}

/** The path of a PostgreSQL program in a folder, with the platform's ending. */
export function program(folder: string, name: string): string {
  return path.join(folder, process.platform === "win32" ? `${name}.exe` : name);
}

/**
 * Descriptors for a process that outlives us: nothing to read, everything written goes to `log` or nowhere.
 * Node keeps its own descriptors to itself; those that a careless host left open to us beyond the
 * first few would be passed on, and keep a pipe of the host open for as long as the server lives.
 */
export async function detachedStdio(log: number | "ignore"): Promise<("ignore" | number)[]> {
  const stdio: ("ignore" | number)[] = ["ignore", log, log];
  for (const name of await readdir("/proc/self/fd").catch(() => [])) {
    const descriptor = Number(name);
    if (descriptor <= 2 || descriptor > 1023) continue;
    const info = await readFile(`/proc/self/fdinfo/${name}`, "utf8").catch(() => "");
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? "", 8);
    if (Number.isNaN(flags) || (flags & CLOSE_ON_EXEC) !== 0) continue;
    while (stdio.length <= descriptor) stdio.push("ignore");
    stdio[descriptor] = log;
  }
  return stdio;
}

/**
 * Runs a program to its end and gathers what it writes; never throws. A Ctrl-C in the terminal does not
 * reach it: PostgreSQL would take it for the order to leave out a statement.
 * @param options.timeout milliseconds after which it is killed
 */
export function run(
  file: string,
  args: string[],
  options: { owner?: Owner; cwd?: string; input?: string; timeout: number },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (status: number | null, failure?: string): void => {
      const output = Buffer.concat(chunks).toString("utf8");
      resolve(failure === undefined ? { status, output } : { status, output, failure });
    };
    try {
      const child = spawn(file, args, {
        cwd: options.cwd ?? path.parse(file).root,
        env: plainEnvironment(),
        stdio: ["pipe", "pipe", "pipe"],
        timeout: options.timeout,
        killSignal: "SIGKILL",
        windowsHide: true,
        detached: process.platform !== "win32",
        ...runAs(options.owner ?? {}),
      });
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.on("error", (error: NodeJS.ErrnoException) => done(null, error.code ?? "UNKNOWN"));
      child.on("close", (status) => done(status));
      // A program that ends before it reads its input is judged by its status.
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.input ?? "");
    } catch (error) {
      done(null, (error as NodeJS.ErrnoException).code ?? "UNKNOWN");
    }
  });
}
