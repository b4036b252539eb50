import { LISTED, asId, type Candidate } from "./choose.ts";

/** What narrows a search, perhaps still being looked up; null: nothing. */
export type Narrowing<Value> = Value | null | Promise<Value | null>;

/**
 * Of what a search found everywhere, what it would have found within bounds: so that it can be under way
 * while the bounds are still looked up, which saves a trip to the database.
 *
 * @param anywhere what was found, at most `LISTED + 1`
 * @returns null where only another search can tell: more was found than is listed, or an id lies outside,
 *   whose digits may then be words
 */
export function withinBounds<Found extends Candidate>(
  given: string,
  anywhere: readonly Found[],
  isWithin: (found: Found) => boolean,
): Found[] | null {
  if (anywhere.length > LISTED) return null;
  const found = anywhere.filter(isWithin);
  return found.length === 0 && asId(given) !== null ? null : found;
}
