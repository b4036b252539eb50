import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { Database } from "../../src/database/connect.ts";
import { distanceTo } from "../../workbench/distance.ts";
import { freshDatabase } from "../support/database.ts";

const ROUNDS = 20;

test("questions that are cancelled at any moment end none beside or after them", async () => {
  const fresh = await freshDatabase();
  // Far away, a request to end a statement is long under way when that ends by itself.
  const far = await distanceTo(fresh.url, 10);
  const database = new Database({
    url: far.url,
    dataDirectory: undefined,
    timeZone: undefined,
    readOnly: false,
    actor: "tester",
  });
  const cancelledAfter = (milliseconds: number) => {
    const cancelling = new AbortController();
    setTimeout(() => {
      cancelling.abort();
    }, milliseconds);
    return database
      .read(
        (sql) =>
          Promise.all([sql`SELECT 1 AS one`, sql`SELECT pg_sleep(0.01)`, sql`SELECT 2 AS two`]),
        cancelling.signal,
      )
      .then(
        () => "answered",
        (error: unknown) => (error as Error).name,
      );
  };
  const recorded = () =>
    database.write(
      async (sql) => {
        await sql`INSERT INTO interest_topics (name) VALUES (gen_random_uuid()::text)`;
        await sql`SELECT pg_sleep(0.002)`;
        return "recorded";
      },
      { call: randomUUID(), tool: "create_event", client: null },
    );
  try {
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const beside = Array.from({ length: 4 }, recorded);
      for (const outcome of await Promise.all(
        [5, 8, 11, 14, 17].map((at) => cancelledAfter(at + round / 2)),
      ))
        outcomes.add(outcome);
      expect(await Promise.all(beside)).toEqual(Array(4).fill("recorded"));
    }
    expect([...outcomes].filter((outcome) => outcome !== "answered")).toEqual([
      "QuestionCancelled",
    ]);
    await pause(50);
    const [row] = await fresh.sql<{ topics: number; open: number }[]>`
      SELECT (SELECT count(*)::int FROM interest_topics) AS topics,
             (SELECT count(xact_start)::int FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()) AS open`;
    expect(row).toEqual({ topics: 4 * ROUNDS, open: 0 });
  } finally {
    await database.close();
    await far.close();
    await fresh.drop();
  }
});
