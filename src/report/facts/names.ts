import { words } from "../../words/names.ts";
import type { PersonsName } from "../../record/people/queries/names.ts";
import { piecesOf, type Piece } from "./pieces.ts";

/** How names may be written, as letters without blanks. */
export interface Spellings {
  whole: Set<string>;
  /** For one part of a name the other ones, which stand behind it with initials between. */
  others: Map<string, Set<string>>;
  /** For a last name what the first ones begin with, and the other way round. */
  initialsBefore: Map<string, Set<string>>;
  initialsAfter: Map<string, Set<string>>;
}

/** Names in full: either part first, also with initials between, or one part as an initial. */
export function fullSpellings(names: readonly PersonsName[]): Spellings {
  const found = noSpellings();
  for (const { first, last } of partsOf(names)) {
    if (first.length === 0 || last.length === 0) continue;
    const surname = last.join("");
    for (const given of new Set([first.join(""), first[0] ?? ""])) {
      found.whole.add(given + surname).add(surname + given);
      add(found.others, given, surname);
      add(found.others, surname, given);
      add(found.initialsBefore, surname, given.charAt(0));
      add(found.initialsAfter, given, surname.charAt(0));
    }
  }
  return found;
}

/** A first or a last name alone, or any word of one. */
export function partialSpellings(names: readonly PersonsName[]): Spellings {
  const found = noSpellings();
  for (const { first, last } of partsOf(names)) {
    for (const part of [first.join(""), last.join(""), ...first, ...last]) {
      if (part.length > 2) found.whole.add(part);
    }
  }
  return found;
}

/**
 * The text with something else in the place of each name.
 *
 * @param mayBegin whether a piece may begin a name
 */
export function withoutNames(
  text: string,
  names: Spellings,
  instead: string,
  mayBegin: (piece: Piece) => boolean,
): string {
  const pieces = piecesOf(text);
  let shown = "";
  let from = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    const first = pieces[at];
    if (!first || first.start < from || !mayBegin(first)) continue;
    const last = pieces[endOfName(pieces, at, names, text)];
    if (!last) continue;
    shown += text.slice(from, first.start) + instead;
    from = last.end;
  }
  return shown + text.slice(from);
}

export function isCapitalised(piece: Piece): boolean {
  return /^\p{Lu}/u.test(piece.written);
}

/** The last piece of the longest name that begins at this one; -1 for none. */
function endOfName(pieces: readonly Piece[], at: number, names: Spellings, text: string): number {
  let best = -1;
  for (const { letters, end } of runs(pieces, at)) {
    if (names.whole.has(letters)) best = end;
    // As in "Jane Smiths Vortrag".
    else if (best < 0 && names.others.size > 0 && names.whole.has(letters.replace(/s$/u, "")))
      best = end;
    const others = names.others.get(letters);
    if (others)
      best = Math.max(
        best,
        afterInitials(pieces, end + 1, (next) => others.has(next)),
      );
    const initial = pieces[end + 1];
    if (
      isInitial(initial) &&
      text.charAt(initial.end) === "." &&
      names.initialsAfter.get(letters)?.has(initial.folded)
    )
      best = Math.max(best, end + 1);
  }
  const first = pieces[at];
  if (!isInitial(first)) return best;
  const { folded } = first;
  return Math.max(
    best,
    afterInitials(pieces, at, (next) => names.initialsBefore.get(next)?.has(folded) === true),
  );
}

/** The last piece of a part of a name that stands behind initials; -1 for none. */
function afterInitials(
  pieces: readonly Piece[],
  at: number,
  isMeant: (letters: string) => boolean,
): number {
  let best = -1;
  for (let next = at; next < at + 3 && isInitial(pieces[next]); next += 1) {
    for (const { letters, end } of runs(pieces, next + 1)) if (isMeant(letters)) best = end;
  }
  return best;
}

function isInitial(piece: Piece | undefined): piece is Piece {
  return piece !== undefined && piece.folded.length === 1 && isCapitalised(piece);
}

/** No name has more words than this, nor more letters. */
const LONGEST = { pieces: 12, letters: 200 };

/** The letters of this piece, of it and the next, and so on. */
function* runs(pieces: readonly Piece[], at: number): Generator<{ letters: string; end: number }> {
  let letters = "";
  for (let end = at; end < pieces.length && end < at + LONGEST.pieces; end += 1) {
    letters += pieces[end]?.folded ?? "";
    if (letters.length > LONGEST.letters) return;
    yield { letters, end };
  }
}

function partsOf(names: readonly PersonsName[]): { first: string[]; last: string[] }[] {
  return names.map(({ first_name, last_name }) => ({
    first: words(first_name),
    last: words(last_name),
  }));
}

function noSpellings(): Spellings {
  return {
    whole: new Set(),
    others: new Map(),
    initialsBefore: new Map(),
    initialsAfter: new Map(),
  };
}

function add(groups: Map<string, Set<string>>, key: string, value: string): void {
  const group = groups.get(key);
  if (group) group.add(value);
  else groups.set(key, new Set([value]));
}
