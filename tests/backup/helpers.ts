import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type postgres from "postgres";
import { onTestFinished } from "vitest";
import { makeBackup } from "../../src/database/backup/making.ts";
import { restorable, restoreBackup, type Restored } from "../../src/database/backup/restoring.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { allRows } from "../support/all_rows.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord } from "../support/record.ts";

/** A database that is dropped at the end of the test. */
export async function disposable(made: Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await made;
  onTestFinished(() => database.drop());
  return database;
}

export const empty = () => disposable(emptyDatabase());

/** A database with rows in most tables, written by hand and by tools, so that there is a history too. */
export async function filled(): Promise<TestDatabase> {
  const database = await disposable(freshDatabase());
  await seedRecord(database.sql, await seedPeople(database.sql));
  const client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  await client.ask("create_event", { name: "Tab\there \\. “Ubuntu”", event_date: "2027-01-30" });
  await client.ask("save_note", { about: { campaign: "CFP 2026" }, text: "\\.\n\\N\r\nsecond" });
  await client.ask("set_suppression", { email: "gone@example.org", suppressed: true });
  await client.ask("update_campaign", { campaign: "CFP 2026", name: "Call for speakers 2026" });
  await client.close();
  return database;
}

/** A path in a folder that is removed at the end of the test. */
export async function newFile(name = "copy.sql.gz"): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-backup-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return path.join(folder, name);
}

/** A backup of a database. */
export async function backupOf({ url }: TestDatabase): Promise<string> {
  const file = await newFile();
  await makeBackup({ url, file });
  return file;
}

export async function restoreInto(
  { url }: TestDatabase,
  file: string,
  force = false,
): Promise<Restored> {
  return restoreBackup({ url, file, contents: await restorable(file), force });
}

/** Every row there is, also of the history. */
export function everyRow(sql: postgres.Sql): Promise<Record<string, string[]>> {
  return allRows(sql, new Set());
}

/** A backup with its text changed, whole as a gzip file. */
export async function altered(file: string, change: (text: string) => string): Promise<string> {
  const copy = `${file}.altered`;
  await writeFile(copy, gzipSync(change(gunzipSync(await readFile(file)).toString())));
  return copy;
}
