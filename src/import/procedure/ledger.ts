import type { asTaken } from "../../conventions/references/choose.ts";
import type { RowWarning } from "../formats/reading/report.ts";

/** What to do with a record that the database already holds. */
export const STRATEGIES = ["skip", "update", "fail"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** The kinds of record that imports write. */
const RECORD_TYPES = [
  "contacts",
  "tickets",
  "topics",
  "interests",
  "sessions",
  "speakers",
  "roles",
  "ratings",
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** What becomes of a record. `fail`: it cannot be recorded, or it stops the whole import. */
type ActionKind = "create" | "update" | "skip" | "fail";

/** A record of the file. */
interface FileRecord {
  /** The row that names it first. */
  row: number;
  /** Further rows that name it. */
  further?: readonly number[];
  record_type: RecordType;
  /** The record as a person would name it: a stranger's words. */
  identifier: string;
  /** Where it is skipped it is only counted, since there are many such and nothing is odd about them. */
  isUsual?: boolean;
}

/** What becomes of a record. */
interface Action extends Omit<FileRecord, "further" | "isUsual"> {
  action: ActionKind;
  reason: string;
}

/** A row of the file that the import leaves out, or whose record stays as it is. */
interface SkippedRow {
  row: number;
  reason: string;
}

/** A record that is there already, under the strategy `fail`. */
interface Clash {
  row: number;
  /** What is there, as a person would say it: a stranger's words. */
  what: string;
}

/** A rating whose label matches no session well enough, or several equally well. */
interface Unmatched {
  row: number;
  label: string;
  best_match: string | null;
  /** 0 to 1, to three decimals. */
  score: number;
  reason: string;
}

/** A label of which a person said, now or earlier, what it means. */
export interface MappedLabel {
  label: string;
  /** Null where its ratings are left out. */
  session: ReturnType<typeof asTaken> | null;
  skipped: boolean;
  from_memory: boolean;
  rows: number;
}

type Counts = Record<ActionKind, number>;

/**
 * Counts what a plan does, keeps a sample of it, and collects what a person should know. Both what a
 * preview reports and what an import answers is read from here, so that the two cannot differ.
 */
export class Ledger {
  readonly warnings: RowWarning[] = [];
  /** If any, nothing is written. */
  readonly clashes: Clash[] = [];
  readonly unmatched: Unmatched[] = [];
  readonly mapped: MappedLabel[] = [];
  readonly #about: RecordType;
  readonly #counts = new Map<RecordType, Counts>();
  readonly #samples = new Map<string, Action[]>();
  readonly #skipped = new Map<number, string>();
  readonly #imported: boolean[] = [];
  #rowsImported = 0;
  readonly #size: number;

  /**
   * @param about the type of record that a row of the file is about
   * @param size how many actions of each kind and record type are kept
   */
  constructor(about: RecordType, size: number) {
    this.#about = about;
    this.#size = size;
  }

  warn(row: number, field: string, warning: string): void {
    this.warnings.push({ row, field, warning });
  }

  note({ action, reason, ...record }: Action): void {
    this.#note(record, action, reason);
  }

  /** A row of which nothing is read further; it is counted as a record of the type, if one is given. */
  leaveOut(row: number, reason: string, type: RecordType | null): void {
    if (type === null) this.#skipped.set(row, reason);
    else
      this.note({
        row,
        action: "skip",
        record_type: type,
        identifier: `row ${String(row)}`,
        reason,
      });
  }

  /** Notes what becomes of one record; its `fail` is a clash, which `clash` says in words. */
  about(record: FileRecord) {
    return (action: ActionKind, reason: string, clash?: string): void => {
      if (action === "fail") {
        const what = clash ?? `${record.identifier} is ${reason}`;
        this.clashes.push({ row: record.row, what });
      }
      this.#note(record, action, reason);
    };
  }

  #note(record: FileRecord, action: ActionKind, reason: string): void {
    const { row, further = [], record_type: type, isUsual } = record;
    let counts = this.#counts.get(type);
    if (!counts) this.#counts.set(type, (counts = none()));
    counts[action] += 1;
    if (type === this.#about && !isUsual)
      for (const each of [row, ...further]) this.#noteRow(each, action, reason);
    if (this.#size === 0) return;
    const kind = `${type} ${action}`;
    const sample = this.#samples.get(kind) ?? [];
    this.#samples.set(kind, sample);
    const { record_type, identifier } = record;
    sample.push({ row, action, record_type, identifier, reason });
    // Actions come roughly by row; cutting now and then keeps the first ones in bounded memory.
    if (sample.length >= 2 * this.#size + 100) sample.sort(byRowAndType).splice(this.#size);
  }

  /** A row is imported if anything of it is, and skipped if only that was noted of it. */
  #noteRow(row: number, action: ActionKind, reason: string): void {
    if (this.#imported[row]) return;
    if (action === "skip") this.#skipped.set(row, reason);
    if (action !== "create" && action !== "update") return;
    this.#skipped.delete(row);
    this.#imported[row] = true;
    this.#rowsImported += 1;
  }

  /** Rows of which the record that they are about is added or changed. */
  get rowsImported(): number {
    return this.#rowsImported;
  }

  counts(type: RecordType): Readonly<Counts> {
    return this.#counts.get(type) ?? none();
  }

  /** The first rows that are left out, and how many there are. */
  skipped(listed: number): { first: SkippedRow[]; total: number } {
    const rows = Float64Array.from(this.#skipped.keys()).sort().subarray(0, listed);
    const first = Array.from(rows, (row) => ({ row, reason: this.#skipped.get(row) ?? "" }));
    return { first, total: this.#skipped.size };
  }

  /** By row the first action of each kind and record type, then others, at most as many as are kept. */
  sample(): Action[] {
    const kinds = [...this.#samples.values()].map((actions) => actions.sort(byRowAndType));
    const firsts = kinds.flatMap((actions) => actions.slice(0, 1)).sort(byRowAndType);
    const others = kinds.flatMap((actions) => actions.slice(1)).sort(byRowAndType);
    return [...firsts, ...others].slice(0, this.#size).sort(byRowAndType);
  }
}

function byRowAndType(a: Action, b: Action): number {
  return a.row - b.row || RECORD_TYPES.indexOf(a.record_type) - RECORD_TYPES.indexOf(b.record_type);
}

function none(): Counts {
  return { create: 0, update: 0, skip: 0, fail: 0 };
}
