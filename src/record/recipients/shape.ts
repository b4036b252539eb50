import * as z from "zod";
import type { StatusCount } from "./queries.ts";

/** What may be known of a mail to somebody, in the order of a mail's life. */
export const RECIPIENT_STATUSES = [
  "queued",
  "sent",
  "delivered",
  "opened",
  "clicked",
  "bounced",
  "failed",
] as const;

/** A person received a mail when this is their status there; a bounced or failed one did not arrive. */
export const RECEIVED: ReadonlySet<string> = new Set(["sent", "delivered", "opened", "clicked"]);

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

/** `by_status` of these counts, one for a status, in the order of a mail's life. */
export function byStatusOf(counts: readonly StatusCount[]): z.output<typeof byStatus> {
  const count = rowsByStatus(counts);
  return Object.fromEntries(
    RECIPIENT_STATUSES.filter((status) => count(status) > 0).map((status) => [
      status,
      count(status),
    ]),
  );
}

/** `funnel` of these counts, one for a status, which are of present statuses. */
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
  const rows = new Map(counts.map(({ status, recipients }) => [status, recipients]));
  return (status) => rows.get(status) ?? 0;
}
