import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type TestClient } from "../../workbench/client.ts";
import { Load, seedLoad } from "./support/load.ts";
import { startOwnServer, type OwnServer } from "./support/own_server.ts";
import { randomFor } from "./support/random.ts";

const random = randomFor("no room");

describe.each(["behind DATABASE_URL", "that is bundled"] as const)(
  "a database %s that is out of connections",
  (which) => {
    let server: OwnServer;
    let clients: TestClient[] = [];

    beforeEach(async () => {
      server = await startOwnServer();
    });
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await server.stop();
    });

    it("says so in a sentence, keeps every write whole, and serves when there are some again", async () => {
      const sql = server.open();
      await seedLoad(sql);
      const env: Record<string, string> =
        which === "that is bundled"
          ? { OUTREACH_DATA_DIR: server.dataDirectory }
          : { DATABASE_URL: server.url };
      clients = await Promise.all(Array.from({ length: 6 }, () => connect({ env })));
      const load = new Load(clients, random);
      for (let round = 0; round < 3; round += 1) {
        await load.during(async () => {
          await pause(300);
          await sql`ALTER DATABASE outreach CONNECTION LIMIT 4`;
          await sql`
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = 'outreach' AND pid <> pg_backend_pid()
              AND application_name <> 'event-outreach lease'`;
          await pause(random.between(500, 1500));
          await sql`ALTER DATABASE outreach CONNECTION LIMIT -1`;
        }, 3);
        await load.expectAllWell();
      }
      console.log(load.summary());
      await load.check(sql);
      await sql.end();
    });
  },
);

/** Mounts a file system of so many MiB in memory, or says why it cannot be done. */
function mountSmall(mebibytes: number): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(path.join(tmpdir(), "event-outreach-small-"));
  const { status } = spawnSync(
    "mount",
    ["-t", "tmpfs", "-o", `size=${String(mebibytes)}m,mode=755`, "tmpfs", folder],
    { stdio: "ignore" },
  );
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
}

function unmount(folder: string): void {
  // The last files of a server that was just stopped may be open still.
  spawnSync("umount", ["--lazy", folder], { stdio: "ignore" });
  rmSync(folder, { recursive: true, force: true });
}

describe("a disk that is full", () => {
  const mounted: string[] = [];
  const small = (mebibytes: number) => {
    const folder = mountSmall(mebibytes);
    if (folder) mounted.push(folder);
    return folder;
  };
  afterAll(() => mounted.forEach(unmount));
  const WHY_NOT = "a small disk can only be mounted by root on Linux";

  it("under a running database: a sentence, every write whole, and all well with room again", async (context) => {
    const disk = small(220);
    if (!disk) return context.skip(WHY_NOT);
    const server = await startOwnServer(disk);
    const before = server.open();
    await seedLoad(before);
    await before.end();
    const clients = await Promise.all(
      Array.from({ length: 3 }, () =>
        connect({ env: { OUTREACH_DATA_DIR: server.dataDirectory } }),
      ),
    );
    const load = new Load(clients, random);
    const ballast = path.join(disk, "ballast");
    for (let round = 0; round < 3; round += 1) {
      await load.expectAllWell();
      const { bavail, bsize } = statfsSync(disk);
      // From none at all to less than the load will write.
      const left = random.pick([0, 64 * 1024, 2 * 1024 * 1024]);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
      await load.during(() => pause(8000), 3);
      rmSync(ballast);
      await load.expectAllWell();
    }
    console.log(load.summary());
    expect([...load.refusals.keys()].some((text) => text.includes("disk"))).toBe(true);
    await server.start();
    const sql = server.open();
    await load.check(sql);
    await sql.end();
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
  });

  for (const mebibytes of [4, 30, 45]) {
    it(`of ${String(mebibytes)} MiB at the first start: a sentence, and nothing half-made`, async (context) => {
      const disk = small(mebibytes);
      if (!disk) return context.skip(WHY_NOT);
      const dataDirectory = path.join(disk, "data");
      const client = await connect({ env: { OUTREACH_DATA_DIR: dataDirectory } });
      const answer = await client.call("list_events");
      expect(answer.text).toMatch(/^The disk that holds .* is full\. Free some space/u);
      expect(answer.isError).toBe(true);
      // What was made of the folder is nothing, or a whole cluster.
      expect(["", "cluster postgres.log"]).toContain(readdirSync(dataDirectory).sort().join(" "));
      spawnSync("mount", ["-o", "remount,size=300m", disk]);
      expect((await client.ask("list_events")).total).toBe(0);
      await client.close();
    });
  }
});
