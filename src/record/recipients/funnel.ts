import * as z from "zod";
import type { StatusCount } from "./queries.ts";
import { RECIPIENT_STATUSES } from "./statuses.ts";

/** Recipient rows at each present status; only statuses that occur. */
export const byStatus = z.record(z.string(), z.number());

/** Recipient rows at each step, cumulative: a click is also an open and a delivery. */
export const funnel = z.object({
  recipients: z.number(),
  /** All but the queued. */
  attempted: z.number(),
  delivered: z.number(),
  opened: z.number(),
  clicked: z.number(),
  bounced: z.number(),
  failed: z.number(),
  /** Sent, and nothing was heard since. */
  no_news: z.number(),
});

/** `by_status` of these counts, in the order of a mail's life. */
export function byStatusOf(counts: readonly StatusCount[]): z.output<typeof byStatus> {
  const count = rowsByStatus(counts);
  return Object.fromEntries(
    RECIPIENT_STATUSES.filter((status) => count(status) > 0).map((status) => [
      status,
      count(status),
    ]),
  );
}

/** `funnel` of these counts, which are of present statuses, each row counted once. */
export function funnelOf(counts: readonly StatusCount[]): z.output<typeof funnel> {
  const count = rowsByStatus(counts);
  const clicked = count("clicked");
  const opened = clicked + count("opened");
  const delivered = opened + count("delivered");
  const attempted = delivered + count("sent") + count("bounced") + count("failed");
  return {
    recipients: attempted + count("queued"),
    attempted,
    delivered,
    opened,
    clicked,
    bounced: count("bounced"),
    failed: count("failed"),
    no_news: count("sent"),
  };
}

function rowsByStatus(counts: readonly StatusCount[]): (status: string) => number {
  const recipients = new Map<string, number>();
  for (const { status, recipients: rows } of counts) {
    recipients.set(status, (recipients.get(status) ?? 0) + rows);
  }
  return (status) => recipients.get(status) ?? 0;
}
