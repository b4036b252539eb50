import type { Queryable } from "../../database/connect.ts";
import { oneEvent } from "../../conventions/references/event.ts";
import { columnName } from "../formats/format.ts";
import { FORMATS, type ImportType, type RowsOf } from "../formats/index.ts";
import type { RowError, RowWarning } from "../formats/reading/report.ts";
import {
  Ledger,
  type Clash,
  type Planned,
  type RecordType,
  type Strategy,
  type Unmatched,
} from "./ledger.ts";
import { lockContactCreation } from "../../conventions/locks.ts";
import { tableColumns } from "./queries.ts";
import { readFitting } from "./reading.ts";
import { Schema, type FieldPlace, type TableNeeds } from "./schema.ts";
import type { Steps } from "./steps.ts";

/** What a call asks to be imported. */
export interface ImportRequest {
  file_path: string;
  event: string;
  strategy: Strategy;
  /** How like a session's a rating's label must be, 0 to 1. */
  threshold: number;
}

/** What an import works on. */
export interface Place {
  sql: Queryable;
  zone: string;
  /** Id of the event. */
  event: number;
  schema: Schema;
}

/** An import that is planned and not yet written. */
export interface Prepared<Facts> {
  event: { id: number; name: string };
  /** Rows of the file that hold anything. */
  rows: number;
  ledger: Ledger;
  warnings: RowWarning[];
  /** Rows that cannot be imported: if any, the file is refused. */
  errors: RowError[];
  clashes: Clash[];
  /** Ratings whose session is not found. */
  unmatched: Unmatched[];
  /** What the import answers, if it is written. */
  facts: Facts;
  /** Carries the plan out, in a number of statements that does not depend on the file. */
  write(): Promise<void>;
}

/** One of the imports. */
export interface ImportKind<Facts> {
  type: ImportType;
  /** The records it writes, as a preview counts them; the first is what a row is about. */
  records: readonly [RecordType, ...RecordType[]];
  /**
   * Reads the file, looks up what the database holds about it, and plans.
   *
   * @param sample how many actions are kept to be shown
   * @throws ToolError for a file that is none, an unknown event, and tables that lack a column
   */
  prepare(
    request: ImportRequest,
    on: { sql: Queryable; zone: string },
    steps: Steps,
    options: { isLocked: boolean; sample: number },
  ): Promise<Prepared<Facts>>;
}

/** Defines an import by its parts: what is looked up, planned, written and answered. */
export function importKind<
  Type extends ImportType,
  Known,
  Plan extends Planned<unknown>,
  Facts,
>(definition: {
  type: Type;
  records: readonly [RecordType, ...RecordType[]];
  needs: readonly TableNeeds[];
  /** Which column a field of the rows goes into: `table.column`. */
  fields: Partial<Record<FieldName<RowsOf[Type]>, string>>;
  /** What answers call a field, where that is not its column in the file. */
  labels?: Partial<Record<FieldName<RowsOf[Type]>, string>>;
  look(place: Place, rows: readonly RowsOf[Type][]): Promise<Known>;
  plan(rows: readonly RowsOf[Type][], known: Known, request: ImportRequest, ledger: Ledger): Plan;
  write(place: Place, changes: Plan["changes"], steps: Steps): Promise<void>;
  facts(plan: Plan, ledger: Ledger): Facts;
}): ImportKind<Facts> {
  const { type, records, needs, labels = {} } = definition;
  const places = Object.entries<string | undefined>(definition.fields).map(
    ([field, column = ""]) => ({
      field,
      column,
      label: (labels as Record<string, string>)[field] ?? columnName(FORMATS[type], field),
    }),
  );
  return {
    type,
    records,
    async prepare(request, { sql, zone }, steps, { isLocked, sample }) {
      const file = await readFitting(request.file_path, type, zone, steps.signal);
      await steps.done(`${String(file.info.rows)} rows read`);
      const event = await oneEvent(sql, request.event);
      // Whoever else adds people or imports waits, so that what is looked up stays true.
      if (isLocked) await lockContactCreation(sql);
      const schema = new Schema(
        await tableColumns(
          sql,
          needs.map(({ table }) => table),
        ),
      );
      schema.check(needs);
      const { rows, warnings } = without(file.rows, schema.absent(needs), places);
      const place = { sql, zone, event: event.id, schema };
      const misfits = schema.misfits(rows, places);
      const unfit = new Set(misfits.map(({ row }) => row));
      const fitting = rows.filter(({ row }) => !unfit.has(row));
      const known = await definition.look(place, fitting);
      await steps.done("what is known about them looked up");
      const ledger = new Ledger(sample);
      const errors = [...file.errors, ...misfits];
      const plan = definition.plan(fitting, known, request, ledger);
      for (const { row, field, error } of errors) {
        ledger.note({
          row,
          action: "fail",
          record_type: records[0],
          identifier: `row ${String(row)}`,
          reason: `${field} ${error}`.trim(),
        });
      }
      await steps.done("planned");
      return {
        event: { id: event.id, name: event.name },
        rows: file.info.rows,
        ledger,
        warnings: [...file.warnings, ...warnings, ...plan.warnings].sort((a, b) => a.row - b.row),
        errors: errors.sort((a, b) => a.row - b.row),
        clashes: plan.clashes,
        unmatched: plan.unmatched ?? [],
        facts: definition.facts(plan, ledger),
        write: () => definition.write(place, plan.changes, steps),
      };
    },
  };
}

type FieldName<Row> = Row extends unknown ? keyof Row : never;

/** Leaves out what optional columns would hold that the organiser's tables do not have, and says so. */
function without<Row extends { row: number }>(
  rows: readonly Row[],
  absent: readonly string[],
  places: readonly FieldPlace[],
): { rows: Row[]; warnings: RowWarning[] } {
  const gone = places.filter(({ column }) => absent.includes(column));
  const warnings = gone.flatMap(({ field, label, column }) => {
    const first = rows.find((row) => row[field as keyof Row] !== null);
    const warning = `Left out, here and in every row: the organiser's tables have no column ${column}.`;
    return first ? [{ row: first.row, field: label, warning }] : [];
  });
  const nothing = Object.fromEntries(gone.map(({ field }) => [field, null]));
  return {
    rows: gone.length === 0 ? [...rows] : rows.map((row) => ({ ...row, ...nothing })),
    warnings,
  };
}
