import { cleaned } from "../sending/mail_service/wording.ts";

/** Makes a cleaner for what Brevo says, in which the API key never appears. */
export function withoutKey(apiKey: string): (words: string, limit?: number) => string {
  return (words, limit = 300) =>
    // Cleaned before the search, which a character in the middle of the key would mislead, and cut
    // after it, so that no part of a key is left at the end.
    cleaned(cleaned(words, Math.max(limit, 4000)).replaceAll(apiKey, "[the key]"), limit);
}

/** Whether words hold a character that ends a line, or steers a terminal or a mail header. */
export function hasControlCharacter(words: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(words);
}
