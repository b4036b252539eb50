import { inspect } from "../folder/inspection.ts";
import type { Folder } from "../folder/layout.ts";
import { sharedUser } from "../folder/owner.ts";
import { livePostmaster } from "../processes/processes.ts";
import { findPackage } from "../processes/package.ts";
import { Unavailable } from "../processes/socket.ts";
import { askServer, notLetIn } from "./session.ts";

/** What there is in a data folder. */
export interface EmbeddedStatus {
  state: "absent" | "stopped" | "running" | "broken";
  dataDirectory: string;
  /** PostgreSQL's version: "17.10" of a running one, "17" of one that is not. */
  version?: string;
  /** How many processes use it, of a running one that answers. */
  users?: number;
  /** Whom root's one runs as, if other programs of the machine may run as the same user. */
  sharedUser?: string;
  /** A sentence: what is broken, or why a running one does not answer. */
  detail?: string;
}

/** Looks at the database of a folder; starts and changes nothing. */
export async function statusOf(folder: Folder): Promise<EmbeddedStatus> {
  const dataDirectory = folder.root;
  // Without the programs there is nothing to compare the version with.
  const major = await findPackage().then(
    (pack) => pack.major,
    () => null,
  );
  const found = await inspect(folder, major);
  if (found.state === "absent") return { state: "absent", dataDirectory };
  if (found.state === "broken") return { state: "broken", dataDirectory, detail: found.detail };
  const { access, version } = found;
  const shared = await sharedUser(folder);
  const about = { dataDirectory, ...(shared !== undefined && { sharedUser: shared }) };
  try {
    const use = await askServer(folder, access, "event-outreach status", (session) =>
      session.users(),
    );
    return { state: "running", ...about, ...use };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const { obstacle } = error;
    if (obstacle === "down" || obstacle === "changing") {
      const there = await livePostmaster(folder.cluster, access);
      if (obstacle === "down" && there === null) return { state: "stopped", ...about, version };
      const detail = "It is starting, stopping or repairing itself after a crash.";
      return { state: "running", ...about, version, detail };
    }
    const detail = notLetIn(folder, obstacle, error).message;
    return { state: obstacle === "full" ? "running" : "broken", ...about, version, detail };
  }
}
