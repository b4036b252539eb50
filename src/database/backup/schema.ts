import { readdir } from "node:fs/promises";
import type postgres from "postgres";
import { migrationState } from "../migrate.ts";
import { applyMigration, ownMigrations, takeBackMigration, versionOf } from "../migration_files.ts";
import { BackupFailed } from "./errors.ts";

/**
 * @throws BackupFailed where a backup has migrations that this program does not know
 */
export async function refuseNewer(schema: readonly string[]): Promise<void> {
  const known = new Set((await readdir(ownMigrations())).map(versionOf));
  const unknown = schema.filter((version) => !known.has(version));
  if (unknown.length > 0) {
    throw new BackupFailed(
      `The backup was made by a newer version of event-outreach (it has migration ${unknown.join(", ")}); update this one.`,
    );
  }
}

/**
 * Gives a database exactly these migrations: takes back what it has beyond them, and applies what it lacks.
 * In the caller's transaction; the tables are empty, so that nothing is lost by taking back.
 *
 * @throws BackupFailed where the database has migrations that this program does not know
 */
export async function bringTo(
  sql: postgres.TransactionSql,
  schema: readonly string[],
): Promise<void> {
  const { applied, pending, unknown } = await migrationState(sql);
  if (unknown.length > 0) {
    throw new BackupFailed(
      `The database was migrated by a newer version of event-outreach (it has ${unknown.join(", ")}); update this one.`,
    );
  }
  const wanted = new Set(schema);
  for (const file of applied.toReversed()) {
    if (!wanted.has(versionOf(file))) await takeBackMigration(sql, ownMigrations(), file);
  }
  for (const file of pending) {
    if (wanted.has(versionOf(file))) await applyMigration(sql, ownMigrations(), file);
  }
}
