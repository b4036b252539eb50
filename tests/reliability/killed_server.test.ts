import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

const PEOPLE = 20;
const WRITES = 50;

describe("a server killed in the middle of 50 writes", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Guest', 'Number' || n, 'guest' || n || '@example.org' FROM generate_series(1, ${PEOPLE}) AS n`;
    const client = await connect({ env: { DATABASE_URL: database.url } });
    await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
    await client.close();
  });
  afterAll(async () => {
    await database.drop();
  });

  const recipients = Array.from({ length: PEOPLE }, (_, n) => ({
    email: `guest${String(n + 1)}@example.org`,
  }));

  /** Sends all writes at once and kills the server with SIGKILL when so many of them are answered. */
  const writeAndKill = async (round: number, answers: number) => {
    const server = spawn(
      process.execPath,
      [fileURLToPath(new URL("../../dist/outreach.js", import.meta.url))],
      {
        env: { PATH: process.env.PATH ?? "", DATABASE_URL: database.url },
        stdio: ["pipe", "pipe", "ignore"],
      },
    );
    const gone = new Promise((resolve) => server.once("exit", resolve));
    const say = (message: object) =>
      server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    server.stdin.on("error", () => undefined);
    const greeted = new Promise((resolve) => server.stdout.once("data", resolve));
    say({
      id: 0,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "t", version: "1" },
      },
    });
    await greeted;
    say({ method: "notifications/initialized" });
    let heard = 0;
    const answered = new Promise<void>((resolve) => {
      server.stdout.on("data", (chunk: Buffer) => {
        heard += chunk.toString().split("\n").length - 1;
        if (heard >= answers) resolve();
      });
    });
    for (let write = 1; write <= WRITES; write += 1) {
      const title = `Round ${String(round)} mail ${String(write)}`;
      say({
        id: write,
        method: "tools/call",
        params: { name: "log_send", arguments: { campaign: "CFP 2026", title, recipients } },
      });
    }
    // Before the first answer, the server is at its first writes a moment after they are sent.
    await (answers === 0 ? delay(150) : answered);
    server.kill("SIGKILL");
    await gone;
  };

  it("never leaves half a communication", { timeout: 120_000 }, async () => {
    let written = 0;
    for (const [round, answers] of [0, 1, 2, 4, 8, 16, 30, 45].entries()) {
      await writeAndKill(round, answers);
      const rows = await database.sql<{ title: string; recipient_count: number; rows: number }[]>`
        SELECT title, recipient_count,
               (SELECT count(*)::int FROM communication_recipients WHERE communication_id = communications.id) AS rows
        FROM communications`;
      for (const row of rows)
        expect(row).toEqual({ title: row.title, recipient_count: PEOPLE, rows: PEOPLE });
      const half = await database.sql`
        SELECT key FROM outreach.recorded_calls WHERE entry_id IS NULL
           OR NOT EXISTS (SELECT FROM communications WHERE id = entry_id)`;
      expect([...half]).toEqual([]);
      written = rows.length;
    }
    // Some kills must have come early and some late, or the test has shown nothing.
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(8 * WRITES);
  });
});
