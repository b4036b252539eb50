import { isObject } from "./answers.ts";
import { tagsOf } from "./events.ts";
import { cleaned } from "../sending/mail_service/wording.ts";

/** An e-mail template as Brevo keeps it. Its texts are shown to nobody before they are cleaned. */
export interface BrevoTemplate {
  id: number;
  name: string;
  subject: string;
  htmlContent: string;
  /** A switched-off template is accepted for sending, and its mails never arrive. */
  isActive: boolean;
}

/** What an account may send. */
export interface BrevoAccount {
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
  const ofMail = list(value.plan)
    .filter(isObject)
    .map(({ type, credits }) => ({ type: text(type).toLowerCase(), credits }))
    .filter(({ type }) => type !== "sms");
  const counted = ofMail.flatMap(({ credits }) =>
    typeof credits === "number" && Number.isFinite(credits) ? [credits] : [],
  );
  return {
    mailsLeft:
      counted.length === 0
        ? null
        : Math.max(0, Math.floor(counted.reduce((sum, credits) => sum + credits, 0))),
    daily: ofMail.length > 0 && ofMail.every(({ type }) => type === "free"),
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
  const { event, email, messageId, date, reason, link } = value;
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
    tags: tagsOf(value)
      .filter((name) => name !== "")
      .map((name) => cleaned(name, 200)),
  };
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
