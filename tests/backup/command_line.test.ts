import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { copyBeforeMigration } from "../../src/database/backup/before_migration.ts";
import { readBackup } from "../../src/database/backup/reading.ts";
import { connectionOptions } from "../../src/database/address.ts";
import { withUrl } from "../../src/database/commands.ts";
import { stopEmbedded } from "../../src/database/embedded/index.ts";
import { migrationState } from "../../src/database/migrate.ts";
import { connect } from "../../workbench/client.ts";
import { migrateTo } from "../support/migrations.ts";
import { empty, everyRow, filled, newFile } from "./helpers.ts";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** Runs the command line as a person would. */
async function run(environment: NodeJS.ProcessEnv, ...parameters: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", CLI, ...parameters], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}

/** A data folder whose database is stopped at the end of the test. */
async function dataFolder(): Promise<string> {
  const dataDirectory = path.join(path.dirname(await newFile()), "data");
  onTestFinished(async () => {
    await stopEmbedded({ dataDirectory, force: true });
  });
  return dataDirectory;
}

async function rowsIn(dataDirectory: string) {
  return withUrl({ dataDirectory }, async (url) => {
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    const rows = await everyRow(sql);
    await sql.end();
    return rows;
  });
}

test("from a hosted database into the bundled one and over it", async () => {
  const source = await filled();
  const file = await newFile();
  const OUTREACH_DATA_DIR = await dataFolder();
  const nothing = await run({ OUTREACH_DATA_DIR }, "backup", file);
  expect(nothing).toMatchObject({
    code: 1,
    errors: `There is nothing to back up yet: the bundled PostgreSQL in ${OUTREACH_DATA_DIR} was never used.\n`,
  });

  const made = await run({ DATABASE_URL: source.url }, "backup", `"${file}"`);
  expect(made).toMatchObject({ code: 0, errors: "" });
  expect(made.output).toMatch(
    /^Wrote .*copy\.sql\.gz: \d+ tables, [\d,]+ rows of DATABASE_URL \(/u,
  );
  expect(made.output).not.toContain("postgres://");

  const verified = await run({}, "verify", file);
  expect(verified).toMatchObject({ code: 0, errors: "" });
  expect(verified.output).toMatch(
    /^\S+ is whole: \d+ tables, [\d,]+ rows\.\nMade \S+Z by event-outreach \S+, from PostgreSQL \S.*, at migration \d+\nRows:\n/u,
  );
  expect(verified.output).toMatch(/^ +\d+ events$/mu);

  const restored = await run({ OUTREACH_DATA_DIR }, "restore", file);
  expect(restored).toMatchObject({ code: 0, errors: "" });
  expect(restored.output).toBe(
    `Restored ${/\d+ tables, [\d,]+ rows/u.exec(verified.output)?.[0] ?? ""} into the bundled PostgreSQL in ${OUTREACH_DATA_DIR}; every table was compared with the backup.\n`,
  );
  expect(await rowsIn(OUTREACH_DATA_DIR)).toEqual(await everyRow(source.sql));

  const again = await run({ OUTREACH_DATA_DIR }, "restore", file);
  expect(again).toMatchObject({ code: 1, output: "" });
  expect(again.errors).toMatch(
    /^Nothing was restored, as the bundled PostgreSQL in .* holds rows that would be lost: .*\d+ in public\.events.* --force to replace them\.\n$/u,
  );
  const forced = await run({ OUTREACH_DATA_DIR }, "restore", file, "--force");
  expect(forced).toMatchObject({ code: 0, errors: "" });
  expect(forced.output).toMatch(/^Replaced: .*\d+ in public\.events.*\nRestored /u);
  expect(await rowsIn(OUTREACH_DATA_DIR)).toEqual(await everyRow(source.sql));
});

test("a broken file is told in a sentence, before a database is made for it", async () => {
  const file = await newFile();
  const OUTREACH_DATA_DIR = await dataFolder();
  await writeFile(file, "no backup");
  for (const command of ["verify", "restore"]) {
    expect(await run({ OUTREACH_DATA_DIR }, command, file)).toEqual({
      code: 1,
      output: "",
      errors: `${file} is no whole backup: it was damaged, or is none.\n`,
    });
  }
  expect(existsSync(OUTREACH_DATA_DIR)).toBe(false);
});

test("the bundled database is copied before it is migrated, by the command and by a tool", async () => {
  for (const migrate of [
    (OUTREACH_DATA_DIR: string) => run({ OUTREACH_DATA_DIR }, "migrate"),
    async (OUTREACH_DATA_DIR: string) => {
      const client = await connect({ env: { OUTREACH_DATA_DIR } });
      await client.ask("list_events");
      await client.close();
    },
  ]) {
    const dataDirectory = await dataFolder();
    await withUrl({ dataDirectory }, (url) => migrateTo(url, 30));
    await migrate(dataDirectory);
    const [copy, ...more] = await readdir(path.join(dataDirectory, "backups"));
    expect(more).toEqual([]);
    const file = path.join(dataDirectory, "backups", copy!);
    expect((await readBackup(file)).header.schema.at(-1)).toBe("030");
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
});

test("where that copy cannot be made, nothing is migrated", async () => {
  const dataDirectory = await dataFolder();
  await withUrl({ dataDirectory }, (url) => migrateTo(url, 30));
  await writeFile(path.join(dataDirectory, "backups"), "in the way");
  const { code, errors } = await run({ OUTREACH_DATA_DIR: dataDirectory }, "migrate");
  expect(code).toBe(1);
  expect(errors).toMatch(
    /^The backup that is made before tables are changed failed, so nothing was changed\. .*backups.*\n$/u,
  );
  await withUrl({ dataDirectory }, async (url) => {
    const sql = postgres({ ...connectionOptions(url), max: 1 });
    expect((await migrationState(sql)).applied.at(-1)).toMatch(/^030_/u);
    await sql.end();
  });
  await rm(path.join(dataDirectory, "backups"));
  expect(await run({ OUTREACH_DATA_DIR: dataDirectory }, "migrate")).toMatchObject({ code: 0 });
});

test("a new database has nothing to copy, and the last three copies are kept", async () => {
  const database = await empty();
  await migrateTo(database.url, 6);
  const folder = path.dirname(await newFile());
  await mkdir(path.join(folder, "backups"));
  await writeFile(path.join(folder, "backups", "mine.sql.gz"), "stays");
  const seen: string[] = [];
  for (let copies = 0; copies < 5; copies += 1) {
    await copyBeforeMigration(database.url, folder);
    seen.push(...(await readdir(path.join(folder, "backups"))));
  }
  const all = [...new Set(seen)].filter((name) => name !== "mine.sql.gz").sort();
  expect(all).toHaveLength(5);
  expect((await readdir(path.join(folder, "backups"))).sort()).toEqual([
    ...all.slice(-3),
    "mine.sql.gz",
  ]);

  const fresh = await dataFolder();
  expect(await run({ OUTREACH_DATA_DIR: fresh }, "migrate")).toMatchObject({ code: 0 });
  expect(await readdir(fresh)).not.toContain("backups");
});
