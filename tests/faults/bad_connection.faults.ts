import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import postgres from "postgres";
import { connectionOptions, withDatabase } from "../../src/database/address.ts";
import { migrationState } from "../../src/database/migrate.ts";
import { createDatabase } from "../../workbench/template.ts";
import { checkInvariants } from "./support/invariants.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { Load, seedLoad } from "./support/load.ts";
import { startOwnServer, type OwnServer } from "./support/own_server.ts";
import { startProxy, type Proxy } from "./support/proxy.ts";
import { randomFor } from "./support/random.ts";

describe("a bad way to the database", () => {
  const random = randomFor("a bad way");
  let server: OwnServer;
  let sql: postgres.Sql;
  let proxy: Proxy;
  let clients: TestClient[];

  beforeAll(async () => {
    server = await startOwnServer();
    sql = server.open();
    await seedLoad(sql);
  });
  afterAll(async () => {
    await sql.end({ timeout: 5 });
    await server.stop();
  });
  beforeEach(async () => {
    proxy = await startProxy(server.connection, random);
    clients = await Promise.all(
      Array.from({ length: 3 }, () => connect({ env: { DATABASE_URL: proxy.url } })),
    );
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await proxy.close();
  });

  it("that delays and cuts at random moments keeps every write whole", async () => {
    const load = new Load(clients, random);
    for (let round = 0; round < 6; round += 1) {
      await load.during(async () => {
        proxy.delay = random.between(0, 30);
        proxy.cutChance = random.pick([0.005, 0.02, 0.1]);
        await pause(4000);
      }, 4);
      proxy.delay = 0;
      proxy.cutChance = 0;
      await load.expectAllWell();
    }
    console.log(load.summary());
    await load.check(sql);
  });

  it("that cuts every connection now and then costs no more than the calls under way", async () => {
    const load = new Load(clients, random);
    for (let round = 0; round < 25; round += 1) {
      await load.during(async () => {
        proxy.delay = random.pick([0, 5]);
        await pause(random.between(20, 300));
        proxy.cutAll();
        await pause(random.between(0, 5));
      }, 3);
      proxy.delay = 0;
      await load.expectAllWell();
    }
    console.log(load.summary());
    await load.check(sql);
  });

  it("that hangs up on newcomers for a while", async () => {
    const load = new Load(clients, random);
    for (let round = 0; round < 6; round += 1) {
      await load.during(async () => {
        proxy.refusing = true;
        proxy.cutAll();
        await pause(random.between(200, 1000));
        proxy.refusing = false;
      }, 3);
      await load.expectAllWell();
    }
    console.log(load.summary());
    await load.check(sql);
  });

  it("on which a single connection ends leaves the calls on the others alone", async () => {
    const load = new Load(clients, random);
    for (let round = 0; round < 25; round += 1) {
      await load.during(async () => {
        await pause(random.between(50, 200));
        await sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'event-outreach' AND pid <> pg_backend_pid()
            AND datname = current_database() ORDER BY random() LIMIT 1`;
      }, 3);
      await load.expectAllWell();
    }
    console.log(load.summary());
    await load.check(sql);
    const uncertain = load.outcomes.filter(({ said }) => said !== "done").length;
    expect(uncertain).toBeLessThanOrEqual(25);
  });

  it("that goes silent without ending holds up the call under way, and not the next", async () => {
    const client = clients[0]!;
    expect((await client.ask("list_events")).total).toBe(2);
    const held: Promise<unknown>[] = [];
    for (let round = 0; round < 3; round += 1) {
      proxy.silenceAll();
      held.push(client.call("list_events").catch(() => undefined));
      await pause(100);
      expect((await client.ask("list_events")).total).toBe(2);
    }
    // They end at the latest with their connections.
    proxy.cutAll();
    await Promise.all(held);
    expect((await client.ask("list_events")).total).toBe(2);
  });

  it("on which a migration is cut off leaves each migration whole or nothing", async () => {
    let interrupted = 0;
    for (let round = 0; round < 4; round += 1) {
      const name = `cut_off_${String(round)}`;
      await createDatabase(server.url, name);
      const url = withDatabase(proxy.url, name);
      const direct = postgres({ ...connectionOptions(withDatabase(server.url, name)), max: 1 });
      for (let attempt = 0; attempt < 6; attempt += 1) {
        proxy.cutChance = attempt < 5 ? 0.02 : 0;
        const { code, said } = await migrate(url);
        proxy.cutChance = 0;
        if (code === 0) break;
        interrupted += 1;
        expect(said).not.toMatch(/\bat .*\.js|TypeError|organiser:|Nothing was written/u);
        // Whatever was applied is noted as applied, or the next would stumble over it.
        await migrationState(direct);
      }
      expect((await migrationState(direct)).pending).toEqual([]);
      await checkInvariants(direct);
      await direct.end();
    }
    console.log(`${String(interrupted)} migrations cut off`);
    expect(interrupted).toBeGreaterThan(0);
  });
});

/** Runs the command line's `migrate`. */
async function migrate(url: string): Promise<{ code: number | null; said: string }> {
  const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
  const child = spawn(process.execPath, [cli, "migrate"], {
    env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}
