import { ToolError } from "../../mcp/errors.ts";
import type { RowError } from "../formats/reading/report.ts";
import type { KnownColumn } from "./queries.ts";
import type { Sliced } from "./slices.ts";

/** What a column must be able to hold. */
type ColumnKind = "text" | "number" | "time" | "boolean";

/** What an import needs of a table. The certain columns are listed too: a typing slip costs nothing. */
export interface TableNeeds {
  table: string;
  columns: Readonly<Record<string, ColumnKind>>;
  /** Filled where the organiser's table has them; what the file says there is left out otherwise. */
  optional?: readonly string[];
  /** The import adds rows, so no other column may need a value. */
  isExtended: boolean;
}

/** Where a field of a row goes: `table.column`, and what the file calls it. */
export interface FieldPlace {
  field: string;
  column: string;
  label: string;
}

const KINDS: Record<ColumnKind, { category: string; name: string }> = {
  text: { category: "S", name: "text" },
  number: { category: "N", name: "a number" },
  time: { category: "D", name: "a timestamp" },
  boolean: { category: "B", name: "a boolean" },
};

/** The organiser's tables as an import finds them. */
export class Schema {
  readonly #columns: ReadonlyMap<string, KnownColumn>;

  constructor(columns: readonly KnownColumn[]) {
    this.#columns = new Map(columns.map((column) => [column.name, column]));
  }

  /** @param name `table.column` */
  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /**
   * Refuses an import for which a table lacks something, before anything is written.
   *
   * @throws ToolError that names every table and column at fault
   */
  check(needs: readonly TableNeeds[]): void {
    const faults = needs.flatMap((table) => this.#faults(table));
    if (faults.length === 0) return;
    throw new ToolError(
      `The organiser's tables lack what this import needs: ${faults.join("; ")}. Change the tables, then import again.`,
    );
  }

  #faults({ table, columns, optional = [], isExtended }: TableNeeds): string[] {
    const present = [...this.#columns.values()].filter(({ name }) => name.startsWith(`${table}.`));
    if (present.length === 0) return [`there is no table ${table}`];
    const missing = Object.keys(columns).filter((column) => !this.has(`${table}.${column}`));
    const faults = missing.map((column) => `${table} has no column ${column}`);
    for (const column of present) {
      const [, name = ""] = column.name.split(".");
      const kind = columns[name];
      if (kind !== undefined && column.category !== KINDS[kind].category) {
        faults.push(`${column.name} is ${column.type}, and ${KINDS[kind].name} is needed`);
      }
      const isFilled = kind !== undefined || optional.includes(name) || column.has_default;
      if (isExtended && column.not_null && !isFilled) {
        faults.push(`${column.name} needs a value, and the import has none for it`);
      }
    }
    return faults;
  }

  /** The optional columns that are not there. */
  absent(needs: readonly TableNeeds[]): string[] {
    return needs
      .flatMap(({ table, optional = [] }) => optional.map((column) => `${table}.${column}`))
      .filter((name) => !this.has(name));
  }

  /** What in these rows the organiser's columns cannot hold, as they may be narrower than ours. */
  *faultsOf(rows: readonly { row: number }[], places: readonly FieldPlace[]): Sliced<RowError[]> {
    const bounds = places.flatMap(({ field, label, column: name }) => {
      const column = this.#columns.get(name);
      if (!column || (column.longest === null && !column.not_null)) return [];
      return [{ field, label, column }];
    });
    const faults: RowError[] = [];
    for (const row of rows) {
      yield;
      for (const { field, label, column } of bounds) {
        const fault = columnFault((row as Record<string, unknown>)[field], column);
        if (fault !== undefined) faults.push({ row: row.row, field: label, error: fault });
      }
    }
    return faults;
  }
}

function columnFault(value: unknown, { name, longest, not_null }: KnownColumn): string | undefined {
  if (value === null) {
    return not_null ? `is empty, and ${name} must not be in this database` : undefined;
  }
  if (longest === null) return undefined;
  const texts = Array.isArray(value) ? (value as unknown[]) : [value];
  const isTooLong = texts.some(
    (text) =>
      typeof text === "string" && text.length > longest && Array.from(text).length > longest,
  );
  return isTooLong ? `is longer than ${name} holds (${String(longest)} characters)` : undefined;
}
