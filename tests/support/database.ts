import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { connectionOptions, withDatabase } from "../../src/database/address.ts";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { createDatabase, dropDatabases } from "../../workbench/template.ts";

/** A database of a test's own. */
export interface TestDatabase {
  url: string;
  sql: postgres.Sql;
  /** Ends the connections and drops the database. */
  drop(): Promise<void>;
}

/** A new migrated database, a copy of the run's template; takes some 50 ms. */
export function freshDatabase(): Promise<TestDatabase> {
  return open((url, name) => createDatabase(url, name, inject("database").template));
}

/** A new database with nothing in it. */
export function emptyDatabase(): Promise<TestDatabase> {
  return open((url, name) => createDatabase(url, name));
}

/** The collations under which the same must come out, and how PostgreSQL is asked for a database of each. */
export const COLLATIONS = {
  C: "LOCALE 'C'",
  "C.UTF-8": "LOCALE 'C.UTF-8'",
  "ICU tr": "LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'",
  "ICU de": "LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'",
  "ICU lt": "LOCALE_PROVIDER icu ICU_LOCALE 'lt' LOCALE 'C'",
} as const;

/**
 * A new migrated database of a collation, made from nothing; takes seconds.
 *
 * @returns why there is none, where the server knows no such collation
 */
export async function collatedDatabase(
  collation: keyof typeof COLLATIONS,
): Promise<TestDatabase | string> {
  const database = await open(async (url, name) => {
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    try {
      await sql.unsafe(
        `CREATE DATABASE ${name} ENCODING 'UTF8' ${COLLATIONS[collation]} TEMPLATE template0`,
      );
    } finally {
      await sql.end({ timeout: 5 });
    }
  }).catch((error: unknown) => {
    if (error instanceof postgres.PostgresError) return `this server has none: ${error.message}`;
    throw error;
  });
  if (typeof database !== "string") await migrateDatabase({ url: database.url });
  return database;
}

async function open(
  make: (serverUrl: string, name: string) => Promise<void>,
): Promise<TestDatabase> {
  const run = inject("database");
  const name = `${run.template}_${randomBytes(4).toString("hex")}`;
  await make(run.url, name);
  const url = withDatabase(run.url, name);
  const sql = postgres({ ...connectionOptions(url), max: 5 });
  return {
    url,
    sql,
    drop: async () => {
      await sql.end({ timeout: 5 });
      await dropDatabases(run.url, name);
    },
  };
}
