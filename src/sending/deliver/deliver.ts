import { setTimeout as delay } from "node:timers/promises";
import { ToolError } from "../../mcp/errors.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { dissolveBatches, tryLockBatch } from "../queries/batches.ts";
import { lockSend, settleStatus, type SendRow } from "../queries/sends.ts";
import { standingOf, type Standing } from "../queries/standing.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { asking } from "../setup.ts";
import { makeAttempt, type Made } from "./attempt.ts";
import { lookAgain } from "./look_again.ts";
import { applySettled, settle } from "./settle.ts";
import { Turns } from "./turns.ts";
import { counted } from "../../words/counts.ts";

/** Most attempts at one batch within one call. */
const ATTEMPTS = 3;
/** How long a batch is waited for while another server has it, in milliseconds. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 250;

/** A batch under way takes a connection, and a pool has few. */
const AT_ONCE = 2;
const turns = new Turns(AT_ONCE);

/**
 * Sends a started list's batches, one after another, until all are settled, something stands in the
 * way, the client cancels or the time is over. May be called again at any time, by several servers at
 * once and after any interruption: before each batch it is looked whether what was agreed to still holds,
 * each attempt is noted before it is made, a batch is in the hands of one server at a time, and what was
 * perhaps taken goes again with the same bytes and key only.
 *
 * @param until milliseconds on the clock of `performance.now()` after which nothing new is begun
 * @returns why the rest was not tried, as a sentence; null where nothing stands in the way
 */
export async function deliver(
  transactions: Transactions<Call>,
  service: MailService,
  send: SendRow,
  caller: Caller,
  until: number,
): Promise<string | null> {
  const { communication_id: communication } = send;
  const attempts = new Map<string, number>();
  let told = 0;
  const busySince = performance.now();
  let standing = await standingNow(transactions, service, communication);
  if (standing.isUnapplied) {
    await transactions.write(({ sql }) =>
      together(lockSend(sql, communication), applySettled(sql, communication)),
    );
  }
  for (;;) {
    const { open } = standing;
    if (open.length === 0 || caller.signal.aborted || performance.now() > until) return null;
    const over = open.filter((batch) => batch.too_late);
    if (over.length > 0) {
      await giveUp(transactions, communication, over);
      standing = await standingNow(transactions, service, communication);
      continue;
    }
    const batch = open.find(({ id }) => (attempts.get(id) ?? 0) < ATTEMPTS);
    if (!batch || batch !== open[0]) {
      // What perhaps left stays open for the next call; trying others meanwhile would only add to it.
      return "Brevo does not answer reliably at the moment.";
    }
    const count = (attempts.get(batch.id) ?? 0) + 1;
    if (count > 1) await delay(2 ** (count - 2) * 500);
    const made = await turns.take(() => tryBatch(transactions, service, send, batch.id));
    standing = made.standing ?? (await standingNow(transactions, service, communication));
    told = await tell(standing, caller, told);
    const { tried } = made;
    switch (tried.kind) {
      case "busy":
        if (performance.now() - busySince > PATIENCE) {
          return "Another server is sending this list.";
        }
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
}

async function tryBatch(
  transactions: Transactions<Call>,
  service: MailService,
  send: SendRow,
  batch: string,
): Promise<Made> {
  let template;
  try {
    template = await asking(service.template(send.brevo_template_id));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { tried: { kind: "paused", reason: error.message, isQuota: false } };
  }
  const noted = Date.now();
  const look = await transactions.write((call) => lookAgain(call, service, send, batch, template));
  switch (look.kind) {
    case "go":
      return makeAttempt(transactions, service, send, batch, look.attempt, noted);
    case "busy":
      return { tried: { kind: "busy" } };
    case "over":
      return { tried: { kind: "settled" } };
    case "stopped":
      return { tried: { kind: "paused", reason: look.reason, isQuota: false } };
  }
}

function standingNow(
  transactions: Transactions<Call>,
  service: MailService,
  communication: number,
): Promise<Standing> {
  const repeating = { minutes: service.repeatMinutes, there: service.clock() };
  return transactions.read(({ sql }) => standingOf(sql, communication, repeating));
}

/** By now its key may be forgotten, so what was perhaps taken is never sent again. */
async function giveUp(
  transactions: Transactions<Call>,
  communication: number,
  batches: readonly { id: string }[],
): Promise<void> {
  for (const { id } of batches) {
    await transactions.write(async ({ sql }) => {
      const [, isHeld] = await together(lockSend(sql, communication), tryLockBatch(sql, id));
      if (isHeld) await settle(sql, communication, id, { outcome: "unknown" });
    });
  }
}

async function holdRest(transactions: Transactions<Call>, communication: number): Promise<void> {
  await transactions.write(async ({ sql }) => {
    await together(
      lockSend(sql, communication),
      dissolveBatches(sql, communication),
      settleStatus(sql, communication),
    );
  });
}

/**
 * Tells the client how many mails are no longer open, if these are more than it was told before: a
 * batch that is tried again does not add to them, and progress must rise.
 *
 * @returns what it has been told now
 */
async function tell(
  { done, accepted, total }: Standing,
  caller: Caller,
  before: number,
): Promise<number> {
  if (done <= before) return before;
  await caller.progress(done, total, `${counted(accepted, "mail")} accepted by Brevo`);
  return done;
}
