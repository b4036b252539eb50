import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { BatchOutcome } from "../mail_service/batch.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { noteDoubt, noteRefused, tryLockBatch, type Attempt } from "../queries/batches.ts";
import { type Settlement } from "../queries/outcomes.ts";
import { lockSend, type SendRow } from "../queries/sends.ts";
import { standingOf, type Standing } from "../queries/standing.ts";
import { settle } from "./settle.ts";

/** What came of an attempt at a batch. */
type Tried =
  | { kind: "settled" | "busy" | "unknown" }
  | { kind: "wait"; seconds: number; reason: string }
  | { kind: "paused"; reason: string; isQuota: boolean };

/** What came of it, and how far the send is since, where that was read on the way. */
export interface Made {
  tried: Tried;
  standing?: Standing;
}

/** A machine that slept between noting an attempt and making it makes it no more: keys are forgotten. */
const LONGEST_PAUSE = 30_000;

/**
 * Makes an attempt that was noted, while this server has the batch to itself.
 *
 * The hold lasts as long as one transaction, so that it ends with the server; the outcome is noted in it
 * as well, so that a pool of one connection is enough. Where that connection is lost meanwhile, the
 * outcome is noted by another.
 *
 * @throws ToolError where it cannot be noted; the attempt counts as perhaps taken then
 */
export async function makeAttempt(
  transactions: Transactions<Call>,
  service: MailService,
  { communication_id: communication }: SendRow,
  batch: string,
  attempt: Attempt,
  noted: number,
): Promise<Made> {
  const made: { at?: number; outcome?: BatchOutcome } = {};
  const notMade = (sql: Call["sql"]): Promise<void> =>
    noteRefused(sql, batch, attempt.refused, "not attempted");
  const note = async (sql: Call["sql"], outcome: BatchOutcome): Promise<Made> => {
    const repeating = { minutes: service.repeatMinutes, there: service.clock() };
    // Only now is the send locked: nobody waits for it while the mail service is awaited.
    const [, tried, standing] = await together(
      lockSend(sql, communication),
      noteOutcome(sql, communication, batch, attempt, outcome),
      standingOf(sql, communication, repeating),
    );
    return { tried, standing };
  };
  try {
    return await transactions.write(async ({ sql }): Promise<Made> => {
      // The transaction may be begun anew; the attempt is made once.
      if (made.outcome) return note(sql, made.outcome);
      const isHeld = await tryLockBatch(sql, batch);
      made.at = Date.now();
      if (!isHeld || Math.abs(made.at - noted) > LONGEST_PAUSE) {
        await notMade(sql);
        return { tried: { kind: "busy" } };
      }
      made.outcome = await service.send({ body: attempt.body, recipients: attempt.recipients });
      return note(sql, made.outcome);
    });
  } catch (error) {
    const { at, outcome } = made;
    if (outcome) return transactions.write(({ sql }) => note(sql, outcome));
    if (at !== undefined) throw error;
    await transactions.write(({ sql }) => notMade(sql));
    return { tried: { kind: "busy" } };
  }
}

/** Sends all its statements at once, so that what is sent after it comes after them. */
async function noteOutcome(
  sql: Call["sql"],
  communication: number,
  batch: string,
  attempt: Attempt,
  outcome: BatchOutcome,
): Promise<Tried> {
  const settled = async (settlement: Settlement, noted?: Promise<void>): Promise<Tried> => {
    const [isSettled] = await together(settle(sql, communication, batch, settlement), noted);
    return { kind: isSettled ? "settled" : "unknown" };
  };
  switch (outcome.kind) {
    case "accepted":
      return settled({ outcome: "accepted", messageIds: outcome.messageIds });
    case "repeated": {
      const doubt = doubtOf(attempt);
      if (doubt === null)
        return settled({ outcome: "accepted", repeated: true, detail: outcome.reason });
      const noted = noteDoubt(sql, batch, "error", outcome.reason);
      return settled({ outcome: "unknown", detail: doubt }, noted);
    }
    case "unknown":
      await noteDoubt(sql, batch, outcome.answer, outcome.reason);
      return { kind: "unknown" };
    case "rate_limited":
      await noteRefused(sql, batch, attempt.refused, outcome.reason);
      return { kind: "wait", seconds: outcome.waitSeconds, reason: outcome.reason };
    case "paused":
      await noteRefused(sql, batch, attempt.refused, outcome.reason);
      return outcome;
    case "rejected": {
      const noted = noteRefused(sql, batch, attempt.refused, outcome.reason);
      return settled({ outcome: "rejected", detail: outcome.reason }, noted);
    }
  }
}

/** Why the mail service's word that it had a batch already proves nothing; null where it does. */
function doubtOf({ earlier, refused, doubtful, misfit }: Attempt): string | null {
  if (misfit) {
    return "Brevo's message ids did not fit the people of this batch, so whose mail it took only its events can tell.";
  }
  // An error may have used the key up.
  if (refused + doubtful >= earlier) {
    return "Brevo says that it had this batch already, but had answered only errors to it before; its events will tell.";
  }
  return null;
}
