import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { connectionOptions, withDatabase } from "../../src/database/address.ts";
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
  return open(inject("database").template);
}

/** A new database with nothing in it. */
export function emptyDatabase(): Promise<TestDatabase> {
  return open(undefined);
}

async function open(template: string | undefined): Promise<TestDatabase> {
  const run = inject("database");
  const name = `${run.template}_${randomBytes(4).toString("hex")}`;
  await createDatabase(run.url, name, template);
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
