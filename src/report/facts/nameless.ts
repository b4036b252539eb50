import type { PersonsName } from "../../record/people/queries/names.ts";
import { fullSpellings, isCapitalised, partialSpellings, withoutNames } from "./names.ts";
import { wordsWithin } from "./pieces.ts";
import type { ReportFacts } from "./record.ts";
import { eachText } from "./texts.ts";

/** What stands in the place of a name. */
const SOMEBODY = "(name withheld)";
const ADDRESS = "(address withheld)";
const NUMBER = "(number withheld)";

/** Every word in any text of these facts, as names are looked for by. */
export function wordsOf(facts: ReportFacts): string[] {
  const found = new Set<string>();
  eachText(facts, (text) => {
    for (const word of wordsWithin(text)) found.add(word);
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
  const inFull = fullSpellings(names);
  const anyPart = partialSpellings(names);
  const inPublic = (text: string) =>
    withoutNames(withoutAddresses(text), inFull, SOMEBODY, () => true);
  const inPrivate = (text: string) =>
    withoutNames(
      inPublic(text),
      anyPart,
      SOMEBODY,
      (piece) => piece.isHandle || isCapitalised(piece),
    );
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

function withoutAddresses(text: string): string {
  return text
    .replace(/[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@<>(),;:".]+/gu, ADDRESS)
    .replace(/(?<![\p{L}\p{N}-])(?:\+|0)\d(?:[ ()-]?\d){7,}/gu, NUMBER);
}
