import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { applyBatches, settleBatch, type Settlement } from "../queries/outcomes.ts";
import { settleStatus } from "../queries/sends.ts";

/**
 * Settles a batch and puts the outcome into its people's rows and the send's status, so that whoever reads
 * the one reads the other. The send must be locked; the statements are sent at once.
 *
 * @returns whether it is settled so now
 */
export async function settle(
  sql: Call["sql"],
  communication: number,
  batch: string,
  settlement: Settlement,
): Promise<boolean> {
  const [isSettled] = await together(
    settleBatch(sql, batch, settlement),
    applySettled(sql, communication),
  );
  return isSettled;
}

/** Puts what is settled of a send into its people's rows and its status, where it is not there yet. */
export async function applySettled(sql: Call["sql"], communication: number): Promise<void> {
  await together(applyBatches(sql, communication), settleStatus(sql, communication));
}
