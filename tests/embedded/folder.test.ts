import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  attachEmbedded,
  defaultDataDirectory,
  EmbeddedDatabaseError,
  embeddedStatus,
  stopEmbedded,
} from "../../src/database/embedded/index.ts";
import { dataFolder, isRoot, memory, NOBODY, snapshot, startHolder, temporary } from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Expects every operation to refuse a folder with a sentence, and to leave it as it was. */
async function expectRefused(dataDirectory: string, sentence: RegExp): Promise<void> {
  const before = await snapshot(dataDirectory);
  const error = await attachEmbedded({ dataDirectory }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EmbeddedDatabaseError);
  expect((error as Error).message).toMatch(sentence);
  expect(await stopEmbedded({ dataDirectory, force: true })).toMatchObject({ stopped: false });
  expect(await snapshot(dataDirectory)).toEqual(before);
}

describe("a cluster that is not as it should be is refused and left alone:", () => {
  let dataDirectory: string;
  const inCluster = (name: string): string => path.join(dataDirectory, "cluster", name);

  beforeAll(async () => {
    dataDirectory = path.join(await mkdtemp(path.join(memory, "outreach-test-")), "data");
    await (await attachEmbedded({ dataDirectory })).release();
  });
  afterAll(() => rm(path.dirname(dataDirectory), { recursive: true, force: true }));

  for (const name of [
    "PG_VERSION",
    "global/pg_control",
    "pg_wal",
    "base",
    "outreach.json",
    "postgresql.conf",
  ]) {
    test(`without ${name}`, async () => {
      await rename(inCluster(name), path.join(dataDirectory, "aside"));
      await expectRefused(dataDirectory, new RegExp(`incomplete .*${name}.* untouched`));
      expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "broken" });
      await rename(path.join(dataDirectory, "aside"), inCluster(name));
    });
  }

  test("with a damaged password file", async () => {
    const good = await readFile(inCluster("outreach.json"));
    await writeFile(inCluster("outreach.json"), good.subarray(0, 20));
    await expectRefused(dataDirectory, /outreach\.json is damaged/);
    await writeFile(inCluster("outreach.json"), good);
  });

  test("of another version, naming both", async () => {
    const good = await readFile(inCluster("PG_VERSION"));
    await writeFile(inCluster("PG_VERSION"), "16\n");
    await expectRefused(
      dataDirectory,
      /made by PostgreSQL 16.*comes with PostgreSQL 17.*untouched/,
    );
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({
      state: "broken",
      detail: expect.stringMatching(/PostgreSQL 16/) as unknown,
    });
    await writeFile(inCluster("PG_VERSION"), good);
  });

  test("with a damaged control file: PostgreSQL's reason, no data changed", async () => {
    const good = await readFile(inCluster("global/pg_control"));
    await writeFile(inCluster("global/pg_control"), Buffer.alloc(good.length));
    await expect(attachEmbedded({ dataDirectory })).rejects.toThrow(
      /does not start: .*\. Nothing was changed; its log is/,
    );
    expect(await readFile(inCluster("global/pg_control"))).toEqual(Buffer.alloc(good.length));
    await writeFile(inCluster("global/pg_control"), good);
  });

  test("with a wrong password: a sentence without it, and it can be stopped by force", async () => {
    const good = await readFile(inCluster("outreach.json"), "utf8");
    const { password } = JSON.parse(good) as { password: string };
    await writeFile(inCluster("outreach.json"), good.replace(password, "wrong-password"));
    const error = await attachEmbedded({ dataDirectory }).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/does not know the password/);
    expect((error as Error).message).not.toContain("wrong-password");
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "broken" });
    await expect(stopEmbedded({ dataDirectory, force: false })).rejects.toThrow(/by force/);
    expect(await stopEmbedded({ dataDirectory, force: true })).toMatchObject({ stopped: true });
    await writeFile(inCluster("outreach.json"), good);
  });

  test("and is used again once it is mended", async () => {
    const lease = await attachEmbedded({ dataDirectory });
    await lease.release();
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
  });
});

describe("a data folder", () => {
  test("that is a file, or is below one, is refused", async () => {
    const file = path.join(await temporary(), "file");
    await writeFile(file, "something");
    for (const dataDirectory of [file, path.join(file, "below")]) {
      await expect(attachEmbedded({ dataDirectory })).rejects.toThrow(
        /a part of its path is a file/,
      );
      expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "broken" });
    }
    expect(await readFile(file, "utf8")).toBe("something");
  });

  test("with somebody else's files is refused", async () => {
    const dataDirectory = await temporary();
    await writeFile(path.join(dataDirectory, "letter.txt"), "Dear …");
    await expectRefused(dataDirectory, /something else \(such as letter\.txt\)/);
  });

  test("that is another program's PostgreSQL cluster is refused, naming both versions", async () => {
    const dataDirectory = await temporary();
    await writeFile(path.join(dataDirectory, "PG_VERSION"), "15\n");
    await expectRefused(dataDirectory, /PostgreSQL 15 .*\(this one comes with 17\).*untouched/);
  });

  test("with an empty or half-made cluster is refused", async () => {
    const dataDirectory = await temporary();
    await mkdir(path.join(dataDirectory, "cluster"));
    await expectRefused(dataDirectory, /incomplete/);
    await mkdir(path.join(dataDirectory, "cluster", "base"));
    await expectRefused(dataDirectory, /incomplete/);
  });

  test("that exists empty is used, and what killed makers left is cleared", async () => {
    const dataDirectory = await dataFolder();
    const dead = path.join(dataDirectory, "cluster.new-2147483646-abc");
    const alive = path.join(dataDirectory, `cluster.new-${String(process.pid)}-abc`);
    await mkdir(path.join(dead, "data"), { recursive: true });
    await mkdir(path.join(alive, "data"), { recursive: true });
    const lease = await attachEmbedded({ dataDirectory });
    await lease.release();
    const left = await readdir(dataDirectory);
    expect(left).toContain(path.basename(alive));
    if (process.platform === "linux") expect(left).not.toContain(path.basename(dead));
  });

  test("is not blocked by the lock of a killed process, whatever time it shows", async () => {
    for (const time of [Date.now() / 1000 + 365 * 86_400, 0]) {
      const dataDirectory = await dataFolder();
      const lock = path.join(dataDirectory, "starting.lock");
      await mkdir(lock, { recursive: true });
      await utimes(lock, time, time);
      const begun = performance.now();
      await (await attachEmbedded({ dataDirectory })).release();
      expect(performance.now() - begun).toBeLessThan(20_000);
    }
  });

  test("is left to a process that holds its lock, whatever time it shows", async () => {
    const dataDirectory = await dataFolder();
    const lock = path.join(dataDirectory, "starting.lock");
    await mkdir(lock, { recursive: true });
    // A live holder renews it, by a clock that may differ from ours.
    let ahead = Date.now() / 1000 + 86_400;
    const renewing = setInterval(() => {
      ahead += 1;
      void utimes(lock, ahead, ahead).catch(() => undefined);
    }, 500);
    const attached = attachEmbedded({ dataDirectory });
    await pause(8_000);
    expect(await readdir(dataDirectory)).toEqual(["starting.lock"]);
    clearInterval(renewing);
    await (await attached).release();
  });

  test.skipIf(process.platform === "win32")("that cannot be written is refused", async () => {
    const base = await temporary();
    const dataDirectory = path.join(base, "data");
    await mkdir(dataDirectory);
    await chmod(base, 0o755);
    await chmod(dataDirectory, 0o555);
    const user = isRoot ? NOBODY : {};
    const holder = await startHolder(dataDirectory, user);
    expect(await holder.ask("attach")).toEqual({
      error: expect.stringMatching(/may not read and write the data folder/) as unknown,
    });
    expect(await readdir(dataDirectory)).toEqual([]);
  });

  test.skipIf(!isRoot)("of another user is refused", async () => {
    const dataDirectory = await dataFolder();
    await (await attachEmbedded({ dataDirectory })).release();
    await chmod(path.dirname(dataDirectory), 0o755);
    await chmod(dataDirectory, 0o755);
    await chown(path.join(dataDirectory, "cluster"), 2, 2);
    const holder = await startHolder(dataDirectory, NOBODY);
    expect(await holder.ask("attach")).toHaveProperty("error");
    expect(await holder.ask("status")).toHaveProperty("error");
  });

  test("that begins with a tilde is in the person's own folder, whoever names it", async () => {
    const dataDirectory = "~/event-outreach-that-nobody-made";
    expect(await embeddedStatus({ dataDirectory })).toEqual({
      state: "absent",
      dataDirectory: path.join(homedir(), "event-outreach-that-nobody-made"),
    });
  });

  test("is the platform's unless another is named", () => {
    expect(path.isAbsolute(defaultDataDirectory())).toBe(true);
    expect(defaultDataDirectory()).toContain("event-outreach");
  });
});
