import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type postgres from "postgres";
import { DatabaseUnavailable } from "./errors.ts";

/** The number that a migration's file name starts with, as the history notes it. */
export function versionOf(file: string): string {
  return /^\d+/.exec(file)?.[0] ?? "";
}

/**
 * Where this program's migrations are: some folders up, both from the sources and from the bundle.
 *
 * @throws DatabaseUnavailable when they are not installed
 */
export function ownMigrations(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, "db", "migrations");
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) {
      throw new DatabaseUnavailable(
        "The folder db/migrations of event-outreach, from which the tables are made, is missing. Install event-outreach again, then try again.",
      );
    }
  }
}

/**
 * Applies a migration and notes it, in the caller's transaction. Files and history are those of dbmate, which
 * can go on where this stopped and the other way round; it is not used itself, as its programs for several
 * systems are not to be had in versions that tell SQLSTATEs and pass a pooler.
 */
export async function applyMigration(
  sql: postgres.TransactionSql,
  directory: string,
  file: string,
): Promise<void> {
  await makeHistory(sql);
  await run(sql, (await sectionsOf(directory, file)).up);
  await sql`INSERT INTO dbmate.schema_migrations (version) VALUES (${versionOf(file)})`;
}

/** Takes a migration back, in the caller's transaction. */
export async function takeBackMigration(
  sql: postgres.TransactionSql,
  directory: string,
  file: string,
): Promise<void> {
  await run(sql, (await sectionsOf(directory, file)).down);
  await sql`DELETE FROM dbmate.schema_migrations WHERE version = ${versionOf(file)}`;
}

/** As dbmate makes it. */
async function makeHistory(sql: postgres.TransactionSql): Promise<void> {
  // Even where the schema is there, making it asks for a right that the owner of the tables may lack.
  const [history] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('dbmate.schema_migrations') IS NOT NULL AS exists`;
  if (history?.exists) return;
  await run(
    sql,
    `CREATE SCHEMA IF NOT EXISTS dbmate;
     CREATE TABLE dbmate.schema_migrations (version varchar NOT NULL PRIMARY KEY)`,
  );
}

async function sectionsOf(directory: string, file: string): Promise<{ up: string; down: string }> {
  const text = await readFile(path.join(directory, file), "utf8");
  const [up = "", down = ""] = text.split(/^-- migrate:down.*$/mu);
  return { up, down };
}

function run(sql: postgres.TransactionSql, text: string): postgres.PendingQuery<postgres.Row[]> {
  // eslint-disable-next-line no-restricted-syntax -- a migration is a file of many statements
  return sql.unsafe(text);
}
