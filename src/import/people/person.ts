import { mailbox } from "../../words/email_address.ts";
import { lowered } from "../../words/letters.ts";
import type { PersonInRow } from "../formats/rows.ts";

/** Where a person keeps their key: a weak map of so many would slow the collecting of garbage. */
const KEY = Symbol("key");

/** What a person is recognised by: e-mail and both names, but for case and surrounding space. */
export function personKey(person: PersonInRow & { [KEY]?: string }): string {
  const known = person[KEY];
  if (known !== undefined) return known;
  const { first_name, last_name, email } = person;
  // No text of a file or a database holds a NUL.
  const key = `${mailbox(email ?? "")}\0${fold(first_name)}\0${fold(last_name)}`;
  Object.defineProperty(person, KEY, { value: key });
  return key;
}

/**
 * Text without what no person tells two spellings apart by: case, space and the kind of apostrophe. What
 * is one here is one to `outreach.fold` in the database, too.
 */
export function fold(text: string): string {
  if (/^(?:[!-_a-~]+(?: [!-_a-~]+)*)?$/u.test(text)) return text.toLowerCase();
  const spaced = text.normalize("NFD").trim().replace(/\s+/gu, " ");
  return lowered(spaced.replace(/[\u2018\u2019\u02bc\u0060\u00b4]/gu, "'")).normalize("NFC");
}

/** A person's name as it is shown. */
export function fullName({ first_name, last_name }: PersonInRow): string {
  return `${first_name} ${last_name}`.trim();
}

/** Orders texts the same way on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
