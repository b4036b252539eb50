import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { instead } from "../errors.ts";
import { giveTo, type Owner } from "./owner.ts";

/**
 * How to get into the database. Kept as outreach.json inside the cluster, so that a cluster and its
 * password appear together or not at all.
 */
export interface Access {
  /** Random name of this cluster, seen in the command line of its server. */
  id: string;
  user: string;
  password: string;
  database: string;
  port: number;
  /** A short way to the cluster folder where its own path does not do for a socket. */
  link?: string;
}

/** Names the access file within a cluster. */
function accessFile(cluster: string): string {
  return path.join(cluster, "outreach.json");
}

/** A new access with a random password of 192 bits. */
export function newAccess(): Access {
  return {
    id: `event-outreach-${randomBytes(8).toString("hex")}`,
    // Not the name of a schema: PostgreSQL would look there before it looks in public.
    user: "organiser",
    password: randomBytes(24).toString("base64url"),
    database: "outreach",
    port: 5432,
  };
}

/** Reads a cluster's access; null where there is none or it makes no sense. */
export async function readAccess(cluster: string): Promise<Access | null> {
  const text = await readFile(accessFile(cluster), "utf8").catch(
    instead(null, "ENOENT", "ENOTDIR"),
  );
  return text === null ? null : parseAccess(text);
}

/** Takes apart the text of an access file; null where it is damaged. */
function parseAccess(text: string): Access | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { id, user, password, database, port, link } = value as Record<string, unknown>;
  if (!isWord(id) || !isWord(user) || !isWord(password) || !isWord(database)) return null;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535) return null;
  const access: Access = { id, user, password, database, port };
  if (typeof link === "string") access.link = link;
  return access;
}

/** Writes a cluster's access so that a crash or a power cut leaves the old or the new one. */
export async function writeAccess(cluster: string, access: Access, owner: Owner): Promise<void> {
  const file = accessFile(cluster);
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await giveTo(owner, handle);
      await handle.writeFile(`${JSON.stringify(access)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(cluster);
}

/** Makes renames within a folder survive a power cut, where the platform can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]+$/.test(value);
}
