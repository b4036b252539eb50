import { randomBytes, randomUUID } from "node:crypto";
import { ToolError } from "../../mcp/errors.ts";
import type { Call } from "../../conventions/call.ts";
import { activateCampaign, lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { dissolveBatches, insertBatches, type NewBatch } from "../queries/batches.ts";
import {
  lastConfirmation,
  noteYes,
  startConfirmed,
  type Confirmation,
} from "../queries/confirmations.ts";
import { type LeftOut } from "../queries/left_out.ts";
import { heldPeople, listDigest, type HeldPerson } from "../queries/lists.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { MINUTES_TO_CONFIRM, refuseEnded } from "./codes.ts";
import type { MailService } from "../mail_service/mail_service.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { frozenParams, leaveOutLate } from "../prepared_send.ts";

/** A send and the question about it, as they were when the call began. */
export interface Asked {
  send: SendRow;
  confirmation: Confirmation;
}

/** What starting a list came to. */
export interface Started {
  /** Who was left out at the last moment, and why. */
  leftOut: LeftOut[];
  /** False where another call had started it already. */
  isFirst: boolean;
}

/**
 * Starts a list that was confirmed, in one transaction under a lock on the campaign: who must not receive
 * it any more is left out, and as many as may be sent today are put into batches.
 *
 * @param yes who says yes in this call; null where it was said before
 * @param mailsLeft how many may be sent today; null for no limit
 * @throws ToolError where the question cannot be answered any more, or the list is not what was shown
 */
export async function startList(
  call: Call,
  service: MailService,
  asked: Asked,
  yes: "person" | "assistant" | null,
  mailsLeft: number | null,
): Promise<Started> {
  const { sql } = call;
  const communication = asked.send.communication_id;
  const { campaign, send, confirmation } = await locked(call, asked.send);
  if (!campaign || !send || !confirmation) throw new ToolError("The send was removed meanwhile.");
  refuseCancelled(campaign);
  if (confirmation.id !== asked.confirmation.id) {
    throw new ToolError("The question about this send was replaced meanwhile; call again.");
  }
  if (confirmation.started) return { leftOut: [], isFirst: false };
  refuseEnded(confirmation);
  await refuseOtherList(call, communication, confirmation);
  if (yes !== null && !(await noteYes(sql, confirmation.id, yes, MINUTES_TO_CONFIRM))) {
    throw new ToolError("The confirmation of this send was given elsewhere meanwhile; call again.");
  }
  await startConfirmed(sql, confirmation.id, mailsLeft);
  const leftOut = await leaveOutLate(call, send);
  const held = await heldPeople(sql, communication);
  await insertBatches(
    sql,
    communication,
    confirmation.id,
    batchesOf(service, send, held, mailsLeft),
  );
  await activateCampaign(sql, campaign.id);
  await settleStatus(sql, communication);
  return { leftOut, isFirst: true };
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
): Promise<LeftOut[]> {
  const { sql } = call;
  const { communication_id: communication } = asked;
  const { campaign, send, confirmation } = await locked(call, asked);
  if (!campaign || !send || !confirmation || send.cancelled) return [];
  const waiting = new Set(await dissolveBatches(sql, communication));
  const isOver = campaign.status === "cancelled";
  const leftOut = isOver ? [] : await leaveOutLate(call, send);
  // A newer question, which holds the rest, is not answered yet.
  if (confirmation.started && confirmation.is_recent && !isOver) {
    const held = await heldPeople(sql, communication);
    const goingOn = held.filter(({ contact_id }) => waiting.has(contact_id));
    await insertBatches(
      sql,
      communication,
      confirmation.id,
      batchesOf(service, send, goingOn, mailsLeft),
    );
  }
  await settleStatus(sql, communication);
  return leftOut;
}

/** Locks the campaign, then the send, and reads them and the last question as they are now. */
async function locked(
  { sql, zone }: Call,
  { campaign_id: campaign, communication_id: communication }: SendRow,
) {
  const found = await lockCampaign(sql, campaign);
  await lockSend(sql, communication);
  return {
    campaign: found,
    send: await sendOf(sql, communication),
    confirmation: await lastConfirmation(sql, communication, zone),
  };
}

/** @throws ToolError where the frozen list is not the one that the question was about */
export async function refuseOtherList(
  { sql }: Call,
  communication: number,
  confirmation: Confirmation,
): Promise<void> {
  if ((await listDigest(sql, communication)) !== confirmation.list_digest) {
    throw new ToolError(
      "The list is not the one that was shown; prepare_send with this communication alone asks about it as it is now.",
    );
  }
}

function batchesOf(
  service: MailService,
  send: SendRow,
  people: readonly HeldPerson[],
  mailsLeft: number | null,
): NewBatch[] {
  const recipients = people
    .slice(0, mailsLeft ?? people.length)
    .map((person) => ({ ...person, params: frozenParams(person) }));
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
      contacts: members.map(({ contact_id }) => contact_id),
    };
  });
}
