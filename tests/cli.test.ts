import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attachEmbedded } from "../src/database/embedded/index.ts";
import { connect } from "../workbench/client.ts";
import { emptyDatabase, freshDatabase } from "./support/database.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

/** Runs the command line as a person would. */
async function run(environment: NodeJS.ProcessEnv, ...parameters: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", CLI, ...parameters], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}

describe("with DATABASE_URL", () => {
  test("status of a migrated database", async () => {
    const database = await freshDatabase();
    try {
      await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
      const { code, output, errors } = await run({ DATABASE_URL: database.url }, "status");
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      expect(output).toMatch(/^Database: DATABASE_URL \(database outreach_test_\w+ on .+\)$/m);
      expect(output).toMatch(/^Server: PostgreSQL \d+/m);
      expect(output).toMatch(/^Migrations: \d+ applied, 0 pending$/m);
      expect(output).toMatch(/^Time zone: \S+$/m);
      expect(output).toMatch(/^ *1 events$/m);
      const zoned = { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" };
      expect((await run(zoned, "status")).output).toMatch(
        /^Time zone: Africa\/Johannesburg, by OUTREACH_TIMEZONE$/m,
      );
      const nowhere = { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Mars/Olympus" };
      expect(await run(nowhere, "status")).toMatchObject({
        code: 1,
        errors: expect.stringMatching(
          /^OUTREACH_TIMEZONE is "Mars\/Olympus", which is no time zone/,
        ),
      });
    } finally {
      await database.drop();
    }
  });

  test("migrate says what it applied, and status what is pending before that", async () => {
    const database = await emptyDatabase();
    try {
      const before = await run({ DATABASE_URL: database.url }, "status");
      expect(before.output).toMatch(/Migrations: 0 applied, \d+ pending\n {2}pending: 001_/);
      const migrated = await run({ DATABASE_URL: database.url }, "migrate");
      expect(migrated).toMatchObject({ code: 0, errors: "" });
      expect(migrated.output).toMatch(/^Applied 001_people_events_tickets\.sql\n[^]*Up to date: /);
      const again = await run({ DATABASE_URL: database.url }, "migrate");
      expect(again.output).toMatch(/^Up to date: .*\n$/);
    } finally {
      await database.drop();
    }
  });

  test.each([
    ["postgres://bob:secret@no-such-host.invalid/x", /^(There is no host|The host name)[^\n]*\n$/],
    ["not an address with secret", /^DATABASE_URL is not a PostgreSQL address[^\n]*\n$/],
  ])("an address that does not work gives one sentence: %s", async (url, sentence) => {
    for (const command of ["status", "migrate"]) {
      const { code, errors, output } = await run({ DATABASE_URL: url }, command);
      expect(code).toBe(1);
      expect(errors).toMatch(sentence);
      expect(errors + output).not.toContain("secret");
    }
  });
});

describe("with the embedded database", () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "event-outreach-cli-"));
    environment = { OUTREACH_DATA_DIR: path.join(folder, "data") };
  });
  afterAll(async () => {
    await run(environment, "stop", "--force");
    await rm(folder, { recursive: true, force: true });
  });

  test("from nothing to migrated, used, refused and stopped", async () => {
    expect(await run(environment, "status")).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Database: the bundled PostgreSQL in .*\nState: not made yet/),
    });
    expect(await run(environment, "stop")).toMatchObject({
      code: 0,
      output: "The bundled database is not running.\n",
    });
    expect(await run(environment, "migrate")).toMatchObject({ code: 0, errors: "" });
    expect(await run(environment, "status")).toMatchObject({
      code: 0,
      output: expect.stringContaining("State: stopped"),
    });

    const lease = await attachEmbedded({ dataDirectory: environment.OUTREACH_DATA_DIR! });
    expect(await run(environment, "status")).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /State: running\nUsed by: 1 process\n[^]*Migrations: \d+ applied, 0 pending\n/,
      ),
    });
    const { output } = await run(environment, "status");
    // Where root's PostgreSQL runs as a user that others may be, that is said with the cure.
    if (process.getuid?.() === 0) {
      expect(output).toMatch(/^Runs as: (nobody|daemon), .*password[^\n]*\n .*event-outreach/m);
    } else {
      expect(output).not.toContain("Runs as");
    }
    expect(await run(environment, "stop")).toMatchObject({
      code: 1,
      errors: "One process uses the bundled database, so it goes on; --force stops it anyway.\n",
    });
    expect(await run(environment, "stop", "--force")).toMatchObject({
      code: 0,
      output: "The bundled database is stopped.\n",
    });
    await lease.release();
  });
});

describe("the folder of the embedded database is the same for every program:", () => {
  test.each([["status"], ["migrate"], ["stop"]])(
    "%s refuses a path that is not full",
    async (command) => {
      const { code, output, errors } = await run({ OUTREACH_DATA_DIR: "data" }, command);
      expect({ code, output }).toEqual({ code: 1, output: "" });
      expect(errors).toMatch(/^OUTREACH_DATA_DIR is "data", which is not a full path[^\n]*\n$/);
    },
  );

  test("a tilde is the person's own folder, and a server makes none of that name", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "event-outreach-home-"));
    const environment = { HOME: home, USERPROFILE: home, OUTREACH_DATA_DIR: "~/data" };
    try {
      expect(await run(environment, "status")).toMatchObject({
        code: 0,
        output: expect.stringContaining(`in ${path.join(home, "data")}\n`),
      });
      const client = await connect({ env: environment });
      await client.ask("list_events");
      expect(await run(environment, "stop", "--force")).toMatchObject({
        output: "The bundled database is stopped.\n",
      });
      await client.close();
      expect(existsSync(path.join(home, "data", "cluster"))).toBe(true);
      expect(existsSync("~")).toBe(false);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});

test("an unknown command or server is refused with a hint", async () => {
  expect(await run({}, "stat")).toMatchObject({
    code: 1,
    errors: expect.stringContaining("Did you mean"),
  });
  expect(await run({}, "serve", "everything")).toMatchObject({
    code: 1,
    errors: expect.stringContaining("Allowed choices are"),
  });
});
