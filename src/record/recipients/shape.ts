import * as z from "zod";
import type { StatusCount } from "./queries.ts";

/** What may be known of a mail that arrived; each takes in those after it: who clicked has opened it. */
const ARRIVED = ["delivered", "opened", "clicked"] as const;

const AFTER_QUEUED = ["sent", ...ARRIVED, "bounced", "failed"] as const;

/** What may be recorded of a mail to somebody, in the order of a mail's life. */
export const RECIPIENT_STATUSES = ["queued", ...AFTER_QUEUED] as const;

/** What may be said of one: unknown where it is not certain whether it left. */
export const REPORTED_STATUSES = ["queued", "unknown", ...AFTER_QUEUED] as const;

/** The statuses as `outreach.event_rank` ranks them: of two that are said of one mail the later holds. */
export const STATUSES_BY_RANK: readonly string[] = [
  "queued",
  "sent",
  "failed",
  "delivered",
  "bounced",
  "opened",
  "clicked",
];

/** Recipient rows at each present status; only statuses that occur. */
export const byStatus = z.record(z.string(), z.number());

/** Recipient rows at each step, cumulative: a click is also an open and a delivery. */
export const funnel = z.object({
  recipients: z.number(),
  /** All but the queued. */
  attempted: z.number(),
  ...eachStep(() => z.number()),
  bounced: z.number(),
  failed: z.number(),
  /** Sent, and nothing was heard since. */
  no_news: z.number(),
});

/** `by_status` of these counts, one for a status, in the order of a mail's life. */
export function byStatusOf(counts: readonly StatusCount[]): z.output<typeof byStatus> {
  const count = rowsByStatus(counts);
  return Object.fromEntries(
    REPORTED_STATUSES.filter((status) => count(status) > 0).map((status) => [
      status,
      count(status),
    ]),
  );
}

/** `funnel` of these counts, one for a status, which are of present statuses. */
export function funnelOf(counts: readonly StatusCount[]): z.output<typeof funnel> {
  const count = rowsByStatus(counts);
  const all = (statuses: readonly string[]) =>
    statuses.reduce((sum, status) => sum + count(status), 0);
  const recipients = all(REPORTED_STATUSES);
  return {
    recipients,
    attempted: recipients - count("queued"),
    ...eachStep((place) => all(ARRIVED.slice(place))),
    bounced: count("bounced"),
    failed: count("failed"),
    no_news: count("sent"),
  };
}

function eachStep<Value>(valueAt: (place: number) => Value) {
  return Object.fromEntries(ARRIVED.map((step, place) => [step, valueAt(place)])) as Record<
    (typeof ARRIVED)[number],
    Value
  >;
}

function rowsByStatus(counts: readonly StatusCount[]): (status: string) => number {
  const rows = new Map(counts.map(({ status, recipients }) => [status, recipients]));
  return (status) => rows.get(status) ?? 0;
}
