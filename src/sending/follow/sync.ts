import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import {
  recordDeliveryEvents,
  type Outcome,
  type ReportedEvent,
} from "../../record/delivery_events/recording.ts";
import { ToolError } from "../../mcp/errors.ts";
import { utcSecond, type MailEvent } from "../mail_service/events.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { eventsSyncedTo } from "../../record/delivery_events/queries.ts";
import { batchesToSync, noteSynced, type TaggedBatch } from "../queries/events.ts";
import { asking } from "../setup.ts";

/** Which mails' events are asked for. */
export interface SyncScope {
  communication: number | null;
  campaign: number | null;
  /** A UTC instant; null: from where they are known. */
  since: string | null;
}

/** What the events of our mails came to. */
export interface Synced extends Omit<Outcome, "unmatched" | "now_blocked"> {
  fetched: number;
  unmatched: number;
  /** Batches of which everything is known now. */
  batches: number;
  /** Up to when everything of all mails is known, shown in the organiser's zone; null: not yet. */
  syncedTo: string | null;
  /** Why not everything was fetched, as a sentence; null where it was. */
  incomplete: string | null;
}

/** More tags than these are not asked for one by one: a mail service answers so many questions an hour. */
const TAGS_ONE_BY_ONE = 50;
/** What a mail service reports of later than so many milliseconds after its own clock is not taken. */
const CLOCKS_DIFFER = 3_600_000;

/**
 * Asks the mail service for the events of our mails and records them. Each batch's are asked for from two
 * days before they are known; what was there already counts as duplicates. A page is recorded as one
 * transaction, so an interrupted call loses nothing: what stops it is told beside what was recorded before.
 * Up to when everything is known is noted last, for all batches at once.
 *
 * @param until milliseconds on the clock of `performance.now()` after which no further page is asked for
 * @throws ToolError where it cannot be read what to ask for
 */
export async function syncEvents(
  service: MailService,
  transactions: Transactions<Call>,
  { communication, campaign, since }: SyncScope,
  { until, signal, tell }: Pace,
): Promise<Synced> {
  const [batches, syncedTo] = await transactions.read(({ sql, zone }) =>
    together(batchesToSync(sql, communication, campaign, since), eventsSyncedTo(sql, zone)),
  );
  const total: Synced = {
    fetched: 0,
    applied: 0,
    duplicates: 0,
    unmatched: 0,
    changed: [],
    batches: 0,
    syncedTo,
    incomplete: null,
  };
  const whole: TaggedBatch[] = [];
  const to = tomorrow();
  const parts = batches.length > TAGS_ONE_BY_ONE ? [batches] : batches.map((batch) => [batch]);
  try {
    for (const part of parts) {
      const [first] = part;
      if (!first) continue;
      const tags = new Set(part.map(({ tag }) => tag));
      const from = part.map(({ from_day }) => from_day).sort()[0] ?? first.from_day;
      const isWhole = await asking(async () => {
        const pages = service.events({ from, to, ...(part === batches ? {} : { tag: first.tag }) });
        for await (const page of pages) {
          await record(transactions, page, tags, latest(service), total);
          if (performance.now() > until || signal.aborted) return false;
        }
        return true;
      });
      if (!isWhole) {
        total.incomplete = "Brevo has more events than could be fetched in the time.";
        break;
      }
      whole.push(...part);
      await tell?.(whole.length, batches.length);
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    total.incomplete = error.message;
  }
  await noteWhole(transactions, whole, total);
  return total;
}

/** Notes that of these batches everything is known. */
async function noteWhole(
  transactions: Transactions<Call>,
  whole: readonly TaggedBatch[],
  total: Synced,
): Promise<void> {
  const [first] = whole;
  if (!first) return;
  try {
    total.syncedTo = await transactions.write(({ sql, zone }) =>
      noteSynced(sql, whole, first.asked_at, zone),
    );
    total.batches = whole.length;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    total.incomplete ??= error.message;
  }
}

/** How long the asking may take, and who hears how far it has come. */
export interface Pace {
  until: number;
  signal: AbortSignal;
  tell?: (done: number, total: number) => Promise<void>;
}

async function record(
  transactions: Transactions<Call>,
  page: readonly MailEvent[],
  tags: ReadonlySet<string>,
  notAfter: string,
  total: Synced,
): Promise<void> {
  const ours = page.filter((event) => event.tags.some((tag) => tags.has(tag)));
  const events = ours.flatMap(({ at, messageId, email, tags, ...said }): ReportedEvent[] =>
    at === null || at > notAfter ? [] : [{ ...said, at, of: { messageId, email, tags } }],
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

/** The last second of which an event can tell, in UTC. */
function latest(service: MailService): string {
  const clock = service.clock();
  return utcSecond((clock === null ? Date.now() : Date.parse(clock)) + CLOCKS_DIFFER) ?? "";
}

/** Tomorrow's date in UTC. */
function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}
