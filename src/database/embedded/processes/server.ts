import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Access, readAccess } from "../folder/access.ts";
import { handleOf, reasonIn } from "./cluster.ts";
import { removeWay, safeWayTo, wayTo } from "./endpoint.ts";
import { diskFull, EmbeddedDatabaseError, saysDiskFull } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import { type Owner, runAs } from "../folder/owner.ts";
import { isServer, livePostmaster, serverName } from "./processes.ts";
import { detachedStdio, plainEnvironment, program, run } from "./programs.ts";
import { findPackage } from "./package.ts";
import { startSettings } from "./settings.ts";
import { listens } from "./socket.ts";
import { startWatcher } from "./watcher.ts";

/** Milliseconds for a server to listen after its start, or to be gone after the order to stop. */
const LIMIT = 60_000;
/** How pg_ctl is told to wait for that. */
const WAITING = ["-w", "-t", String(LIMIT / 1000)];
/** Bytes of log above which a start sets it aside, and an attachment empties it. */
const LOG_KEPT = 1024 * 1024;
const LOG_MOST = 4 * LOG_KEPT;

/**
 * Starts the server, detached from this process in every way, and waits until it listens.
 * @returns false if it gave way to another server or to the rest of a killed one: look again
 * @throws EmbeddedDatabaseError with PostgreSQL's reason if it does not start
 */
export async function launch(
  folder: Folder,
  bin: string,
  owner: Owner,
  access: Access,
): Promise<boolean> {
  const before = await setLogAside(folder);
  const settings = startSettings(await serverName(folder.cluster, access), access.port);
  const ended =
    process.platform === "win32"
      ? await launchOnWindows(folder, bin, settings)
      : await launchOnUnix(folder, bin, owner, settings);
  const end = Date.now() + LIMIT;
  while (Date.now() < end) {
    if (ended() !== null) return explainEnd(folder, before, ended() ?? "");
    if (await listens(wayTo(folder, access))) {
      const server = await livePostmaster(folder.cluster, access);
      if (server !== null) await startWatcher(folder, server);
      return true;
    }
    await pause(10);
  }
  throw new EmbeddedDatabaseError(
    `The database in ${folder.root} was started but does not answer. Its log ${folder.log} may say why.`,
  );
}

/**
 * Stops the server, whoever uses it, and waits until it is gone.
 * @throws EmbeddedDatabaseError if it runs out of reach, or is not gone in time
 */
export async function shutDown(folder: Folder, access: Access): Promise<void> {
  const pid = await livePostmaster(folder.cluster, access);
  if (pid === null) {
    const connection = await safeWayTo(folder, access);
    if (connection === null || !(await listens(connection))) return;
    throw new EmbeddedDatabaseError(
      `The database in ${folder.root} is run by another container or machine. Stop it there.`,
    );
  }
  // While the server is there nobody starts another, whose way this could be.
  await removeWay(folder, (await readAccess(folder.cluster)) ?? access);
  await rm(folder.users, { recursive: true, force: true });
  if (process.platform === "win32") {
    await stopOnWindows(folder);
  } else {
    // SIGINT is PostgreSQL's fast shutdown: users are cut off, everything is saved.
    process.kill(pid, "SIGINT");
  }
  const end = Date.now() + LIMIT;
  while (await isServer(pid, folder.cluster, access)) {
    if (Date.now() > end) {
      throw new EmbeddedDatabaseError(
        `The database in ${folder.root} was told to stop but has not done so within a minute. Its log ${folder.log} may say why.`,
      );
    }
    await pause(10);
  }
}

/** Keeps a long-lived server's log bounded; the server appends, so it writes on at the start. */
export async function boundLog(folder: Folder): Promise<void> {
  const { size } = await stat(folder.log).catch(() => ({ size: 0 }));
  if (size <= LOG_MOST) return;
  const log = await openLog(folder, constants.O_WRONLY).catch(() => null);
  await log?.truncate().catch(() => undefined);
  await log?.close();
}

/** Opens the log itself, and nothing that a link in its place leads to. */
function openLog(folder: Folder, flags: number): Promise<FileHandle> {
  // Windows knows no such flag, and lets nobody make a link without asking.
  const { O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  return open(folder.log, flags | O_NOFOLLOW, 0o600);
}

/** Returns how many bytes of log were there before. */
async function setLogAside(folder: Folder): Promise<number> {
  const { size } = await stat(folder.log).catch(() => ({ size: 0 }));
  if (size <= LOG_KEPT) return size;
  await rename(folder.log, `${folder.log}.old`);
  return 0;
}

/** Gives a function that says how the server's process ended, or null while it runs. */
async function launchOnUnix(
  folder: Folder,
  bin: string,
  owner: Owner,
  settings: string[],
): Promise<() => string | null> {
  const args = ["-D", handleOf(folder.cluster, owner), ...settings];
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const log = await openLog(folder, O_WRONLY | O_APPEND | O_CREAT);
  let ended: string | null = null;
  try {
    const child = spawn(program(bin, "postgres"), args, {
      cwd: folder.cluster,
      env: plainEnvironment(),
      detached: true,
      stdio: await detachedStdio(log.fd),
      ...runAs(owner),
    });
    child.once("error", (error: NodeJS.ErrnoException) => (ended ??= error.code ?? error.message));
    child.once("exit", (status, signal) => (ended ??= signal ?? `status ${String(status)}`));
    child.unref();
  } finally {
    await log.close();
  }
  return () => ended;
}

/** As launchOnUnix; pg_ctl also lays down an administrator's rights, which PostgreSQL refuses. */
async function launchOnWindows(
  folder: Folder,
  bin: string,
  settings: string[],
): Promise<() => string | null> {
  const args = ["start", "-D", folder.cluster, "-l", folder.log, "-o", settings.join(" ")];
  const status = await new Promise<string>((resolve) => {
    const child = spawn(program(bin, "pg_ctl"), [...args, ...WAITING], {
      cwd: folder.root,
      env: plainEnvironment(),
      // The server inherits what pg_ctl has: nothing of ours.
      stdio: "ignore",
      windowsHide: true,
    });
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code) => resolve(code === 0 ? "" : `status ${String(code)}`));
  });
  return () => (status === "" ? null : status);
}

async function stopOnWindows(folder: Folder): Promise<void> {
  const { root } = await findPackage();
  const pgCtl = program(`${root}\\native\\bin`, "pg_ctl");
  const args = ["stop", "-D", folder.cluster, "-m", "fast", ...WAITING];
  await run(pgCtl, args, { timeout: 2 * LIMIT });
}

/** What PostgreSQL says where another server is there, or the rest of a killed one. */
const IN_THE_WAY =
  /lock file ".*" already exists|pre-existing shared memory|could not bind|Address already in use/;

/** Reads in the log why a server ended right after its start. */
async function explainEnd(folder: Folder, before: number, ended: string): Promise<boolean> {
  // Somebody, or the system for want of memory, killed it: a matter of trying again.
  if (ended === "SIGKILL") return false;
  const text = await readLog(folder, before);
  if (IN_THE_WAY.test(text)) return false;
  if (saysDiskFull(text)) throw new EmbeddedDatabaseError(diskFull(folder.root));
  const reason = reasonIn(text) ?? text.trim().split("\n").at(-1) ?? "";
  throw new EmbeddedDatabaseError(
    `The database in ${folder.root} does not start: ${reason === "" ? ended : reason}. Nothing was changed; its log is ${folder.log}.`,
  );
}

async function readLog(folder: Folder, from: number): Promise<string> {
  const handle = await openLog(folder, constants.O_RDONLY).catch(() => null);
  if (handle === null) return "";
  try {
    const buffer = Buffer.alloc(64 * 1024);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
