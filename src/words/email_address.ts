import { BLANK, trimmed } from "./blanks.ts";
import { asciiLowered } from "./letters.ts";

// Whether anything can be sent to an address is another question, which the mail service's adapter answers.

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
