import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTool } from "../../src/mcp/call.ts";
import type { Caller } from "../../src/mcp/tool.ts";
import { onDatabase } from "../../src/servers/on_database.ts";
import { OUTREACH_TOOLS } from "../../src/servers/outreach/tools.ts";
import { exportAnswerTool } from "../../src/taking_away/tools/export_answer.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { skip } from "../support/skip.ts";

const PEOPLE = 4500;

const files = tempFiles();
let database: TestDatabase;
let tools: ReturnType<typeof onDatabase>;
beforeAll(async () => {
  database = await freshDatabase();
  await database.sql`
    INSERT INTO contacts (first_name, last_name) SELECT 'Crowd', number::text FROM generate_series(1, ${PEOPLE}::int) AS number`;
  tools = onDatabase({
    url: database.url,
    dataDirectory: undefined,
    timeZone: "Africa/Johannesburg",
    readOnly: false,
    actor: "tester",
  });
});
afterAll(async () => {
  await tools.leave();
  await database.drop();
});

/** Saves everybody into a folder of its own, and does something each time it hears how far that has come. */
async function saving(during: During, signal?: AbortSignal) {
  const folder = files.path("saved");
  mkdirSync(folder);
  return { folder, ...(await savedIn(folder, during, signal)) };
}

type During = (done: number, total: number, folder: string) => unknown;

async function savedIn(
  folder: string,
  during: During = () => undefined,
  signal: AbortSignal = new AbortController().signal,
) {
  const caller: Partial<Caller> = {
    client: null,
    signal,
    offered: OUTREACH_TOOLS,
    progress: async (done, total) => {
      await during(done, total, folder);
    },
  };
  const result = await callTool(
    exportAnswerTool(() => folder),
    { tool: "find_contacts", format: "json" },
    tools.ground,
    caller as Caller,
  );
  const [text] = result.content.map((part) => part.text);
  return { text, left: readdirSync(folder) };
}

it("tells how far it has come, while only a file without a name is there", async () => {
  const told: [number, number, string[]][] = [];
  const { folder, left } = await saving((done, total, place) => {
    told.push([done, total, readdirSync(place)]);
  });
  expect(told.map(([done, total]) => [done, total])).toEqual([
    [2000, PEOPLE],
    [4000, PEOPLE],
  ]);
  for (const [, , names] of told) expect(names).toEqual([expect.stringMatching(/\.unfinished$/u)]);
  expect(left).toHaveLength(1);
  expect(JSON.parse(readFileSync(path.join(folder, left[0]!), "utf8"))).toHaveLength(PEOPLE);
});

it("leaves nothing where it is cancelled", async () => {
  const controller = new AbortController();
  const { text, left } = await saving(() => controller.abort(), controller.signal);
  expect(text).toMatch(
    /^(?:Saving the answer|The question) was cancelled\. Nothing was written\.$/u,
  );
  expect(left).toEqual([]);
});

it("begins anew where the connection is lost, and leaves one file that is whole", async () => {
  let lost = 0;
  const { folder, left } = await saving(async () => {
    if (lost++ > 0) return;
    await database.sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  });
  expect(lost).toBe(3);
  expect(left).toHaveLength(1);
  const rows = JSON.parse(readFileSync(path.join(folder, left[0]!), "utf8")) as { id: number }[];
  expect(new Set(rows.map(({ id }) => id)).size).toBe(PEOPLE);
});

it("leaves nothing on a disk that gets full meanwhile, and says so", async (context) => {
  const folder = files.path("small");
  mkdirSync(folder);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", folder]);
  if (status !== 0) skip(context, "this user may not mount a small disk");
  try {
    const { text, left } = await savedIn(folder);
    expect(text).toBe(
      `There is no room left for the file in ${folder}; make some. Nothing was written.`,
    );
    expect(left).toEqual([]);
  } finally {
    spawnSync("umount", [folder]);
  }
});
