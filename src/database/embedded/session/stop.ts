import { setTimeout as pause } from "node:timers/promises";
import { readAccess } from "../folder/access.ts";
import { EmbeddedDatabaseError } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import { livePostmaster } from "../processes/processes.ts";
import { shutDown } from "../processes/server.ts";
import { Unavailable } from "../processes/socket.ts";
import { askServer } from "./session.ts";

/** Milliseconds to wait for a database that is just starting or stopping. */
const PATIENCE = 60_000;
/** Tries, 50 ms apart, until a user killed this moment is no longer counted. */
const TRIES = 5;

/** What came of an order to stop: whether this call stopped it, and how many use(d) it. */
export interface Stopped {
  stopped: boolean;
  users: number;
}

/**
 * Stops the database if nobody uses it. One that does not run counts as not stopped by this call,
 * with no users.
 * @throws EmbeddedDatabaseError if it can neither be asked nor stopped
 */
export async function stopIfUnused(folder: Folder): Promise<Stopped> {
  const end = Date.now() + PATIENCE;
  for (let tries = 1; ; tries += 1) {
    const answer = await tryStop(folder);
    if (answer === "down") return { stopped: false, users: 0 };
    if (typeof answer === "object" && (answer.stopped || tries >= TRIES)) return answer;
    if (Date.now() > end) {
      throw new EmbeddedDatabaseError(
        `The database in ${folder.root} is still starting, stopping or repairing itself after a crash. Try again in a minute.`,
      );
    }
    await pause(50);
  }
}

/** Stops the database whoever uses it; `users` were cut off. */
export async function stopByForce(folder: Folder): Promise<Stopped> {
  const access = await readAccess(folder.cluster);
  if (access === null || (await livePostmaster(folder.cluster, access)) === null) {
    return { stopped: false, users: 0 };
  }
  const { users } = await askServer(folder, access, "event-outreach stop", (session) =>
    session.users(),
  ).catch((error: unknown) => {
    // It may be too busy to say how many it serves, and is stopped all the same.
    if (error instanceof Unavailable) return { users: 0 };
    throw error;
  });
  await shutDown(folder, access);
  return { stopped: true, users };
}

async function tryStop(folder: Folder): Promise<Stopped | "down" | "changing"> {
  const access = await readAccess(folder.cluster);
  if (access === null) return "down";
  try {
    return await askServer(folder, access, "event-outreach stop", async (session) => {
      if (await session.leaveLast()) {
        await shutDown(folder, access);
        return { stopped: true, users: 0 };
      }
      const { users } = await session.users();
      return users > 0 ? { stopped: false, users } : "changing";
    });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    if (error.obstacle === "down") {
      const there = await livePostmaster(folder.cluster, access);
      return there === null ? "down" : "changing";
    }
    if (error.obstacle === "changing") return "changing";
    throw new EmbeddedDatabaseError(
      `The database in ${folder.root} does not say who uses it. Close the programs that use it, or stop it by force.`,
      { cause: error },
    );
  }
}
