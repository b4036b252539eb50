import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedStatus, stopEmbedded } from "../../src/database/embedded/index.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

describe("a database behind DATABASE_URL that cuts every connection", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    client = await connect({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const cut = () => database.sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;

  it("costs at most the call under way: the next question works", async () => {
    expect((await client.ask("list_events")).total).toBe(2);
    for (let round = 0; round < 3; round += 1) {
      await cut();
      expect((await client.ask("list_events")).total).toBe(2);
    }
  });

  it("costs at most the call under way: a write says so, and its repetition records it once", async () => {
    await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
    const args = { campaign: "CFP 2026", title: "Cut off", recipients: ["zoe@example.org"] };
    for (let round = 0; round < 5; round += 1) {
      const calls = [client.call("log_send", args), cut()] as const;
      const [answer] = await Promise.all(calls);
      if (answer.isError)
        expect(answer.text).toMatch(/connection to the database was lost|call again/iu);
      expect((await client.call("log_send", args)).isError).toBe(false);
    }
    const [stored] = await database.sql`SELECT count(*)::int AS mails FROM communications`;
    expect(stored).toEqual({ mails: 1 });
  });
});

describe("the embedded database under several servers", () => {
  let folder: string;
  const env = () => ({ OUTREACH_DATA_DIR: path.join(folder, "data") });
  const status = () => embeddedStatus({ dataDirectory: path.join(folder, "data") });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "event-outreach-shared-"));
  });
  afterAll(async () => {
    await stopEmbedded({ dataDirectory: path.join(folder, "data"), force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it("is made once by two that come first, outlives either, and stops with the last", async () => {
    const [one, other] = await Promise.all([connect({ env: env() }), connect({ env: env() })]);
    const answers = await Promise.all(
      [one, other].map((client) =>
        client.call("create_event", { name: "First", event_date: "2026-05-01" }),
      ),
    );
    expect(answers.map((answer) => answer.facts.created).sort()).toEqual([false, true]);
    expect(await status()).toMatchObject({ state: "running", users: 2 });

    process.kill(one.pid, "SIGKILL");
    await one.close();
    expect((await other.ask("list_events")).total).toBe(1);
    await other.close();
    await expect.poll(async () => (await status()).state, { timeout: 20_000 }).toBe("stopped");
  });

  it("is started again when it was killed under a server", async () => {
    const client = await connect({ env: env() });
    expect((await client.ask("list_events")).total).toBe(1);
    const pid = Number((await readFile(await postmasterFile(folder), "utf8")).split("\n")[0]);
    process.kill(pid, "SIGKILL");
    await client.call("list_events");
    expect((await client.ask("list_events")).total).toBe(1);
    await client.close();
  });
});

/** PostgreSQL's own file about its main process, wherever in the data folder it lies. */
async function postmasterFile(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  return path.join(
    folder,
    names.find((name) => name.endsWith("postmaster.pid")) ?? "postmaster.pid",
  );
}
