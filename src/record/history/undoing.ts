import { ToolError } from "../../mcp/errors.ts";
import { counted } from "../../words/counts.ts";
import type { Call } from "../../conventions/call.ts";
import { lockContactCreation } from "../../conventions/locks.ts";
import { together } from "../../conventions/together.ts";
import { listChanges, type ChangeRow } from "./queries/changes.ts";
import { furtherObstacle, lockChange, undoChange } from "./queries/undoing.ts";
import { columnsIn, laterChange, standsAgainst } from "./wording.ts";

/** A change by its id; undefined where there is none. */
export async function changeById({ sql, zone }: Call, id: number): Promise<ChangeRow | undefined> {
  const only = {
    change: id,
    from: null,
    to: null,
    tool: null,
    by: null,
    events: null,
    campaign: null,
    contacts: null,
  };
  const { changes } = await listChanges(sql, only, null, 1, zone);
  return changes[0];
}

/**
 * Locks a change with its rows, so that it can be undone in this transaction.
 *
 * @throws ToolError that says what stands against undoing it
 */
export async function undoableChange(call: Call, id: number): Promise<ChangeRow> {
  const { sql } = call;
  const [, , change, further] = await together(
    lockContactCreation(sql),
    lockChange(sql, id),
    changeById(call, id),
    furtherObstacle(sql, id),
  );
  if (change === undefined) {
    throw new ToolError(`There is no change ${String(id)}; list_changes gives their ids.`);
  }
  const refuse = (because: string) =>
    new ToolError(`Change ${String(id)} cannot be undone: ${because}.`);
  const against = standsAgainst(change);
  if (against !== null) {
    const isBuiltOn =
      change.undone_by === null &&
      change.final_because === null &&
      !change.is_under_way &&
      change.later_final_because === null;
    throw refuse(isBuiltOn ? `${against}; undo that first` : against);
  }
  if (further && further.built_on !== null) {
    const rows = `a row of ${tableName(further.built_on)} refers to what it added`;
    throw refuse(
      further.built_by === null
        ? `${rows}; remove that first`
        : `${rows}, by ${laterChange(further.built_by, further.built_by_tool)}; undo that first`,
    );
  }
  if (further && further.changed_by_others !== null) {
    throw refuse(
      `rows of ${tableName(further.changed_by_others)} were changed since by other hands than these servers', and that would be lost`,
    );
  }
  return change;
}

/**
 * Undoes a change that {@link undoableChange} found to be undoable; answers the change that did so.
 *
 * @throws ToolError where something that no list looks for is in the way of a row
 */
export async function undone({ sql }: Call, id: number): Promise<number> {
  const answer = await undoChange(sql, id);
  if (typeof answer === "number") return answer;
  const row = answer.table === "" ? "a row" : `a row of ${answer.table}`;
  throw new ToolError(
    `Change ${String(id)} cannot be undone: ${
      answer.because === "taken"
        ? `${row} that it would put back has its place taken by another since; undo or remove that one first`
        : `what ${row} that it would put back belongs to was removed since; undo that first`
    }.`,
  );
}

/** Without the schema: nobody who reads it needs to know. */
function tableName(place: string): string {
  return place.replace(/^.*\./u, "");
}

/** How many rows of each table a change wrote, by what it did to them. */
export function rowsWritten({ written }: ChangeRow) {
  return written
    .filter(({ table_name }) => table_name !== "outreach.recorded_calls")
    .map(({ table_name, action, rows, columns }) => ({
      table: tableName(table_name),
      action,
      rows,
      columns: columnsIn(columns),
    }));
}

/** All rows that a change wrote, as a number of them. */
export function allRows(change: ChangeRow): string {
  return counted(
    rowsWritten(change).reduce((sum, { rows }) => sum + rows, 0),
    "row",
  );
}
