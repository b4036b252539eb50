/** The kinds of delivery event that are kept, whatever a source calls them. */
const EVENT_KINDS = [
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

/** Names from Brevo's webhooks, from its event feed, and the seven statuses of a recipient. */
const OTHER_NAMES: Record<string, EventKind> = {
  requests: "request",
  hardbounce: "hard_bounce",
  hardbounces: "hard_bounce",
  hardbounced: "hard_bounce",
  bounce: "hard_bounce",
  bounces: "hard_bounce",
  bounced: "hard_bounce",
  softbounce: "soft_bounce",
  softbounces: "soft_bounce",
  softbounced: "soft_bounce",
  complaint: "spam",
  complaints: "spam",
  invalid: "invalid_email",
  click: "clicked",
  clicks: "clicked",
  open: "opened",
  opens: "opened",
  uniqueopened: "opened",
  uniqueopen: "opened",
  uniqueopens: "opened",
  loadedbyproxy: "proxy_open",
  uniqueproxyopen: "proxy_open",
  unsubscribe: "unsubscribed",
  failed: "error",
  errors: "error",
};

const BY_NAME = new Map<string, EventKind>([
  ...EVENT_KINDS.map((kind): [string, EventKind] => [bare(kind), kind]),
  ...Object.entries(OTHER_NAMES),
]);

/** The kind of event that a name in either of Brevo's vocabularies means; undefined for no known one. */
export function eventKind(name: string): EventKind | undefined {
  return BY_NAME.get(bare(name));
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/gu, "");
}

/** An event as Brevo sends it to a webhook or lists it in its feed; other fields are ignored. */
export interface BrevoEvent {
  name: string;
  /** UTC instant, or null where the payload has none that can be read. */
  at: string | null;
  messageId: string;
  /** In lower case; null where the payload names none. */
  email: string | null;
  /** The tags that the mail was sent with. */
  tags: string[];
  reason: string | null;
  link: string | null;
}

/**
 * Reads an event as it came from Brevo: a webhook's payload or an entry of the event feed.
 *
 * A webhook's `date` is local time of an unknown zone and ignored; `ts_epoch` counts milliseconds,
 * `ts_event` and `ts` seconds, all UTC. The feed's `date` carries its offset.
 *
 * @returns undefined for what is neither
 */
export function readBrevoEvent(payload: Record<string, unknown>): BrevoEvent | undefined {
  const messageId = payload["message-id"] ?? payload.messageId;
  if (typeof payload.event !== "string" || typeof messageId !== "string") return undefined;
  return {
    name: payload.event,
    at: timeOf(payload),
    messageId,
    email: words(payload.email)?.toLowerCase() ?? null,
    tags: tagsOf(payload),
    reason: words(payload.reason),
    link: words(payload.link),
  };
}

/** A list, one word, or a list written as JSON, by source. */
function tagsOf({ tags, tag }: Record<string, unknown>): string[] {
  if (Array.isArray(tags)) return tags.filter((name): name is string => typeof name === "string");
  if (typeof tag !== "string") return [];
  if (!tag.trim().startsWith("[")) return [tag];
  try {
    return tagsOf({ tags: JSON.parse(tag) as unknown });
  } catch {
    return [tag];
  }
}

function timeOf({ ts_epoch, ts_event, ts, date }: Record<string, unknown>): string | null {
  const milliseconds = number(ts_epoch) ?? scaled(number(ts_event)) ?? scaled(number(ts));
  if (milliseconds !== undefined) return utcSecond(milliseconds);
  if (typeof date === "string" && /(?:Z|[+-]\d{2}:?\d{2})$/u.test(date))
    return utcSecond(Date.parse(date));
  return null;
}

function scaled(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function number(value: unknown): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function words(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** A moment as ISO 8601 in UTC to the second, the precision to which events are told apart. */
export function utcSecond(milliseconds: number): string | null {
  const moment = new Date(milliseconds);
  if (Number.isNaN(moment.getTime())) return null;
  const year = moment.getUTCFullYear();
  return year >= 1900 && year <= 9999 ? `${moment.toISOString().slice(0, 19)}Z` : null;
}
