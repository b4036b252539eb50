import { setTimeout as pause } from "node:timers/promises";
import { type Access, readAccess } from "../folder/access.ts";
import { EmbeddedDatabaseError } from "../errors.ts";
import type { Folder } from "../folder/layout.ts";
import { type EmbeddedConnection, urlFor } from "../processes/endpoint.ts";
import { boundLog, shutDown } from "../processes/server.ts";
import { Unavailable } from "../processes/socket.ts";
import { start } from "../processes/start.ts";
import { notePresence } from "./presence.ts";
import { openSession, notLetIn, type Session } from "./session.ts";
import { stopIfUnused } from "./stop.ts";

/** A use of the running database. PostgreSQL itself ends it with the process that holds it. */
export interface EmbeddedLease {
  connection: EmbeddedConnection;
  /** For clients that take a URL; it holds the password. */
  url: string;
  /** Whether the database went away (stopped by force, crashed) or the lease was released. */
  readonly lost: boolean;
  /**
   * Leaves the database and stops it if nobody else uses it. Safe to call again.
   * @throws EmbeddedDatabaseError if it should stop and does not
   */
  release(): Promise<void>;
}

/** Milliseconds to wait for others who start, stop or repair the database. */
const PATIENCE = 60_000;

const STILL = {
  locked: "is being made or started by another process",
  occupied: "is still being shut down",
  changing: "is still starting, stopping or repairing itself after a crash",
};

/** Attaches to the database of a folder, starting it if need be. */
export async function attach(folder: Folder): Promise<EmbeddedLease> {
  const end = Date.now() + PATIENCE;
  let delay = 10;
  for (;;) {
    const found = await tryAttach(folder);
    if (typeof found === "object") return found;
    const progress = found === "down" ? await start(folder) : "changing";
    if (progress === "started") continue;
    if (Date.now() > end) {
      throw new EmbeddedDatabaseError(
        `The database in ${folder.root} ${STILL[progress]}. Try again in a minute.`,
      );
    }
    await pause(delay);
    delay = Math.min(delay * 1.5, 200);
  }
}

/** One try without any waiting: a small file read, a connection opened, a question asked. */
async function tryAttach(folder: Folder): Promise<EmbeddedLease | "down" | "changing"> {
  const access = await readAccess(folder.cluster);
  if (access === null) return "down";
  let session: Session | undefined;
  try {
    session = await openSession(folder, access, "event-outreach lease");
    if (await session.enter()) {
      await boundLog(folder);
      return leaseOf(folder, access, session, await notePresence(folder));
    }
    await session.close();
    return "changing";
  } catch (error) {
    await session?.close();
    if (!(error instanceof Unavailable)) throw error;
    if (error.obstacle === "down" || error.obstacle === "changing") return error.obstacle;
    throw notLetIn(folder, error.obstacle, error);
  }
}

function leaseOf(
  folder: Folder,
  access: Access,
  session: Session,
  forget: () => Promise<void>,
): EmbeddedLease {
  let released: Promise<void> | undefined;
  return {
    connection: session.connection,
    url: urlFor(session.connection),
    get lost() {
      return session.closed || released !== undefined;
    },
    release: () => (released ??= forget().then(() => leave(folder, access, session))),
  };
}

async function leave(folder: Folder, access: Access, session: Session): Promise<void> {
  try {
    if (await session.leaveLast()) await shutDown(folder, access);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // The lease was lost before; the database may have recovered since and be of use to nobody.
    await stopIfUnused(folder);
  } finally {
    await session.close();
  }
}
