import type { PersonInRow } from "../formats/rows.ts";

/** What a person is recognised by: e-mail and both names, but for case and surrounding space. */
export function personKey({ first_name, last_name, email }: PersonInRow): string {
  return JSON.stringify([fold(email ?? ""), fold(first_name), fold(last_name)]);
}

/** Text without what a person would not tell two spellings apart by: case and space. */
export function fold(text: string): string {
  return text.normalize("NFC").trim().replace(/\s+/gu, " ").toLowerCase();
}

/** A person's name as it is shown. */
export function fullName({ first_name, last_name }: PersonInRow): string {
  return `${first_name} ${last_name}`.trim();
}

/** Orders texts the same way on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
