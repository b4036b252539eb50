import { ToolError } from "../mcp/errors.ts";

/**
 * Waits for several things that are under way at once, so that they share their trips to the database.
 * Where one fails, the others are waited for too: nothing is sent once the transaction is rolled back.
 *
 * @throws what the first of them in the order given failed with, as if each had been waited for in turn
 */
export async function together<const Work extends readonly unknown[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const settled = await Promise.allSettled(work);
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
