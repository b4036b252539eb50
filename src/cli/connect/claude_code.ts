import { spawn } from "node:child_process";
import { Unreadable } from "./format.ts";
import { ENTRY, variablesOf } from "./entry.ts";

/** Milliseconds that Claude Code may take to change its settings. */
const PATIENCE = 60_000;

/**
 * Has Claude Code itself change its entry, as a running one writes its file anew now and then.
 *
 * @param program full path of `claude`
 * @param had there is an entry of our name, which it would not replace
 * @param entry null: only the removal
 * @throws Unreadable without its words, which may repeat a key
 */
export async function changeByCommand(
  program: string,
  had: boolean,
  entry: Record<string, unknown> | null,
): Promise<void> {
  if (had) await run(program, ["mcp", "remove", ENTRY, "--scope", "user"]);
  if (entry === null) return;
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
    throw new Unreadable(
      `was not changed: \`claude ${parameters.slice(0, 2).join(" ")}\` failed (${String(end)})`,
    );
  }
}
