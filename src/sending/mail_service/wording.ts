/** Control, format, private and unseen characters, and halves of a surrogate pair: nothing a person reads. */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/** Whether words hold a character that ends a line, or steers a terminal or a mail header. */
export function hasControlCharacter(words: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(words);
}

/**
 * One line of a stranger's words that can be quoted: without control, direction and unseen characters, in at
 * most `limit` characters.
 */
export function cleaned(words: string, limit: number): string {
  // What comes from a network may be long, and no more than this is ever shown.
  const line = words
    .slice(0, limit * 20)
    .replace(UNREADABLE, " ")
    .replace(/\s+/gu, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length > limit ? `${characters.slice(0, limit).join("").trimEnd()}…` : line;
}
