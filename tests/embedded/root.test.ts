import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import {
  attachEmbedded,
  embeddedConnection,
  embeddedStatus,
  stopEmbedded,
} from "../../src/database/embedded/index.ts";
import { dataFolder, isRoot, NOBODY, startHolder, temporary, until } from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const USER = { uid: 12_345, gid: 12_345 };

/** Expects that root does nothing at all with a folder. */
async function expectRefused(dataDirectory: string, sentence: RegExp): Promise<void> {
  for (const work of [
    () => attachEmbedded({ dataDirectory }),
    () => embeddedStatus({ dataDirectory }),
    () => embeddedConnection({ dataDirectory }),
    () => stopEmbedded({ dataDirectory, force: true }),
  ]) {
    await expect(work()).rejects.toThrow(sentence);
  }
}

describe.skipIf(!isRoot)("root stays out of a data folder", () => {
  test("of another user, whose links would lead to files of others", async () => {
    const base = await temporary();
    const dataDirectory = path.join(base, "data");
    const secret = path.join(base, "secret");
    await writeFile(secret, "x".repeat(5 * 1024 * 1024), { mode: 0o600 });
    await mkdir(dataDirectory);
    await chown(dataDirectory, USER.uid, USER.gid);
    await symlink(secret, path.join(dataDirectory, "postgres.log"));
    await expectRefused(
      dataDirectory,
      /is not for root: .* belongs to the user with number 12345, .*Run the program as the user/,
    );
    expect(await lstat(secret)).toMatchObject({ uid: 0, size: 5 * 1024 * 1024 });
    expect(await readdir(dataDirectory)).toEqual(["postgres.log"]);
  });

  test("that a user made, who goes on using it", async () => {
    const base = await temporary();
    await chown(base, NOBODY.uid, NOBODY.gid);
    const dataDirectory = path.join(base, "home", "data");
    const byUser = await startHolder(dataDirectory, NOBODY);
    expect(await byUser.ask("attach")).toHaveProperty("url");
    await expectRefused(dataDirectory, /belongs to the user nobody/);
    expect(await byUser.ask("status")).toMatchObject({ state: "running", users: 1 });
    await byUser.ask("release");
  });

  test("below a folder of another user, or that others can write to", async () => {
    const base = await temporary();
    const shared = path.join(base, "shared");
    await mkdir(path.join(shared, "deep", "data"), { recursive: true });
    await chown(shared, USER.uid, USER.gid);
    await expectRefused(path.join(shared, "deep", "data"), /shared belongs to/);
    await chown(shared, 0, 0);
    for (const [mode, gid] of [
      [0o777, 0],
      [0o775, USER.gid],
    ] as const) {
      await chown(shared, 0, gid);
      await chmod(shared, mode);
      await expectRefused(path.join(shared, "new", "data"), /others can write to .*shared,/);
    }
    expect(await readdir(shared)).toEqual(["deep"]);
  });

  test("to which another user's link leads", async () => {
    const base = await temporary();
    await chmod(base, 0o1777);
    await mkdir(path.join(base, "roots"));
    await symlink("roots", path.join(base, "link"));
    expect(await embeddedStatus({ dataDirectory: path.join(base, "link", "data") })).toMatchObject({
      state: "absent",
    });
    const { lchown } = await import("node:fs/promises");
    await lchown(path.join(base, "link"), USER.uid, USER.gid);
    await expectRefused(path.join(base, "link", "data"), /link belongs to/);
    await rm(path.join(base, "link"));
    await symlink(path.join(base, "link"), path.join(base, "link"));
    await expectRefused(path.join(base, "link", "data"), /others can write to/);
  });
});

describe.skipIf(!isRoot)("root's database", () => {
  test("is made where only its own folder is another user's, and root keeps the rest", async () => {
    const dataDirectory = await dataFolder();
    const attached = attachEmbedded({ dataDirectory });
    let draft = "";
    await until(async () => {
      const names = await readdir(dataDirectory).catch(() => []);
      draft = names.find((name) => name.startsWith("cluster.new-")) ?? "";
      return (
        draft !== "" &&
        (await lstat(path.join(dataDirectory, draft, "password")).catch(() => null)) !== null
      );
    });
    const made = path.join(dataDirectory, draft);
    const [around, cluster] = [await lstat(made), await lstat(path.join(made, "data"))];
    expect({ uid: around.uid, mode: around.mode & 0o777 }).toEqual({ uid: 0, mode: 0o711 });
    expect(cluster.uid).not.toBe(0);
    expect(cluster.mode & 0o077).toBe(0);
    const lease = await attached;
    expect((await lstat(path.join(dataDirectory, "postgres.log"))).uid).toBe(0);
    expect((await lstat(path.join(dataDirectory, "cluster"))).uid).not.toBe(0);
    await lease.release();
    expect((await readdir(dataDirectory)).sort()).toEqual(["cluster", "postgres.log"]);
  });

  test("says whom it shares its user with", async () => {
    const dataDirectory = await dataFolder();
    const lease = await attachEmbedded({ dataDirectory });
    const { uid } = await lstat(path.join(dataDirectory, "cluster"));
    const passwd = await readFile("/etc/passwd", "utf8");
    const name = passwd.split("\n").find((line) => line.split(":")[2] === String(uid));
    const isShared = /^(nobody|daemon):/.test(name ?? "");
    expect(await embeddedStatus({ dataDirectory })).toMatchObject(
      isShared ? { sharedUser: name?.split(":")[0] } : {},
    );
    await lease.release();
  });

  test("that was left unfinished is removed in its user's name", async () => {
    const dataDirectory = await dataFolder();
    const draft = path.join(dataDirectory, "cluster.new-2147483646-abc");
    const outside = path.join(path.dirname(dataDirectory), "outside");
    await mkdir(outside);
    await writeFile(path.join(outside, "kept"), "");
    await mkdir(path.join(draft, "data", "base"), { recursive: true });
    await chmod(draft, 0o711);
    await symlink(outside, path.join(draft, "data", "base", "link"));
    for (const part of ["data/base", "data"]) {
      await chown(path.join(draft, part), NOBODY.uid, NOBODY.gid);
    }
    await (await attachEmbedded({ dataDirectory })).release();
    expect(await readdir(dataDirectory)).not.toContain(path.basename(draft));
    expect(await readdir(outside)).toEqual(["kept"]);
  });
});
