import type { Queryable } from "../database/connect.ts";
import { eventKind } from "../brevo/events.ts";
import {
  addDeliveryEvents,
  lockRecipients,
  recipientsOfMessages,
  type NewDeliveryEvent,
} from "./queries/delivery_events.ts";
import { bare } from "./recipients.ts";

/** A delivery event as a source reports it, read but not yet matched to a recipient. */
export interface ReportedEvent {
  /** In either of Brevo's vocabularies, or a recipient's status. */
  name: string;
  /** UTC, to the second. */
  at: string;
  reason: string | null;
  link: string | null;
  /** Whose it is: a message id, a recipient already found, or why none could be. */
  of: { messageId: string } | { recipient: number } | { nobody: string };
}

/** What became of reported events. */
export interface Outcome {
  applied: number;
  duplicates: number;
  unmatched: { index: number; reason: string }[];
  changed: { contact_id: number; name: string; from: string; to: string }[];
}

/**
 * Records delivery events in the running transaction: those that are there already count as
 * duplicates, those of an unknown kind or recipient as unmatched, and the order does not matter.
 */
export async function recordDeliveryEvents(
  sql: Queryable,
  events: readonly ReportedEvent[],
): Promise<Outcome> {
  const messageIds = events.flatMap(({ of }) => ("messageId" in of ? [of.messageId] : []));
  const owners = new Map(
    messageIds.length === 0
      ? []
      : (await recipientsOfMessages(sql, messageIds)).map((row) => [row.message_id, row.recipient_id]),
  );
  const unmatched: Outcome["unmatched"] = [];
  const matched: NewDeliveryEvent[] = [];
  events.forEach(({ name, at, reason, link, of }, index) => {
    const kind = eventKind(name);
    const recipient =
      "recipient" in of ? of.recipient : "messageId" in of ? owners.get(bare(of.messageId)) : undefined;
    if (kind === undefined) {
      unmatched.push({ index, reason: `"${name.slice(0, 60)}" is no known kind of event` });
    } else if (recipient === undefined) {
      unmatched.push({ index, reason: "nobody" in of ? of.nobody : "no recipient has this message id" });
    } else {
      matched.push({ recipient_id: recipient, kind, at, reason, link });
    }
  });
  if (matched.length === 0) return { applied: 0, duplicates: 0, unmatched, changed: [] };

  await lockRecipients(sql, [...new Set(matched.map((event) => event.recipient_id))]);
  const reported = await addDeliveryEvents(sql, matched);
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
  };
}
