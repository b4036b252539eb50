import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { connectionOptions } from "../../../src/database/address.ts";
import {
  attachEmbedded,
  type EmbeddedConnection,
  type EmbeddedLease,
  stopEmbedded,
} from "../../../src/database/embedded/index.ts";
import { migrateDatabase } from "../../../src/database/migrate.ts";
import type { TestClient } from "../../../workbench/client.ts";
import { isRunning, memory, serverOf } from "../../embedded/helpers.ts";

/** A migrated PostgreSQL of a test's own that may be killed; its user is no superuser. */
export interface OwnServer {
  url: string;
  connection: EmbeddedConnection;
  dataDirectory: string;
  /** New connections, one unless told; close them before the database is killed. */
  open(most?: number): postgres.Sql;
  /** Kills it with SIGKILL: the main process alone, or every process of it, and others beside it. */
  kill(all?: boolean, beside?: readonly number[]): Promise<void>;
  /** Starts it again after it was killed, or waits until somebody has. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL in a new folder below `place`, which is removed at `stop`. */
export async function startOwnServer(place = memory): Promise<OwnServer> {
  const folder = await mkdtemp(path.join(place, "event-outreach-faults-"));
  const dataDirectory = path.join(folder, "data");
  let lease: EmbeddedLease = await attachEmbedded({ dataDirectory });
  const { url, connection } = lease;
  await migrateDatabase({ url });
  return {
    url,
    connection,
    dataDirectory,
    open: (most = 1) => postgres({ ...connectionOptions(url), max: most }),
    kill: (all = false, beside = []) => killServer(dataDirectory, all, beside),
    start: async () => {
      await lease.release().catch(() => undefined);
      lease = await attachEmbedded({ dataDirectory });
    },
    stop: async () => {
      await lease.release().catch(() => undefined);
      await stopEmbedded({ dataDirectory, force: true });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Kills a server with SIGKILL; one that ended by itself is a fault, and its last words say which. */
export function killClient(client: TestClient): void {
  try {
    process.kill(client.pid, "SIGKILL");
  } catch (error) {
    throw new Error(`a server ended by itself: ${client.stderr()}`, { cause: error });
  }
}

/** Kills the PostgreSQL of a data folder with SIGKILL and waits until its main process is gone. */
export async function killServer(
  dataDirectory: string,
  all: boolean,
  beside: readonly number[] = [],
): Promise<void> {
  const main = await serverOf(dataDirectory);
  const others = all ? await childrenOf(main) : [];
  for (const pid of [main, ...others, ...beside]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  while (await isRunning(main)) await pause(5);
}

async function childrenOf(parent: number): Promise<number[]> {
  if (!existsSync("/proc/self/stat")) return [];
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    // The name in brackets may hold spaces; the parent is the second field after it.
    if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent) {
      found.push(Number(name));
    }
  }
  return found;
}
