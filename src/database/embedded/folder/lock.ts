import { stat, utimes } from "node:fs/promises";
import { hasCode, instead } from "../errors.ts";
import type { Folder } from "./layout.ts";

/**
 * Milliseconds after which the lock of a killed process is free. A live holder renews it every
 * second. One held up for longer does no harm: the rename of a cluster and PostgreSQL's own
 * lock file allow one winner.
 */
const STALE = 5_000;

/** The locks of others that this process has met: the time they showed, and when (by no wall clock). */
const met = new Map<string, { time: number; at: number }>();

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
    if (!hasCode(error, "ELOCKED")) throw error;
    await ageIfDead(folder.lock);
    return null;
  }
}

/**
 * Makes a lock whose time has not moved for longer than a live holder leaves it look as old as it is.
 * The time alone does not tell: of a process that was killed before the clock was set back it lies in
 * the future.
 */
async function ageIfDead(lock: string): Promise<void> {
  const found = await stat(lock).catch(instead(null, "ENOENT"));
  const known = met.get(lock);
  if (found === null || known?.time !== found.mtimeMs) {
    met.delete(lock);
    if (found !== null) met.set(lock, { time: found.mtimeMs, at: performance.now() });
  } else if (performance.now() - known.at > STALE) {
    met.delete(lock);
    await utimes(lock, 0, 0).catch(instead(undefined, "ENOENT"));
  }
}
