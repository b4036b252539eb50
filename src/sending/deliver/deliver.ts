import { setTimeout as delay } from "node:timers/promises";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import {
  applyBatch,
  dissolveBatches,
  noteAttempt,
  noteDoubt,
  noteRefused,
  openBatches,
  settleBatch,
  tryLockBatch,
  unappliedBatches,
  type Attempt,
  type Settlement,
} from "../queries/batches.ts";
import { countStates, lockSend, settleStatus } from "../queries/sends.ts";
import type { BatchOutcome } from "../mail_service/batch.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { Turns } from "./turns.ts";

/** Most attempts at one batch within one call. */
const ATTEMPTS = 3;
/** How long a batch is waited for while another server has it, in milliseconds. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 250;

/** What came of one try at a batch. */
type Tried =
  | { kind: "settled" | "busy" | "gone" | "unknown" }
  | { kind: "wait"; seconds: number; reason: string }
  | { kind: "paused"; reason: string; isQuota: boolean };

/** A batch under way takes two connections, and a pool has few. */
const AT_ONCE = 2;
const turns = new Turns(AT_ONCE);

/**
 * Sends a started list's batches, one after another, until all are settled, something stands in the
 * way, the client cancels or the time is over. May be called again at any time, by several servers at
 * once and after any interruption: each attempt is noted before it is made, a batch is in the hands of
 * one server at a time, and what was perhaps taken goes again with the same bytes and key only.
 *
 * @param until milliseconds on the clock of `performance.now()` after which nothing new is begun
 * @returns why the rest was not tried, as a sentence; null where nothing stands in the way
 */
export async function deliver(
  transactions: Transactions<Call>,
  service: MailService,
  communication: number,
  caller: Caller,
  until: number,
): Promise<string | null> {
  const attempts = new Map<string, number>();
  let told = 0;
  const busySince = performance.now();
  await applySettled(transactions, communication);
  for (;;) {
    const open = await transactions.read(({ sql }) =>
      openBatches(sql, communication, service.repeatMinutes),
    );
    if (open.length === 0 || caller.signal.aborted || performance.now() > until) break;
    const over = open.filter((batch) => batch.too_late);
    if (over.length > 0) {
      await giveUp(transactions, communication, over);
      continue;
    }
    const batch = open.find(({ id }) => (attempts.get(id) ?? 0) < ATTEMPTS);
    if (!batch || batch !== open[0]) {
      // What perhaps left stays open for the next call; trying others meanwhile would only add to it.
      return "Brevo does not answer reliably at the moment.";
    }
    const count = (attempts.get(batch.id) ?? 0) + 1;
    if (count > 1) await delay(2 ** (count - 2) * 500);
    const tried = await turns.take(() => tryBatch(transactions, service, batch.id));
    await applySettled(transactions, communication);
    told = await tell(transactions, communication, caller, told);
    switch (tried.kind) {
      case "busy":
        if (performance.now() - busySince > PATIENCE) return "Another server is sending this list.";
        await delay(LOOK_AGAIN);
        break;
      case "unknown":
        attempts.set(batch.id, count);
        break;
      case "wait":
        if (performance.now() + tried.seconds * 1000 > until) return tried.reason;
        await delay(tried.seconds * 1000, undefined, { signal: caller.signal }).catch(
          () => undefined,
        );
        break;
      case "paused":
        if (tried.isQuota) await holdRest(transactions, communication);
        return tried.reason;
    }
  }
  return null;
}

async function tryBatch(
  transactions: Transactions<Call>,
  service: MailService,
  batch: string,
): Promise<Tried> {
  // The lock lasts as long as this transaction, and with it the server's hold on the batch; should the
  // server die, it is free at once. What must outlast that is written in transactions of its own.
  return transactions.write(async ({ sql }) => {
    if (!(await tryLockBatch(sql, batch))) return { kind: "busy" };
    const attempt = await transactions.write((note) =>
      noteAttempt(note.sql, batch, service.repeatMinutes),
    );
    if (!attempt) return { kind: "gone" };
    const outcome = await service.send({ body: attempt.body, recipients: attempt.recipients });
    return transactions.write((note) => noteOutcome(note, batch, attempt, outcome));
  });
}

async function noteOutcome(
  { sql }: Call,
  batch: string,
  attempt: Attempt,
  outcome: BatchOutcome,
): Promise<Tried> {
  const settle = async (settlement: Settlement): Promise<Tried> => {
    await settleBatch(sql, batch, settlement);
    return { kind: "settled" };
  };
  switch (outcome.kind) {
    case "accepted":
      return settle({ outcome: "accepted", messageIds: outcome.messageIds });
    case "accepted_ids_unknown": {
      const { repeated, reason: detail } = outcome;
      if (!repeated || !isOnlyErrors(attempt)) {
        return settle({ outcome: "accepted", repeated, detail });
      }
      await noteDoubt(sql, batch, true, detail);
      return settle({
        outcome: "unknown",
        detail:
          "Brevo says that it had this batch already, but had answered only errors to it before; its events will tell.",
      });
    }
    case "unknown":
      await noteDoubt(sql, batch, outcome.answered, outcome.reason);
      return { kind: "unknown" };
    case "rate_limited":
      await noteRefused(sql, batch, outcome.reason);
      return { kind: "wait", seconds: outcome.waitSeconds, reason: outcome.reason };
    case "paused":
      await noteRefused(sql, batch, outcome.reason);
      return outcome;
    case "rejected":
      await noteRefused(sql, batch, outcome.reason);
      if (attempt.refused < attempt.earlier) return { kind: "unknown" };
      return settle({ outcome: "rejected", detail: outcome.reason });
  }
}

/** An error may have used the key up, so a repetition of it proves nothing. */
function isOnlyErrors({ earlier, refused, doubtful }: Attempt): boolean {
  return refused + doubtful >= earlier;
}

/** By now its key may be forgotten, so what was perhaps taken is never sent again. */
async function giveUp(
  transactions: Transactions<Call>,
  communication: number,
  batches: readonly { id: string }[],
): Promise<void> {
  for (const { id } of batches) {
    await transactions.write(async ({ sql }) => {
      if (await tryLockBatch(sql, id)) await settleBatch(sql, id, { outcome: "unknown" });
    });
  }
  await applySettled(transactions, communication);
}

/** Puts settled batches into the recipients' rows; also those that a crash left. */
async function applySettled(
  transactions: Transactions<Call>,
  communication: number,
): Promise<void> {
  const settled = await transactions.read(({ sql }) => unappliedBatches(sql, communication));
  for (const { id } of settled) {
    await transactions.write(async ({ sql }) => {
      await lockSend(sql, communication);
      await applyBatch(sql, id);
      await settleStatus(sql, communication);
    });
  }
}

async function holdRest(transactions: Transactions<Call>, communication: number): Promise<void> {
  await transactions.write(async ({ sql }) => {
    await lockSend(sql, communication);
    await dissolveBatches(sql, communication);
    await settleStatus(sql, communication);
  });
}

/**
 * Tells the client how many mails are no longer open, if these are more than it was told before: a
 * batch that is tried again does not add to them, and progress must rise.
 *
 * @returns what it has been told now
 */
async function tell(
  transactions: Transactions<Call>,
  communication: number,
  caller: Caller,
  before: number,
): Promise<number> {
  const { held, waiting, unknown, accepted, failed } = await transactions.read(({ sql }) =>
    countStates(sql, communication),
  );
  const done = accepted + failed + unknown;
  if (done <= before) return before;
  await caller.progress(done, done + waiting + held, `${String(accepted)} mails accepted by Brevo`);
  return done;
}
