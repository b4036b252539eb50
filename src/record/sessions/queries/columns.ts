import type { Queryable } from "../../../database/connect.ts";

/** Those of these columns, written `table.column`, that the organiser's tables do not have. */
export async function missingColumns(sql: Queryable, needed: readonly string[]): Promise<string[]> {
  const missing = await sql<{ name: string }[]>`
    SELECT coalesce(name, '') AS name
    FROM unnest(outreach.missing_columns(${[...needed]}::text[])) AS name`;
  return missing.map(({ name }) => name);
}
