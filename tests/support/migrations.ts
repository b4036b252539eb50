import { spawn } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { resolveBinary } from "dbmate";
import postgres from "postgres";
import { connectionOptions, migrationUrl } from "../../src/database/address.ts";
import { type DbmateFailure, runDbmate } from "../../src/database/dbmate.ts";

/** Where the project's migrations are. */
const MIGRATIONS = fileURLToPath(new URL("../../db/migrations", import.meta.url));

/** Applies the project's migrations up to a number, as an older version of the program would have. */
export async function migrateTo(url: string, last: number): Promise<DbmateFailure | null> {
  const directory = await mkdtemp(path.join(tmpdir(), "event-outreach-migrations-"));
  try {
    for (const file of await readdir(MIGRATIONS)) {
      if (Number.parseInt(file) > last) continue;
      await copyFile(path.join(MIGRATIONS, file), path.join(directory, file));
    }
    return await runDbmate({ url: migrationUrl(url), directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Takes migrations back until only those up to a number are left. Stops at the first that refuses. */
export async function rollBackTo(url: string, last: number): Promise<DbmateFailure | null> {
  for (let remaining = await appliedAfter(url, last); remaining > 0; remaining -= 1) {
    const message = await rollBack(url);
    if (message !== null) return { message, code: undefined };
  }
  return null;
}

async function appliedAfter(url: string, last: number): Promise<number> {
  const sql = postgres({ ...connectionOptions(url), max: 1 });
  try {
    const rows = await sql<{ version: string }[]>`SELECT version FROM dbmate.schema_migrations`;
    return rows.filter(({ version }) => Number.parseInt(version) > last).length;
  } finally {
    await sql.end();
  }
}

/** Takes back the latest migration; what dbmate said if it failed. */
export async function rollBack(url: string): Promise<string | null> {
  const child = spawn(
    resolveBinary(),
    [
      "-d",
      MIGRATIONS,
      "--migrations-table",
      "dbmate.schema_migrations",
      "--no-dump-schema",
      "rollback",
    ],
    {
      env: { ...process.env, DATABASE_URL: migrationUrl(url) },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return code === 0 ? null : said;
}
