/** Whether words name a time zone; a mere offset is none, as PostgreSQL counts those the other way round. */
export function isZone(words: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: words });
    return /^[A-Za-z]/u.test(words);
  } catch {
    return false;
  }
}

/** That `OUTREACH_TIMEZONE` names no time zone, as a sentence. */
export function noZone(words: string): string {
  return `OUTREACH_TIMEZONE is ${JSON.stringify(words)}, which is no time zone; one is written like Africa/Johannesburg.`;
}
