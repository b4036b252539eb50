import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { casesOf } from "../support/matrix.ts";
import { TOOL_OF, toolsOn } from "./support/in_process.ts";
import { FILES } from "./support/rows.ts";
import { statementCounter, type StatementCounter } from "./support/statement_counter.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data Day";

/** Rows that a statement is given at once. */
const PORTION = 5000;

describe("the statements of an import", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let counter: StatementCounter;
  let tools: ReturnType<typeof toolsOn>;

  beforeEach(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14'), ('Small', '2026-01-01')`;
    counter = await statementCounter(database.url);
    tools = toolsOn(counter.url);
    // What opening the database takes is no import's.
    await tools.call("preview_import", {
      file_path: "none.csv",
      event: EVENT,
      import_type: "walkup",
    });
  });
  afterEach(async () => {
    await tools.leave();
    await counter.close();
    await database.drop();
  });

  async function statementsOf(tool: string, args: Record<string, unknown>): Promise<string[]> {
    counter.statements.length = 0;
    const answer = await tools.call(tool, args);
    expect([answer.isError, answer.isError ? answer.text : ""]).toEqual([false, ""]);
    // A question does not wait for its end.
    await expect.poll(() => counter.statements.at(-1)).toBe("COMMIT");
    // Every call has an id of its own.
    return counter.statements.map((text) => text.replace(/(?<=outreach\.call = )'[^']*'/u, "''"));
  }

  /** Leaves of people and topics only what the type needs. */
  async function forget(type: keyof typeof TOOL_OF): Promise<void> {
    await database.sql`DELETE FROM contact_interests`;
    await database.sql`DELETE FROM interest_topics`;
    if (type === "ratings") return;
    await database.sql`DELETE FROM tickets`;
    await database.sql`DELETE FROM contact_roles`;
    await database.sql`DELETE FROM speaker_sessions`;
    await database.sql`DELETE FROM speakers`;
    await database.sql`DELETE FROM contacts`;
  }

  it.each([
    ["quicket_registrations", casesOf([50_000], [1000])[0]!],
    ["quicket_checkins", casesOf([5000], [500])[0]!],
    ["walkup", casesOf([2000], [500])[0]!],
    ["sessionize", 500],
    ["ratings", casesOf([5000], [500])[0]!],
  ] as const)("are as many for 50 rows of %s as for %i", async (type, many) => {
    const small = await files.write("small.csv", FILES[type](50));
    const large = await files.write("large.csv", FILES[type](many));
    const run = (file_path: string, event: string, strategy: string) =>
      statementsOf(TOOL_OF[type], { file_path, event, duplicate_strategy: strategy });
    if (type === "ratings") {
      for (const event of ["Small", EVENT]) {
        const talks = await files.write("talks.csv", FILES.sessionize(50));
        await tools.call(TOOL_OF.sessionize, { file_path: talks, event });
      }
    }
    // People and topics are of no event: either file is to find as few of them as the other.
    const few = await run(small, "Small", "skip");
    await forget(type);
    const more = await run(large, EVENT, "skip");
    // BEGIN, event, lock, columns, what is known, what is written, COMMIT; and the counter does count.
    expect(few.length).toBeGreaterThan(6);
    expect(few.length).toBeLessThan(24);
    expect([...new Set(more)]).toEqual(few);
    // What is as long as the file is sent in portions; somebody has two interests.
    for (const statement of few) {
      const items = statement.includes("INSERT INTO contact_interests") ? 2 * many : many;
      const times = more.filter((other) => other === statement).length;
      expect([statement, times <= Math.ceil(items / PORTION)]).toEqual([statement, true]);
    }
    // Nothing is looked up before whoever else adds people is kept waiting.
    const locked = few.findIndex((statement) => statement.includes("pg_advisory_xact_lock"));
    expect(locked).toBeGreaterThan(0);
    expect(few.findIndex((statement) => /contacts|tickets/u.test(statement))).toBeGreaterThan(
      locked,
    );
    // What is known takes the other strategies' way; that costs no more with fewer rows.
    await run(small, "Small", "skip");
    const some = await files.write("some.csv", FILES[type](500));
    const again = await run(some, EVENT, "update");
    expect(again).toEqual(await run(small, "Small", "update"));
    const previewed = { event: EVENT, import_type: type };
    expect(await statementsOf("preview_import", { ...previewed, file_path: some })).toEqual(
      await statementsOf("preview_import", { ...previewed, file_path: small }),
    );
    const named = [...few, ...again].join("\n");
    expect(named).toContain("contacts");
    expect(named).not.toMatch(
      /campaigns|communications|communication_recipients|marketing_assets|asset_distributions/u,
    );
  });

  it.each([
    "quicket_registrations",
    "quicket_checkins",
    "walkup",
    "sessionize",
    "ratings",
  ] as const)("take at most 9 round trips for 100 rows of %s", async (type) => {
    const slow = await statementCounter(database.url, 10);
    const far = toolsOn(`${slow.url}&prepared_statements=true`);
    try {
      const file_path = await files.write("hundred.csv", FILES[type](100));
      const run = (event: string) => far.call(TOOL_OF[type], { file_path, event });
      if (type === "ratings") {
        const talks = await files.write("talks.csv", FILES.sessionize(100));
        for (const event of ["Small", EVENT])
          await far.call(TOOL_OF.sessionize, { file_path: talks, event });
      }
      // The first time PostgreSQL is asked which types the parameters have.
      await run("Small");
      await forget(type);
      slow.roundTrips = 0;
      const answer = await run(EVENT);
      expect([answer.isError, answer.facts["rows"]]).toEqual([false, 100]);
      expect(slow.roundTrips).toBeGreaterThan(3);
      expect(slow.roundTrips).toBeLessThanOrEqual(9);
    } finally {
      await far.leave();
      await slow.close();
    }
  });
});
