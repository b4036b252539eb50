import { spawn } from "node:child_process";
import { ENTRY } from "./entry.ts";

/** Claude Code did not do as it was told. Its own words are left out, as they may repeat a key. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** Milliseconds that Claude Code may take to change its settings. */
const PATIENCE = 60_000;

/**
 * Has Claude Code itself take our entry out, as a running one writes its file anew now and then.
 *
 * @param program full path of `claude`
 * @throws CommandFailed
 */
export async function removeByCommand(program: string): Promise<void> {
  await run(program, ["mcp", "remove", ENTRY, "--scope", "user"]);
}

/**
 * Has Claude Code itself add our entry; it replaces none of that name. The entry goes by a pipe, as any
 * program here can read what a command is given beside its name, and an entry may hold a key.
 *
 * @throws CommandFailed
 */
export async function addByCommand(program: string, entry: Record<string, unknown>): Promise<void> {
  await run(program, ["mcp", "add-json", ENTRY, "-", "--scope", "user"], JSON.stringify(entry));
}

async function run(program: string, parameters: string[], input = ""): Promise<void> {
  const child = spawn(program, parameters, {
    stdio: ["pipe", "ignore", "ignore"],
    timeout: PATIENCE,
    windowsHide: true,
  });
  const end = await new Promise<number | string | null>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? "it cannot be run"),
    );
    child.once("close", resolve);
    // It may end without having read.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
  if (end !== 0) {
    const words = parameters.slice(0, 2).join(" ");
    throw new CommandFailed(`\`claude ${words}\` failed (${String(end)})`);
  }
}
