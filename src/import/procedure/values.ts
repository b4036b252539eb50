/** What the file says, where the database says something else; null where nothing is to change. */
export function differing<Value>(inFile: Value | null, known: Value | null): Value | null {
  return inFile === known ? null : inFile;
}

/** As {@link differing}, field by field. */
export function differingFields<Fields extends object>(inFile: Fields, known: Fields): Fields {
  const fields = Object.entries(inFile) as [keyof Fields, Fields[keyof Fields]][];
  return Object.fromEntries(
    fields.map(([name, value]) => [name, differing(value, known[name])]),
  ) as Fields;
}

/** As {@link differing}, for local times in two spellings. */
export function differingTime(inFile: string | null, known: string | null): string | null {
  return inFile === null || (known !== null && oneSpelling(inFile) === oneSpelling(known))
    ? null
    : inFile;
}

/** What the file says, where it says more than the database. */
export function longerThan(inFile: string | null, known: string | null): string | null {
  return inFile !== null && inFile.length > (known ?? "").trim().length ? inFile : null;
}

/**
 * The fuller of two texts: the longer one, and of two of one length always the same. Where rows of one
 * file differ, this decides, so that the order of rows does not.
 */
export function fuller(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  if (a.length !== b.length) return a.length > b.length ? a : b;
  return a > b ? a : b;
}

/** A change, or null where it changes nothing. */
export function ifAnything<Change extends object>(change: Change): Change | null {
  return Object.values(change).some((value) => value !== null) ? change : null;
}

/** A local time with neither a `T` nor closing zeros, so that two spellings of it are equal. */
function oneSpelling(time: string): string {
  return time
    .replace("T", " ")
    .replace(/(\.\d*?)0+$/u, "$1")
    .replace(/\.$/u, "");
}
