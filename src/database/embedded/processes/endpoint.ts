import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { lstat, mkdtemp, readFile, readlink, rmdir, symlink, unlink } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Access, writeAccess } from "../folder/access.ts";
import { EmbeddedDatabaseError, instead } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import type { Owner } from "../folder/owner.ts";
import { isAlive } from "./processes.ts";

/** Where and as whom to connect. */
export interface EmbeddedConnection extends Omit<Access, "id" | "link"> {
  /** The folder of the Unix socket, or 127.0.0.1. */
  host: string;
}

/** Bytes that a socket's path may have on every Unix. */
const LONGEST = 103;

/** Where a cluster's server listens if it runs, judged by what is written in its access file. */
export function wayTo(folder: Folder, access: Access): EmbeddedConnection {
  const { port, user, password, database, link } = access;
  const host =
    process.platform === "win32"
      ? "127.0.0.1"
      : isPlain(folder.cluster, port)
        ? folder.cluster
        : (link ?? folder.cluster);
  return { host, port, user, password, database };
}

/** As wayTo; null where the way is not to be trusted, as the password could reach a stranger. */
export async function safeWayTo(
  folder: Folder,
  access: Access,
): Promise<EmbeddedConnection | null> {
  const way = wayTo(folder, access);
  if (way.host === folder.cluster) return way;
  const safe =
    process.platform === "win32"
      ? await isOwnPort(folder, way.port)
      : await isOwnLink(folder, way.host);
  return safe ? way : null;
}

/**
 * Prepares a way to the server that is there or about to start: a short link where the socket's
 * own path does not do, a free port on Windows. Writes it down if it is a new one.
 */
export async function prepareWay(folder: Folder, access: Access, owner: Owner): Promise<Access> {
  const way = { ...access };
  if (process.platform === "win32") {
    if (await isOwnPort(folder, access.port)) return access;
    way.port = await freePort(access.port).catch(() => freePort());
    if (way.port === access.port) return access;
  } else {
    if (isPlain(folder.cluster, access.port)) return access;
    if (access.link !== undefined && (await isOwnLink(folder, access.link))) return access;
    way.link = await makeLink(folder, access.port);
  }
  await writeAccess(folder.cluster, way, owner);
  return way;
}

/** Removes the link of a stopped server from the temporary folder; the next start makes another. */
export async function removeWay(folder: Folder, access: Access): Promise<void> {
  if (access.link === undefined || !(await isOwnLink(folder, access.link))) return;
  await unlink(access.link).catch(instead(undefined, "ENOENT"));
  await rmdir(path.dirname(access.link)).catch(instead(undefined, "ENOENT", "ENOTEMPTY"));
}

/** A URL, for those who need one. */
export function urlFor({ host, port, user, password, database }: EmbeddedConnection): string {
  const secret = encodeURIComponent(password);
  return host.startsWith("/")
    ? `postgres://${user}:${secret}@/${database}?host=${encodeURIComponent(host)}&port=${String(port)}&sslmode=disable`
    : `postgres://${user}:${secret}@${host}:${String(port)}/${database}?sslmode=disable`;
}

/** Whether every client can reach a socket there: some take a comma for a list of hosts. */
function isPlain(folder: string, port: number): boolean {
  const socket = path.join(folder, `.s.PGSQL.${String(port)}`);
  return Buffer.byteLength(socket) <= LONGEST && !socket.includes(",");
}

async function makeLink(folder: Folder, port: number): Promise<string> {
  for (const place of new Set([tmpdir(), "/tmp"])) {
    const link = path.join(place, `event-outreach-${randomBytes(3).toString("hex")}`, "db");
    if (!isPlain(link, port)) continue;
    // mkdtemp makes the folder private from its first moment.
    const made = await mkdtemp(path.join(place, "event-outreach-")).catch(
      instead(null, "ENOENT", "EACCES", "EROFS"),
    );
    if (made === null) continue;
    await symlink(folder.cluster, path.join(made, "db"));
    return path.join(made, "db");
  }
  throw new EmbeddedDatabaseError(
    `The path of the data folder ${folder.root} is too long. Choose a shorter one with OUTREACH_DATA_DIR.`,
  );
}

/** Whether the link leads to the cluster and lies where nobody else could have put it. */
async function isOwnLink(folder: Folder, link: string): Promise<boolean> {
  const absent = instead(null, "ENOENT", "ENOTDIR", "EINVAL", "EACCES");
  const found = await lstat(path.dirname(link)).catch(absent);
  if (found === null || (found.mode & 0o170077) !== 0o040000) return false;
  if (found.uid !== process.getuid?.()) return false;
  return (await readlink(link).catch(absent)) === folder.cluster;
}

/** Whether the cluster's own server says that it has the port, so that no stranger answers there. */
async function isOwnPort(folder: Folder, port: number): Promise<boolean> {
  const text = await readFile(path.join(folder.cluster, "postmaster.pid"), "utf8").catch(() => "");
  const [pid, data, , written] = text.split(/\r?\n/);
  return (
    Number(written) === port &&
    path.resolve(data ?? "") === path.resolve(folder.cluster) &&
    isAlive(Number(pid))
  );
}

/** Finds a port that nobody listens on; fails where the one that is wanted is taken. */
async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen({ port: wanted, host: "127.0.0.1", exclusive: true });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
