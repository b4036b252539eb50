import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { generateTickets } from "../../workbench/tickets.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { checkInvariants } from "./support/invariants.ts";
import { Load, seedLoad } from "./support/load.ts";
import { killClient, startOwnServer, type OwnServer } from "./support/own_server.ts";
import { randomFor } from "./support/random.ts";

const EVENT = "Data Day";

describe.each(["behind DATABASE_URL", "that is bundled"] as const)(
  "servers on a database %s, killed in the middle of writes",
  (which) => {
    const random = randomFor(`killed ${which}`);
    let server: OwnServer;

    beforeAll(async () => {
      server = await startOwnServer();
      const sql = server.open();
      await seedLoad(sql);
      await sql.end();
    });
    afterAll(() => server.stop());

    it("leave every write whole or nothing, many at once", async () => {
      const env: Record<string, string> =
        which === "that is bundled"
          ? { OUTREACH_DATA_DIR: server.dataDirectory }
          : { DATABASE_URL: server.url };
      const survivor = await connect({ env });
      const load = new Load([survivor], random);
      for (let round = 0; round < 5; round += 1) {
        const doomed = await Promise.all(Array.from({ length: 6 }, () => connect({ env })));
        await load.during(async () => {
          await load.doomed(doomed, 12, async () => {
            for (const client of doomed) {
              await pause(random.between(0, 400));
              killClient(client);
            }
          });
        });
        await load.expectAllWell();
      }
      console.log(load.summary());
      const sql = server.open();
      await load.check(sql);
      await sql.end();
      await survivor.close();
    });
  },
);

describe("import servers killed in the middle of an import", () => {
  const random = randomFor("imports");
  const files = tempFiles();
  let database: TestDatabase;

  beforeEach(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
  });
  afterEach(() => database.drop());

  const found = async () => {
    const [row] = await database.sql<{ people: number; tickets: number; interests: number }[]>`
      SELECT (SELECT count(*)::int FROM contacts) AS people, (SELECT count(*)::int FROM tickets) AS tickets,
             (SELECT count(*)::int FROM contact_interests) AS interests`;
    return row;
  };

  for (let round = 1; round <= 6; round += 1) {
    it(`leave all of it or nothing, and importing again completes it (${String(round)})`, async () => {
      const { csv, truth } = generateTickets(1500, random.between(1, 1e6));
      const { people, tickets, interests } = truth;
      const whole = { people, tickets, interests };
      const args = { file_path: await files.write("tickets.csv", csv), event: EVENT };
      const env = { DATABASE_URL: database.url };
      const doomed = await Promise.all(
        Array.from({ length: 3 }, () => connect({ server: "import", env })),
      );
      const calls = doomed.map((client) =>
        client.call("import_quicket_registrations", args).catch(() => undefined),
      );
      await Promise.all(
        doomed.map(async (client) => {
          await pause(random.between(50, 2500));
          killClient(client);
          await client.close();
        }),
      );
      await Promise.all(calls);
      // What a killed server was doing ends a moment later, when the database notices.
      await expect
        .poll(
          async () => {
            const [row] = await database.sql`
              SELECT count(*)::int AS others FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;
            return row?.["others"] as number;
          },
          { timeout: 30_000 },
        )
        .toBe(0);
      const after = await found();
      expect([{ people: 0, tickets: 0, interests: 0 }, whole]).toContainEqual(after);
      await checkInvariants(database.sql);

      const client = await connect({ server: "import", env });
      const again = await client.ask("import_quicket_registrations", args);
      expect(again.tickets.created).toBe(after?.tickets === 0 ? tickets : 0);
      expect(await found()).toEqual(whole);
      await checkInvariants(database.sql);
      await client.close();
    });
  }
});

describe("a folder of the bundled database", () => {
  const random = randomFor("folders");

  const withFolder = async (work: (dataDirectory: string) => Promise<void>) => {
    const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-first-"));
    try {
      await work(path.join(folder, "data"));
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };

  for (let round = 1; round <= 4; round += 1) {
    it(`is made once by ten first starts, half of them killed (${String(round)})`, () =>
      withFolder(async (dataDirectory) => {
        const env = { OUTREACH_DATA_DIR: dataDirectory };
        const clients = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            connect({ env, server: n % 2 === 0 ? "outreach" : "import" }),
          ),
        );
        const answers = await Promise.all(
          clients.map(async (client, n) => {
            const call =
              n % 2 === 0
                ? client.call("create_event", { name: EVENT, event_date: "2026-11-14" })
                : client.call("preview_import", {
                    file_path: new URL("../import/fixtures/walkup.csv", import.meta.url).pathname,
                    import_type: "walkup",
                    event: EVENT,
                  });
            if (n >= 5) return call;
            void call.catch(() => undefined);
            await pause(random.between(0, 2500));
            killClient(client);
            await client.close();
            return undefined;
          }),
        );
        for (const [n, answer] of answers.entries()) {
          if (!answer) continue;
          // An import may come before the event that it names.
          if (answer.isError && n % 2 === 1) expect(answer.text).toMatch(/no event|create_event/iu);
          else
            expect({ text: answer.text, isError: answer.isError }).toMatchObject({
              isError: false,
            });
        }
        const survivors = clients.slice(5);
        expect((await survivors[1]?.ask("list_events"))?.total).toBe(1);
        await leaveAll(survivors, dataDirectory);
      }));
  }
});

async function leaveAll(clients: TestClient[], dataDirectory: string): Promise<void> {
  const { embeddedStatus, stopEmbedded } = await import("../../src/database/embedded/index.ts");
  await Promise.all(clients.map((client) => client.close()));
  try {
    // The last one that leaves stops it.
    await expect
      .poll(async () => (await embeddedStatus({ dataDirectory })).state, { timeout: 30_000 })
      .toBe("stopped");
  } finally {
    await stopEmbedded({ dataDirectory, force: true });
  }
}
