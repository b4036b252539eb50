import { execFileSync, spawnSync } from "node:child_process";
import { chmod, chown, lstat, open, readdir, readFile, readlink, rm } from "node:fs/promises";
import { symlink } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { embeddedStatus } from "../../src/database/embedded/index.ts";
import {
  attach,
  copyPackage,
  dataFolder,
  installation,
  isRoot,
  NOBODY,
  packageRoot,
  query,
  serverOf,
  startHolder,
  temporary,
} from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const isWindows = process.platform === "win32";
const isLinux = process.platform === "linux";
const packageFolder = path.basename(packageRoot);

describe.skipIf(isWindows)("what the system sees", () => {
  test("files only their owner reads, no TCP port, nothing of ours in the server", async () => {
    const dataDirectory = await dataFolder();
    vi.stubEnv("BREVO_API_KEY", "secret-key");
    vi.stubEnv("PGOPTIONS", "-c fsync=off");
    const lease = await attach(dataDirectory);
    vi.unstubAllEnvs();
    expect(lease.connection.password).toMatch(/^[\w-]{32}$/);
    for (const name of ["", ...(await readdir(dataDirectory, { recursive: true }))]) {
      const found = await lstat(path.join(dataDirectory, name)).catch(() => null);
      // The socket's own permissions are PostgreSQL's affair; nobody else gets into its folder.
      if (found === null || found.isSocket()) continue;
      expect.soft(found.mode & 0o077, name).toBe(0);
    }
    const rows = await query(
      lease.connection,
      (sql) => sql`
        select current_setting('listen_addresses') as listen,
          current_setting('unix_socket_permissions') as socket,
          current_setting('password_encryption') as encryption`,
    );
    expect([...rows]).toEqual([{ listen: "", socket: "0700", encryption: "scram-sha-256" }]);
    const hba = await readFile(path.join(dataDirectory, "cluster", "pg_hba.conf"), "utf8");
    const methods = hba.split("\n").filter((line) => /^(local|host)/.test(line));
    for (const line of methods) expect(line).toMatch(/scram-sha-256$/);
    if (!isLinux) return;
    const server = `/proc/${String(await serverOf(dataDirectory))}`;
    const environment = await readFile(`${server}/environ`, "utf8");
    expect(environment).not.toMatch(/secret-key|PGOPTIONS/);
    const inodes = await Promise.all(
      (await readdir(`${server}/fd`)).map((name) =>
        // Root in a container may not look.
        readlink(`${server}/fd/${name}`).catch(() => ""),
      ),
    );
    const tcp = await readFile(`${server}/net/tcp`, "utf8");
    for (const inode of inodes.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])) {
      expect(tcp).not.toContain(` ${inode} `);
    }
  });

  test("a server that holds no pipe of the process that started it", async () => {
    const dataDirectory = await dataFolder();
    const { root, packages } = await installation();
    await symlink(packageRoot, path.join(packages, packageFolder));
    // Ends only when every holder of the pipes has closed them; descriptor 30 stands for those
    // that a host leaves open by mistake.
    const script = 'exec 30>&1; echo attach | "$0" "$1" "$2"';
    const { status, stdout } = spawnSync(
      "bash",
      ["-c", script, process.execPath, path.join(root, "holder.mjs"), dataDirectory],
      { encoding: "utf8", timeout: 50_000 },
    );
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "running", users: 0 });
  });

  test("a log that stays bounded", async () => {
    const dataDirectory = await dataFolder();
    const log = path.join(dataDirectory, "postgres.log");
    const first = await attach(dataDirectory);
    const handle = await open(log, "a");
    await handle.write(Buffer.alloc(5 * 1024 * 1024, "x\n"));
    await handle.close();
    const second = await attach(dataDirectory);
    expect((await lstat(log)).size).toBeLessThan(1024);
    await second.release();
    await first.release();
    expect((await lstat(log)).size).toBeLessThan(64 * 1024);
    await chmod(log, 0o600);
    const more = await open(log, "a");
    await more.write(Buffer.alloc(2 * 1024 * 1024, "x\n"));
    await more.close();
    await (await attach(dataDirectory)).release();
    expect((await lstat(log)).size).toBeLessThan(64 * 1024);
  });
});

describe.skipIf(isWindows)("a data folder", () => {
  for (const [what, parts] of [
    ["with spaces, umlauts and a comma", ["Änne's Daten, 100%", 'the "data"']],
    ["that looks percent-encoded", ["my%20data%2Fhere", "a#b?c=d&e+f%25"]],
    ["with a backslash and other scripts", ["back\\slash", "Διαδρομή 数据 🎪"]],
    ["too long for a socket", ["x".repeat(120), "data"]],
  ] as const) {
    test(`${what} works, dbmate included`, async () => {
      const dataDirectory = await dataFolder(...parts);
      const lease = await attach(dataDirectory);
      expect(await query(lease.connection, (sql) => sql`select 1 as one`)).toHaveLength(1);
      const applied = await migrateDatabase({ url: lease.url });
      expect(applied).not.toEqual([]);
      expect(await migrateDatabase({ url: lease.url })).toEqual([]);
      const migrations = await temporary();
      execFileSync(
        path.resolve("node_modules/.bin/dbmate"),
        ["--no-dump-schema", "--migrations-dir", migrations, "status"],
        { env: { ...process.env, DATABASE_URL: lease.url } },
      );
      const { host } = lease.connection;
      await lease.release();
      // What lay in the temporary folder is gone with the server.
      expect(existsSync(host)).toBe(host.startsWith(dataDirectory));
      const again = await attach(dataDirectory);
      if (!again.connection.host.startsWith(dataDirectory)) {
        // A cleaner of temporary files takes the link while the server runs.
        await rm(path.dirname(again.connection.host), { recursive: true });
        const third = await attach(dataDirectory);
        expect(third.connection.host).not.toBe(again.connection.host);
        expect(await embeddedStatus({ dataDirectory })).toMatchObject({ users: 2 });
      }
    });
  }

  test("on a full disk: one sentence, and nothing half-made", async () => {
    const dataDirectory = await dataFolder();
    const { root, packages } = await installation();
    await symlink(packageRoot, path.join(packages, packageFolder));
    // A limit on the size of files stands in for the full disk.
    const script = 'ulimit -f 2000; echo attach | "$0" "$1" "$2"';
    const { stdout } = spawnSync(
      "bash",
      ["-c", script, process.execPath, path.join(root, "holder.mjs"), dataDirectory],
      { encoding: "utf8" },
    );
    expect(JSON.parse(stdout)).toEqual({
      error: expect.stringMatching(/could not be made in .*Nothing was left there/) as unknown,
    });
    expect(await readdir(dataDirectory)).toEqual([]);
    await attach(dataDirectory);
  });
});

describe.skipIf(!isLinux)("PostgreSQL's programs", () => {
  test("get their missing links", async () => {
    const dataDirectory = await dataFolder();
    const { root, packages } = await installation();
    const copy = await copyPackage(packages);
    if (isRoot) await chmod(root, 0o755);
    const holder = await startHolder(dataDirectory, { root });
    expect(await holder.ask("attach")).toHaveProperty("url");
    expect((await lstat(path.join(copy, "native/lib/libpq.so.5"))).isSymbolicLink()).toBe(true);
    await holder.ask("release");
  });

  test("are copied where the links cannot be made, by a plain user", async () => {
    const base = await temporary();
    const dataDirectory = path.join(base, "data");
    const { root, packages } = await installation();
    const copy = await copyPackage(packages);
    if (isRoot) {
      await chown(base, NOBODY.uid, NOBODY.gid);
      await chmod(root, 0o755);
    } else {
      await chmod(path.join(copy, "native/lib"), 0o555);
    }
    const holder = await startHolder(dataDirectory, { root, ...(isRoot ? NOBODY : {}) });
    expect(await holder.ask("attach")).toHaveProperty("url");
    expect(await readdir(path.join(dataDirectory, "runtime"))).toHaveLength(1);
    expect((await lstat(path.join(dataDirectory, "runtime"))).mode & 0o077).toBe(0);
    expect(await holder.ask("status")).toMatchObject({ state: "running", users: 1 });
    await holder.ask("release");
    expect(await holder.ask("attach")).toHaveProperty("url");
    await holder.ask("release");
    expect(await holder.ask("status")).toMatchObject({ state: "stopped" });
    await chmod(path.join(copy, "native/lib"), 0o755);
  });

  test.skipIf(!isRoot)("run for root out of a folder that only root may enter", async () => {
    const dataDirectory = await dataFolder();
    const { root, packages } = await installation();
    await copyPackage(packages);
    const holder = await startHolder(dataDirectory, { root });
    expect(await holder.ask("attach")).toHaveProperty("url");
    const command = await readFile(
      `/proc/${String(await serverOf(dataDirectory))}/cmdline`,
      "utf8",
    );
    expect(command).not.toContain(root);
    const [program = ""] = command.split("\0");
    expect((await lstat(program)).uid).toBe(0);
    expect((await lstat(path.dirname(program))).mode & 0o022).toBe(0);
    await holder.ask("release");
  });

  test("that are not installed are named in the error", async () => {
    const dataDirectory = await dataFolder();
    const { root } = await installation();
    const holder = await startHolder(dataDirectory, { root });
    expect(await holder.ask("attach")).toEqual({
      error: expect.stringMatching(
        new RegExp(`${process.platform} ${process.arch}.*DATABASE_URL`),
      ) as unknown,
    });
    expect(existsSync(dataDirectory)).toBe(false);
  });
});
