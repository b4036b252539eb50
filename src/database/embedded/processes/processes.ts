import { existsSync } from "node:fs";
import { readdir, readFile, stat, unlink } from "node:fs/promises";
import path from "node:path";
import type { Access } from "../folder/access.ts";
import { hasCode, instead } from "../errors.ts";
import { run } from "./programs.ts";

/** Whether a process of that number exists, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/** The cluster's running server process, or null. Its number in postmaster.pid may be stale. */
export async function livePostmaster(cluster: string, access: Access): Promise<number | null> {
  const pid = await pidIn(path.join(cluster, "postmaster.pid"));
  return typeof pid === "number" && (await isServer(pid, cluster, access)) ? pid : null;
}

/** Whether the process `pid` serves this cluster, and does not merely have a number that it once had. */
export async function isServer(pid: number, cluster: string, access: Access): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const place = await sameWorkingDirectory(pid, cluster);
  if (place !== null) return place;
  const command = await commandOf(pid);
  return command.includes(await serverName(cluster, access)) || command.includes(cluster);
}

/**
 * The name that a cluster's server has in the command lines of its processes. A copied folder has
 * the same id, but another inode.
 */
export async function serverName(cluster: string, access: Access): Promise<string> {
  const { ino } = await stat(cluster);
  return `${access.id}-${ino.toString(36)}`;
}

/**
 * Makes way for a new server: removes the lock files of one that was killed where PostgreSQL would
 * mistake another process for it. PostgreSQL itself removes those whose process is gone.
 * @returns false while processes of the old server are still there: wait, then ask again
 */
export async function clearWay(cluster: string, access: Access): Promise<boolean> {
  if ((await livePostmaster(cluster, access)) !== null) return false;
  if (await hasProcesses(cluster, access)) return false;
  for (const name of ["postmaster.pid", `.s.PGSQL.${String(access.port)}.lock`]) {
    const file = path.join(cluster, name);
    const pid = await pidIn(file);
    if (pid === null || (pid !== "garbage" && !isAlive(pid))) continue;
    if (pid !== "garbage" && (await isServer(pid, cluster, access))) return false;
    await unlink(file).catch(() => undefined);
  }
  return true;
}

/**
 * Whether a process still makes the cluster `id` in `folder`. Where that cannot be seen, a folder
 * counts as in use until nothing changed in it for `quiet` milliseconds.
 */
export async function isBeingMade(folder: string, id: string, quiet: number): Promise<boolean> {
  if (!existsSync("/proc/self/cwd")) {
    const parts = await Promise.all(
      [folder, path.join(folder, "data"), path.join(folder, "data", "global")].map((part) =>
        stat(part).catch(() => ({ mtimeMs: 0 })),
      ),
    );
    // What was changed at a time that is yet to come was so before the clock was set back.
    return Math.abs(Date.now() - Math.max(...parts.map(({ mtimeMs }) => mtimeMs))) < quiet;
  }
  return anyProcess(path.join(folder, "data"), id);
}

/** Whether any process of the cluster's server is left, such as one finishing after a crash. */
async function hasProcesses(cluster: string, access: Access): Promise<boolean> {
  if (process.platform === "win32") return false;
  const name = await serverName(cluster, access);
  if (!existsSync("/proc/self/cwd")) {
    const { output } = await run("/bin/ps", ["-axo", "command="], { timeout: 10_000 });
    return output.includes(`postgres: ${name}`);
  }
  return anyProcess(cluster, name);
}

/** Whether a process works in a folder or, where that cannot be seen, is called by a name. Linux only. */
async function anyProcess(folder: string, name: string): Promise<boolean> {
  const numbers = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(
    numbers.map(
      async (pid) =>
        (await sameWorkingDirectory(pid, folder)) ?? (await commandOf(pid)).includes(name),
    ),
  );
  return found.includes(true);
}

/** The process number on a lock file's first line; "garbage" where a crash left it empty. */
async function pidIn(file: string): Promise<number | "garbage" | null> {
  const text = await readFile(file, "utf8").catch(instead(null, "ENOENT"));
  if (text === null) return null;
  const pid = Math.abs(Number.parseInt(text, 10));
  return pid > 0 ? pid : "garbage";
}

/** Whether a process works in this very folder; null where the system does not tell. */
async function sameWorkingDirectory(pid: number, folder: string): Promise<boolean | null> {
  try {
    const [there, here] = await Promise.all([stat(`/proc/${String(pid)}/cwd`), stat(folder)]);
    return there.ino === here.ino && there.dev === here.dev;
  } catch (error) {
    // Root in a container may not look into other users' processes, but reads their command line.
    // Any other user sees all processes that can be in a private folder, which are its own.
    if (hasCode(error, "EACCES", "EPERM")) return process.getuid?.() === 0 ? null : false;
    return existsSync("/proc/self/cwd") ? false : null;
  }
}

/** A process's command line, empty for one that is gone or a zombie. */
async function commandOf(pid: number): Promise<string> {
  const number = String(pid);
  if (process.platform === "win32") {
    const script = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${number}').CommandLine`;
    const args = ["-NoProfile", "-NonInteractive", "-Command", script];
    return (await run("powershell.exe", args, { timeout: 20_000 })).output;
  }
  if (existsSync("/proc/self/cmdline")) {
    return readFile(`/proc/${number}/cmdline`, "utf8").catch(() => "");
  }
  return (await run("/bin/ps", ["-p", number, "-o", "command="], { timeout: 10_000 })).output;
}
