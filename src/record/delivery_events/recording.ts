import type { Call } from "../../conventions/call.ts";
import { mailbox } from "../../words/email_address.ts";
import { plain } from "../../mcp/render.ts";
import { together } from "../../conventions/together.ts";
import { EVENT_KINDS, type EventKind } from "../../sending/mail_service/events.ts";
import {
  addDeliveryEvents,
  blockedAddresses,
  lockRecipients,
  peopleBlockedSince,
  recipientsOfMessages,
  type BlockedPerson,
  type MessageOwner,
  type NewDeliveryEvent,
} from "./queries.ts";
import {
  lockSends,
  mendMessageIds,
  settleByEvents,
  toldRecipients,
  type ToldRecipient,
} from "../../sending/queries/events.ts";
import { settleStatus } from "../../sending/queries/sends.ts";
import { bare } from "../communications/named_recipients.ts";

/** A delivery event as a source reports it, read but not yet matched to a recipient. */
export interface ReportedEvent {
  /** As the source calls it. */
  name: string;
  /** What that means; undefined for nothing known. */
  kind: EventKind | undefined;
  /** UTC, to the second. */
  at: string;
  reason: string | null;
  link: string | null;
  /** Whose it is: a mail of the mail service's, a recipient already found, or why none could be. */
  of: ReportedMail | { recipient: number } | { nobody: string };
}

/** A mail as the mail service names it. */
interface ReportedMail {
  messageId: string;
  /** In lower case; null where the event names none. */
  email?: string | null;
  /** The tags that the mail was sent with. */
  tags?: readonly string[];
}

/** What a kind of event may be called; a mail service's own names are known as well. */
const KNOWN = `; events are ${EVENT_KINDS.join(", ")}, bounced or failed`;

/** Events after which an address may be one that must not be mailed. */
const BLOCKING: ReadonlySet<string> = new Set<EventKind>([
  "hard_bounce",
  "invalid_email",
  "soft_bounce",
  "spam",
  "unsubscribed",
  "blocked",
]);

/** What became of reported events. */
export interface Outcome {
  applied: number;
  duplicates: number;
  unmatched: { index: number; reason: string }[];
  changed: { contact_id: number; name: string; from: string; to: string }[];
  /** Who cannot be mailed any more, because of these events. */
  now_blocked: BlockedPerson[];
}

/**
 * Records delivery events in the running transaction: those that are there already count as
 * duplicates, those of an unknown kind or recipient as unmatched, and the order does not matter.
 *
 * Events of mails that this program sent also settle what was not known of their sending.
 */
export async function recordDeliveryEvents(
  { sql }: Call,
  events: readonly ReportedEvent[],
): Promise<Outcome> {
  const messageIds = events.flatMap(({ of }) => ("messageId" in of ? [of.messageId] : []));
  const [sent, named] = await together(
    sentMails(sql, events),
    messageIds.length === 0 ? [] : recipientsOfMessages(sql, messageIds),
  );
  const owners = new Map(named.map((row) => [row.message_id, row]));
  const unmatched: Outcome["unmatched"] = [];
  const matched: NewDeliveryEvent[] = [];
  events.forEach(({ name, kind, at, reason, link, of }, index) => {
    const found = recipientOf(of, sent.get(index), owners);
    if (kind === undefined) {
      // Once is enough, of up to thousands.
      const known = unmatched.some(({ reason }) => reason.endsWith(KNOWN)) ? "" : KNOWN;
      unmatched.push({
        index,
        reason: `"${name.slice(0, 60)}" is not a known kind of event${known}`,
      });
    } else if ("nobody" in found) {
      unmatched.push({ index, reason: found.nobody });
    } else {
      matched.push({ recipient_id: found.recipient, kind, at, reason, link });
    }
  });
  if (matched.length === 0)
    return { applied: 0, duplicates: 0, unmatched, changed: [], now_blocked: [] };

  const communications = [...new Set([...sent.values()].map((told) => told.communication_id))];
  const recipients = [...new Set(matched.map((event) => event.recipient_id))];
  const mayBlock = matched.some(({ kind }) => BLOCKING.has(kind));
  const [, , blockedBefore, reported] = await together(
    communications.length > 0 && lockSends(sql, communications),
    lockRecipients(sql, recipients),
    mayBlock ? blockedAddresses(sql, recipients) : [],
    addDeliveryEvents(sql, matched),
    communications.length > 0 && settle(sql, events, sent, communications),
  );
  const applied = reported.reduce((sum, row) => sum + row.applied, 0);
  return {
    applied,
    duplicates: matched.length - applied,
    unmatched,
    changed: reported
      .filter((row) => row.from_status !== row.to_status)
      .map(({ contact_id, name, from_status, to_status }) => ({
        contact_id,
        name,
        from: from_status,
        to: to_status,
      })),
    now_blocked: mayBlock ? await peopleBlockedSince(sql, recipients, blockedBefore) : [],
  };
}

/**
 * Whose an event is, or why nobody's. A message id alone does not tell where the event names an address: it
 * must be one of the person's.
 */
function recipientOf(
  of: ReportedEvent["of"],
  told: ToldRecipient | undefined,
  owners: ReadonlyMap<string, MessageOwner>,
): { recipient: number } | { nobody: string } {
  if (!("messageId" in of)) return of;
  if (told) return { recipient: told.recipient_id };
  const owner = owners.get(bare(of.messageId));
  if (!owner) return { nobody: "no recipient has this message id" };
  const { mailboxes, recipient_id: recipient } = owner;
  const isTheirs = !of.email || mailboxes.length === 0 || mailboxes.includes(mailbox(of.email));
  if (isTheirs) return { recipient };
  return { nobody: `the mail with this message id did not go to ${plain(of.email ?? "")}` };
}

/** The people of our sends whom events are about, by the event's place in the list. */
async function sentMails(
  sql: Call["sql"],
  events: readonly ReportedEvent[],
): Promise<Map<number, ToldRecipient>> {
  const mails = events.flatMap(({ of, kind }, position) =>
    "messageId" in of && of.email && kind !== undefined
      ? [{ position, message_id: of.messageId, email: of.email, tags: of.tags ?? [] }]
      : [],
  );
  if (mails.length === 0) return new Map();
  return new Map((await toldRecipients(sql, mails)).map((told) => [told.position, told]));
}

async function settle(
  sql: Call["sql"],
  events: readonly ReportedEvent[],
  sent: ReadonlyMap<number, ToldRecipient>,
  communications: readonly number[],
): Promise<void> {
  const told = [...sent].flatMap(([position, { recipient_id, mail }]) => {
    const of = events[position]?.of;
    return of && "messageId" in of ? [{ recipient_id, mail, message_id: of.messageId }] : [];
  });
  await together(
    mendMessageIds(sql, told),
    settleByEvents(sql, [...new Set(told.map(({ recipient_id }) => recipient_id))]),
    ...[...communications].sort((a, b) => a - b).map((id) => settleStatus(sql, id)),
  );
}
