import type postgres from "postgres";

/** The history itself, which only grows. */
const HISTORY = new Set(["outreach.changes", "outreach.changed_rows"]);

/** Every row of every table but these, which are the history unless given, as text, by table. */
export async function allRows(
  sql: postgres.Sql,
  except: ReadonlySet<string> = HISTORY,
): Promise<Record<string, string[]>> {
  const tables = await sql<{ name: string }[]>`
    SELECT relnamespace::regnamespace || '.' || quote_ident(relname) AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'outreach'::regnamespace) ORDER BY 1`;
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    if (except.has(name)) continue;
    const rows = await sql.unsafe<{ row: string }[]>(
      `SELECT row::text AS row FROM ${name} AS row ORDER BY 1`,
    );
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}
