import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Folder } from "../folder/layout.ts";

/**
 * Leaves a note that this process uses the database, by which the watcher sees with little effort that
 * somebody does. Only a hint: whether it may be stopped is decided by PostgreSQL's own locks.
 *
 * @returns the function that takes the note away
 */
export async function notePresence(folder: Folder): Promise<() => Promise<void>> {
  const note = path.join(folder.users, `${String(process.pid)}.${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(folder.users, { recursive: true, mode: 0o700 });
    await writeFile(note, "", { flag: "wx", mode: 0o600 });
  } catch {
    // Without room for it the watcher asks PostgreSQL, and finds the use there.
  }
  return () => rm(note, { force: true }).catch(() => undefined);
}
