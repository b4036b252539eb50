import { decode } from "html-entities";

/** A tag of Brevo's template language as it stands in a text. */
export interface TemplateTag {
  /** `{{ … }}`, or `{% … %}`. */
  kind: "output" | "block";
  /** What is between the braces. */
  content: string;
}

/** No tag is longer; what has no end within it was never closed. */
const LONGEST = 4000;

/**
 * The tags of a text in their order, and whether one of them is never closed. Comments are left out,
 * and HTML's entities are read first, since editors write quotes as such.
 */
export function templateTags(source: string): { tags: TemplateTag[]; unclosed: boolean } {
  const text = decode(source);
  /** Where each kind of tag is next closed; looked up once for all openings before it. */
  const nearest = new Map<string, number>();
  const nearestOf = (closing: string, from: number): number => {
    const known = nearest.get(closing);
    if (known !== undefined && (known === -1 || known >= from)) return known;
    const found = text.indexOf(closing, from);
    nearest.set(closing, found);
    return found;
  };
  const tags: TemplateTag[] = [];
  let unclosed = false;
  /** The end of a block whose text is not read, such as `endcomment`. */
  let skippingTo: string | undefined;
  for (let at = text.indexOf("{"); at !== -1; at = text.indexOf("{", at)) {
    const opening = text[at + 1] ?? "";
    const closing = { "{": "}}", "%": "%}", "#": "#}" }[opening];
    if (closing === undefined) {
      at += 1;
      continue;
    }
    const within = nearestOf(closing, at + 2);
    const end = within === -1 || within > at + LONGEST ? undefined : endOf(text, at + 2, closing);
    if (end === undefined) {
      // A single `{{{` or `{#` is rather a piece of CSS than a tag left open.
      if (opening !== "#" && skippingTo === undefined) unclosed = true;
      at += 2;
      continue;
    }
    const content = text
      .slice(at + 2, end)
      .replaceAll("\u00a0", " ")
      .trim();
    at = end + 2;
    const word = /^-?\s*(\w+)/u.exec(content)?.[1];
    if (skippingTo !== undefined) {
      if (opening === "%" && word === skippingTo) skippingTo = undefined;
    } else if (opening === "%" && (word === "comment" || word === "verbatim" || word === "raw")) {
      skippingTo = `end${word}`;
    } else if (opening !== "#") {
      tags.push({ kind: opening === "{" ? "output" : "block", content });
    }
  }
  return { tags, unclosed };
}

/** Where a tag closes; braces in quotes do not close it, unless the quote is never closed. */
function endOf(text: string, from: number, closing: string): number | undefined {
  const limit = Math.min(text.length, from + LONGEST);
  let quote: string | undefined;
  let plain: number | undefined;
  for (let at = from; at < limit; at += 1) {
    const character = text[at];
    const closes = character === closing[0] && text[at + 1] === closing[1];
    if (closes && quote === undefined) return at;
    if (closes) plain ??= at;
    // A new tag within the quote: an apostrophe was taken for one.
    if (plain !== undefined && character === "{" && /[{%#]/u.test(text[at + 1] ?? "")) return plain;
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
  }
  return plain;
}
