import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { tempFiles } from "../import/support/temp_files.ts";

/** Takes longer than any test waits, and less than the ten seconds that a question may take. */
const SLOW =
  "SELECT count(*) FROM generate_series(1, 10000) AS a, generate_series(1, 10000) AS b WHERE (a + b) % 7 = 3";

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

/** How many statements servers have the database do, and how many transactions they have open. */
async function busy(): Promise<{ active: number; open: number }> {
  const [row] = await database.sql<{ active: number; open: number }[]>`
    SELECT count(*) FILTER (WHERE state = 'active')::int AS active, count(xact_start)::int AS open
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  return row!;
}

/** Asks, cancels as soon as the database is at it, and waits until it is not. */
async function cancelled(client: TestClient, calls: [string, Record<string, unknown>][]) {
  const cancelling = new AbortController();
  const asked = Promise.allSettled(
    calls.map(([tool, args]) => client.call(tool, args, cancelling.signal)),
  );
  // A server has five connections.
  const most = Math.min(calls.length, 5);
  await expect.poll(busy, { timeout: 9000, interval: 20 }).toMatchObject({ active: most });
  cancelling.abort();
  await expectRest();
  const outcomes = await asked;
  expect(outcomes.map(({ status }) => status)).toEqual(calls.map(() => "rejected"));
  expect(client.stderr()).not.toContain("Internal error");
}

const expectRest = () =>
  expect.poll(busy, { timeout: 3000, interval: 20 }).toEqual({ active: 0, open: 0 });

describe.each(GENERATIONS)("a question that is cancelled over %s", (generation) => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect({ generation, env: { DATABASE_URL: database.url } });
    await client.ask("list_events");
  });
  afterAll(() => client.close());

  it("ends in the database too, and the server answers the next one", async () => {
    await cancelled(client, [["ask_database", { sql: SLOW }]]);
    expect((await client.ask("list_events"))["total"]).toBe(0);
  });

  it("gives its connection back, where others wait for it as well", async () => {
    await cancelled(client, Array(8).fill(["ask_database", { sql: SLOW }]));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.ask("ask_database", { sql: "SELECT 1 AS one" })),
    );
    expect(answers.map(({ rows }) => rows)).toEqual(Array(8).fill([[1]]));
  });
});

describe("a question whose answer nobody waits for", () => {
  const files = tempFiles();

  it("ends when its client goes away", async () => {
    const client = await connect({ env: { DATABASE_URL: database.url } });
    const asked = client.call("ask_database", { sql: SLOW }).catch(() => "given up");
    await expect.poll(busy, { timeout: 9000, interval: 20 }).toMatchObject({ active: 1 });
    await client.close();
    await expectRest();
    expect(await asked).toBe("given up");
  });

  it("ends when it was to be saved as a file, of which nothing is left", async () => {
    const client = await connect({ env: { DATABASE_URL: database.url } });
    const file_path = files.path("slow.csv");
    const args = { tool: "ask_database", arguments: { sql: SLOW }, format: "csv", file_path };
    await cancelled(client, [["export_answer", args]]);
    await expect(readdir(path.dirname(file_path))).resolves.toEqual([]);
    await client.close();
  });
});
