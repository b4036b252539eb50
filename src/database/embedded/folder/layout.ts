import { homedir } from "node:os";
import path from "node:path";

/** Where the parts of one data folder lie. */
export interface Folder {
  /** The data folder itself. */
  root: string;
  /** PostgreSQL's own folder (PGDATA), which also holds the socket and the password. */
  cluster: string;
  log: string;
  lock: string;
  /** A file for each use of the running database, named by the process that uses it. */
  users: string;
  /** A copy of the PostgreSQL programs, made only where the installed ones cannot be used. */
  runtimes: string;
}

/** The layout of a data folder; touches no disk. */
export function folderAt(dataDirectory: string): Folder {
  // Hosts that read a configuration file do not replace the tilde as a shell would.
  const root = path.resolve(dataDirectory.replace(/^~(?=$|[\\/])/, () => homedir()));
  return {
    root,
    cluster: path.join(root, "cluster"),
    log: path.join(root, "postgres.log"),
    lock: path.join(root, "starting.lock"),
    users: path.join(root, "users"),
    runtimes: path.join(root, "runtime"),
  };
}
