import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedStatus, stopEmbedded } from "../../src/database/embedded/index.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

describe("one server on a database behind DATABASE_URL", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    client = await connect({ env: { DATABASE_URL: database.url } });
    await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const send = (title: string) =>
    client.call("log_send", { campaign: "CFP 2026", title, recipients: ["zoe@example.org"] });

  const waiting = async (table: string) => {
    const rows = await database.sql<{ pid: number }[]>`
      SELECT pid FROM pg_locks WHERE relation = ${table}::regclass AND NOT granted`;
    return rows.map(({ pid }) => pid);
  };

  it("loses the call whose connection ends, and no other that is under way", async () => {
    let mail: ReturnType<typeof send> | undefined;
    await database.sql.begin(async (sql) => {
      await sql`LOCK TABLE communications, marketing_assets IN EXCLUSIVE MODE`;
      mail = send("Under way");
      const flyer = client.call("create_asset", {
        event: "Data & AI Day 2026",
        title: "Flyer",
        asset_type: "flyer",
      });
      await expect.poll(() => waiting("communications")).toHaveLength(1);
      await expect.poll(() => waiting("marketing_assets")).toHaveLength(1);
      const [pid = 0] = await waiting("marketing_assets");
      await database.sql`SELECT pg_terminate_backend(${pid})`;
      expect((await flyer).text).toContain("The connection to the database was lost");
      expect((await client.ask("list_campaigns")).total).toBe(1);
    });
    const answer = await mail;
    expect({ text: answer?.text, isError: answer?.isError }).toMatchObject({ isError: false });
  });

  it.each([
    ["53100", "The disk that holds the database is full; free some space, then try again."],
    ["53200", "The database has too little memory at the moment; try again in a while."],
    ["25006", "The database can only be read at the moment; try again in a while."],
    ["40001", "Others are writing the same at this moment; try again."],
    [
      "57014",
      "The database ended this call because it took too long; try again, or ask for less at once.",
    ],
  ])("is told in a sentence what state the database is in (%s)", async (code, sentence) => {
    await database.sql`
      CREATE OR REPLACE FUNCTION outreach.fail() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'could not extend file "base/1/2"' USING ERRCODE = TG_ARGV[0];
      END $$`;
    await database.sql.unsafe(
      `CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON communications FOR EACH ROW EXECUTE FUNCTION outreach.fail('${code}')`,
    );
    expect((await send(`Refused with ${code}`)).text).toBe(`${sentence} Nothing was written.`);
    await database.sql`DROP TRIGGER fail ON communications`;
    expect((await send(`Refused with ${code}`)).isError).toBe(false);
  });
});

it("a server whose calls fail holds one lease of the bundled database, and releases it", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-share-"));
  const dataDirectory = path.join(folder, "data");
  const client = await connect({
    env: { OUTREACH_DATA_DIR: dataDirectory, OUTREACH_TIMEZONE: "Atlantis/Centre" },
  });
  try {
    for (let call = 0; call < 3; call += 1) {
      expect(await client.refused("list_events")).toContain("is no time zone");
    }
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "running", users: 1 });
    await client.close();
    await expect
      .poll(async () => (await embeddedStatus({ dataDirectory })).state, { timeout: 20_000 })
      .toBe("stopped");
  } finally {
    await client.close();
    await stopEmbedded({ dataDirectory, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});
