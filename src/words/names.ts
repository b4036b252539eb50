import { lowered } from "./letters.ts";

/** What is neither letter nor digit, as ranges: classes of characters differ from one Unicode to the next. */
const BETWEEN_WORDS =
  /[\u0001-/:-@[-`{-\u00bf\u00d7\u00f7\u1680\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\u{1f000}-\u{1faff}]+/u;

/** The words of a name, without case and accents: as `outreach.words` reads them in the database. */
export function words(text: string): string[] {
  const letters = text
    .replace(/['\u2019\u2018\u02bc`\u00b4]/gu, "")
    .replaceAll("&", " and ")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/gu, "");
  return lowered(letters)
    .split(BETWEEN_WORDS)
    .filter((word) => word !== "");
}

/** What two spellings of one name share: as `outreach.fold` in the database. */
export function folded(name: string): string {
  return words(name).join(" ");
}

/** The name of everybody who was erased; nobody is known by it. */
export const ERASED_PERSON = "Erased person";

/** Whether two texts are one name, spelled alike or not. */
export function sameName(one: string, other: string): boolean {
  return one === other || folded(one) === folded(other);
}
