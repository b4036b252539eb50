import { mailbox } from "../words/email_address.ts";
import {
  kindsByName,
  utcSecond,
  type EventKind,
  type EventReader,
  type MailEvent,
} from "../sending/mail_service/events.ts";

/** Names from Brevo's webhooks and from its event feed that are not ours as well. */
const BREVO_NAMES: Record<string, EventKind> = {
  requests: "request",
  hardbounce: "hard_bounce",
  hardbounces: "hard_bounce",
  hardbounced: "hard_bounce",
  bounce: "hard_bounce",
  bounces: "hard_bounce",
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
  errors: "error",
};

/** The kind of event that a name in either of Brevo's vocabularies, or in ours, means. */
export const eventKind = kindsByName(BREVO_NAMES);

/**
 * Reads an event as it came from Brevo: a webhook's payload or an entry of the event feed.
 *
 * A webhook's `date` is local time of an unknown zone and ignored; `ts_epoch` counts milliseconds,
 * `ts_event` and `ts` seconds, all UTC. The feed's `date` carries its offset.
 *
 * @returns undefined for what is neither
 */
export function readBrevoEvent(payload: Record<string, unknown>): MailEvent | undefined {
  const messageId = payload["message-id"] ?? payload.messageId;
  if (typeof payload.event !== "string" || typeof messageId !== "string") return undefined;
  return {
    name: payload.event,
    kind: eventKind(payload.event),
    at: timeOf(payload),
    messageId,
    email: mailboxOf(payload.email),
    tags: tagsOf(payload),
    reason: words(payload.reason),
    link: words(payload.link),
  };
}

/** Reads webhooks' payloads and entries of the event feed. */
export const brevoEvents: EventReader = { read: readBrevoEvent, kindOf: eventKind };

/** A list, one word, or a list written as JSON, by source. */
export function tagsOf({ tags, tag }: Record<string, unknown>): string[] {
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

function mailboxOf(value: unknown): string | null {
  const address = typeof value === "string" ? mailbox(value) : "";
  return address === "" ? null : address;
}

function words(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
