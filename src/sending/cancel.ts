import type { Call } from "../conventions/call.ts";
import { lockCampaign } from "../record/campaigns/queries/campaigns.ts";
import { applyBatch, dissolveBatches, unappliedBatches } from "./queries/batches.ts";
import { endConfirmation } from "./queries/confirmations.ts";
import { rememberHeld } from "./queries/left_out.ts";
import { takeOff } from "./queries/lists.ts";
import { countStates, lockSend, markCancelled, sendOf, settleStatus } from "./queries/sends.ts";
import { sendMeant } from "./prepared_send.ts";

/** How many mails of a send were taken back, and how many had left. */
export interface Cancelled {
  title: string;
  cancelled: number;
  already_left: number;
  /** Perhaps left; events will tell. */
  unknown: number;
  status: string;
}

/** Takes back the mails of a send that have not left yet; their people stay listed as left out. */
export async function cancelSend(call: Call, given: string): Promise<Cancelled> {
  const { sql } = call;
  const {
    communication_id: communication,
    campaign_id: campaign,
    title,
  } = await sendMeant(call, given);
  await lockCampaign(sql, campaign);
  await lockSend(sql, communication);
  for (const { id } of await unappliedBatches(sql, communication)) await applyBatch(sql, id);
  await dissolveBatches(sql, communication);
  const before = await sendOf(sql, communication);
  const isOpen = before?.status === "draft" || before?.status === "sending";
  await rememberHeld(sql, communication, "cancelled");
  const cancelled = await takeOff(sql, communication, null);
  if (isOpen) {
    await endConfirmation(sql, communication, "cancelled");
    await markCancelled(sql, communication);
  }
  await settleStatus(sql, communication);
  const [counts, after] = [await countStates(sql, communication), await sendOf(sql, communication)];
  return {
    title,
    cancelled,
    already_left: counts.accepted,
    unknown: counts.unknown,
    status: after?.status ?? "",
  };
}
