import { setImmediate } from "node:timers/promises";
import { addTo } from "../../words/groups.ts";
import { cancelled } from "./steps.ts";

/** Computing that pauses often, so that others may be answered in between. */
export type Sliced<Result> = Generator<undefined, Result>;

/** Milliseconds of computing after which whoever else waits is let in. */
const SLICE = 20;

/**
 * Does a piece of computing without keeping the process from answering others.
 *
 * @throws ToolError when the signal ends it, as the client has cancelled
 */
export async function inSlices<Result>(work: Sliced<Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    if (signal.aborted) throw cancelled();
    const end = performance.now() + SLICE;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await setImmediate();
  }
}

/** Items that are sorted, or put together, at once. */
const RUN = 1000;

/** A sorted copy of a list that may be as long as a file, of equals the first first. */
export function* sorted<Item extends object>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Sliced<Item[]> {
  yield;
  if (items.length <= RUN) return items.toSorted(compare);
  const half = Math.ceil(items.length / 2);
  const firsts = yield* sorted(items.slice(0, half), compare);
  const others = yield* sorted(items.slice(half), compare);
  const all: Item[] = [];
  let next = 0;
  for (const [index, item] of firsts.entries()) {
    if (index % RUN === 0) yield;
    for (let other = others[next]; other && compare(other, item) < 0; other = others[++next])
      all.push(other);
    all.push(item);
  }
  return all.concat(others.slice(next));
}

/** As {@link groupedBy}, for a list that may be as long as a file. */
export function* grouped<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Sliced<Map<Key, [Item, ...Item[]]>> {
  const groups = new Map<Key, [Item, ...Item[]]>();
  for (const item of items) {
    yield;
    addTo(groups, keyOf(item), item);
  }
  return groups;
}
