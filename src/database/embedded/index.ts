import envPaths from "env-paths";
import { EmbeddedDatabaseError, explaining } from "./errors.ts";
import { readAccess } from "./folder/access.ts";
import type { Folder } from "./folder/layout.ts";
import { refuseStrangersFolder } from "./folder/strangers.ts";
import { type EmbeddedConnection, safeWayTo } from "./processes/endpoint.ts";
import { findPackage } from "./processes/package.ts";
import { obstacleToPrograms } from "./processes/runtime.ts";
import { attach, type EmbeddedLease } from "./session/lease.ts";
import { type EmbeddedStatus, statusOf } from "./session/status.ts";
import { stopByForce, stopIfUnused, type Stopped } from "./session/stop.ts";

export { EmbeddedDatabaseError };
export type { EmbeddedConnection, EmbeddedLease, EmbeddedStatus };

/**
 * Attaches to the one database of a data folder: makes and starts it if nobody has, and shares it
 * with every other process that attaches. An idle lease does not keep the process alive.
 * @throws EmbeddedDatabaseError if the folder, the system or PostgreSQL do not allow it
 */
export function attachEmbedded(options: { dataDirectory: string }): Promise<EmbeddedLease> {
  return inFolder(options.dataDirectory, attach);
}

/**
 * Says whether there is a database in a data folder, whether it runs and who uses it.
 * @throws EmbeddedDatabaseError if the folder cannot be read
 */
export function embeddedStatus(options: { dataDirectory: string }): Promise<EmbeddedStatus> {
  return inFolder(options.dataDirectory, statusOf);
}

/**
 * The way to the database of a data folder, running or not, for a look that starts nothing and does
 * not count as a use. Null where no database was made.
 * @throws EmbeddedDatabaseError if the folder cannot be read
 */
export function embeddedConnection(options: {
  dataDirectory: string;
}): Promise<EmbeddedConnection | null> {
  return inFolder(options.dataDirectory, async (folder) => {
    const access = await readAccess(folder.cluster);
    return access && safeWayTo(folder, access);
  });
}

/**
 * Stops the database of a data folder. Without `force` one that is in use goes on, and `users` says
 * by how many. One that does not run gives `stopped: false, users: 0`.
 * @throws EmbeddedDatabaseError if it is told to stop and does not
 */
export function stopEmbedded(options: { dataDirectory: string; force: boolean }): Promise<Stopped> {
  return inFolder(options.dataDirectory, options.force ? stopByForce : stopIfUnused);
}

/**
 * Tries PostgreSQL's programs, but starts no server.
 * @returns their version
 * @throws EmbeddedDatabaseError if they are missing or do not run on this machine
 */
export async function tryPrograms(): Promise<string> {
  const pack = await findPackage();
  const obstacle = await obstacleToPrograms(pack);
  if (obstacle !== null) throw new EmbeddedDatabaseError(obstacle);
  return pack.version;
}

/** The platform's place for this user's data, where the database is unless another folder is named. */
export function defaultDataDirectory(): string {
  return envPaths("event-outreach", { suffix: "" }).data;
}

function inFolder<Result>(
  dataDirectory: string,
  work: (folder: Folder) => Promise<Result>,
): Promise<Result> {
  return explaining(dataDirectory, async (folder) => {
    await refuseStrangersFolder(folder);
    return work(folder);
  });
}
