import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from "node:fs/promises";
import path from "node:path";
import { type Access, newAccess, syncFolder, writeAccess } from "../folder/access.ts";
import { diskFull, EmbeddedDatabaseError, hasCode, instead, saysDiskFull } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import { giveFolderTo, giveTo, type Owner } from "../folder/owner.ts";
import { isAlive, isBeingMade } from "./processes.ts";
import { type Outcome, program, run } from "./programs.ts";
import { initdbSettings } from "./settings.ts";

/** Milliseconds that making a cluster may take; about 800 are usual. */
const MAKING = 10 * 60_000;

/** Name of an unfinished cluster: `cluster.new-`, the process that makes it, the id it will have. */
const UNFINISHED = /^cluster\.new-(\d+)-([\w-]+)$/;

/** What PostgreSQL says when the role and the database are there. */
const WHOLE = "whole";

/**
 * How PostgreSQL is told where its folder is: by way of its working directory where root starts it
 * for another user, who may not be able to enter the folders above (/root, say).
 */
export function handleOf(cluster: string, owner: Owner): string {
  const byWorkingDirectory = owner.switchTo !== undefined && existsSync("/proc/self/cwd");
  return byWorkingDirectory ? "/proc/self/cwd" : cluster;
}

/**
 * Makes the cluster, with its role, database and password, beside its place, and moves it there
 * when it is whole. If another process was faster, that one's stays.
 * @param bin the folder of PostgreSQL's programs
 * @throws EmbeddedDatabaseError if PostgreSQL fails; nothing is left behind then
 */
export async function makeCluster(folder: Folder, bin: string, owner: Owner): Promise<void> {
  const access = newAccess();
  const draft = path.join(folder.root, `cluster.new-${String(process.pid)}-${access.id}`);
  try {
    const cluster = path.join(draft, "data");
    // The folder around it stays root's: another user passes through, and puts nothing into it.
    await mkdir(draft, { mode: 0o700 });
    if (owner.switchTo !== undefined) await chmod(draft, 0o711);
    await mkdir(cluster, { mode: 0o700 });
    await giveFolderTo(owner, cluster);
    const initialised = await initialise(cluster, bin, owner, access);
    if (initialised.status !== 0) throw await notMade(folder, initialised);
    const populated = await populate(cluster, bin, owner, access);
    if (
      populated.status !== 0 ||
      /^\S.* (ERROR|FATAL|PANIC):/m.test(populated.output) ||
      !populated.output.includes(`made = "${WHOLE}"`)
    ) {
      throw await notMade(folder, populated);
    }
    await writeAccess(cluster, access, owner);
    await rename(cluster, folder.cluster).catch((error: unknown) => {
      if (!hasCode(error, "ENOTEMPTY", "EEXIST", "EPERM") || !existsSync(folder.cluster)) {
        throw error;
      }
    });
    await syncFolder(folder.root);
  } finally {
    await removeDraft(draft);
  }
}

/** Removes what killed processes left of unfinished clusters, once nobody works on it. */
export async function clearUnfinished(folder: Folder): Promise<void> {
  for (const name of await readdir(folder.root)) {
    const [, maker, id] = UNFINISHED.exec(name) ?? [];
    if (maker === undefined || id === undefined || isAlive(Number(maker))) continue;
    const draft = path.join(folder.root, name);
    // initdb lives on for a moment after the process that started it.
    if (await isBeingMade(draft, id, 10 * 60_000)) continue;
    await removeDraft(draft).catch(() => undefined);
  }
}

/**
 * Removes an unfinished cluster. What belongs to another user root has removed in that user's name: who
 * deletes by name could be led elsewhere by links that are put in the way.
 */
async function removeDraft(draft: string): Promise<void> {
  const cluster = path.join(draft, "data");
  const found = await lstat(cluster).catch(instead(null, "ENOENT", "ENOTDIR"));
  if (process.getuid?.() !== 0 || found === null || found.uid === 0) {
    return rm(draft, { recursive: true, force: true });
  }
  const owner = { switchTo: { uid: found.uid, gid: found.gid } };
  await run("/bin/rm", ["-rf", "data"], { owner, cwd: draft, timeout: MAKING });
  await rmdir(cluster);
  await unlink(passwordFileOf(cluster)).catch(instead(undefined, "ENOENT"));
  await rmdir(draft);
}

/** Beside the cluster, and not in it, where its user could put a link in its place. */
function passwordFileOf(cluster: string): string {
  return path.join(path.dirname(cluster), "password");
}

async function initialise(cluster: string, bin: string, owner: Owner, access: Access) {
  const handle = handleOf(cluster, owner);
  const passwordFile = passwordFileOf(cluster);
  // initdb demands a password for the superuser; populate() takes it away again.
  const file = await open(passwordFile, "wx", 0o600);
  try {
    await giveTo(owner, file);
    await file.writeFile(randomBytes(24).toString("base64url"));
  } finally {
    await file.close();
  }
  return run(
    program(bin, "initdb"),
    [
      ["-D", handle],
      ["-U", "postgres"],
      [`--pwfile=${handle === cluster ? passwordFile : `${handle}/../password`}`],
      ["--auth=scram-sha-256", "--data-checksums", "--no-instructions", "--encoding=UTF8"],
      ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      initdbSettings(access.id),
    ].flat(),
    { owner, cwd: cluster, timeout: MAKING },
  );
}

/** Makes the role and the database without a server, in PostgreSQL's single-user mode. */
function populate(cluster: string, bin: string, owner: Owner, access: Access): Promise<Outcome> {
  const statements = [
    `create role ${access.user} login createdb password '${access.password}'`,
    `create database ${access.database} owner ${access.user}`,
    "alter role postgres password null",
    // Prints the word only if nothing was left out, whatever became of the complaint.
    `select '${WHOLE}' as made from pg_authid, pg_database where rolname = '${access.user}' and rolpassword is not null and datname = '${access.database}'`,
  ];
  const place = ["-D", handleOf(cluster, owner), "-c", `cluster_name=${access.id}`];
  return run(program(bin, "postgres"), ["--single", "-j", ...place, "postgres"], {
    owner,
    cwd: cluster,
    input: statements.map((statement) => `${statement};\n\n`).join(""),
    timeout: MAKING,
  });
}

async function notMade(folder: Folder, outcome: Outcome): Promise<EmbeddedDatabaseError> {
  const { output } = outcome;
  if (saysDiskFull(output)) return new EmbeddedDatabaseError(diskFull(folder.root));
  if (/could not look up effective user ID/.test(output)) {
    return new EmbeddedDatabaseError(
      "PostgreSQL cannot make a database for a user without a name on this machine. Run the program as a named user, or set DATABASE_URL.",
    );
  }
  const reason = reasonIn(output) ?? outcome.failure ?? `status ${String(outcome.status)}`;
  const place = (await stat(folder.root).catch(() => null)) === null ? " (it is gone)" : "";
  return new EmbeddedDatabaseError(
    `The database could not be made in ${folder.root}${place}: ${reason}. Nothing was left there; try again, or choose another folder with OUTREACH_DATA_DIR.`,
  );
}

/** The first complaint in PostgreSQL's output, without its label; statements are never part of it. */
export function reasonIn(output: string): string | null {
  const found = /(?:ERROR|FATAL|PANIC|error|fatal): +(.+)/.exec(output)?.[1];
  return found?.replace(/\.?\s*$/, "") ?? null;
}
