import { afterAll, beforeAll, expect, it } from "vitest";
import { connectInProcess } from "../../workbench/in_process.ts";
import type { TestClient } from "../../workbench/client.ts";
import { allRows } from "../support/all_rows.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { FILES } from "./support/rows.ts";
import { TOOL_OF, toolsOn } from "./support/in_process.ts";

let database: TestDatabase;
let tools: ReturnType<typeof toolsOn>;
let outreach: TestClient;

beforeAll(async () => {
  database = await freshDatabase();
  await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  tools = toolsOn(database.url);
  outreach = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await outreach.close();
  await tools.leave();
  await database.drop();
});

const TYPES = [
  "quicket_registrations",
  "quicket_checkins",
  "walkup",
  "sessionize",
  "ratings",
] as const;

async function importAll(duplicate_strategy: "skip" | "update"): Promise<void> {
  for (const type of TYPES) {
    const answer = await tools.call(TOOL_OF[type], {
      file_content: { name: "export.csv", text: FILES[type](20, 1) },
      event: "Data Day",
      duplicate_strategy,
    });
    expect(answer.isError, answer.text).toBe(false);
  }
}

/** How many rows each table has. */
const counts = (rows: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(rows).map(([table, all]) => [table, all.length]));

const PAIRS = [
  { keep: "Guest 1 Nkosi", duplicate: "Guest 2 Nkosi" },
  { keep: "Guest 4 Nkosi", duplicate: "Walker 4 In" },
  { keep: "Guest 5 Nkosi", duplicate: "Speaker 5 Person" },
];

it("merged, imported again and parted again, people are there once, with what was theirs", async () => {
  await importAll("skip");
  const before = await allRows(database.sql);
  const changes: number[] = [];
  for (const pair of PAIRS) {
    await outreach.ask("merge_contacts", pair);
    const { changes: latest } = await outreach.ask("list_changes", { limit: 1 });
    changes.push(latest[0].id);
  }
  const merged = await allRows(database.sql);
  expect(merged["public.contacts"]).toHaveLength(before["public.contacts"]!.length - PAIRS.length);

  await importAll("skip");
  expect(await allRows(database.sql)).toEqual(merged);
  for (const change of changes.toReversed()) await outreach.ask("undo_change", { change });
  expect(await allRows(database.sql)).toEqual(before);
  await importAll("skip");
  expect(await allRows(database.sql)).toEqual(before);
});

it("brought up to date by a file while merged, people stay one, and nothing is there twice", async () => {
  for (const pair of PAIRS) await outreach.ask("merge_contacts", pair);
  const merged = await allRows(database.sql);
  await importAll("update");
  expect(counts(await allRows(database.sql))).toEqual(counts(merged));
});
