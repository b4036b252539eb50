import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inSlices, sorted } from "../../src/import/procedure/slices.ts";
import { generateTickets } from "../../workbench/tickets.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { toolsOn } from "./support/in_process.ts";
import { tempFiles } from "./support/temp_files.ts";

const NEVER = new AbortController().signal;

describe("a file of several portions", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });

  it("is imported as one: every person once, with ids that rise in one order, and the second time nothing", async () => {
    const { csv, truth } = generateTickets(7000);
    const file_path = await files.write("tickets.csv", csv);
    const run = (duplicate_strategy: string) =>
      tools.call("import_quicket_registrations", { file_path, event: "1", duplicate_strategy });
    const { facts } = await run("skip");
    expect(facts["contacts"]).toEqual({ created: truth.people, updated: 0, matched: 0 });
    expect(facts["tickets"].created).toBe(truth.tickets);
    expect(facts["interests"].links_created).toBe(truth.interests);
    const people = await database.sql<{ key: string[] }[]>`
      SELECT ARRAY[lower(email), lower(first_name), lower(last_name)] AS key FROM contacts ORDER BY id`;
    const keys = people.map(({ key }) => key.join("\0"));
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
    const again = (await run("update")).facts;
    expect(again["contacts"]).toEqual({ created: 0, updated: 0, matched: truth.people });
    expect(again["tickets"]).toMatchObject({ created: 0, updated: 0 });
    expect(again["roles"]).toEqual({ created: 0 });
    expect(again["interests"]).toEqual({ topics_created: 0, links_created: 0 });
  });
});

it.each([0, 1, 999, 1000, 1001, 4321])(
  "a list of %i is sorted, of equals the first first",
  async (length) => {
    const items = Array.from({ length }, (_, place) => ({ place, rank: (place * 7919) % 101 }));
    const byRank = (a: { rank: number }, b: { rank: number }) => a.rank - b.rank;
    expect(await inSlices(sorted(items, byRank), NEVER)).toEqual(items.toSorted(byRank));
  },
);
