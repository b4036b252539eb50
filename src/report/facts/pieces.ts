import { words } from "../../words/names.ts";

/** A part of a written word that may be a name by itself: of `#JaneSmith's` the pieces are Jane, Smith and s. */
export interface Piece {
  written: string;
  /** As names are looked for by. */
  folded: string;
  /** Where it stands in the text. */
  start: number;
  end: number;
  /** Written behind # or @ or within an address, where names have no blanks between and often no capitals. */
  isHandle: boolean;
}

const APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4";
const LETTERS = String.raw`[\p{L}\p{M}\p{N}]+`;

/** What is written without a blank, apostrophes within it included. */
const WRITTEN = new RegExp(`${LETTERS}(?:[${APOSTROPHES}]${LETTERS})*`, "gu");

/** Where a small letter meets a capital one, a letter a digit, and before the s of a possessive. */
const SEAM = new RegExp(
  String.raw`(?<=\p{Ll}\p{M}*)(?=\p{Lu})|(?<=\p{L}\p{M}*)(?=\p{N})|(?<=\p{N})(?=\p{L})|(?=[${APOSTROPHES}][sS]$)`,
  "u",
);

/** The pieces of a text in their order. */
export function piecesOf(text: string): Piece[] {
  return [...text.matchAll(WRITTEN)].flatMap(({ 0: whole, index }) => {
    const isHandle = index > 0 && "#@/".includes(text.charAt(index - 1));
    let end = index;
    return whole.split(SEAM).map((written) => {
      const start = end;
      end += written.length;
      return { written, folded: words(written).join(""), start, end, isHandle };
    });
  });
}

/** Every word by which a name in this text may be looked up: also those that only begin a handle. */
export function wordsWithin(text: string): string[] {
  const beginnings = piecesOf(text)
    .filter(({ isHandle }) => isHandle)
    .flatMap(({ folded }) => Array.from(folded, (_, at) => folded.slice(0, at + 1)).slice(1));
  return [
    ...words(text),
    ...piecesOf(text).flatMap(({ written }) => words(written)),
    ...beginnings,
  ];
}
