import type { Queryable } from "../../database/connect.ts";
import { oneEvent } from "../../conventions/references/event.ts";
import { columnName } from "../formats/reading/columns.ts";
import { FORMATS, type ImportType, type RowsOf } from "../formats/index.ts";
import type { UnreadColumn } from "../formats/reading/unread.ts";
import { byRow, type RowError, type RowWarning } from "../formats/reading/report.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import { asKnown, contactsOfPartlyNamed } from "../people/partly_named.ts";
import { asRemembered, rememberedPeople } from "../people/remembered.ts";
import { Ledger, type RecordType, type Strategy } from "./ledger.ts";
import { lockContactCreation } from "../../conventions/locks.ts";
import { tableColumns } from "./queries.ts";
import { readMatching } from "./reading.ts";
import { Schema, type FieldPlace, type TableNeeds } from "./schema.ts";
import type { ImportArguments } from "./shapes.ts";
import { fileSource } from "./source.ts";
import { inSlices, type Sliced } from "./slices.ts";
import type { Steps } from "./steps.ts";
import { together } from "../../conventions/together.ts";

/** How like a session's a rating's label must be, 0 to 1, where a call does not say. */
const THRESHOLD = 0.8;

/** What an import works on. */
export interface Place {
  sql: Queryable;
  zone: string;
  /** Id of the event. */
  event: number;
  schema: Schema;
  /** Whose mailboxes were that are nobody's now. */
  formerMailboxes: ReadonlyMap<string, KnownContact>;
  /** Aborts when the client cancels. */
  signal: AbortSignal;
}

/** An import that is planned and not yet written. */
export interface Prepared<Facts> {
  event: { id: number; name: string };
  /** Rows of the file that hold anything. */
  rows: number;
  unread_columns: readonly UnreadColumn[];
  ledger: Ledger;
  warnings: RowWarning[];
  /** Rows that cannot be imported: if any, the file is refused. */
  errors: RowError[];
  /** What the import answers, if it is written. */
  facts: Facts;
  /** Carries the plan out, in as many statements for each portion of the file. */
  write(): Promise<void>;
}

/** How a call wants an import to be planned. */
export interface PlanOptions {
  strategy: Strategy;
  /** How like a session's a rating's label must be, 0 to 1. */
  threshold: number;
  /** What the call says that labels of ratings mean. */
  mappings: NonNullable<ImportArguments["label_mappings"]>;
}

/** One of the imports. */
export interface ImportKind<Facts> {
  type: ImportType;
  /** The records it writes, as a preview counts them; the first is what a row is about. */
  records: readonly [RecordType, ...RecordType[]];
  /**
   * Reads the file, looks up what the database holds about it, and plans.
   *
   * @param sample how many actions are kept to show
   * @throws ToolError for a file that cannot be read or does not match, an unknown event, and tables that lack a column
   */
  prepare(
    args: ImportArguments,
    on: { sql: Queryable; zone: string },
    steps: Steps,
    options: { isLocked: boolean; sample: number },
  ): Promise<Prepared<Facts>>;
}

/** Defines an import by its parts: what is looked up, planned, written and answered. */
export function importKind<
  Type extends ImportType,
  Known,
  Plan extends { changes: unknown },
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
  /** Decides what becomes of the rows, and notes it. */
  plan(
    rows: readonly RowsOf[Type][],
    known: Known,
    options: PlanOptions,
    ledger: Ledger,
  ): Sliced<Plan>;
  write(place: Place, changes: Plan["changes"], steps: Steps): Promise<void>;
  facts(plan: Plan, ledger: Ledger): Facts;
}): ImportKind<Facts> {
  const { type, records, needs, labels = {} } = definition;
  const places = Object.entries<string | undefined>(definition.fields).map(
    ([field, column = ""]) => ({
      field,
      column,
      label: (labels as Record<string, string>)[field] ?? columnName(FORMATS[type].columns, field),
    }),
  );
  return {
    type,
    records,
    async prepare(args, { sql, zone }, steps, { isLocked, sample }) {
      const file = await readMatching(fileSource(args), type, zone, steps.signal);
      await steps.done(`${String(file.info.rows)} rows read`);
      const tables = needs.map(({ table }) => table);
      const { signal } = steps;
      // Whoever else adds people or imports waits, so that what is looked up stays true; of statements
      // that are sent together the first is carried out first.
      const locking = isLocked ? lockContactCreation(sql) : undefined;
      const [event, columns, remembered, onMailboxes] = await together(
        oneEvent({ sql, zone }, args.event),
        tableColumns(sql, tables),
        rememberedPeople(sql, file.rows, signal),
        contactsOfPartlyNamed(sql, file.rows, signal),
        locking,
      );
      const schema = new Schema(columns);
      schema.check(needs);
      const {
        duplicate_strategy: strategy = "skip",
        fuzzy_match_threshold: threshold = THRESHOLD,
        label_mappings: mappings = [],
      } = args;
      const ledger = new Ledger(records[0], sample);
      const [about] = records;
      const leaveOut = (row: number, reason: string) => {
        ledger.leaveOut(row, reason, about === "tickets" ? about : null);
      };
      for (const { row, reason } of file.left_out) leaveOut(row, reason);
      const present = await inSlices(
        asRemembered(file.rows, remembered, (row) => {
          leaveOut(row, "erased");
        }),
        signal,
      );
      const known = { contacts: onMailboxes, formerly: remembered.formerly };
      // Whose a ticket is that is checked in, the record knows.
      const isUnclearKept = type === "quicket_checkins" && strategy !== "update";
      const named = await inSlices(
        asKnown(present, known, ledger, isUnclearKept ? null : leaveOut),
        signal,
      );
      const rows = withoutAbsent(named, schema.absent(needs), places, ledger);
      const { mailboxes: formerMailboxes } = remembered;
      const place = { sql, zone, event: event.id, schema, formerMailboxes, signal };
      const faults = await inSlices(schema.faultsOf(rows, places), signal);
      const faulty = new Set(faults.map(({ row }) => row));
      const sound = faulty.size === 0 ? rows : rows.filter(({ row }) => !faulty.has(row));
      const recorded = await definition.look(place, sound);
      await steps.done("what is known about them looked up");
      const errors = [...file.errors, ...faults];
      const plan = await inSlices(
        definition.plan(sound, recorded, { strategy, threshold, mappings }, ledger),
        signal,
      );
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
        unread_columns: file.unread_columns,
        ledger,
        warnings: [...file.warnings, ...ledger.warnings].sort(byRow),
        errors: errors.sort(byRow),
        facts: definition.facts(plan, ledger),
        write: () => definition.write(place, plan.changes, steps),
      };
    },
  };
}

type FieldName<Row> = Row extends unknown ? keyof Row : never;

/** Leaves out what optional columns would hold that the organiser's tables do not have, and says so. */
function withoutAbsent<Row extends { row: number }>(
  rows: readonly Row[],
  absent: readonly string[],
  places: readonly FieldPlace[],
  ledger: Ledger,
): readonly Row[] {
  const gone = places.filter(({ column }) => absent.includes(column));
  if (gone.length === 0) return rows;
  for (const { field, label, column } of gone) {
    const first = rows.find((row) => row[field as keyof Row] !== null);
    const warning = `Left out, here and in every row: the organiser's tables have no column ${column}.`;
    if (first) ledger.warn(first.row, label, warning);
  }
  const nothing = Object.fromEntries(gone.map(({ field }) => [field, null]));
  return rows.map((row) => ({ ...row, ...nothing }));
}
