import { distance } from "fastest-levenshtein";

/** `; the nearest is people`, or nothing where no name is near. */
export function nearest(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase().slice(0, 100);
  const [best] = [...known]
    .map((one) => ({ one, far: farFrom(wanted, one) }))
    .filter(({ one, far }) => far <= Math.max(2, one.length / 2))
    .sort((a, b) => a.far - b.far);
  return best === undefined ? "" : `; the nearest is ${best.one}`;
}

function farFrom(wanted: string, name: string): number {
  const isPart =
    wanted.length > 2 && name.length > 2 && (name.includes(wanted) || wanted.includes(name));
  const edits = distance(wanted, name);
  return isPart ? Math.min(edits, 1) : edits;
}
