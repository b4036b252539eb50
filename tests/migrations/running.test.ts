import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectionOptions, withDatabase } from "../../src/database/address.ts";
import { migrateDatabase, migrationState, pendingMigrations } from "../../src/database/migrate.ts";
import { DatabaseUnavailable } from "../../src/database/errors.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { emptyDatabase, type TestDatabase } from "../support/database.ts";
import { dbmate, migrateTo } from "../support/migrations.ts";
import { skip } from "../support/skip.ts";
import {
  debianPrograms,
  hasPgBouncer,
  startPgBouncer,
  targetOf,
  startPostgres,
} from "../../workbench/programs.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(() => database.drop());

const NUMBERS = /^\d{3}_[a-z_]+\.sql$/;

test("migrates an empty database, and then has nothing to do", async () => {
  const { url, sql } = database;
  const pending = await pendingMigrations(sql);
  expect(pending.every((file) => NUMBERS.test(file))).toBe(true);
  expect(await migrateDatabase({ url })).toEqual(pending);
  expect(await migrateDatabase({ url })).toEqual([]);
  expect(await migrationState(sql)).toEqual({ applied: pending, pending: [], unknown: [] });
});

test("goes on where an older version stopped", async () => {
  expect(await migrateTo(database.url, 3)).toBeNull();
  const [first] = await migrateDatabase({ url: database.url });
  expect(first).toMatch(/^004_/);
});

test("goes on where 041 was applied under the number before it", async () => {
  const { url, sql } = database;
  expect(await migrateTo(url, 41)).toBeNull();
  await sql`DELETE FROM dbmate.schema_migrations WHERE version = '041'`;
  expect((await migrateDatabase({ url })).slice(0, 2)).toEqual([
    "041_reasons_and_spellings.sql",
    "042_words_in_any_text.sql",
  ]);
  const [found] =
    await sql`SELECT outreach.begins_words('The CFP flyer', 'fly cfp') AS begins_words`;
  expect(found).toEqual({ begins_words: true });
});

test("several processes at once migrate once", async () => {
  const command = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
  const runs = Array.from({ length: 4 }, () => runCli(command, database.url));
  const outputs = await Promise.all(runs);
  expect(outputs.map(({ code, errors }) => ({ code, errors }))).toEqual(
    outputs.map(() => ({ code: 0, errors: "" })),
  );
  const applied = outputs.flatMap(({ output }) => output.match(/^Applied .*$/gm) ?? []);
  expect(applied).toHaveLength((await migrationState(database.sql)).applied.length);
});

test("waits while another process migrates, and goes on when that one is killed", async () => {
  const other = postgres({ ...connectionOptions(database.url), max: 1 });
  const ended = new Promise<void>((release) => {
    void other
      .begin(async (sql) => {
        await sql`SELECT pg_advisory_xact_lock(776015003)`;
        const migrating = migrateDatabase({ url: database.url });
        expect(await Promise.race([migrating, after(300)])).toBe("waiting");
        const [holder] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await database.sql`SELECT pg_terminate_backend(${holder!.pid})`;
        expect(await migrating).not.toEqual([]);
        release();
      })
      .catch(() => undefined);
  });
  await ended;
  await other.end({ timeout: 1 });
});

test("goes on beside the dbmate of a process that was killed and left its lock", async () => {
  const { url, sql } = database;
  const left = [0, 30, 60].map(async (milliseconds) => {
    await pause(milliseconds);
    await dbmate(url, "migrate");
  });
  await pause(40);
  await expect(migrateDatabase({ url })).resolves.not.toEqual([]);
  await Promise.all(left);
  expect((await migrationState(sql)).pending).toEqual([]);
  expect(await migrateDatabase({ url })).toEqual([]);
});

test("stores the machine's time zone once", async () => {
  await migrateDatabase({ url: database.url });
  const zone = async () =>
    (await database.sql`SELECT time_zone FROM outreach.settings`)[0]?.time_zone as string;
  expect(await zone()).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  await database.sql`UPDATE outreach.settings SET time_zone = 'Africa/Johannesburg'`;
  await migrateDatabase({ url: database.url });
  expect(await zone()).toBe("Africa/Johannesburg");
});

describe("what it refuses", () => {
  const refusal = async (url: string) => {
    const error: unknown = await migrateDatabase({ url }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    return (error as DatabaseUnavailable).message;
  };

  test("a database that is not there, which it does not make", async () => {
    const url = withDatabase(database.url, "outreach_test_not_there");
    expect(await refusal(url)).toBe(
      "There is no database of this name on the server; check the end of DATABASE_URL.",
    );
    const [found] = await database.sql`
      SELECT count(*)::int AS n FROM pg_database WHERE datname = 'outreach_test_not_there'`;
    expect(found).toEqual({ n: 0 });
  });

  test("a database that a newer version migrated", async () => {
    await migrateDatabase({ url: database.url });
    await database.sql`INSERT INTO dbmate.schema_migrations VALUES ('999')`;
    const message =
      "The database was migrated by a newer version of event-outreach (it has 999); update this one.";
    expect(await refusal(database.url)).toBe(message);
    await expect(pendingMigrations(database.sql)).rejects.toThrow(message);
  });

  test("a log that cannot be carried over, in the migration's own words", async () => {
    await migrateTo(database.url, 2);
    await database.sql`INSERT INTO email_log (subject) VALUES ('To nobody')`;
    expect(await refusal(database.url)).toBe(
      "1 row(s) of email_log name no event, and a campaign belongs to one. Set event_id in those rows " +
        "(or delete what is not worth keeping), then migrate again. Nothing was changed.",
    );
    expect(await readCatalog(database.sql, ["outreach"])).toEqual([]);
  });

  test("a table of another kind in the way, naming all that differs", async () => {
    await database.sql`CREATE TABLE campaigns (id integer)`;
    const message = await refusal(database.url);
    expect(message).toMatch(
      /^Tables of the campaign plan are there already, but differ from it:\n/,
    );
    expect(message).toContain("\n- campaigns.name is missing (character varying(200))\n");
    expect(message).toMatch(/\nMend these, then migrate again\. Nothing was changed\.$/);
    expect(await readCatalog(database.sql, ["outreach"])).toEqual([]);
  });

  test("another object in the way, naming the migration", async () => {
    await database.sql`CREATE SCHEMA outreach`;
    expect(await refusal(database.url)).toBe(
      'The migration 003_campaign_tracking.sql could not be applied, and nothing of it was kept: schema "outreach" already exists.',
    );
  });

  test("a user who may not make tables", async (context) => {
    const [allowed] = await database.sql<{ rolcreaterole: boolean }[]>`
      SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user`;
    if (!allowed?.rolcreaterole) {
      skip(context, "the test server's user may not make users");
      return;
    }
    const role = `outreach_test_${Math.random().toString(36).slice(2)}`;
    await database.sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'`);
    try {
      const address = new URL(database.url);
      address.username = role;
      address.password = "guest";
      expect(await refusal(address.href)).toBe(
        "The user of DATABASE_URL may not make or read the tables; migrate as the owner of the database.",
      );
    } finally {
      await database.sql.unsafe(`DROP ROLE ${role}`);
    }
  });
});

test("PostgreSQL 15 gives the same tables", async (context) => {
  const programs = debianPrograms(15);
  if (!programs) {
    skip(context, "PostgreSQL 15 is not installed here");
    return;
  }
  await migrateDatabase({ url: database.url });
  const server = await startPostgres(programs);
  try {
    await migrateDatabase({ url: server.url });
    const sql = postgres({ ...connectionOptions(server.url), max: 1 });
    const older = await readCatalog(sql, ["public", "outreach"]);
    await sql.end();
    expect(older).toEqual(await readCatalog(database.sql, ["public", "outreach"]));
  } finally {
    server.stop();
  }
});

test("a transaction pooler passes it on", async (context) => {
  if (!hasPgBouncer()) {
    skip(context, "pgbouncer is not installed here");
    return;
  }
  const pooler = await startPgBouncer(targetOf(database.url));
  try {
    // More than it has connections to the database: those that wait must not hold them all.
    const all = await Promise.all(
      Array.from({ length: 8 }, () => migrateDatabase({ url: pooler.url })),
    );
    expect(all.filter((applied) => applied.length > 0)).toHaveLength(1);
  } finally {
    pooler.stop();
  }
});

function after(milliseconds: number): Promise<"waiting"> {
  return new Promise((resolve) => setTimeout(() => resolve("waiting"), milliseconds));
}

async function runCli(
  command: string,
  url: string,
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", command, "migrate"], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}
