import { distance } from "fastest-levenshtein";
import { mailbox } from "../../words/email_address.ts";
import { folded } from "../../words/names.ts";
import type { CandidatePair, ComparedPerson } from "./queries/duplicates.ts";

/** Two people who may be one, with what speaks for it. */
export interface LikelyPair extends CandidatePair {
  evidence: string[];
  /** 0 to 1, with two decimals. */
  score: number;
}

/** How much each piece of evidence says by itself: how likely it is in two entries of one person. */
const WEIGHTS = {
  "same name": 0.6,
  "names reversed": 0.5,
  "one name holds the other": 0.4,
  "similar names": 0.35,
  "same e-mail": 0.8,
  "same phone": 0.5,
  "same company": 0.3,
} as const;

type Evidence = keyof typeof WEIGHTS;

/**
 * Those of the pairs who are likely one person, the likeliest first. Who shares a mailbox and bears another
 * name is somebody else: a couple, an office.
 */
export function likelyOnePerson(pairs: readonly CandidatePair[]): LikelyPair[] {
  return pairs
    .flatMap((pair) => {
      const evidence = evidenceOf(pair);
      return evidence.length === 0 ? [] : [{ ...pair, evidence, score: scoreOf(evidence) }];
    })
    .sort(
      (one, other) => other.score - one.score || one.a.id - other.a.id || one.b.id - other.b.id,
    );
}

function evidenceOf({ a, b }: CandidatePair): Evidence[] {
  const same = (of: (person: ComparedPerson) => string) => of(a) !== "" && of(a) === of(b);
  const isMailbox = same(({ email }) => mailbox(email ?? ""));
  const name = likeness(a.name, b.name, isMailbox);
  const isPhone = same(({ phone }) => digitsOf(phone));
  const isCompany = same(({ company }) => folded(company ?? ""));
  const isWhole = name === "same name" || name === "names reversed";
  const speaks =
    name === null ? isPhone && !isMailbox : isWhole || isMailbox || isPhone || isCompany;
  if (!speaks) return [];
  return [
    ...(name === null ? [] : [name]),
    ...(isMailbox ? (["same e-mail"] as const) : []),
    ...(isPhone ? (["same phone"] as const) : []),
    ...(isCompany ? (["same company"] as const) : []),
  ];
}

/** What two full names have in common, if it may be one. A single word is enough only on one mailbox. */
function likeness(one: string, other: string, isMailbox: boolean): Evidence | null {
  const [a, b] = [folded(one), folded(other)];
  if (a === b) return a === "" ? null : "same name";
  const [words, others] = [a.split(" "), b.split(" ")];
  if (words.toSorted().join(" ") === others.toSorted().join(" ")) return "names reversed";
  const [few, many] = words.length < others.length ? [words, others] : [others, words];
  const isEnough = few.length > 1 || isMailbox;
  if (isEnough && few.length < many.length && few.every((word) => many.includes(word))) {
    return "one name holds the other";
  }
  // One letter in five may be a slip, two at most: Jon Smith and John Smith, but not Jane Smith.
  const slips = distance(a, b);
  const [first = "", second = ""] = [words[0], others[0]];
  const isInitial =
    first.charAt(0) === second.charAt(0) && Math.min(first.length, second.length) === 1;
  const isLast = words.length > 1 && words.at(-1) === others.at(-1);
  return slips <= Math.min(2, Math.floor(Math.min(a.length, b.length) / 5)) || (isInitial && isLast)
    ? "similar names"
    : null;
}

/** The end of a number, without country code or leading zero; none where it is too short to be one. */
function digitsOf(phone: string | null): string {
  const digits = (phone ?? "").replace(/[^0-9]/gu, "");
  return digits.length < 7 ? "" : digits.slice(-9);
}

/** As if each piece of evidence were by chance with a likelihood of its own. */
function scoreOf(evidence: readonly Evidence[]): number {
  const chance = evidence.reduce((left, piece) => left * (1 - WEIGHTS[piece]), 1);
  return Math.round((1 - chance) * 100) / 100;
}
