import { words } from "../../words/names.ts";
import type { PersonsName } from "../../record/people/queries/names.ts";
import type { ReportFacts } from "./record.ts";
import { eachText } from "./texts.ts";

/** What stands in the place of a name. */
const SOMEBODY = "(name withheld)";
const ADDRESS = "(address withheld)";
const NUMBER = "(number withheld)";

/** A name's words as they follow each other. */
type Spelling = readonly string[];

/** Every word in any text of these facts, as names are looked for by. */
export function wordsOf(facts: ReportFacts): string[] {
  const found = new Set<string>();
  eachText(facts, (text) => {
    for (const word of words(text)) found.add(word);
    return text;
  });
  return [...found];
}

/**
 * The same facts without people: no text among them names one of these in full, has an address or a phone
 * number of somebody. Notes, which are written for few, and what was noted of a share, do not have the first
 * or the last name alone either; what is noted about a person is left out, and who wrote a note.
 */
export function withoutPeople(facts: ReportFacts, names: readonly PersonsName[]): ReportFacts {
  const inFull = spellings(names, ({ first, last }) =>
    first.length === 0 || last.length === 0
      ? []
      : [
          [...first, ...last],
          [...last, ...first],
        ],
  );
  const anyPart = spellings(names, ({ first, last }) => [
    ...[first, last].filter(isLong),
    ...[...first, ...last].map((word) => [word]).filter(isLong),
  ]);
  const inPublic = (text: string) => withoutNames(withoutAddresses(text), inFull, () => true);
  const inPrivate = (text: string) => withoutNames(inPublic(text), anyPart, isCapitalised);
  const shown = eachText(facts, inPublic);
  return {
    ...shown,
    facts: shown.facts.filter(({ key }) => key !== "contact_person"),
    talks: shown.talks && {
      ...shown.talks,
      shown: shown.talks.shown.map((talk) => ({ ...talk, speakers: [] })),
    },
    assets: {
      ...shown.assets,
      shown: shown.assets.shown.map((asset) => ({
        ...asset,
        distributions: asset.distributions.map((one) => ({
          ...one,
          notes: one.notes === null ? null : inPrivate(one.notes),
        })),
      })),
    },
    notes: {
      ...shown.notes,
      shown: shown.notes.shown
        .filter(({ about }) => about.kind !== "contact")
        .map((note) => ({ ...note, text: inPrivate(note.text), by: "" })),
    },
  };
}

/** By their first word. */
function spellings(
  names: readonly PersonsName[],
  of: (name: { first: Spelling; last: Spelling }) => readonly Spelling[],
): ReadonlyMap<string, Spelling[]> {
  const found = new Map<string, Spelling[]>();
  for (const { first_name, last_name } of names) {
    const name = { first: words(first_name), last: words(last_name) };
    for (const spelling of of(name)) {
      const [start] = spelling;
      if (start !== undefined) found.set(start, [...(found.get(start) ?? []), spelling]);
    }
  }
  for (const several of found.values()) several.sort((a, b) => b.length - a.length);
  return found;
}

function isLong(spelling: Spelling): boolean {
  return spelling.join("").length > 2;
}

function isCapitalised(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

/** The words of a text with their places. */
const WORD = /[\p{L}\p{M}\p{N}'\u2019\u2018\u02bc`\u00b4]+/gu;

/** @param isMeant whether a word, as it is written, may begin a name */
function withoutNames(
  text: string,
  names: ReadonlyMap<string, Spelling[]>,
  isMeant: (word: string) => boolean,
): string {
  const found = [...text.matchAll(WORD)].flatMap(({ 0: word, index }) =>
    words(word).map((folded) => ({ word, folded, start: index, end: index + word.length })),
  );
  let shown = "";
  let from = 0;
  for (let at = 0; at < found.length; at += 1) {
    const first = found[at];
    if (!first || first.start < from || !isMeant(first.word)) continue;
    const name = names
      .get(first.folded)
      ?.find((spelling) => spelling.every((word, index) => found[at + index]?.folded === word));
    if (!name) continue;
    shown += text.slice(from, first.start) + SOMEBODY;
    from = found[at + name.length - 1]?.end ?? text.length;
  }
  return shown + text.slice(from);
}

function withoutAddresses(text: string): string {
  return text
    .replace(/[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@<>(),;:".]+/gu, ADDRESS)
    .replace(/(?<![\p{L}\p{N}-])(?:\+|0)\d(?:[ ()-]?\d){7,}/gu, NUMBER);
}
