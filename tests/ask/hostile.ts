import { expect } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { allRows } from "../support/all_rows.ts";
import type { TestDatabase } from "../support/database.ts";
import { hostileStatements } from "./hostile_statements.ts";

/** Stands in tables that no question may read. */
const SECRET = "canary-of-the-yard";

/** Puts something where nobody may read it. */
export async function plantSecret({ sql }: TestDatabase): Promise<void> {
  await sql`CREATE TABLE public.secret_canary AS SELECT ${SECRET}::text AS secret`;
  await sql`CREATE TABLE ask.secret_canary AS SELECT ${SECRET}::text AS secret`;
  await sql`UPDATE outreach.settings SET cursor_key = ${SECRET}`;
}

/** Everything that the database holds: the rows of each table, what it knows of each relation, where sequences stand. */
async function everything({ sql }: TestDatabase): Promise<unknown> {
  const relations = await sql`
    SELECT relation::regclass::text AS name, last_value::text
    FROM (SELECT oid AS relation, relname, relnamespace FROM pg_class) AS known
    LEFT JOIN pg_sequences ON schemaname = relnamespace::regnamespace::text AND sequencename = relname
    WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) ORDER BY 1`;
  return [await allRows(sql), [...relations]];
}

/** Bytes that this process may come to hold beyond what it held before. */
const MOST_MEMORY = 500_000_000;

/**
 * Asks hostile statements and sees that each is refused in words, that nothing was written, nothing read outside of the
 * views, and that a question is answered as before.
 */
export async function expectHarmless(
  client: TestClient,
  database: TestDatabase,
  seed: number,
  count: number,
): Promise<void> {
  const before = await everything(database);
  const answered = await client.ask("ask_database", { sql: "SELECT count(*) FROM people" });
  const memory = process.memoryUsage().rss;
  const passed: string[] = [];
  for (const { kind, sql } of hostileStatements(seed, count)) {
    const answer = await client.call("ask_database", { sql });
    const isInWords =
      answer.isError &&
      !/Internal error|PostgresError|\n\s+at /u.test(answer.text) &&
      answer.text.length < 4000;
    if (!isInWords || answer.text.includes(SECRET))
      passed.push(`${kind}: ${sql.slice(0, 300)} → ${answer.text.slice(0, 300)}`);
  }
  expect(passed).toEqual([]);
  expect(await everything(database)).toEqual(before);
  expect(process.memoryUsage().rss - memory).toBeLessThan(MOST_MEMORY);
  const { rows } = await client.ask("ask_database", { sql: "SELECT count(*) FROM people" });
  expect(rows).toEqual(answered["rows"]);
}
