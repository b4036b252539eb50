import { randomBytes } from "node:crypto";
import { chmod, copyFile, lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { rename, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EmbeddedDatabaseError, hasCode, instead } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import type { Owner } from "../folder/owner.ts";
import { type Package, whyNotRunning } from "./package.ts";
import { program, run } from "./programs.ts";

interface Symlink {
  source: string;
  target: string;
}

/**
 * Gives the folder of PostgreSQL's programs, in a state in which the owner can run them: the
 * package's own where possible, else a copy of it.
 * @throws EmbeddedDatabaseError if they do not run on this machine at all
 */
export async function runnablePrograms(
  pack: Package,
  folder: Folder,
  owner: Owner,
): Promise<string> {
  const links = await readLinks(pack);
  const original = path.join(pack.root, "native", "bin");
  if ((await mendLinks(pack.root, links)) && (await runs(original, owner)) === null) {
    return original;
  }
  const home = await homeForCopies(folder, owner);
  const copy = path.join(home, `${process.platform}-${process.arch}-${pack.version}`);
  if (!(await isCopy(pack, links, copy))) await makeCopy(pack, links, copy);
  const complaint = await runs(path.join(copy, "native", "bin"), owner);
  if (complaint === null) return path.join(copy, "native", "bin");
  throw new EmbeddedDatabaseError(whyNotRunning(complaint));
}

/**
 * Why PostgreSQL's programs cannot run on this machine, as a sentence; null where they can, as far as can be
 * told without mending or copying them, which their first start does. Changes nothing.
 * @throws EmbeddedDatabaseError if they are not installed
 */
export async function obstacleToPrograms(pack: Package): Promise<string | null> {
  for (const { target } of await readLinks(pack)) {
    const there = await lstat(path.join(pack.root, target)).catch(() => null);
    if (there === null) return null;
  }
  const complaint = await runs(path.join(pack.root, "native", "bin"), {});
  return complaint === null || complaint.endsWith("EACCES") ? null : whyNotRunning(complaint);
}

/**
 * Makes the package's missing links to its libraries, which its install script should have made.
 * False where they are missing and the folder cannot be written.
 */
async function mendLinks(root: string, links: Symlink[]): Promise<boolean> {
  try {
    for (const { source, target } of links) {
      const file = path.join(root, target);
      const there = await lstat(file).catch(() => null);
      if (there !== null) continue;
      const goal = path.relative(path.dirname(target), source);
      // Another process may mend at the same time.
      await symlink(goal, file).catch(instead(undefined, "EEXIST"));
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT")) return false;
    throw error;
  }
}

async function readLinks(pack: Package): Promise<Symlink[]> {
  const file = path.join(pack.root, "native", "pg-symlinks.json");
  return JSON.parse(await readFile(file, "utf8").catch(instead("[]", "ENOENT"))) as Symlink[];
}

/** Tries the programs as the owner; null if they run, else the reason in a few words. */
async function runs(bin: string, owner: Owner): Promise<string | null> {
  for (const name of ["postgres", "initdb"]) {
    const outcome = await run(program(bin, name), ["-V"], { owner, timeout: 60_000 });
    if (outcome.status === 0) continue;
    const [line] = outcome.output.trim().split("\n");
    return `${name}: ${outcome.failure ?? (line || `status ${String(outcome.status)}`)}`;
  }
  return null;
}

/**
 * Where copies go: the data folder, or, for root, a place that another user can reach and only
 * root can write.
 */
async function homeForCopies(folder: Folder, owner: Owner): Promise<string> {
  if (owner.switchTo === undefined) {
    await mkdir(folder.runtimes, { recursive: true, mode: 0o700 });
    return folder.runtimes;
  }
  for (const place of ["/var/cache", "/var/tmp", tmpdir()]) {
    const home = path.join(place, "event-outreach");
    try {
      await mkdir(home, { mode: 0o755 }).catch(instead(undefined, "EEXIST"));
      const { uid, mode } = await lstat(home);
      // In a folder that anybody can write, somebody else may have put one of that name.
      if (uid !== 0 || (mode & 0o170022) !== 0o040000) continue;
      await chmod(home, 0o755);
      return home;
    } catch (error) {
      if (!hasCode(error, "ENOENT", "EACCES", "EPERM", "EROFS", "ENOTDIR")) throw error;
    }
  }
  throw new EmbeddedDatabaseError(
    "There is no folder into which PostgreSQL's programs can be copied for an unprivileged user to run. Run the program as an ordinary user, or set DATABASE_URL.",
  );
}

/** Whether a copy is whole: a power cut or a cleaner of old files may have harmed it. */
async function isCopy(pack: Package, links: Symlink[], copy: string): Promise<boolean> {
  try {
    for (const name of await filesToCopy(pack.root)) {
      const [wanted, found] = await Promise.all(
        [pack.root, copy].map((root) => stat(path.join(root, name))),
      );
      if (wanted?.size !== found?.size) return false;
    }
    for (const { target } of links) await stat(path.join(copy, target));
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function makeCopy(pack: Package, links: Symlink[], copy: string): Promise<void> {
  const mark = randomBytes(6).toString("hex");
  const draft = `${copy}.new-${mark}`;
  const old = `${copy}.old-${mark}`;
  try {
    for (const name of await filesToCopy(pack.root)) {
      const target = path.join(draft, name);
      await mkdir(path.dirname(target), { recursive: true });
      await copyFile(path.join(pack.root, name), target);
    }
    // Open to every reader, whatever this process's umask says.
    for (const name of ["", ...(await readdir(draft, { recursive: true }))]) {
      await chmod(path.join(draft, name), 0o755);
    }
    await mendLinks(draft, links);
    // A harmed copy makes way; a server that runs from it keeps the files it has open.
    await rename(copy, old).catch(instead(undefined, "ENOENT"));
    // Another process may have made the same copy meanwhile.
    await rename(draft, copy).catch(instead(undefined, "ENOTEMPTY", "EEXIST", "EPERM"));
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Everything a server needs of the package, without what only compilers do. */
async function filesToCopy(root: string): Promise<string[]> {
  const entries = await readdir(path.join(root, "native"), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile() && !/\.(a|lib|pdb|pc|h)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
