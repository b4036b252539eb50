import type { Queryable } from "../database/connect.ts";
import { ToolError } from "../mcp/errors.ts";
import { isRecord } from "../mcp/render.ts";

/** The tables that were there before this program, in `public`; they take no triggers. */
export type OlderTable =
  | "contacts"
  | "events"
  | "tickets"
  | "contact_roles"
  | "interest_topics"
  | "contact_interests"
  | "speakers"
  | "speaker_sessions"
  | "speaker_ratings";

/** Values by column. Times as PostgreSQL reads them; local ones where the column has no zone. */
export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A row by its columns, as PostgreSQL writes them in JSON. */
type Row = Record<string, unknown>;

const UNDEFINED_COLUMN = "42703";

/**
 * Adds a row to an older table; the history keeps that. A column that the table computes itself is left to it.
 *
 * @returns the whole row
 * @throws ToolError for a column that the database does not have, by its name
 */
export async function insertRow(sql: Queryable, table: OlderTable, values: Values): Promise<Row> {
  return naming(async () => {
    const [made] = await sql<{ row: unknown }[]>`
      SELECT coalesce(outreach.insert_row(${table}::text::regclass, ${sql.json(values)}), '{}') AS row`;
    return isRecord(made?.row) ? made.row : {};
  });
}

/**
 * Changes rows of an older table; the history keeps how they were.
 *
 * @param keys the rows, each by the same columns; null means an empty value
 * @returns the rows that differ now, whole
 * @throws ToolError for a column that the database does not have, by its name
 */
export async function updateRows(
  sql: Queryable,
  table: OlderTable,
  keys: readonly Values[],
  values: Values,
): Promise<Row[]> {
  return naming(async () => {
    const [made] = await sql<{ rows: unknown }[]>`
      SELECT coalesce(outreach.update_rows(${table}::text::regclass, ${sql.json(keys)}, ${sql.json(values)}), '[]') AS rows`;
    return rowsIn(made?.rows);
  });
}

/**
 * Removes rows of an older table; the history keeps them in full.
 *
 * @param keys as for {@link updateRows}
 * @returns the rows as they were, whole
 * @throws ToolError for a column that the database does not have, by its name
 */
export async function deleteRows(
  sql: Queryable,
  table: OlderTable,
  keys: readonly Values[],
): Promise<Row[]> {
  return naming(async () => {
    const [gone] = await sql<{ rows: unknown }[]>`
      SELECT coalesce(outreach.delete_rows(${table}::text::regclass, ${sql.json(keys)}), '[]') AS rows`;
    return rowsIn(gone?.rows);
  });
}

function rowsIn(answer: unknown): Row[] {
  return Array.isArray(answer) ? answer.filter(isRecord) : [];
}

async function naming<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUndefinedColumn(error)) throw error;
    throw new ToolError(
      `The database has no column ${error.column_name} in its table ${error.table_name}; leave it out.`,
    );
  }
}

function isUndefinedColumn(
  error: unknown,
): error is { code: string; table_name: string; column_name: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === UNDEFINED_COLUMN &&
    "column_name" in error
  );
}
