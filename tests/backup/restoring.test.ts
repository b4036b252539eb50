import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { BackupFailed } from "../../src/database/backup/errors.ts";
import { HoldsRows } from "../../src/database/backup/restoring.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { readCatalog } from "../../workbench/catalog.ts";
import { disposable, altered, backupOf, empty, everyRow, filled, restoreInto } from "./helpers.ts";
import { freshDatabase } from "../support/database.ts";
import { skip } from "../support/skip.ts";

test("every row of every table comes back, by an owner who is no superuser", async (context) => {
  const source = await filled();
  const target = await empty();
  const [user] = await target.sql<{ rolsuper: boolean }[]>`
    SELECT rolsuper FROM pg_roles WHERE rolname = current_user`;
  if (user?.rolsuper) skip(context, "the test server's user is a superuser");
  const { replaced, made, applied } = await restoreInto(target, await backupOf(source));
  expect({ replaced, made, applied }).toEqual({ replaced: [], made: [], applied: [] });
  const rows = await everyRow(source.sql);
  expect(await everyRow(target.sql)).toEqual(rows);
  for (const table of ["public.contacts", "outreach.changes", "outreach.notes"]) {
    expect(rows[table]?.length, table).toBeGreaterThan(0);
  }
  const versions = (sql: typeof source.sql) =>
    sql`SELECT version FROM dbmate.schema_migrations ORDER BY version`;
  expect([...(await versions(target.sql))]).toEqual([...(await versions(source.sql))]);
});

test("the tables are those that migrating makes, with every trigger and key at work", async () => {
  const source = await filled();
  const target = await empty();
  await restoreInto(target, await backupOf(source));
  const schemas = ["public", "outreach", "dbmate"];
  expect(await readCatalog(target.sql, schemas)).toEqual(await readCatalog(source.sql, schemas));
  expect(await target.sql`SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'`).toHaveLength(0);
  expect(await target.sql`SELECT conname FROM pg_constraint WHERE NOT convalidated`).toHaveLength(
    0,
  );
});

test("ids go on where they were, and what was written can be undone", async () => {
  const source = await filled();
  // Ids that were given out and are gone are not given out again.
  await source.sql`SELECT setval('events_id_seq', 500)`;
  const target = await empty();
  await restoreInto(target, await backupOf(source));
  const client = await connectInProcess({ env: { DATABASE_URL: target.url } });
  try {
    const { event } = await client.ask("create_event", { name: "New", event_date: "2027-05-01" });
    expect(event).toMatchObject({ id: 501 });
    const { changes } = await client.ask("list_changes", { tool: "update_campaign" });
    await client.ask("undo_change", { change: changes[0].id });
    expect((await client.ask("get_campaign", { campaign: "CFP 2026" })).campaign).toMatchObject({
      name: "CFP 2026",
    });
  } finally {
    await client.close();
  }
});

test("over rows it refuses and says which, and replaces them when told", async () => {
  const source = await filled();
  const target = await disposable(freshDatabase());
  await target.sql`INSERT INTO events (name, event_date) VALUES ('Mine', '2026-01-01'), ('Too', '2026-01-02')`;
  await target.sql`CREATE TABLE own (word text)`;
  await target.sql`INSERT INTO own VALUES ('stays')`;
  const before = await everyRow(target.sql);
  const file = await backupOf(source);
  const refusal = await restoreInto(target, file).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(HoldsRows);
  expect((refusal as HoldsRows).tables).toContainEqual({ name: "public.events", rows: 2 });
  expect(await everyRow(target.sql)).toEqual(before);

  const { replaced } = await restoreInto(target, file, true);
  expect(replaced).toContainEqual({ name: "public.events", rows: 2 });
  const { "public.own": own, ...rest } = await everyRow(target.sql);
  expect(own).toEqual(["(stays)"]);
  expect(rest).toEqual(await everyRow(source.sql));
});

test("a row that breaks a rule is refused with the table's name, and all stays as it was", async () => {
  const source = await filled();
  const file = await backupOf(source);
  const target = await disposable(freshDatabase());
  const before = await everyRow(target.sql);
  // No checksum tells, as it is made to fit; the last rows of a table are refused when all were sent.
  await target.sql`ALTER TABLE events ADD CONSTRAINT not_this CHECK (event_date < '2027-01-01')`;
  await expect(restoreInto(target, file)).rejects.toThrow(
    "The rows of events could not be restored (not_this), so nothing was.",
  );
  await target.sql`ALTER TABLE events DROP CONSTRAINT not_this`;
  await target.sql`ALTER TABLE contacts ALTER COLUMN email TYPE varchar(5)`;
  await expect(restoreInto(target, file)).rejects.toThrow(
    "The rows of contacts could not be restored (value too long for type character varying(5)), so nothing was.",
  );
  await target.sql`ALTER TABLE contacts ALTER COLUMN email TYPE varchar(255)`;
  await target.sql`ALTER TABLE contacts ADD CONSTRAINT last_row EXCLUDE (first_name WITH =)`;
  await expect(restoreInto(target, file)).rejects.toThrow(BackupFailed);
  expect(await everyRow(target.sql)).toEqual(before);
});

test("what a trigger or default would change on the way in is found out, and nothing is kept", async () => {
  const file = await backupOf(await filled());
  const target = await disposable(freshDatabase());
  await target.sql`ALTER TABLE events ALTER COLUMN name TYPE char(200)`;
  const before = await everyRow(target.sql);
  await expect(restoreInto(target, file)).rejects.toThrow(
    "public.events came out otherwise than it is in the backup, so nothing was restored.",
  );
  expect(await everyRow(target.sql)).toEqual(before);
});

test("while another holds the tables it gives up, and says so", { timeout: 60_000 }, async () => {
  const file = await backupOf(await filled());
  const target = await disposable(freshDatabase());
  const holding = target.sql.begin(async (sql) => {
    await sql`SELECT pg_advisory_xact_lock(776015003)`;
    await pause(3_000);
  });
  await pause(200);
  await expect(restoreInto(target, file)).rejects.toThrow(/migration or backup .* has not ended/u);
  await holding;
});

test("a backup of a newer version is refused, and what is in its place of a statement is never run", async () => {
  const file = await backupOf(await filled());
  const newer = await altered(file, (text) => text.replace('"033"', '"033","999"'));
  const target = await empty();
  await expect(restoreInto(target, newer)).rejects.toThrow(
    "The backup was made by a newer version of event-outreach (it has migration 999); update this one.",
  );
  const hostile = await altered(file, (text) =>
    text
      .replace(/^COPY .*$/gmu, "DROP SCHEMA public CASCADE;")
      .replace(/^SELECT setval.*$/gmu, "DROP SCHEMA public CASCADE;"),
  );
  await restoreInto(target, hostile);
  expect(await target.sql`SELECT id FROM contacts`).not.toHaveLength(0);
});
