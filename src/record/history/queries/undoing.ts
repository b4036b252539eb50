import type { Queryable } from "../../../database/connect.ts";
import { brokenAt, codeOf } from "../../../database/errors.ts";

/** Locks a change and the rows that it wrote, in the order that every call keeps, until the transaction ends. */
export async function lockChange(sql: Queryable, change: number): Promise<void> {
  await sql`SELECT FROM outreach.lock_change(${change})`;
}

/** The latest change of whoever asks that is not undone and undoes none; undefined where there is none. */
export async function latestOwnChange(sql: Queryable): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`
    SELECT change.id::int AS id
    FROM outreach.changes AS change
    WHERE change.actor = outreach.actor() AND change.tool IS NOT NULL
      AND change.undoes IS NULL AND change.undone_by IS NULL
    ORDER BY change.id DESC LIMIT 1`;
  return row?.id;
}

/** What stands against undoing a change, beside what a list says of it. */
export interface Obstacle {
  /** A table with a row that refers to one that the change made, and the change that wrote it, where one did. */
  built_on: string | null;
  built_by: number | null;
  built_by_tool: string | null;
  /** A table of which rows are no longer as the change left them, though no change says so. */
  changed_by_others: string | null;
}

/** Looks for what a list does not look for, as it takes longer. */
export async function furtherObstacle(
  sql: Queryable,
  change: number,
): Promise<Obstacle | undefined> {
  const [row] = await sql<Obstacle[]>`
    SELECT built.place AS built_on, built.later::int AS built_by, later.tool AS built_by_tool,
           outreach.changed_by_others(${change})::text AS changed_by_others
    FROM outreach.built_on(${change}) AS built
    LEFT JOIN outreach.changes AS later ON later.id = built.later`;
  return row;
}

/** Why a row could not be put back. */
export interface InTheWay {
  /** taken: another row stands in its place; gone: what it belongs to is not there. */
  because: "taken" | "gone";
  table: string;
}

const BECAUSE: Record<string, InTheWay["because"]> = {
  "23505": "taken",
  "23P01": "taken",
  "23503": "gone",
  P0002: "gone",
};

/**
 * Puts back every row of a change that is locked; answers the change that did so, or what was in the way:
 * the transaction must then be rolled back.
 */
export async function undoChange(sql: Queryable, change: number): Promise<number | InTheWay> {
  try {
    const [row] = await sql<
      { id: number | null }[]
    >`SELECT outreach.undo_change(${change})::int AS id`;
    if (!row?.id) throw new Error("undoing answered no change");
    return row.id;
  } catch (error) {
    const because = BECAUSE[codeOf(error)];
    if (because === undefined) throw error;
    return { because, table: brokenAt(error).table };
  }
}
