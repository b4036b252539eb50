import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll } from "vitest";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const folders: string[] = [];

/** A new folder that is gone after the tests of a file. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-install-"));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** The variables by which this machine finds programs and reaches npm's registry. */
const REACHING =
  /^(?:path|node_extra_ca_certs|ssl_cert_file|https?_proxy|no_proxy|npm_config_(?:registry|cafile))$/iu;

/**
 * The environment of somebody who has nothing but Node and npm: an empty home, and of npm only the packages
 * that were fetched before, so that the registry is not asked for each again.
 */
export async function emptyHome(): Promise<Record<string, string>> {
  const home = await newFolder();
  const cache = await run("npm", ["config", "get", "cache"], ROOT, process.env);
  return {
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        value !== undefined && REACHING.test(name) ? [[name, value]] : [],
      ),
    ),
    HOME: home,
    USERPROFILE: home,
    npm_config_cache: cache.trim(),
    npm_config_update_notifier: "false",
  };
}

/** Runs a program to its end. @returns what it printed @throws with what it complained of */
export async function run(
  file: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd,
    env,
    maxBuffer: 1 << 26,
    timeout: 600_000,
  });
  return stdout;
}

/** The checkout as npm packs it. @returns the path of the tarball */
export async function packInto(folder: string): Promise<string> {
  const args = ["pack", "--silent", "--pack-destination", folder];
  const packed = await run("npm", args, ROOT, process.env);
  return path.join(folder, packed.trim().split("\n").at(-1) ?? "");
}

/** Connects to a server as a client starts it, and has it make an event in its bundled database. */
export async function makesAnEvent(
  command: string,
  args: string[],
  env: Record<string, string>,
  cwd: string,
): Promise<{ version: string | undefined; tools: string[]; prompts: string[]; text: string }> {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StdioClientTransport({ command, args, env, cwd, stderr: "ignore" });
  await client.connect(transport, { timeout: 120_000 });
  try {
    const { tools } = await client.listTools();
    const prompts = client.getServerCapabilities()?.prompts ? await client.listPrompts() : null;
    const { content } = await client.callTool(
      { name: "create_event", arguments: { name: "Data Day", event_date: "2027-03-14" } },
      { timeout: 120_000 },
    );
    return {
      version: client.getServerVersion()?.version,
      tools: tools.map(({ name }) => name),
      prompts: (prompts?.prompts ?? []).map(({ name }) => name),
      text: (content as { text?: string }[]).map(({ text }) => text).join("\n"),
    };
  } finally {
    await client.close();
  }
}
