import type { Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import type { BatchOutcome } from "../mail_service/batch.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import {
  noteDoubt,
  noteRefused,
  settleBatch,
  tryLockBatch,
  type Attempt,
  type Settlement,
} from "../queries/batches.ts";

/** What came of an attempt at a batch. */
export type Tried =
  | { kind: "settled" | "busy" | "unknown" }
  | { kind: "wait"; seconds: number; reason: string }
  | { kind: "paused"; reason: string; isQuota: boolean };

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
  batch: string,
  attempt: Attempt,
  noted: number,
): Promise<Tried> {
  const made: { at?: number; outcome?: BatchOutcome } = {};
  const notMade = (sql: Call["sql"]): Promise<void> =>
    noteRefused(sql, batch, attempt.refused, "not attempted");
  try {
    return await transactions.write(async ({ sql }): Promise<Tried> => {
      // The transaction may be begun anew; the attempt is made once.
      if (made.outcome) return noteOutcome(sql, batch, attempt, made.outcome);
      const isHeld = await tryLockBatch(sql, batch);
      made.at = Date.now();
      if (!isHeld || Math.abs(made.at - noted) > LONGEST_PAUSE) {
        await notMade(sql);
        return { kind: "busy" };
      }
      made.outcome = await service.send({ body: attempt.body, recipients: attempt.recipients });
      return noteOutcome(sql, batch, attempt, made.outcome);
    });
  } catch (error) {
    const { at, outcome } = made;
    if (outcome) return transactions.write(({ sql }) => noteOutcome(sql, batch, attempt, outcome));
    if (at !== undefined) throw error;
    await transactions.write(({ sql }) => notMade(sql));
    return { kind: "busy" };
  }
}

async function noteOutcome(
  sql: Call["sql"],
  batch: string,
  attempt: Attempt,
  outcome: BatchOutcome,
): Promise<Tried> {
  const settle = async (settlement: Settlement): Promise<Tried> => ({
    kind: (await settleBatch(sql, batch, settlement)) ? "settled" : "unknown",
  });
  switch (outcome.kind) {
    case "accepted":
      return settle({ outcome: "accepted", messageIds: outcome.messageIds });
    case "repeated": {
      const doubt = doubtOf(attempt);
      if (doubt === null)
        return settle({ outcome: "accepted", repeated: true, detail: outcome.reason });
      await noteDoubt(sql, batch, "error", outcome.reason);
      return settle({ outcome: "unknown", detail: doubt });
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
    case "rejected":
      await noteRefused(sql, batch, attempt.refused, outcome.reason);
      return settle({ outcome: "rejected", detail: outcome.reason });
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
