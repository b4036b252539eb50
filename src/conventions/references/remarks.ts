import type { Queryable } from "../../database/connect.ts";
import { plain } from "../../mcp/render.ts";
import type { Taken } from "./choose.ts";

/** What is to be said of the references that a transaction resolved, each once. */
const remarks = new WeakMap<Queryable, Set<string>>();

/** How many other rows a remark names, and how many remarks an answer makes. */
const NAMED = 3;

/**
 * Notes what a person should know of a row that their words were taken to mean: that other rows fit the
 * words too, or that it bears another name by now. The answer of the call says it.
 */
export function taking<Found extends Taken>(sql: Queryable, row: Found): Found {
  const known = remarks.get(sql) ?? new Set();
  remarks.set(sql, known);
  if (typeof row.formerly === "string") {
    known.add(`(${plain(row.name)}, formerly ${plain(row.formerly)})`);
  }
  if (row.also_fits.length > 0) {
    const names = row.also_fits.slice(0, NAMED).map(({ name }) => plain(name));
    known.add(`(also: ${names.join(", ")}${row.also_fits.length > NAMED ? " and more" : ""})`);
  }
  return row;
}

/** What was noted of the references that a transaction resolved. */
export function remarksOf(sql: Queryable): readonly string[] {
  return [...(remarks.get(sql) ?? [])].slice(0, NAMED);
}

/** Lets nothing be said of the references that a transaction resolved in vain. */
export function forgetRemarks(sql: Queryable): void {
  remarks.delete(sql);
}
