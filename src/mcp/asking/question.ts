import { plain } from "../render.ts";

/**
 * A question to a person. The words of the first line and of each label are ours; whatever comes from
 * elsewhere stands between « and » on a line of its own, so that no title or name reads as another question.
 */
export interface Question {
  /** What is asked, in words of ours and numbers only. */
  asked: string;
  /** What it is about, in this order. */
  facts: readonly Fact[];
}

/** One thing that a person should know before they answer. */
export interface Fact {
  /** Words of ours and numbers only. */
  label: string;
  /** Strangers' words; none where the label says everything. */
  words?: readonly string[];
  /** How many more there are than are given. */
  more?: number;
}

const LONGEST_WORDS = 150;

/** A stranger's words between quotes that they cannot end, in one line of at most 150 characters. */
export function quoted(words: string): string {
  const letters = Array.from(words.trim());
  const cut =
    letters.length > LONGEST_WORDS ? `${letters.slice(0, LONGEST_WORDS).join("")}…` : words.trim();
  return `«${plain(cut).replace(/[«»‹›《》〈〉⟨⟩⟪⟫≪≫]/gu, "'")}»`;
}

/** A question as it is shown in a form: fixed words first, strangers' words on lines of their own. */
export function questionText({ asked, facts }: Question): string {
  return [asked, ...facts.flatMap(factLines)].join("\n");
}

function factLines({ label, words = [], more = 0 }: Fact): string[] {
  const [only] = words;
  if (only === undefined) return [label];
  if (words.length === 1 && more === 0) return [`${label}: ${quoted(only)}`];
  return [
    `${label}:`,
    ...words.map((one) => `- ${quoted(one)}`),
    ...(more > 0 ? [`- and ${String(more)} more`] : []),
  ];
}
