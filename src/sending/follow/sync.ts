import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import {
  recordDeliveryEvents,
  type Outcome,
  type ReportedEvent,
} from "../../record/delivery_events/recording.ts";
import type { MailEvent } from "../mail_service/events.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { batchesToSync, noteSynced } from "../queries/events.ts";
import { asking } from "../setup.ts";

/** Which mails' events are asked for. */
export interface SyncScope {
  communication: number | null;
  campaign: number | null;
  /** A UTC instant; null: from where they are known. */
  since: string | null;
}

/** What the events of our mails came to. */
export interface Synced extends Omit<Outcome, "unmatched"> {
  fetched: number;
  unmatched: number;
}

/** More tags than these are not asked for one by one: a mail service answers so many questions an hour. */
const TAGS_ONE_BY_ONE = 50;

/**
 * Asks the mail service for the events of our mails and records them. Each batch's are asked for from two
 * days before they are known; what was there already counts as duplicates. A page is recorded as one
 * transaction, so an interrupted call loses nothing.
 *
 * @throws ToolError where it does not answer; what came before stays recorded
 */
export async function syncEvents(
  service: MailService,
  transactions: Transactions<Call>,
  { communication, campaign, since }: SyncScope,
  tell: (done: number, total: number) => Promise<void> = () => Promise.resolve(),
): Promise<Synced> {
  const batches = await transactions.read(({ sql }) =>
    batchesToSync(sql, communication, campaign, since),
  );
  const total: Synced = { fetched: 0, applied: 0, duplicates: 0, unmatched: 0, changed: [] };
  const to = tomorrow();
  const parts = batches.length > TAGS_ONE_BY_ONE ? [batches] : batches.map((batch) => [batch]);
  let done = 0;
  for (const part of parts) {
    const [first] = part;
    if (!first) continue;
    const tags = new Set(part.map(({ tag }) => tag));
    const from = part.map(({ from_day }) => from_day).sort()[0] ?? first.from_day;
    await asking(async () => {
      const pages = service.events({ from, to, ...(part === batches ? {} : { tag: first.tag }) });
      for await (const page of pages) await record(transactions, page, tags, total);
    });
    await transactions.write(({ sql }) => noteSynced(sql, part, first.asked_at));
    done += part.length;
    await tell(done, batches.length);
  }
  return total;
}

async function record(
  transactions: Transactions<Call>,
  page: readonly MailEvent[],
  tags: ReadonlySet<string>,
  total: Synced,
): Promise<void> {
  const ours = page.filter((event) => event.tags.some((tag) => tags.has(tag)));
  const events = ours.flatMap(({ at, messageId, email, tags, ...said }): ReportedEvent[] =>
    at === null ? [] : [{ ...said, at, of: { messageId, email, tags } }],
  );
  total.fetched += ours.length;
  total.unmatched += ours.length - events.length;
  if (events.length === 0) return;
  const outcome = await transactions.write((call) => recordDeliveryEvents(call, events));
  total.applied += outcome.applied;
  total.duplicates += outcome.duplicates;
  total.unmatched += outcome.unmatched.length;
  total.changed.push(...outcome.changed);
}

/** Tomorrow's date in UTC. */
function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}
