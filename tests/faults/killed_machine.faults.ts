import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedStatus } from "../../src/database/embedded/index.ts";
import { serverOf } from "../embedded/helpers.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { Load, seedLoad } from "./support/load.ts";
import { startOwnServer, type OwnServer } from "./support/own_server.ts";
import { randomFor } from "./support/random.ts";

/** What a killed machine, or what ran on it since, may leave in a data folder. */
const LEFTOVERS: Record<string, (dataDirectory: string, other: OwnServer) => Promise<void>> = {
  "nothing more": () => Promise.resolve(),
  "a pid file whose number is now ours": (folder) => stalePid(folder, process.pid),
  "a pid file whose number is now another PostgreSQL's": async (folder, other) =>
    stalePid(folder, await serverOf(other.dataDirectory)),
  "a pid file whose number is now the first process's": (folder) => stalePid(folder, 1),
  "an empty pid file": (folder) => writeFile(path.join(folder, "cluster/postmaster.pid"), ""),
  "the socket of a server that is gone, as a plain file": async (folder) => {
    await rm(path.join(folder, "cluster/.s.PGSQL.5432"), { force: true });
    await writeFile(path.join(folder, "cluster/.s.PGSQL.5432"), "");
  },
  "a fresh lock of a start that was cut off": (folder) =>
    mkdir(path.join(folder, "starting.lock")).then(() => undefined),
  "an unfinished cluster of a process whose number is now another's": async (folder) => {
    const name = `cluster.new-${String(process.pid)}-event-outreach-0123456789abcdef`;
    await mkdir(path.join(folder, name, "data"), { recursive: true });
    await writeFile(path.join(folder, name, "password"), "half");
  },
};

async function stalePid(folder: string, pid: number): Promise<void> {
  const cluster = path.join(folder, "cluster");
  const text = `${String(pid)}\n${cluster}\n1700000000\n5432\n.\n\n 1 1\nready   \n`;
  await writeFile(path.join(cluster, "postmaster.pid"), text);
  await writeFile(path.join(cluster, ".s.PGSQL.5432.lock"), text);
}

describe("a data folder of a machine that was killed under load", () => {
  const random = randomFor("machine");
  let server: OwnServer;
  let other: OwnServer;

  beforeAll(async () => {
    [server, other] = await Promise.all([startOwnServer(), startOwnServer()]);
    const sql = server.open();
    await seedLoad(sql);
    await sql.end();
  });
  afterAll(async () => {
    await server.stop();
    await other.stop();
  });

  it.each(Object.keys(LEFTOVERS))("with %s is taken over by all that start", async (left) => {
    const env = { OUTREACH_DATA_DIR: server.dataDirectory };
    const before = await Promise.all(Array.from({ length: 3 }, () => connect({ env })));
    const load = new Load(before, random);
    await load.expectAllWell();
    // The machine goes: the servers and every process of the database, in one moment.
    await load.doomed(before, 10, async () => {
      await pause(random.between(100, 1500));
      await server.kill(
        true,
        before.map(({ pid }) => pid),
      );
    });

    await LEFTOVERS[left]?.(server.dataDirectory, other);
    const after: TestClient[] = await Promise.all(
      Array.from({ length: 4 }, () => connect({ env })),
    );
    const again = new Load(after, random);
    await again.expectAllWell();
    again.outcomes.push(...load.outcomes);
    await server.start();
    const sql = server.open();
    await again.check(sql);
    await sql.end();
    expect((await embeddedStatus({ dataDirectory: server.dataDirectory })).state).toBe("running");
    expect((await embeddedStatus({ dataDirectory: other.dataDirectory })).users).toBe(1);
    await Promise.all(after.map((client) => client.close()));
  });

  it("that was copied half is refused in a sentence, and left as it was", async () => {
    const files = (
      await readdir(path.join(other.dataDirectory, "cluster"), { recursive: true })
    ).sort();
    for (let round = 0; round < 5; round += 1) {
      const half = path.join(path.dirname(server.dataDirectory), `half${String(round)}`);
      const kept = new Set(files.slice(0, random.between(1, files.length - 1)));
      await cp(path.join(other.dataDirectory, "cluster"), path.join(half, "cluster"), {
        recursive: true,
        filter: async (source) => {
          const name = path.relative(path.join(other.dataDirectory, "cluster"), source);
          const found = await stat(source).catch(() => undefined);
          if (!found || found.isSocket()) return false;
          return (
            name === "" || found.isDirectory() || (kept.has(name) && name !== "postmaster.pid")
          );
        },
      });
      const names = (await readdir(half, { recursive: true })).sort();
      const client = await connect({ env: { OUTREACH_DATA_DIR: half } });
      const refusal = await client.refused("list_events");
      expect(refusal).toMatch(/damaged or incomplete|does not start|belongs to root/u);
      expect((await readdir(half, { recursive: true })).sort()).toEqual(names);
      await client.close();
    }
  });
});
