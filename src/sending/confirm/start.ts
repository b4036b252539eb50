import { randomBytes, randomUUID } from "node:crypto";
import { ToolError } from "../../mcp/errors.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { activateCampaign, lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { dissolveBatches, insertBatches, type MailKey, type NewBatch } from "../queries/batches.ts";
import {
  lastConfirmation,
  noteYes,
  startConfirmed,
  type Confirmation,
} from "../queries/confirmations.ts";
import { listDigest, type HeldMail } from "../queries/lists.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { MINUTES_TO_CONFIRM, refuseEnded } from "./codes.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { changedMails, changeInWords, type ChangedMail } from "../prepare/values_now.ts";
import { frozenParams, heldOf, leaveOut } from "../prepared_send.ts";

/** A send and the question about it, as they were when the call began. */
export interface Asked {
  send: SendRow;
  confirmation: Confirmation;
}

/**
 * Starts a list that was confirmed, in one transaction under a lock on the campaign: who must not receive
 * it any more is left out, and as many as may be sent today are put into batches.
 *
 * @param yes who says yes in this call; null where it was said before
 * @param mailsLeft how many may be sent today; null for no limit
 * @returns false where another call had started it already
 * @throws ToolError where the question cannot be answered any more, or the list is not what was shown
 */
export async function startList(
  call: Call,
  service: MailService,
  asked: Asked,
  yes: "person" | "assistant" | null,
  mailsLeft: number | null,
): Promise<boolean> {
  const { sql } = call;
  const communication = asked.send.communication_id;
  const [{ campaign, send, confirmation }, digest, { mails, late }, changes] = await together(
    locked(call, asked.send),
    listDigest(sql, communication),
    heldOf(call, asked.send),
    changedMails(call, asked.send, null),
  );
  if (!campaign || !send || !confirmation) throw new ToolError("The send was removed meanwhile.");
  refuseCancelled(campaign);
  if (confirmation.id !== asked.confirmation.id) {
    throw new ToolError("The question about this send was replaced meanwhile; call again.");
  }
  if (confirmation.started) return false;
  refuseEnded(confirmation);
  refuseOtherList(confirmation, digest);
  refuseChanged(changes, send);
  if (yes !== null && confirmation.confirmed_by !== null) {
    throw new ToolError("The confirmation of this send was given elsewhere meanwhile; call again.");
  }
  await together(
    yes !== null && noteYes(sql, confirmation.id, yes, MINUTES_TO_CONFIRM),
    startConfirmed(sql, confirmation.id, mailsLeft),
    leaveOut(call, communication, late),
    insertBatches(sql, communication, confirmation.id, batchesOf(service, send, mails, mailsLeft)),
    activateCampaign(sql, campaign.id),
    settleStatus(sql, communication),
  );
  return true;
}

/**
 * Makes ready again what a started list was still to send: batches that certainly were not taken are
 * made anew without those who must not receive it any more. After an hour a person is to be asked again, so
 * then everybody not yet tried is held; so are they where the campaign was cancelled.
 *
 * @param mailsLeft how many may be sent today; null for no limit
 */
export async function resumeList(
  call: Call,
  service: MailService,
  asked: SendRow,
  mailsLeft: number | null = null,
): Promise<void> {
  const { sql } = call;
  const { communication_id: communication } = asked;
  const { campaign, send, confirmation } = await locked(call, asked);
  if (!campaign || !send || !confirmation || send.cancelled) return;
  const [waiting, { mails, late }] = await together(
    dissolveBatches(sql, communication),
    heldOf(call, send),
  );
  const isOver = campaign.status === "cancelled";
  // A newer question, which holds the rest, is not answered yet.
  const goesOn = confirmation.started && confirmation.is_recent && !isOver;
  const wasWaiting = new Set(waiting.map(keyOf));
  const goingOn = mails.filter((mail) => wasWaiting.has(keyOf(mail)));
  await together(
    leaveOut(call, communication, isOver ? [] : late),
    goesOn &&
      insertBatches(
        sql,
        communication,
        confirmation.id,
        batchesOf(service, send, goingOn, mailsLeft),
      ),
    settleStatus(sql, communication),
  );
}

/** Locks the campaign, then the send, and reads them and the last question as they are now; all sent at once. */
async function locked(
  { sql, zone }: Call,
  { campaign_id: campaign, communication_id: communication }: SendRow,
) {
  const [found, , send, confirmation] = await together(
    lockCampaign(sql, campaign),
    lockSend(sql, communication),
    sendOf(sql, communication),
    lastConfirmation(sql, communication, zone),
  );
  return { campaign: found, send, confirmation };
}

/**
 * @param digest the frozen list's, as it is now
 * @throws ToolError where it is not the one that the question was about
 */
export function refuseOtherList(confirmation: Confirmation, digest: string): void {
  if (digest !== confirmation.list_digest) {
    throw new ToolError(
      "The list is not the one that was shown; prepare_send with this communication alone asks about it as it is now.",
    );
  }
}

/** @throws ToolError where what the mails say is not what was shown any more */
export function refuseChanged(changes: readonly ChangedMail[], send: SendRow): void {
  const words = changeInWords(changes, send);
  if (words !== null) throw new ToolError(words);
}

function keyOf({ contact_id, mail }: MailKey): string {
  return `${String(contact_id)} ${String(mail)}`;
}

function batchesOf(
  service: MailService,
  send: SendRow,
  mails: readonly HeldMail[],
  mailsLeft: number | null,
): NewBatch[] {
  const recipients = mails
    .slice(0, mailsLeft ?? mails.length)
    .map((mail) => ({ ...mail, params: frozenParams(mail) }));
  return service.cut(recipients).map((members) => {
    const id = randomUUID();
    const tag = `outreach-${String(send.communication_id)}-${randomBytes(6).toString("hex")}`;
    return {
      id,
      tag,
      body: service.bodyOf({
        template: send.brevo_template_id,
        tag,
        key: id,
        recipients: members,
      }),
      mails: members.map(({ contact_id, mail }) => ({ contact_id, mail })),
    };
  });
}
