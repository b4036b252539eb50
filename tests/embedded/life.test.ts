import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { attachEmbedded, embeddedStatus, stopEmbedded } from "../../src/database/embedded/index.ts";
import {
  attach,
  dataFolder,
  isRunning,
  memory,
  query,
  serverOf,
  startHolder,
  until,
} from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A database that is made once for all tests that need no new one, and stopped for each. */
let made: string | undefined;
async function stoppedDatabase(): Promise<string> {
  made ??= path.join(await mkdtemp(path.join(memory, "outreach-test-")), "data");
  const dataDirectory = made;
  onTestFinished(async () => {
    await stopEmbedded({ dataDirectory, force: true });
  });
  if ((await embeddedStatus({ dataDirectory })).state === "absent") {
    await (await attachEmbedded({ dataDirectory })).release();
  }
  return dataDirectory;
}
afterAll(async () => {
  if (made !== undefined) await rm(path.dirname(made), { recursive: true, force: true });
});

describe("the embedded database", () => {
  test("is made, used, shared and stopped by the last", async () => {
    const dataDirectory = await dataFolder();
    expect(await embeddedStatus({ dataDirectory })).toEqual({ state: "absent", dataDirectory });
    const one = await attach(dataDirectory);
    const two = await attach(dataDirectory);
    const rows = await query(
      one.connection,
      (sql) => sql`
        select current_database() as database, current_user as role, lower('É') as lower,
          current_setting('server_encoding') as encoding,
          current_setting('data_checksums') as checksums,
          current_setting('fsync') as fsync, current_setting('jit') as jit,
          current_setting('plan_cache_mode') as plans,
          (select rolsuper from pg_roles where rolname = current_user) as super`,
    );
    expect([...rows]).toEqual([
      {
        database: "outreach",
        role: "organiser",
        lower: "é",
        encoding: "UTF8",
        checksums: "on",
        fsync: "on",
        jit: "off",
        plans: "auto",
        super: false,
      },
    ]);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "running", users: 2 });
    await one.release();
    expect(one.lost).toBe(true);
    expect(two.lost).toBe(false);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "running", users: 1 });
    const server = await serverOf(dataDirectory);
    await two.release();
    await two.release();
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
    expect(await isRunning(server)).toBe(false);
    expect(await readdir(dataDirectory)).toEqual(["cluster", "postgres.log"]);
  });

  test("is made once by six processes that come at the same moment", async () => {
    const dataDirectory = await dataFolder();
    const holders = await Promise.all(Array.from({ length: 6 }, () => startHolder(dataDirectory)));
    const answers = await Promise.all(holders.map((holder) => holder.ask("attach")));
    expect(new Set(answers.map((answer) => answer["url"])).size).toBe(1);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ users: 6 });
    await Promise.all(holders.map((holder) => holder.ask("release")));
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });

  test("outlives the SIGKILL of the process that started it and is stopped by the last", async () => {
    const dataDirectory = await stoppedDatabase();
    const [first, second] = [await startHolder(dataDirectory), await startHolder(dataDirectory)];
    await first.ask("attach");
    await second.ask("attach");
    await first.kill();
    await until(async () => (await second.ask("status"))["users"] === 1);
    expect(await second.ask("lost")).toEqual({ lost: false });
    await second.ask("release");
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });

  test("runs on after the SIGKILL of the last; the next takes it over, or stops it", async () => {
    const dataDirectory = await stoppedDatabase();
    const first = await startHolder(dataDirectory);
    await first.ask("attach");
    const server = await serverOf(dataDirectory);
    await first.kill();
    const second = await startHolder(dataDirectory);
    await second.ask("attach");
    expect(await serverOf(dataDirectory)).toBe(server);
    await second.kill();
    await until(async () => (await embeddedStatus({ dataDirectory })).users === 0);
    expect(await stopEmbedded({ dataDirectory, force: false })).toEqual({
      stopped: true,
      users: 0,
    });
    expect(await isRunning(server)).toBe(false);
    expect(await stopEmbedded({ dataDirectory, force: false })).toEqual({
      stopped: false,
      users: 0,
    });
  });

  test("is not stopped while others use it, unless by force, which they notice", async () => {
    const dataDirectory = await stoppedDatabase();
    const lease = await attach(dataDirectory);
    const other = await startHolder(dataDirectory);
    await other.ask("attach");
    expect(await other.ask("stop")).toEqual({ stopped: false, users: 2 });
    expect(lease.lost).toBe(false);
    expect(await stopEmbedded({ dataDirectory, force: true })).toEqual({ stopped: true, users: 2 });
    await until(() => lease.lost);
    const again = await attach(dataDirectory);
    expect(await query(again.connection, (sql) => sql`select 1 as one`)).toHaveLength(1);
    await other.ask("release");
    expect(again.lost).toBe(false);
  });

  test("comes back after a crash of the server, with what was committed", async () => {
    const dataDirectory = await stoppedDatabase();
    const lease = await attach(dataDirectory);
    await query(lease.connection, (sql) => sql`create table kept as select 42 as answer`);
    process.kill(await serverOf(dataDirectory), "SIGKILL");
    await until(() => lease.lost);
    const again = await attach(dataDirectory);
    expect([...(await query(again.connection, (sql) => sql`select answer from kept`))]).toEqual([
      { answer: 42 },
    ]);
    await lease.release();
    expect(again.lost).toBe(false);
    await again.release();
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });

  test("is stopped by a lease that was lost when nobody else came", async () => {
    const dataDirectory = await stoppedDatabase();
    const lease = await attach(dataDirectory);
    await query(
      lease.connection,
      (sql) => sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'event-outreach lease'`,
    );
    await until(() => lease.lost);
    await lease.release();
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });

  test("does not keep an idle process alive", async () => {
    const dataDirectory = await stoppedDatabase();
    const holder = await startHolder(dataDirectory);
    await holder.ask("attach");
    await holder.leave();
    expect(await stopEmbedded({ dataDirectory, force: false })).toMatchObject({ stopped: true });
  });

  test("lets newcomers in while others leave, over and over", async () => {
    const dataDirectory = await stoppedDatabase();
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let round = 0; round < 6; round += 1) {
          const lease = await attachEmbedded({ dataDirectory });
          expect(
            await query(lease.connection, (sql) => sql`select 1 as one`),
            "an attached database answers",
          ).toHaveLength(1);
          await pause(randomInt(20));
          await lease.release();
        }
      }),
    );
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });

  test("survives starters killed at random moments", async () => {
    const dataDirectory = await dataFolder();
    for (let round = 0; round < 3; round += 1) {
      const holder = await startHolder(dataDirectory);
      const attached = holder.ask("attach").catch(() => undefined);
      await pause(200 + randomInt(700));
      await holder.kill();
      await attached;
    }
    const lease = await attach(dataDirectory);
    expect(await query(lease.connection, (sql) => sql`select 1 as one`)).toHaveLength(1);
    await lease.release();
    expect((await readdir(dataDirectory)).sort()).toEqual(["cluster", "postgres.log"]);
  });

  test("is not held up by a stale postmaster.pid whose number another process has", async () => {
    const dataDirectory = await stoppedDatabase();
    await (await attach(dataDirectory)).release();
    const cluster = path.join(dataDirectory, "cluster");
    const stale = `${String(process.pid)}\n${cluster}\n1700000000\n5432\n.\n\n 1 1\nready   \n`;
    for (const text of [stale, ""]) {
      await writeFile(path.join(cluster, "postmaster.pid"), text);
      await writeFile(path.join(cluster, ".s.PGSQL.5432.lock"), text);
      expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
      await (await attach(dataDirectory)).release();
    }
  });

  test("leaves a copy of a running folder its own database", async () => {
    const dataDirectory = await stoppedDatabase();
    const lease = await attach(dataDirectory);
    const copy = await dataFolder();
    await cp(dataDirectory, copy, {
      recursive: true,
      filter: (name) => !path.basename(name).startsWith(".s.PGSQL"),
    });
    if (process.getuid?.() === 0) {
      execFileSync("chown", [
        "-R",
        "--reference",
        path.join(dataDirectory, "cluster"),
        path.join(copy, "cluster"),
      ]);
    }
    expect(await embeddedStatus({ dataDirectory: copy })).toMatchObject({ state: "stopped" });
    expect(await stopEmbedded({ dataDirectory: copy, force: true })).toMatchObject({
      stopped: false,
    });
    const other = await attach(copy);
    expect(other.connection.host).not.toBe(lease.connection.host);
    expect(await serverOf(copy)).not.toBe(await serverOf(dataDirectory));
    expect(lease.lost).toBe(false);
  });
});
