import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { DatabaseUnavailable } from "../errors.ts";
import { describeConnectionError } from "../connection_errors.ts";
import { BackupFailed } from "./errors.ts";
import { makeBackup } from "./making.ts";

/** Copies that are kept. */
const KEPT = 3;

const NAME = /^before-migration-.*\.sql\.gz$/u;

/**
 * Makes a backup of the bundled database in `backups/` of its data folder, before it is migrated; the last
 * three such are kept. The caller holds off other migrations.
 *
 * @throws DatabaseUnavailable where it cannot be made, so that nothing is to be migrated
 */
export async function copyBeforeMigration(url: string, dataDirectory: string): Promise<void> {
  const folder = path.join(dataDirectory, "backups");
  const time = new Date().toISOString().replaceAll(":", "-");
  const file = path.join(folder, `before-migration-${time}.sql.gz`);
  try {
    await makeBackup({ url, file, isMigrating: true });
    await removeOlder(folder);
  } catch (error) {
    const reason = error instanceof BackupFailed ? error.message : describeConnectionError(error);
    throw new DatabaseUnavailable(
      `The backup that is made before tables are changed failed, so nothing was changed. ${reason ?? ""}`.trim(),
      { cause: error },
    );
  }
}

/** Their names are their times. */
async function removeOlder(folder: string): Promise<void> {
  const copies = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  for (const name of copies.slice(0, -KEPT)) await rm(path.join(folder, name), { force: true });
}
