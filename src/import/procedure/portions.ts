import { cancelled } from "./steps.ts";

/**
 * Items that a statement writes at once: few enough that making its parameters takes little memory and does
 * not keep the process from answering others. An ordinary file is one portion.
 *
 * What looks up gets all in one: its parameters are short, and for a part of them PostgreSQL, which knows
 * nothing yet of rows that were just imported, may look through all of those once for each.
 */
const PORTION = 5000;

/**
 * Writes a list portion by portion, each after the one before; nothing where it is empty.
 *
 * @throws ToolError when the signal ends it, as the client has cancelled
 */
export async function inPortions<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  statement: (portion: readonly Item[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += PORTION) {
    if (signal.aborted) throw cancelled();
    await statement(items.slice(start, start + PORTION));
  }
}
