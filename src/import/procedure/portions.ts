import { cancelled } from "./steps.ts";

/**
 * Items that one statement is given: few enough that neither its parameters nor its answer take much
 * memory, or keep the process from answering others. An ordinary file is one portion.
 */
const PORTION = 5000;

/**
 * Gives a list to a statement portion by portion, each after the one before; to none, where it is empty.
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

/** As {@link inPortions}; gives all that the statement answered. */
export async function foundInPortions<Item, Found>(
  items: readonly Item[],
  signal: AbortSignal,
  statement: (portion: readonly Item[]) => Promise<readonly Found[]>,
): Promise<Found[]> {
  const all: Found[] = [];
  await inPortions(items, signal, async (portion) => {
    for (const found of await statement(portion)) all.push(found);
  });
  return all;
}
