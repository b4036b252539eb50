import { spawn } from "node:child_process";
import { ENTRY } from "./entry.ts";

/** Milliseconds that Claude Code may take to change its settings. */
const PATIENCE = 60_000;

/**
 * Has Claude Code itself put our entry in place of the former one, or take it out, as a running one writes
 * its file anew now and then. The entry goes by a pipe: any program here can read what a command is given
 * beside its name, and an entry may hold a key.
 *
 * @param program full path of `claude`
 * @returns false where it did not, as one that is too old to read an entry from a pipe
 */
export async function changeByCommand(
  program: string,
  had: boolean,
  entry: Record<string, unknown> | null,
): Promise<boolean> {
  if (had && !(await run(program, ["mcp", "remove", ENTRY, "--scope", "user"]))) return false;
  if (entry === null) return true;
  return run(program, ["mcp", "add-json", ENTRY, "-", "--scope", "user"], JSON.stringify(entry));
}

/** @returns whether it ended well; its own words are left out, as they may repeat a key */
async function run(program: string, parameters: string[], input = ""): Promise<boolean> {
  const child = spawn(program, parameters, {
    stdio: ["pipe", "ignore", "ignore"],
    timeout: PATIENCE,
    windowsHide: true,
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
    // It may end without having read.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
