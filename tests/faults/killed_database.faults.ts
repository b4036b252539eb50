import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { connect, type TestClient } from "../../workbench/client.ts";
import { Load, seedLoad } from "./support/load.ts";
import { killServer, startOwnServer, type OwnServer } from "./support/own_server.ts";
import { randomFor } from "./support/random.ts";

const ROUNDS = 5;

describe.each(["behind DATABASE_URL", "that is bundled"] as const)(
  "a database %s, killed under load",
  (which) => {
    let server: OwnServer;
    let clients: TestClient[];
    const random = randomFor(which);

    beforeAll(async () => {
      server = await startOwnServer();
      const sql = server.open();
      await seedLoad(sql);
      await sql.end();
      const env: Record<string, string> =
        which === "that is bundled"
          ? { OUTREACH_DATA_DIR: server.dataDirectory }
          : { DATABASE_URL: server.url };
      clients = await Promise.all(Array.from({ length: 4 }, () => connect({ env })));
    });
    afterAll(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await server.stop();
    });

    it("keeps every write whole, and serves the next call", async () => {
      const load = new Load(clients, random);
      for (let round = 0; round < ROUNDS; round += 1) {
        await load.during(async () => {
          await pause(random.between(100, 1500));
          await killServer(server.dataDirectory, random() < 0.5);
          // Behind DATABASE_URL nobody but the test starts it; the bundled one starts itself.
          if (which === "behind DATABASE_URL") await pause(random.between(0, 800));
          await server.start();
          await pause(random.between(0, 300));
        });
        await load.expectAllWell();
      }
      console.log(load.summary());
      const sql = server.open();
      await load.check(sql);
      await sql.end();
    });
  },
);
