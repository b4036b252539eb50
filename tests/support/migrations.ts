import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { resolveBinary } from "dbmate";
import postgres from "postgres";
import { connectionOptions } from "../../src/database/address.ts";
import { migrationState } from "../../src/database/migrate.ts";
import { applyMigration, takeBackMigration } from "../../src/database/migration_files.ts";

/** Where the project's migrations are. */
const MIGRATIONS = fileURLToPath(new URL("../../db/migrations", import.meta.url));

/** Applies the project's migrations up to a number, as an older version of the program would have. */
export async function migrateTo(url: string, last: number): Promise<postgres.PostgresError | null> {
  const sql = postgres({ ...connectionOptions(url), max: 1 });
  try {
    const { pending } = await migrationState(sql, MIGRATIONS);
    for (const file of pending) {
      if (Number.parseInt(file) > last) continue;
      await sql.begin((transaction) => applyMigration(transaction, MIGRATIONS, file));
    }
    return null;
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error;
    throw error;
  } finally {
    await sql.end();
  }
}

/** Takes migrations back until only those up to a number are left. Stops at the first that refuses. */
export async function rollBackTo(
  url: string,
  last: number,
): Promise<postgres.PostgresError | null> {
  for (;;) {
    // A connection for each: one would remember functions that an earlier one took away.
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    try {
      const file = (await migrationState(sql, MIGRATIONS)).applied.at(-1);
      if (file === undefined || Number.parseInt(file) <= last) return null;
      await sql.begin((transaction) => takeBackMigration(transaction, MIGRATIONS, file));
    } catch (error) {
      if (error instanceof postgres.PostgresError) return error;
      throw error;
    } finally {
      await sql.end();
    }
  }
}

/** Takes back the latest migration by dbmate; what it said if it failed. */
export async function rollBack(url: string): Promise<string | null> {
  const { code, output } = await dbmate(url, "rollback");
  return code === 0 ? null : output;
}

/** Runs a command of dbmate, which older versions of the program used and somebody may use by hand. */
export async function dbmate(
  url: string,
  command: "migrate" | "rollback" | "status",
): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    resolveBinary(),
    [
      ...["--migrations-dir", MIGRATIONS],
      ...["--migrations-table", "dbmate.schema_migrations"],
      ...["--no-dump-schema", command],
    ],
    {
      env: {
        ...process.env, // Its driver knows no "prefer", and the tests' server no TLS.
        DATABASE_URL: url.replace("sslmode=prefer", "sslmode=disable"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}
