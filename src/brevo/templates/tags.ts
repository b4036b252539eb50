import { decode } from "html-entities";

/** A tag of Brevo's template language as it stands in a text. */
export interface TemplateTag {
  /** `{{ … }}`, `{% … %}`, or `{# … #}`. */
  kind: "output" | "block" | "comment";
  /** What is between the braces. */
  content: string;
  /** Where the tag begins and ends, as positions in the text. */
  from: number;
  to: number;
}

/** No tag is longer; what has no end within it was never closed. */
const LONGEST = 4000;

const OPENINGS: Record<string, { kind: TemplateTag["kind"]; closing: string }> = {
  "{": { kind: "output", closing: "}}" },
  "%": { kind: "block", closing: "%}" },
  "#": { kind: "comment", closing: "#}" },
};

/**
 * Every tag of a text as it stands there, in order, and openings without an end. The time it takes grows
 * with the length of the text and not faster, whatever is in it.
 */
export function* tagsIn(
  text: string,
): Generator<TemplateTag | { kind: "unclosed"; opening: string }, void, undefined> {
  /** Where each kind of tag is next closed; looked up once for all openings before it. */
  const nearest = new Map<string, number>();
  const nearestOf = (closing: string, from: number): number => {
    const known = nearest.get(closing);
    if (known !== undefined && (known === -1 || known >= from)) return known;
    const found = text.indexOf(closing, from);
    nearest.set(closing, found);
    return found;
  };
  for (let at = text.indexOf("{"); at !== -1; at = text.indexOf("{", at)) {
    const opening = text[at + 1] ?? "";
    const { kind, closing } = OPENINGS[opening] ?? {};
    if (kind === undefined || closing === undefined) {
      at += 1;
      continue;
    }
    const within = nearestOf(closing, at + 2);
    const end = within === -1 || within > at + LONGEST ? undefined : endOf(text, at + 2, closing);
    if (end === undefined) {
      yield { kind: "unclosed", opening };
      at += 2;
      continue;
    }
    yield { kind, content: text.slice(at + 2, end), from: at, to: end + 2 };
    at = end + 2;
  }
}

/**
 * The tags of a text that say something, in their order, and whether one of them is never closed.
 * Comments are left out, and HTML's entities are read first, since editors write quotes as such.
 */
export function templateTags(source: string): {
  tags: { kind: "output" | "block"; content: string }[];
  unclosed: boolean;
} {
  const tags: { kind: "output" | "block"; content: string }[] = [];
  let unclosed = false;
  /** The end of a block whose text is not read, such as `endcomment`. */
  let skippingTo: string | undefined;
  for (const tag of tagsIn(decode(source))) {
    if (tag.kind === "unclosed") {
      // A single `{{{` or `{#` is rather a piece of CSS than a tag left open.
      if (tag.opening !== "#" && skippingTo === undefined) unclosed = true;
      continue;
    }
    const content = tag.content.replaceAll("\u00a0", " ").trim();
    const word = /^-?\s*(\w+)/u.exec(content)?.[1];
    if (skippingTo !== undefined) {
      if (tag.kind === "block" && word === skippingTo) skippingTo = undefined;
    } else if (
      tag.kind === "block" &&
      (word === "comment" || word === "verbatim" || word === "raw")
    ) {
      skippingTo = `end${word}`;
    } else if (tag.kind !== "comment") {
      tags.push({ kind: tag.kind, content });
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
