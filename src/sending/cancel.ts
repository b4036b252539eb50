import type { Call } from "../conventions/call.ts";
import { oneMail } from "../conventions/references/communication.ts";
import { together } from "../conventions/together.ts";
import { lockCampaign } from "../record/campaigns/queries/campaigns.ts";
import { dissolveBatches } from "./queries/batches.ts";
import { applyBatches } from "./queries/outcomes.ts";
import { rememberHeld } from "./queries/left_out.ts";
import { takeOff, type MailsTo } from "./queries/lists.ts";
import {
  cancelledAt,
  countStates,
  lockCampaignOf,
  lockSend,
  markCancelled,
  sendOf,
  settleStatus,
  type SendRow,
} from "./queries/sends.ts";
import { preparedSend } from "./prepared_send.ts";

/** How many mails of a send were taken back, and how many had left. */
export interface Cancelled {
  title: string;
  cancelled: number;
  /** To how many people these mails would have gone. */
  people: number;
  already_left: number;
  /** Perhaps left; events will tell. */
  unknown: number;
  status: string;
  /** When a call before this one took the send back; null where none did. */
  before: string | null;
}

/**
 * Takes back the mails of a send that have not left yet; their people stay listed as left out. What is
 * not known to have left is not tried again either.
 */
export async function cancelSend(call: Call, given: string): Promise<Cancelled> {
  const { sql, zone } = call;
  const mail = await oneMail(sql, given);
  // Sent at once; of a mail that is no send, they change nothing.
  const [, , before, , , cancelled, counts, send] = await together(
    lockCampaignOf(sql, mail.id),
    lockSend(sql, mail.id),
    cancelledAt(sql, mail.id, zone),
    applyBatches(sql, mail.id),
    markCancelled(sql, mail.id),
    takeBack(call, mail.id),
    countStates(sql, mail.id),
    sendOf(sql, mail.id),
  );
  const { title, status } = preparedSend(mail, send);
  return {
    title,
    cancelled: cancelled.mails,
    people: cancelled.people,
    already_left: counts.accepted,
    unknown: counts.unknown,
    status,
    before,
  };
}

/** Takes back what certainly has not left of a send that was cancelled before. */
export async function takeBackRest(call: Call, send: SendRow): Promise<void> {
  await together(
    lockCampaign(call.sql, send.campaign_id),
    lockSend(call.sql, send.communication_id),
    takeBack(call, send.communication_id),
  );
}

/**
 * Takes back what certainly has not left of a send that is cancelled. Campaign and send must be locked; the
 * statements are sent at once.
 */
export async function takeBack({ sql }: Call, communication: number): Promise<MailsTo> {
  const [, , cancelled] = await together(
    dissolveBatches(sql, communication),
    rememberHeld(sql, communication, "cancelled"),
    takeOff(sql, communication, null),
    settleStatus(sql, communication),
  );
  return cancelled;
}
