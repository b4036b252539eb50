/** The kinds of delivery event that are kept, whatever a mail service calls them. */
export const EVENT_KINDS = [
  "queued",
  "request",
  "sent",
  "deferred",
  "error",
  "blocked",
  "soft_bounce",
  "delivered",
  "proxy_open",
  "spam",
  "unsubscribed",
  "hard_bounce",
  "invalid_email",
  "opened",
  "clicked",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Statuses of a recipient that are called otherwise than the kind of event that leads to them. */
const OF_STATUSES: Record<string, EventKind> = { bounced: "hard_bounce", failed: "error" };

/**
 * Tells kinds of event by their names: ours, the statuses of a recipient, and those of a mail service,
 * whatever their case and separators.
 *
 * @param others the mail service's names, in lower case and letters only
 */
export function kindsByName(
  others: Readonly<Record<string, EventKind>>,
): (name: string) => EventKind | undefined {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z]/gu, "");
  const kinds = new Map([
    ...EVENT_KINDS.map((kind): [string, EventKind] => [bare(kind), kind]),
    ...Object.entries(OF_STATUSES),
    ...Object.entries(others),
  ]);
  return (name) => kinds.get(bare(name));
}

/** What a mail service reports of a mail. */
export interface MailEvent {
  /** As the mail service calls it. */
  name: string;
  /** What that means; undefined for nothing known. */
  kind: EventKind | undefined;
  /** UTC, as {@link utcSecond} writes it; null where no time can be read. */
  at: string | null;
  /** Brackets or not. */
  messageId: string;
  /** In lower case; null where the event names none. */
  email: string | null;
  /** The tags that the mail was sent with. */
  tags: string[];
  reason: string | null;
  link: string | null;
}

/** Reads what a mail service reports; needs no account there. */
export interface EventReader {
  /** An event as the mail service hands it to others; undefined for anything else. */
  read(payload: Record<string, unknown>): MailEvent | undefined;
  /** The kind of event that a name in the mail service's words, or in ours, means. */
  kindOf(name: string): EventKind | undefined;
}

/** A moment as ISO 8601 in UTC to the second, the precision to which events are told apart. */
export function utcSecond(milliseconds: number): string | null {
  const moment = new Date(milliseconds);
  if (Number.isNaN(moment.getTime())) return null;
  const year = moment.getUTCFullYear();
  return year >= 1900 && year <= 9999 ? `${moment.toISOString().slice(0, 19)}Z` : null;
}
