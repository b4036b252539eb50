import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A server under measurement and the least that talks to it: a line of JSON out, a line of JSON in. */
export interface BareClient {
  /**
   * Calls a tool; the facts it answers with, of its text where it gives them in no other form. Throws where
   * it answers an error.
   */
  ask(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Asks for the list of tools. */
  list(): Promise<void>;
  /** The tools as they are offered to a model. */
  tools(): Promise<readonly Record<string, unknown>[]>;
  pid: number;
  close(): Promise<void>;
}

interface Answer {
  id?: number;
  error?: { message: string };
  result?: {
    isError?: boolean;
    content?: { text: string }[];
    structuredContent?: Record<string, unknown>;
    tools?: Record<string, unknown>[];
  };
}

/** What every server under measurement finds in its environment, ours and others, beside its own. */
export const COMMON_ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
};

/**
 * Starts one of our servers and resolves once it has answered `initialize`.
 *
 * @param env beside {@link COMMON_ENVIRONMENT}
 * @param dist the folder of the built servers; this checkout's unless given
 */
export function connectBare(
  server: "outreach" | "import",
  env: Record<string, string> = {},
  dist: string = fileURLToPath(new URL("../dist", import.meta.url)),
): Promise<BareClient> {
  return connectProgram([path.join(dist, `${server}.js`)], { ...COMMON_ENVIRONMENT, ...env });
}

/**
 * As {@link connectBare}, for any server.
 *
 * @param program a file that Node.js runs, and its arguments
 * @param env the whole of its environment; {@link COMMON_ENVIRONMENT} unless given
 */
export async function connectProgram(
  program: readonly string[],
  env: NodeJS.ProcessEnv = COMMON_ENVIRONMENT,
): Promise<BareClient> {
  const child = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "ignore"], env });
  const waiting = new Map<number, Waiting>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.resolve(answer);
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values())
      reject(new Error(`The server ${path.basename(program[0]!)} ended.`));
  });
  let last = 0;
  const request = (method: string, params: object) =>
    new Promise<Answer>((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: last, method, params })}\n`);
    });
  await request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  return {
    ask: async (name, args) => {
      const { result, error } = await request("tools/call", { name, arguments: args });
      if (!result || result.isError) {
        throw new Error(
          `${name} was refused: ${error?.message ?? result?.content?.[0]?.text ?? ""}`,
        );
      }
      return (
        result.structuredContent ??
        (JSON.parse(result.content?.[0]?.text ?? "{}") as Record<string, unknown>)
      );
    },
    list: async () => {
      const { error } = await request("tools/list", {});
      if (error) throw new Error(`tools/list was refused: ${error.message}`);
    },
    tools: async () => (await request("tools/list", {})).result?.tools ?? [],
    pid: child.pid ?? 0,
    close: () => ended(child),
  };
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
