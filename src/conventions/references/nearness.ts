import { distance } from "fastest-levenshtein";
import { isByAddress, mailbox } from "../../words/email_address.ts";
import { words } from "../../words/names.ts";

/** What is compared of a row. */
interface Called {
  name: string;
  detail: string;
}

/** How many rows are named as near. */
const NEAREST = 3;

/** From here on two words may be one, misspelled: one letter of three, two of six. */
const ALIKE = 0.66;

/** How much of what was asked must be in a name, by letters. */
const ENOUGH = 0.5;

/** The rows whose names may have been meant, the nearest first; none where none is near. */
export function nearestTo<Row extends Called>(given: string, rows: readonly Row[]): Row[] {
  const measure = isByAddress(given) ? likenessOfAddress(given) : likenessOfName(given);
  return rows
    .map((row) => ({ row, likeness: measure(row) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, NEAREST)
    .map(({ row }) => row);
}

/** Many share what follows the @, so that only what precedes it tells who is near. */
function likenessOfAddress(given: string): (row: Called) => number {
  const [local, address] = [localPart(given), mailbox(given)];
  return ({ detail }) =>
    alike(local, localPart(detail)) < ALIKE ? 0 : alike(address, mailbox(detail));
}

function localPart(address: string): string {
  return mailbox(address).replace(/@.*$/u, "");
}

/** A year says which of several is nearest, but not that one is near at all. */
function likenessOfName(given: string): (row: Called) => number {
  const asked = words(given);
  const spelled = asked.filter((word) => !isNumber(word));
  const whole = asked.join("");
  if (whole === "") return () => 0;
  return ({ name, detail }) => {
    const named = words(name);
    const own = [...named, ...words(isByAddress(detail) ? localPart(detail) : detail)];
    const near = Math.max(
      share(spelled.length > 0 ? spelled : asked, own),
      atLeast(ALIKE, alike(whole, named.join(""))),
    );
    return near < ENOUGH ? 0 : near + share(asked, own);
  };
}

/** How much of the words is among others, as they are or nearly: 0 to 1, by letters. */
function share(asked: readonly string[], own: readonly string[]): number {
  const letters = asked.reduce((sum, word) => sum + word.length, 0);
  const found = asked.reduce(
    (sum, word) =>
      sum + word.length * Math.max(0, ...own.map((other) => wordLikeness(word, other))),
    0,
  );
  return found / Math.max(letters, 1);
}

function wordLikeness(word: string, other: string): number {
  if (word === other) return 1;
  if (isNumber(word) || isNumber(other)) return 0;
  // Cut short: "Chris" for Christopher.
  const isBeginning = word.length > 2 && other.startsWith(word);
  return isBeginning ? Math.max(ALIKE, alike(word, other)) : atLeast(ALIKE, alike(word, other));
}

function atLeast(least: number, value: number): number {
  return value < least ? 0 : value;
}

function isNumber(word: string): boolean {
  return /^\d+$/u.test(word);
}

/** 1 for equal words, 0 for words that share nothing. */
function alike(word: string, other: string): number {
  return 1 - distance(word, other) / Math.max(word.length, other.length, 1);
}
