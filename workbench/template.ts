import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { connectionOptions, withDatabase } from "../src/database/address.ts";
import { migrateDatabase } from "../src/database/migrate.ts";

/** A migrated database to copy from; the databases of one run share the beginning of their names. */
export interface Template {
  name: string;
  url: string;
  /** Drops it and every database that was named after it. */
  drop(): Promise<void>;
}

/**
 * Makes a migrated database of a random name.
 *
 * @param migrationsDirectory this checkout's unless given
 */
export async function makeTemplate(
  serverUrl: string,
  migrationsDirectory?: string,
): Promise<Template> {
  const name = `outreach_test_${randomBytes(6).toString("hex")}`;
  const url = withDatabase(serverUrl, name);
  const drop = () => dropDatabases(serverUrl, name);
  await createDatabase(serverUrl, name);
  try {
    await migrateDatabase({
      url,
      ...(migrationsDirectory !== undefined && { migrationsDirectory }),
    });
  } catch (error) {
    await drop();
    throw error;
  }
  return { name, url, drop };
}

/** Makes a database, as a copy of a template if one is given. */
export async function createDatabase(
  serverUrl: string,
  name: string,
  template?: string,
): Promise<void> {
  await administer(serverUrl, async (sql) => {
    // An empty one is made like the embedded database, so that names fold alike whatever the server.
    await (template === undefined
      ? sql`CREATE DATABASE ${sql(name)} ENCODING 'UTF8' TEMPLATE template0`
      : // File by file: block by block, by way of the log, takes three times as long.
        sql`CREATE DATABASE ${sql(name)} TEMPLATE ${sql(template)} STRATEGY FILE_COPY`);
  });
}

/** Drops every database of a name or whose name goes on after it with an underscore. */
export async function dropDatabases(serverUrl: string, name: string): Promise<void> {
  await administer(serverUrl, async (sql) => {
    const found = await sql<{ datname: string }[]>`
      SELECT datname::text FROM pg_database WHERE datname = ${name} OR starts_with(datname, ${`${name}_`})`;
    for (const { datname } of found) await dropDatabase(sql, datname);
  });
}

/** What PostgreSQL calls it when somebody may not do what they asked for. */
const INSUFFICIENT_PRIVILEGE = "42501";

async function dropDatabase(sql: postgres.Sql, name: string): Promise<void> {
  try {
    await sql`DROP DATABASE IF EXISTS ${sql(name)} WITH (FORCE)`;
  } catch (error) {
    if (!(error instanceof postgres.PostgresError && error.code === INSUFFICIENT_PRIVILEGE))
      throw error;
    // Autovacuum is at work in it. Only a superuser may end that by force; a DROP without force
    // asks it to leave and waits, but for that everyone else has to be gone.
    await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = ${name} AND usename = current_user`;
    await sql`DROP DATABASE IF EXISTS ${sql(name)}`;
  }
}

async function administer(
  serverUrl: string,
  work: (sql: postgres.Sql) => Promise<void>,
): Promise<void> {
  const sql = postgres({ ...connectionOptions(serverUrl), max: 1 });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
