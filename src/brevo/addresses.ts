import { hasControlCharacter } from "../sending/mail_service/wording.ts";

const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/u;
const LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/iu;

/**
 * Why nothing can be sent to an address, or undefined. Stricter than the standards: one address that
 * Brevo takes for invalid fails the whole batch.
 */
export function addressFault(email: string): string | undefined {
  if (email === "") return "no e-mail address";
  if (hasControlCharacter(email)) return "an address with a line break or control character";
  if (/[^\x21-\x7e]/u.test(email)) return "an address with a space or a letter outside ASCII";
  if (email.length > 254) return "an address of more than 254 characters";
  const at = email.lastIndexOf("@");
  const local = email.slice(0, Math.max(at, 0));
  const labels = email.slice(at + 1).split(".");
  const sound =
    local.length <= 64 &&
    LOCAL_PART.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/u.test(labels.at(-1) ?? "");
  return sound ? undefined : "an address that is not one";
}

/** The longest name that Brevo takes; it does not say in what it counts, so in the longest count. */
const LONGEST_NAME = 70;

/**
 * A recipient's name as a mail may bear it: on one line, in at most 70 characters, cut between whole
 * ones as a reader counts them. Empty where nothing is left: then a mail bears none.
 */
export function mailName(name: string): string {
  const line = name
    .toWellFormed()
    // What turns the direction of writing could make one name look like another.
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  if (line.length <= LONGEST_NAME) return line;
  let end = 0;
  for (const { index, segment } of graphemes().segment(line)) {
    if (index + segment.length > LONGEST_NAME) break;
    end = index + segment.length;
  }
  return line.slice(0, end).trimEnd();
}

let segmenter: Intl.Segmenter | undefined;

/** Made at the first long name: making one takes longer than using it. */
function graphemes(): Intl.Segmenter {
  return (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" }));
}
