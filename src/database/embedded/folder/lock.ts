import { hasCode } from "../errors.ts";
import type { Folder } from "./layout.ts";

/**
 * Milliseconds after which the lock of a killed process is free. A live holder renews it every
 * second. One held up for longer does no harm: the rename of a cluster and PostgreSQL's own
 * lock file allow one winner.
 */
const STALE = 5_000;

/**
 * Takes the lock under which a data folder's server is made and started.
 * @returns the function that gives it back, or null while another process holds it
 * @throws system errors, if the folder cannot be written
 */
export async function tryLock(folder: Folder): Promise<(() => Promise<void>) | null> {
  const { default: lockfile } = await import("proper-lockfile");
  try {
    const release = await lockfile.lock(folder.root, {
      lockfilePath: folder.lock,
      realpath: false,
      stale: STALE,
      update: 1_000,
      // The default throws into the event loop.
      onCompromised: () => undefined,
    });
    return async () => {
      // A lock that somebody took over, or whose folder is gone, is given back already.
      await release().catch(() => undefined);
    };
  } catch (error) {
    if (hasCode(error, "ELOCKED")) return null;
    throw error;
  }
}
