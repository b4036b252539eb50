import { isObject } from "./answers.ts";
import { tagsOf } from "./events.ts";
import type {
  BlockedAddress,
  MailAccount,
  MailTemplate,
} from "../sending/mail_service/mail_service.ts";
import { mailbox } from "../words/email_address.ts";
import { cleaned } from "../sending/mail_service/wording.ts";

/** An e-mail template as Brevo keeps it. */
export type BrevoTemplate = Pick<
  MailTemplate,
  "id" | "name" | "subject" | "htmlContent" | "isActive"
>;

/** What Brevo's free plan sends a day. */
const FREE_PER_DAY = 300;

/** By Brevo's reasons in lower case; `unsubscribedViaEmail` and whatever else there is: unsubscribed. */
const BLOCKED: Record<string, Pick<BlockedAddress, "kind" | "reason">> = {
  hardbounce: { kind: "hard_bounce", reason: "hard bounce, by Brevo's block list" },
  contactflaggedasspam: { kind: "spam", reason: "spam complaint, by Brevo's block list" },
  adminblocked: { kind: "unsubscribed", reason: "blocked in Brevo by its user" },
};
const UNSUBSCRIBED = {
  kind: "unsubscribed",
  reason: "unsubscribed, by Brevo's block list",
} as const;

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

export function readAccount(value: Record<string, unknown>): MailAccount {
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
    perDay: ofMail.length > 0 && ofMail.every(({ type }) => type === "free") ? FREE_PER_DAY : null,
  };
}

export function readBlockedContact(value: unknown): BlockedAddress | undefined {
  if (!isObject(value) || text(value.email).trim() === "") return undefined;
  const code = isObject(value.reason) ? cleaned(text(value.reason.code), 60).toLowerCase() : "";
  const at = Date.parse(cleaned(text(value.blockedAt), 40));
  return {
    address: mailbox(cleaned(text(value.email), 320)),
    ...(BLOCKED[code] ?? UNSUBSCRIBED),
    at: Number.isNaN(at) ? null : new Date(at).toISOString(),
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
