import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { EmbeddedDatabaseError, hasCode, instead } from "../errors.ts";
import type { Folder } from "./layout.ts";
import { namedUsers } from "./users.ts";

/**
 * Who PostgreSQL runs as. `switchTo` is set when this process is root, whom PostgreSQL refuses to
 * run as, and names the user it runs as instead.
 */
export interface Owner {
  switchTo?: { uid: number; gid: number };
}

/**
 * Whom root's server runs as, the first that the machine has. PostgreSQL's initdb insists on a user with a
 * name, so that an unused number, which would be nobody else's, does not do; a machine's owner may give it
 * a user of its own by that name.
 */
const OWN_USER = "event-outreach";
const SHARED_USERS = ["nobody", "daemon"];

/**
 * Decides who runs the server of a data folder: this user, or, for root, whoever owns the cluster,
 * or else an unprivileged user of the machine.
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
  const unprivileged = [OWN_USER, ...SHARED_USERS]
    .map((name) => users.find((user) => user.name === name))
    .find((user) => user !== undefined);
  return { switchTo: unprivileged ?? { uid: 65534, gid: 65534 } };
}

/** The user that root's server shares with other programs, who can read its password; else undefined. */
export async function sharedUser(folder: Folder): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = await holder(folder.cluster);
  const user = (await namedUsers()).find(({ uid }) => uid === cluster?.uid);
  return user !== undefined && SHARED_USERS.includes(user.name) ? user.name : undefined;
}

/**
 * Hands what root made to the user PostgreSQL runs as. By its descriptor and not by its name, in whose
 * place a link may have been put.
 */
export async function giveTo(owner: Owner, made: FileHandle): Promise<void> {
  if (owner.switchTo === undefined) return;
  try {
    await made.chown(owner.switchTo.uid >>> 0, owner.switchTo.gid >>> 0);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EINVAL")) throw error;
    throw new EmbeddedDatabaseError(
      "PostgreSQL refuses to run as root, and this root may not act as another user. Run the program as an ordinary user, or set DATABASE_URL.",
      { cause: error },
    );
  }
}

/** As giveTo, for a folder. */
export async function giveFolderTo(owner: Owner, folder: string): Promise<void> {
  if (owner.switchTo === undefined) return;
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const made = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await giveTo(owner, made);
  } finally {
    await made.close();
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
