import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { connectProgram, type BareClient } from "./bare_client.ts";
import type { Ground } from "./ground.ts";

/** A server of other hands, as npm has it. */
export interface Peer {
  name: string;
  version: string;
  /** The file that Node.js runs, within the package. */
  file: string;
}

/** Passes SQL on to a database. */
export const DBHUB: Peer = { name: "@bytebase/dbhub", version: "1.4.0", file: "dist/index.js" };
/** Remembers entities and what relates them, in a file. */
export const SERVER_MEMORY: Peer = {
  name: "@modelcontextprotocol/server-memory",
  version: "2026.8.31",
  file: "dist/index.js",
};

const installed = new Map<string, Promise<boolean>>();

/**
 * Installs a peer below the run's temporary folder, once a run.
 *
 * @returns its program; null, with a word on the console, where it cannot be had
 */
export async function programOf(ground: Ground, peer: Peer): Promise<string | null> {
  const folder = path.join(ground.folder, path.basename(peer.name));
  const there = installed.get(folder) ?? install(folder, peer);
  installed.set(folder, there);
  if (!(await there)) {
    console.log(`${peer.name} is left out: npm could not install it.`);
    return null;
  }
  return path.join(folder, "node_modules", peer.name, peer.file);
}

/** Starts dbhub on a database; null where it cannot be had. */
export async function connectDbhub(ground: Ground, url: string): Promise<BareClient | null> {
  const program = await programOf(ground, DBHUB);
  return program === null ? null : connectProgram([program, "--transport=stdio", `--dsn=${url}`]);
}

async function install(folder: string, { name, version }: Peer): Promise<boolean> {
  await mkdir(folder);
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const child = spawn("npm", ["install", "--prefix", folder, ...options, `${name}@${version}`], {
    stdio: "ignore",
    shell: process.platform === "win32",
  });
  const [code] = (await once(child, "exit").catch(() => [1])) as [number | null];
  return code === 0;
}
