import { isObject } from "./answers.ts";
import { cleaned } from "./wording.ts";

/** An e-mail template as Brevo keeps it. Its texts are shown to nobody before they are cleaned. */
export interface BrevoTemplate {
  id: number;
  name: string;
  subject: string;
  htmlContent: string;
  /** A switched-off template is accepted for sending, and its mails never arrive. */
  isActive: boolean;
}

/** One line of an account's plan. */
interface BrevoPlan {
  /** `free`, `subscription`, `payAsYouGo`, `sms`, or what Brevo adds. */
  type: string;
  /** Null where Brevo names no number. */
  credits: number | null;
  creditsType: string;
}

export interface BrevoAccount {
  plans: BrevoPlan[];
  /** Whether transactional mail is enabled; null where the answer does not say. */
  relayEnabled: boolean | null;
  /** Mails that may still be sent; null where Brevo names no number. */
  mailsLeft: number | null;
  /** Whether `mailsLeft` is renewed every day. */
  daily: boolean;
}

/** Somebody to whom Brevo sends nothing. */
export interface BlockedContact {
  email: string;
  /** As Brevo wrote it: ISO 8601 with an offset; null where there is none. */
  blockedAt: string | null;
  /** `hardBounce`, `contactFlaggedAsSpam`, `unsubscribedViaEmail`, `adminBlocked`, …; "" for none. */
  code: string;
}

/** An entry of the event feed, ready for `readBrevoEvent`. */
export type FeedEvent = {
  /** In the feed's vocabulary. */
  event: string;
  email: string;
  messageId: string;
  /** ISO 8601 with an offset. */
  date: string;
  reason: string | null;
  link: string | null;
  tags: string[];
  templateId: number | null;
};

export function readTemplate(value: unknown): BrevoTemplate | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, subject, htmlContent, isActive } = value;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return undefined;
  return {
    id,
    name: cleaned(text(name), 200),
    subject: text(subject),
    htmlContent: text(htmlContent),
    isActive: isActive === true,
  };
}

export function readAccount(value: Record<string, unknown>): BrevoAccount {
  const plans = list(value.plan)
    .filter(isObject)
    .map(({ type, credits, creditsType }) => ({
      type: cleaned(text(type), 40),
      credits: typeof credits === "number" && Number.isFinite(credits) ? credits : null,
      creditsType: cleaned(text(creditsType), 40),
    }));
  const ofMail = plans.filter(({ type }) => type.toLowerCase() !== "sms");
  const counted = ofMail.flatMap(({ credits }) => (credits === null ? [] : [credits]));
  const relay = value.relay;
  return {
    plans,
    relayEnabled: isObject(relay) && typeof relay.enabled === "boolean" ? relay.enabled : null,
    mailsLeft:
      counted.length === 0
        ? null
        : Math.max(0, Math.floor(counted.reduce((sum, credits) => sum + credits, 0))),
    daily: ofMail.length > 0 && ofMail.every(({ type }) => type.toLowerCase() === "free"),
  };
}

export function readBlockedContact(value: unknown): BlockedContact | undefined {
  if (!isObject(value) || typeof value.email !== "string" || value.email.trim() === "")
    return undefined;
  const { reason, blockedAt } = value;
  return {
    email: cleaned(value.email, 320),
    blockedAt: typeof blockedAt === "string" ? cleaned(blockedAt, 40) : null,
    code: isObject(reason) ? cleaned(text(reason.code), 60) : "",
  };
}

export function readFeedEvent(value: unknown): FeedEvent | undefined {
  if (!isObject(value)) return undefined;
  const { event, email, messageId, date, reason, link, templateId } = value;
  if (typeof event !== "string" || typeof messageId !== "string" || typeof date !== "string") {
    return undefined;
  }
  return {
    event: cleaned(event, 60),
    email: cleaned(text(email), 320),
    messageId: cleaned(messageId, 200),
    date: cleaned(date, 40),
    reason: words(reason, 500),
    link: words(link, 2000),
    tags: tagsIn(value),
    templateId:
      typeof templateId === "number" && Number.isSafeInteger(templateId) ? templateId : null,
  };
}

/** The tags of an event: a list, one word, or a list written as JSON, by source. */
function tagsIn({ tags, tag }: Record<string, unknown>): string[] {
  const given = Array.isArray(tags) ? (tags as unknown[]) : written(tag);
  return given.flatMap((name) =>
    typeof name === "string" && name !== "" ? [cleaned(name, 200)] : [],
  );
}

function written(tag: unknown): unknown[] {
  if (typeof tag !== "string") return [];
  if (!tag.trim().startsWith("[")) return [tag];
  try {
    return list(JSON.parse(tag));
  } catch {
    return [tag];
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function words(value: unknown, limit: number): string | null {
  const line = cleaned(text(value), limit);
  return line === "" ? null : line;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
