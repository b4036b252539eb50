import { DateTime } from "luxon";

/** Something that an answer says or does not say, however it is put. */
export interface Fact {
  /** What it is, for the person who reads why an answer was wrong. */
  named: string;
  /** Whether it is said in an answer that was made {@link plain}. */
  isSaidIn: (answer: string) => boolean;
}

/**
 * An answer as it is compared: small letters without accents and Markdown, one kind of apostrophe, one of dash
 * and one of space.
 */
export function plain(answer: string): string {
  return answer
    .normalize("NFKD")
    .replaceAll(/\p{M}|[*_`]/gu, "")
    .replaceAll(/[‘’ʼ′]/gu, "'")
    .replaceAll(/[‐‑‒–—−]/gu, "-")
    .replaceAll(/\s+/gu, " ")
    .toLowerCase();
}

/** What a regular expression finds in an answer that was made {@link plain}. */
export function pattern(named: string, expression: RegExp): Fact {
  return { named, isSaidIn: (answer) => expression.test(answer) };
}

/** Words as whole words, such as a name or a title. */
export function words(text: string): Fact {
  return pattern(
    `"${text}"`,
    new RegExp(`(?<![\\p{L}\\d])${literal(plain(text))}(?![\\p{L}\\d])`, "u"),
  );
}

/**
 * A number in figures, with a point, comma, space or apostrophe between thousands or nothing, or up to 99 in
 * words. Neither part of a date, a time, a longer number nor a percentage.
 */
export function number(value: number): Fact {
  const [whole = "", fraction] = String(value).split(".");
  const figures = whole.replaceAll(/\B(?=(?:\d{3})+$)/gu, "[,. ']?");
  const spelled =
    fraction === undefined ? [figures, ...inWords(value)] : [`${figures}[.,]${fraction}`];
  return pattern(
    String(value),
    new RegExp(
      `(?<![\\p{L}\\d]|\\d[-.,:])(?:${spelled.join("|")})(?![\\p{L}\\d]|[-.,:]\\d| ?%| per ?cent)`,
      "u",
    ),
  );
}

/** A mean or the like, as it is or rounded to fewer decimals, of which there is at least one. */
export function mean(value: number): Fact {
  const spelled = [...new Set([2, 1].map((decimals) => Number(value.toFixed(decimals))))].map(
    number,
  );
  return { ...oneOf(...spelled), named: value.toFixed(2) };
}

/** A day in figures, year first, or with the name of its month, whole or cut to three letters. */
export function day(iso: string): Fact {
  const date = DateTime.fromISO(iso).setLocale("en");
  const month = `${date.toFormat("LLL").toLowerCase()}[a-z]*\\.?`;
  const number = `0?${String(date.day)}(?:st|nd|rd|th)?`;
  return pattern(
    date.toFormat("d MMMM yyyy"),
    new RegExp(
      `${date.toFormat("yyyy-MM-dd")}|(?<!\\d)${number} (?:of )?${month}|${month} ${number}(?!\\d)`,
      "u",
    ),
  );
}

/** At least one of several. */
function oneOf(...facts: readonly Fact[]): Fact {
  return {
    named: facts.map(({ named }) => named).join(" or "),
    isSaidIn: (answer) => facts.some((fact) => fact.isSaidIn(answer)),
  };
}

/** That the answer is not to be had. */
export const NOT_KNOWN = pattern(
  "that it is not known",
  /\bunknown|(?:n't|\b(?:not|never|nothing|no|nobody|none|neither|without|cannot))\b[^.;]{0,60}\b(?:know[ns]?|record(?:ed|s)?|track(?:ed|ing)?|say[s]?|tell|data|information|figures?|number|news|estimate[ds]?|report(?:ed|s)?|noted|entered|found|see|held|hold|contain|stored?|available|yet)\b/u,
);

/** That nothing was done, or why it cannot be. */
export const NOT_DONE = pattern(
  "that it was not done",
  /(?:n't|\b(?:not|cannot|never|nothing|no mails?|nobody|none|declined|refused|unable|read-only|only reads?))\b/u,
);

/** A question back to the person. */
export const ASKS_BACK = pattern(
  "a question back",
  /\?|\bwhich (?:one|of)\b|\bplease (?:say|tell|confirm|clarify)\b/u,
);

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

function inWords(value: number): string[] {
  if (value === 0) return ["zero", "none", "nobody", "no one"];
  if (value < 20) return [UNITS[value]!];
  if (value > 99) return [];
  const tens = TENS[Math.floor(value / 10) - 2]!;
  return [value % 10 === 0 ? tens : `${tens}[- ]${UNITS[value % 10]!}`];
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, "\\$&");
}
