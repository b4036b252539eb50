import { distance } from "fastest-levenshtein";
import { words } from "../../../words/names.ts";
import type { Column, Mapping } from "./columns.ts";

/** A column of a file that was not read, and the missing one that it is most like. */
export interface UnreadColumn {
  column: string;
  /** Null where it is like none. */
  expected: string | null;
}

/** How like a missing column's name one must be to be named beside it, 0 to 1. */
const LIKE = 0.55;

/** How like it must be to be taken for it, so that the file is not read without. */
const VERY_LIKE = 0.7;

/** How like a name is one that has a word more, or less. */
const CONTAINED = 0.8;

/** The columns that were not read, each with the missing one that it may be. */
export function unreadColumns(mapping: Mapping): { column: string; expected: Column | null }[] {
  return nearest(mapping).map(({ column, expected, likeness }) => ({
    column,
    expected: likeness >= LIKE ? expected : null,
  }));
}

/** Missing columns by which people are recognised, and that another column of the file seems to be. */
export function seeminglyMissing(mapping: Mapping): Column[] {
  const isThere = mapping.at.has("full_name");
  return nearest(mapping).flatMap(({ expected, likeness }) =>
    expected?.tellsWho && likeness >= VERY_LIKE && !(isThere && expected.key !== "email")
      ? [expected]
      : [],
  );
}

/** Characters, and columns, beyond which no header is a slip of the pen. */
const LENGTH = 100;
const COLUMNS = 100;

function nearest({ extra, missing }: Mapping) {
  const sought = missing.map((expected) => ({
    expected,
    spellings: [expected.name, ...(expected.aliases ?? [])].map(words),
  }));
  return extra.map((column, index) => {
    const given = index < COLUMNS && column.length <= LENGTH ? words(column) : [];
    const [best] = sought
      .map(({ expected, spellings }) => ({ expected, likeness: likenessOf(given, spellings) }))
      .sort((one, other) => other.likeness - one.likeness);
    return { column, ...(best ?? { expected: null, likeness: 0 }) };
  });
}

/** @param spellings the words of a column's own name, then of its others */
function likenessOf(given: readonly string[], spellings: readonly string[][]): number {
  if (given.length === 0) return 0;
  const [own = []] = spellings;
  // A word alone is said of one column only: "Guest" is not "Guest Surname".
  const isPart = given.length * 2 >= own.length && given.every((word) => own.includes(word));
  const hasAll = spellings.some((known) => known.every((word) => given.includes(word)));
  const one = given.join("");
  const letters = spellings.map((known) => {
    const other = known.join("");
    return 1 - distance(one, other) / Math.max(one.length, other.length, 1);
  });
  return Math.max(...letters, isPart || hasAll ? CONTAINED : 0);
}
