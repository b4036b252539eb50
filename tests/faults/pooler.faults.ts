import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type postgres from "postgres";
import { withDatabase } from "../../src/database/address.ts";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { hasPgBouncer, startPgBouncer, type Started } from "../../workbench/programs.ts";
import { createDatabase } from "../../workbench/template.ts";
import { Load, seedLoad } from "./support/load.ts";
import { startOwnServer, type OwnServer } from "./support/own_server.ts";
import { randomFor } from "./support/random.ts";

const present = hasPgBouncer();
if (!present) console.log("PgBouncer is not installed: nothing is tried behind it.");

describe.skipIf(!present)("behind PgBouncer in transaction mode", () => {
  const random = randomFor("pooler");
  let server: OwnServer;
  let sql: postgres.Sql;
  let pooler: Started;
  let clients: TestClient[];

  beforeAll(async () => {
    server = await startOwnServer();
    sql = server.open();
    await seedLoad(sql);
    pooler = await startPgBouncer(server.connection);
    // More connections together than the pooler has to the database.
    clients = await Promise.all(
      Array.from({ length: 6 }, () => connect({ env: { DATABASE_URL: pooler.url } })),
    );
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await sql.end({ timeout: 5 });
    pooler.stop();
    await server.stop();
  });

  it("reads and writes of many clients at once are all answered, and none is refused", async () => {
    const load = new Load(clients, random);
    await load.during(() => pause(8000), 4);
    await load.expectAllWell();
    await load.check(sql);
    console.log(load.summary());
    expect([...load.refusals]).toEqual([]);
  });

  it("questions in SQL, segments and saved answers work, and leave nothing of theirs on a connection", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "outreach-pooler-"));
    const question = "SELECT contact_id, name FROM people ORDER BY 1";
    const [client] = clients;
    await client!.ask("save_segment", { name: "Everybody", sql: question });
    await Promise.all(
      clients.flatMap((each, number) => [
        each.ask("ask_database", { sql: question, limit: 5 }),
        each.ask("find_audience", { segment: "Everybody", limit: 5 }),
        each.ask("export_answer", {
          tool: "ask_database",
          arguments: { sql: question },
          format: "csv",
          file_path: path.join(folder, `${String(number)}.csv`),
        }),
      ]),
    );
    const { people } = (await client!.ask("list_segments"))["segments"][0];
    const files = await readdir(folder);
    expect(files).toHaveLength(clients.length);
    for (const file of files) {
      const lines = (await readFile(path.join(folder, file), "utf8")).trim().split("\r\n");
      expect(lines.length - 1).toBeGreaterThanOrEqual(people);
    }
    // What a question is bounded by must not bound the writes that come after it on the same connection.
    await Promise.all(
      clients.map((each, number) =>
        each.ask("save_note", { about: { contact: "1" }, text: `Note ${String(number)}` }),
      ),
    );
    await rm(folder, { recursive: true });
  });

  it("questions that are cancelled end in the database too, and disturb no others", async () => {
    const slow =
      "SELECT count(*) FROM generate_series(1, 10000) AS a, generate_series(1, 10000) AS b WHERE (a + b) % 7 = 3";
    const active = async () => {
      const [row] = await sql<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND query LIKE '%generate_series(1, 10000)%'
          AND pid <> pg_backend_pid()`;
      return row?.count;
    };
    for (let round = 0; round < 3; round += 1) {
      const cancelling = new AbortController();
      const asked = Promise.allSettled(
        clients
          .slice(0, 3)
          .map((each) => each.call("ask_database", { sql: slow }, cancelling.signal)),
      );
      await expect.poll(active, { timeout: 9000, interval: 20 }).toBe(3);
      const beside = Promise.all(
        clients.slice(3).map((each, number) =>
          each.ask("save_note", {
            about: { contact: "1" },
            text: `Beside ${String(round)} ${String(number)}`,
          }),
        ),
      );
      cancelling.abort();
      await expect.poll(active, { timeout: 3000, interval: 20 }).toBe(0);
      expect((await asked).every(({ status }) => status === "rejected")).toBe(true);
      await beside;
      await Promise.all(clients.map((each) => each.ask("list_events")));
    }
  });

  it("connections that end, in front and behind, cost no more than the calls under way", async () => {
    const load = new Load(clients, random);
    for (let round = 0; round < 12; round += 1) {
      await load.during(async () => {
        await pause(random.between(50, 400));
        await sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND application_name <> 'event-outreach lease'`;
      }, 3);
      await load.expectAllWell();
    }
    console.log(load.summary());
    await load.check(sql);
  });

  it("a database that is killed and comes back costs no more than the calls under way", async () => {
    const load = new Load(clients, random);
    await sql.end();
    for (let round = 0; round < 3; round += 1) {
      await load.during(async () => {
        await pause(random.between(50, 400));
        await server.kill(random() < 0.5);
        await server.start();
      }, 2);
      // A pooler waits before it tries a database again that it could not reach.
      await expect
        .poll(async () => (await clients[0]?.call("list_events"))?.isError, { timeout: 30_000 })
        .toBe(false);
      await load.expectAllWell();
    }
    console.log(load.summary());
    sql = server.open();
    await load.check(sql);
  });

  it("eight first migrations at once make the tables once", async () => {
    const name = `migrated_${String(random.between(1, 1e9))}`;
    await createDatabase(server.url, name);
    const url = withDatabase(pooler.url, name);
    const applied = await Promise.all(Array.from({ length: 8 }, () => migrateDatabase({ url })));
    expect(applied.filter((files) => files.length > 0)).toHaveLength(1);
    const client = await connect({ env: { DATABASE_URL: url } });
    expect((await client.ask("list_events")).total).toBe(0);
    await client.close();
  });
});
