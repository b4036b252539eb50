import { spawn } from "node:child_process";
import { ENTRY, variablesOf } from "./entry.ts";

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
 * Has Claude Code itself add our entry; it replaces none of that name.
 *
 * @throws CommandFailed
 */
export async function addByCommand(program: string, entry: Record<string, unknown>): Promise<void> {
  const variables = Object.entries(variablesOf(entry));
  await run(program, [
    "mcp",
    "add",
    ENTRY,
    "--scope",
    "user",
    ...variables.flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    "--",
    String(entry.command),
    ...(entry.args as string[]),
  ]);
}

async function run(program: string, parameters: string[]): Promise<void> {
  const child = spawn(program, parameters, {
    stdio: "ignore",
    timeout: PATIENCE,
    windowsHide: true,
  });
  const end = await new Promise<number | string | null>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? "it cannot be run"),
    );
    child.once("close", resolve);
  });
  if (end !== 0) {
    const words = parameters.slice(0, 2).join(" ");
    throw new CommandFailed(`\`claude ${words}\` failed (${String(end)})`);
  }
}
