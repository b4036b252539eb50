/** What the file says, where the database says something else; null where nothing is to change. */
export function other<Value>(said: Value | null, known: Value | null): Value | null {
  return said === known ? null : said;
}

/** What the file says, where it says more than the database. */
export function richer(said: string | null, known: string | null): string | null {
  return said !== null && said.length > (known ?? "").trim().length ? said : null;
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

/** A time that the file gives and the database has otherwise. */
export function otherTime(said: string | null, known: string | null): string | null {
  return said === null || (known !== null && exact(said) === exact(known)) ? null : said;
}

/** A local time with neither a `T` nor closing zeros, so that two spellings of it are equal. */
function exact(time: string): string {
  return time
    .replace("T", " ")
    .replace(/(\.\d*?)0+$/u, "$1")
    .replace(/\.$/u, "");
}
