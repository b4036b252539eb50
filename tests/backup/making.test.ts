import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { makeBackup } from "../../src/database/backup/making.ts";
import { readBackup } from "../../src/database/backup/reading.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase } from "../support/database.ts";
import { skip } from "../support/skip.ts";
import { backupOf, disposable, empty, everyRow, filled, newFile, restoreInto } from "./helpers.ts";

test("one snapshot, while others write by tools and by hand", { timeout: 120_000 }, async () => {
  const source = await filled();
  await source.sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Early', 'Person ' || n, 'early' || n || '@example.org' FROM generate_series(1, 20000) AS n`;
  let isOver = false;
  let written = 0;
  // Each transaction writes a person, later a role and last a topic: whoever has one has the others.
  const byHand = async (writer: number) => {
    for (let n = 0; !isOver; n += 1) {
      const name = `w${String(writer)}n${String(n)}`;
      await source.sql.begin(async (sql) => {
        const [contact] = await sql<{ id: number }[]>`
          INSERT INTO contacts (first_name, last_name) VALUES ('Writer', ${name}) RETURNING id`;
        await sql`INSERT INTO contact_roles (contact_id, role_type) VALUES (${contact!.id}, 'sponsor')`;
        await sql`INSERT INTO interest_topics (name) VALUES (${name})`;
      });
      written += 1;
    }
  };
  const byTools = async () => {
    const client = await connectInProcess({ env: { DATABASE_URL: source.url } });
    for (let n = 0; !isOver; n += 1) {
      await client.ask("create_event", { name: `Written ${String(n)}`, event_date: "2027-02-01" });
    }
    await client.close();
  };
  const writing = Promise.all([byHand(1), byHand(2), byTools()]);
  while (written < 20) await pause(10);
  const before = written;
  const file = await backupOf(source);
  const after = written;
  isOver = true;
  await writing;
  expect(after).toBeGreaterThan(before);

  const target = await empty();
  await restoreInto(target, file);
  const [found] = await target.sql`
    SELECT (SELECT count(*)::int FROM contacts WHERE first_name = 'Early') AS early,
           (SELECT array_agg(last_name::text ORDER BY last_name) FROM contacts WHERE first_name = 'Writer') AS people,
           (SELECT array_agg(last_name::text ORDER BY last_name) FROM contact_roles JOIN contacts ON contacts.id = contact_id
             WHERE first_name = 'Writer') AS with_role,
           (SELECT array_agg(name::text ORDER BY name) FROM interest_topics WHERE name ~ '^w[12]n') AS topics,
           (SELECT count(*)::int FROM events WHERE name LIKE 'Written %') AS events,
           (SELECT count(*)::int - 1 FROM outreach.changes WHERE tool = 'create_event') AS noted`;
  expect(found!["early"]).toBe(20_000);
  expect(found!["people"].length).toBeGreaterThanOrEqual(before);
  expect(found!["with_role"]).toEqual(found!["people"]);
  expect(found!["topics"]).toEqual(found!["people"]);
  expect(found!["noted"]).toBe(found!["events"]);
  // The sequences are past every row.
  await target.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Next', 'One')`;
});

test("its owner alone may read it, and nothing else is left in its folder", async (context) => {
  if (process.platform === "win32") skip(context, "Windows has other rights");
  const file = await backupOf(await filled());
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(file))).toEqual([path.basename(file)]);
});

test("a file that is there is not written over", async () => {
  const source = await filled();
  const file = await newFile();
  await writeFile(file, "mine");
  await expect(makeBackup({ url: source.url, file })).rejects.toThrow(
    `There is a ${file} already; give another name.`,
  );
  expect(await readFile(file, "utf8")).toBe("mine");
  expect(await readdir(path.dirname(file))).toEqual([path.basename(file)]);
});

test("the text of it is what psql reads", async () => {
  const file = await backupOf(await filled());
  const text = gunzipSync(await readFile(file)).toString();
  expect(text).toMatch(/^-- \{"event_outreach_backup":1,/u);
  expect(text).toContain('COPY "public"."interest_topics" ("id", "name") FROM stdin;\n');
  expect(text).toContain("\tTab\\there \\\\. “Ubuntu”\t");
  expect(text).toMatch(/^SELECT setval\('"public"."events_id_seq"', \d+, true\);$/mu);
});

test("a table of any name, with columns of any name and without any, is in it", async () => {
  const source = await disposable(freshDatabase());
  await source.sql.unsafe(`CREATE TABLE "it's ""a""\ntable" ("; DROP" text, "b\n" numeric[])`);
  await source.sql.unsafe(
    `INSERT INTO "it's ""a""\ntable" VALUES (E'\\\\.\n', '{1.50,NULL}'), ('\\N', NULL)`,
  );
  await source.sql`CREATE TABLE no_columns ()`;
  await source.sql`INSERT INTO no_columns DEFAULT VALUES`;
  const target = await empty();
  const { made } = await restoreInto(target, await backupOf(source));
  expect(made).toHaveLength(2);
  const rows = await everyRow(target.sql);
  expect(rows).toEqual(await everyRow(source.sql));
});

test("who may not read a table is told so, and no file is left", async (context) => {
  const source = await filled();
  const file = await newFile();
  const [user] = await source.sql<{ rolsuper: boolean }[]>`
    SELECT rolsuper FROM pg_roles WHERE rolname = current_user`;
  if (user?.rolsuper) {
    skip(context, "nothing is closed to a superuser");
    return;
  }
  await source.sql`REVOKE ALL ON contacts FROM CURRENT_USER`;
  await expect(makeBackup({ url: source.url, file })).rejects.toThrow(
    "The user of DATABASE_URL may not read all tables; make the backup as the owner of the database.",
  );
  expect(await readdir(path.dirname(file))).toEqual([]);
});

test("on a full disk it says so, leaves nothing and lets the connection go", async (context) => {
  const source = await filled();
  await source.sql`
    INSERT INTO contacts (first_name, last_name)
    SELECT md5(n::text), md5((n * 7)::text) FROM generate_series(1, 100000) AS n`;
  const folder = path.dirname(await newFile());
  const small = path.join(folder, "small");
  await mkdir(small);
  const options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small];
  if (process.platform !== "linux" || spawnSync("mount", options).status !== 0) {
    skip(context, "a small disk can only be mounted by root on Linux");
    return;
  }
  onTestFinished(() => void spawnSync("umount", ["--lazy", small]));
  const file = path.join(small, "copy.sql.gz");
  await expect(makeBackup({ url: source.url, file })).rejects.toThrow(
    `The disk of ${file} is full; free some space, then try again.`,
  );
  expect(await readdir(small)).toEqual([]);
  const other = await newFile();
  await makeBackup({ url: source.url, file: other });
  expect((await readBackup(other)).tables.length).toBeGreaterThan(0);
  await rm(other);
});

test("it waits for a migration to end", async () => {
  const source = await disposable(freshDatabase());
  let hasEnded = false;
  const migrating = source.sql.begin(async (sql) => {
    await sql`SELECT pg_advisory_xact_lock(776015003)`;
    await pause(1_000);
    hasEnded = true;
  });
  await pause(200);
  await backupOf(source);
  expect(hasEnded).toBe(true);
  await migrating;
});
