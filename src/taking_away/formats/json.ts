import type { Column, Row } from "../table.ts";

/** A table as a JSON list of its rows, each as the answer has it. */
export async function* json(
  _columns: readonly Column[],
  parts: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  let between = "[\n";
  for await (const rows of parts) {
    if (rows.length === 0) continue;
    yield between + rows.map((row) => JSON.stringify(row)).join(",\n");
    between = ",\n";
  }
  yield between === "[\n" ? "[]\n" : "\n]\n";
}
