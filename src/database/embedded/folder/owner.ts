import { chown, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { EmbeddedDatabaseError, hasCode, instead } from "../errors.ts";
import type { Folder } from "./layout.ts";

/**
 * Who PostgreSQL runs as. `switchTo` is set when this process is root, whom PostgreSQL refuses to
 * run as, and names the user it runs as instead.
 */
export interface Owner {
  switchTo?: { uid: number; gid: number };
}

/**
 * Decides who runs the server of a data folder: this user, or, for root, whoever owns the cluster
 * (or else the folder it will be made in), or else an unprivileged user of the machine.
 * @throws EmbeddedDatabaseError if the cluster belongs to another user
 */
export async function ownerFor(folder: Folder): Promise<Owner> {
  const self = process.getuid?.();
  if (self === undefined) return {};
  const cluster = await holder(folder.cluster);
  if (self !== 0) {
    if (cluster === null || cluster.uid === self) return {};
    throw new EmbeddedDatabaseError(
      `The database in ${folder.root} belongs to another user of this machine. Choose another folder with OUTREACH_DATA_DIR.`,
    );
  }
  if (cluster !== null) {
    if (cluster.uid !== 0) return { switchTo: cluster };
    throw new EmbeddedDatabaseError(
      `The database in ${folder.cluster} belongs to root, as whom PostgreSQL refuses to run. Give the folder back to the user who made it (chown -R).`,
    );
  }
  const users = await namedUsers();
  const surrounding = await nearestHolder(folder.root);
  // initdb insists on a user with a name; a folder of a nameless one (a container's volume) is
  // nobody's, then.
  if (surrounding.uid !== 0 && users.some((user) => user.uid === surrounding.uid)) {
    return { switchTo: surrounding };
  }
  const unprivileged = ["nobody", "daemon"]
    .map((name) => users.find((user) => user.name === name))
    .find((user) => user !== undefined);
  return { switchTo: unprivileged ?? { uid: 65534, gid: 65534 } };
}

/** Hands a file or folder that root made to the user PostgreSQL runs as. */
export async function giveTo(owner: Owner, file: string): Promise<void> {
  if (owner.switchTo === undefined) return;
  try {
    await chown(file, owner.switchTo.uid >>> 0, owner.switchTo.gid >>> 0);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EINVAL")) throw error;
    throw new EmbeddedDatabaseError(
      "PostgreSQL refuses to run as root, and this root may not act as another user. Run the program as an ordinary user, or set DATABASE_URL.",
      { cause: error },
    );
  }
}

/** The options that make a child process run as the owner. */
export function runAs(owner: Owner): { uid?: number; gid?: number } {
  if (owner.switchTo === undefined) return {};
  // The ids of nobody on macOS are negative ones, which Node takes as signed numbers only.
  return { uid: owner.switchTo.uid | 0, gid: owner.switchTo.gid | 0 };
}

async function holder(file: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(file).catch(instead(null, "ENOENT", "ENOTDIR"));
  return found && { uid: found.uid, gid: found.gid };
}

async function nearestHolder(folder: string): Promise<{ uid: number; gid: number }> {
  const found = await holder(folder);
  return found ?? nearestHolder(path.dirname(folder));
}

async function namedUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || !/^-?\d+$/.test(uid ?? "") || !/^-?\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}
