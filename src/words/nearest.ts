import { distance } from "fastest-levenshtein";

/** `; the nearest is people`, or nothing where no name is near. */
export function nearest(name: string, known: Iterable<string>): string {
  const [best] = nearestFirst(name, [...known], (one) => one).filter(
    (one) => farFrom(name, one) <= Math.max(2, one.length / 2),
  );
  return best === undefined ? "" : `; the nearest is ${best}`;
}

/** These in another order: first whose name is nearest to words. */
export function nearestFirst<One>(
  words: string,
  all: readonly One[],
  nameOf: (one: One) => string,
): One[] {
  return all
    .map((one) => ({ one, far: farFrom(words, nameOf(one)) }))
    .sort((a, b) => a.far - b.far)
    .map(({ one }) => one);
}

/** How many letters differ; one at most where either is a part of the other. */
function farFrom(words: string, name: string): number {
  const wanted = words.toLowerCase().slice(0, 100);
  const known = name.toLowerCase();
  const isPart =
    wanted.length > 2 && known.length > 2 && (known.includes(wanted) || wanted.includes(known));
  const edits = distance(wanted, known);
  return isPart ? Math.min(edits, 1) : edits;
}
