import { asciiLowered } from "./letters.ts";

// Whether anything can be sent to an address is another question, which the mail service's adapter answers.

/** Every character that shows as nothing: as `outreach.blanks` in the database. */
const BLANK =
  /[\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]/u;

/** An address as it is mailed: without what shows as nothing at both ends, as `outreach.trimmed` in the database. */
export function trimmed(email: string): string {
  let start = 0;
  let end = email.length;
  while (start < end && BLANK.test(email.charAt(start))) start += 1;
  while (start < end && BLANK.test(email.charAt(end - 1))) end -= 1;
  return email.slice(start, end);
}

/**
 * The mailbox that an address means, whatever its spelling: as `outreach.mailbox` in the database. Letters
 * outside ASCII are not folded, here nor there: no mail goes to an address that has any.
 */
export function mailbox(email: string): string {
  return asciiLowered(trimmed(email));
}

/** Whether words that mean somebody are an address rather than a name. */
export function isByAddress(words: string): boolean {
  return words.includes("@");
}

/** Whether a text has the form of an address that may be recorded of somebody; not whether anybody reads it. */
export function isAddress(text: string): boolean {
  const address = trimmed(text);
  return (
    /^[^@<>(),;:"[\]\\]+@[^@<>(),;:"[\]\\.]+(?:\.[^@<>(),;:"[\]\\.]+)+$/u.test(address) &&
    !BLANK.test(address)
  );
}

/**
 * Whether the cell of an export holds an address, trimmed. It takes more than
 * {@link isAddress}: the shop that wrote the file has mailed to it, and nobody is there to ask.
 */
export function isExportedAddress(text: string): boolean {
  return /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/u.test(text);
}

/**
 * Whether a mailbox can be kept out of mails. It takes nearly anything: an odd address that is
 * in the organiser's own tables must be kept out as well.
 */
export function isAddressToKeepOut(mailbox: string): boolean {
  return /^[^\s@]+@[^\s@]+$/u.test(mailbox);
}
