import type { Call } from "../conventions/call.ts";
import { lockCampaign } from "../record/campaigns/queries/campaigns.ts";
import { applyBatches, dissolveBatches } from "./queries/batches.ts";
import { endConfirmation } from "./queries/confirmations.ts";
import { rememberHeld } from "./queries/left_out.ts";
import { takeOff } from "./queries/lists.ts";
import {
  countStates,
  lockSend,
  markCancelled,
  sendOf,
  settleStatus,
  type SendRow,
} from "./queries/sends.ts";
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

/**
 * Takes back the mails of a send that have not left yet; their people stay listed as left out. What is
 * not known to have left is not tried again either.
 */
export async function cancelSend(call: Call, given: string): Promise<Cancelled> {
  const { sql } = call;
  const {
    communication_id: communication,
    campaign_id: campaign,
    title,
  } = await sendMeant(call, given);
  await lockCampaign(sql, campaign);
  await lockSend(sql, communication);
  await applyBatches(sql, communication);
  const before = await sendOf(sql, communication);
  if (before?.status === "draft" || before?.status === "sending") {
    await endConfirmation(sql, communication, "cancelled");
    await markCancelled(sql, communication);
  }
  const cancelled = await takeBack(call, communication);
  const [counts, after] = [await countStates(sql, communication), await sendOf(sql, communication)];
  return {
    title,
    cancelled,
    already_left: counts.accepted,
    unknown: counts.unknown,
    status: after?.status ?? "",
  };
}

/** Takes back what certainly has not left of a send that was cancelled before. */
export async function takeBackRest(call: Call, send: SendRow): Promise<void> {
  await lockCampaign(call.sql, send.campaign_id);
  await lockSend(call.sql, send.communication_id);
  await takeBack(call, send.communication_id);
}

/**
 * Takes back what certainly has not left of a send that is cancelled. Campaign and send must be locked.
 *
 * @returns how many mails
 */
export async function takeBack({ sql }: Call, communication: number): Promise<number> {
  await dissolveBatches(sql, communication);
  await rememberHeld(sql, communication, "cancelled");
  const cancelled = await takeOff(sql, communication, null);
  await settleStatus(sql, communication);
  return cancelled;
}
