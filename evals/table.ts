import type { Outcome } from "./play.ts";

/** A line for a task: right or wrong, what it cost, and what was wrong. */
export function lineOf({ name, kind, right, reasons, calls, tokens }: Outcome): string {
  const cells = [
    right ? "right" : "WRONG",
    kind.padEnd(8),
    name.padEnd(34),
    `${String(calls).padStart(2)} calls`,
    `${(tokens.read + tokens.written).toLocaleString("en-US").padStart(9)} tokens`,
  ];
  return [cells.join("  "), ...reasons.map((reason) => `       ${reason}`)].join("\n");
}

/** How many were right, what they cost, by kind and together. */
export interface Totals {
  kind: string;
  tasks: number;
  right: number;
  calls: number;
  tokens: { read: number; written: number };
}

/** The totals of each kind of task that was played, and of all. */
export function totalsOf(outcomes: readonly Outcome[]): Totals[] {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  const total = (kind: string, of: readonly Outcome[]): Totals => {
    const sum = (count: (outcome: Outcome) => number) =>
      of.reduce((before, outcome) => before + count(outcome), 0);
    return {
      kind,
      tasks: of.length,
      right: sum(({ right }) => Number(right)),
      calls: sum(({ calls }) => calls),
      tokens: {
        read: sum(({ tokens }) => tokens.read),
        written: sum(({ tokens }) => tokens.written),
      },
    };
  };
  return [
    ...kinds.map((kind) =>
      total(
        kind,
        outcomes.filter((outcome) => outcome.kind === kind),
      ),
    ),
    total("all", outcomes),
  ];
}

/** The totals as a table. */
export function tableOf(totals: readonly Totals[]): string {
  const rows = [
    ["", "right", "of", "calls", "tokens read", "tokens written"],
    ...totals.map(({ kind, right, tasks, calls, tokens }) => [
      kind,
      ...[right, tasks, calls, tokens.read, tokens.written].map((n) => n.toLocaleString("en-US")),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([kind = "", ...cells]) =>
      [kind.padEnd(widths[0]!), ...cells.map((cell, n) => cell.padStart(widths[n + 1]!))].join(
        "  ",
      ),
    )
    .join("\n");
}
