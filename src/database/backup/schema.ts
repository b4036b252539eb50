import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type postgres from "postgres";
import { migrationState, ownMigrations, versionOf } from "../migrate.ts";
import { run } from "./catalog.ts";
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
 * In the caller's transaction, which dbmate cannot be part of; the tables are empty, so that nothing is lost
 * by taking back.
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
    const version = versionOf(file);
    if (wanted.has(version)) continue;
    await run(sql, (await sectionsOf(file)).down);
    await sql`DELETE FROM dbmate.schema_migrations WHERE version = ${version}`;
  }
  // As dbmate makes it.
  await run(
    sql,
    `CREATE SCHEMA IF NOT EXISTS dbmate;
     CREATE TABLE IF NOT EXISTS dbmate.schema_migrations (version varchar NOT NULL PRIMARY KEY)`,
  );
  for (const file of pending) {
    const version = versionOf(file);
    if (!wanted.has(version)) continue;
    await run(sql, (await sectionsOf(file)).up);
    await sql`INSERT INTO dbmate.schema_migrations (version) VALUES (${version})`;
  }
}

async function sectionsOf(file: string): Promise<{ up: string; down: string }> {
  const text = await readFile(path.join(ownMigrations(), file), "utf8");
  const [up = "", down = ""] = text.split(/^-- migrate:down.*$/mu);
  return { up, down };
}
