import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../workbench/client.ts";
import { freshDatabase } from "../support/database.ts";
import { fixture } from "../import/support/fixture.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Milliseconds of rest, the next one where the machine is too busy for the one before. */
const RESTS = [1_000, 5_000, 20_000] as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "event-outreach-rest-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a server whose tools were listed and that nobody asks anything", () => {
  it.each([
    ["outreach", "list_events", {}],
    [
      "import",
      "preview_import",
      { event: "Data Day", import_type: "walkup", file_path: fixture("walkup.csv") },
    ],
  ] as const)("%s: loads what its first answer takes", async (server, tool, args) => {
    const database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    const dist = path.join(folder, "dist");
    await symlink(path.join(ROOT, "db"), path.join(folder, "db"));
    const answersWithoutItsFiles = async (rest: number) => {
      await cp(path.join(ROOT, "dist"), dist, { recursive: true });
      const client = await connect({ server, dist, env: { DATABASE_URL: database.url } });
      await client.tools();
      await pause(rest);
      // But for the process that reads files, and the chunks that it shares.
      for (const name of await readdir(dist))
        if (!/^(?:reader|chunk-)/u.test(name)) await rm(path.join(dist, name));
      const answer = await client.call(tool, args).catch(() => ({ isError: true }));
      await client.close();
      return !answer.isError;
    };
    let isReady = false;
    for (const rest of RESTS) isReady ||= await answersWithoutItsFiles(rest);
    expect(isReady).toBe(true);
    await database.drop();
  });

  it("starts no database", async () => {
    const client = await connect({ env: { OUTREACH_DATA_DIR: path.join(folder, "data") } });
    await client.tools();
    await pause(RESTS[0]);
    expect(existsSync(path.join(folder, "data"))).toBe(false);
    await client.close();
  });

  it("connects to none", async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const client = await connect({
      env: { DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/none?sslmode=disable` },
    });
    await client.tools();
    await pause(RESTS[0]);
    expect(connections).toBe(0);
    await client.refused("list_events");
    expect(connections).toBeGreaterThan(0);
    await client.close();
    listener.close();
  });
});
