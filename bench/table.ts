import type { Row } from "./measure.ts";

/** Prints results as a table: names of columns with spaces, numbers rounded to what can be told apart. */
export function print(name: string, about: string, rows: readonly Row[]): void {
  console.log(`\n${name}\n${about}`);
  const columns = Object.keys(rows[0] ?? {});
  const lines = [
    columns.map((column) => column.replaceAll("_", " ")),
    ...rows.map((row) => columns.map((column) => rounded(row[column]))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)));
  for (const line of lines)
    console.log(line.map((cell, index) => cell.padStart(widths[index]!)).join("  "));
}

function rounded(value: Row[string] | undefined): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "not measured";
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
