import { ToolError } from "../mcp/errors.ts";

/**
 * Waits for several things that are under way at once, so that they share their trips to the database.
 *
 * @throws what the first of them in the order given failed with, as if each had been waited for in turn
 */
export async function together<Values extends readonly unknown[]>(
  promises: readonly [...{ [Index in keyof Values]: Values[Index] | Promise<Values[Index]> }],
): Promise<Values> {
  const settled = await Promise.allSettled(promises);
  for (const outcome of settled) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}

/**
 * What follows from a search that is under way. Who waits for the search hears of its failure, so that
 * nobody needs to wait for this.
 */
export function following<Found, Value>(
  search: Promise<Found>,
  take: (found: Found) => Value,
): Promise<Value> {
  const followed = search.then(take);
  followed.catch(() => undefined);
  return followed;
}

/** What a search came to: what it found, or why not, in words for the caller. */
export type Outcome<Value> = { value: Value } | { error: ToolError };

/** Lets a search fail without failing the call. */
export async function outcomeOf<Value>(search: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await search };
  } catch (error) {
    if (error instanceof ToolError) return { error };
    throw error;
  }
}
