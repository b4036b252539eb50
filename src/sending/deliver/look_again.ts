import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { takeBack } from "../cancel.ts";
import { resumeList } from "../confirm/start.ts";
import type { MailService, MailTemplate } from "../mail_service/mail_service.ts";
import {
  batchToTry,
  dissolveBatches,
  noteAttempt,
  tryLockBatch,
  type Attempt,
} from "../queries/batches.ts";
import { lateReasons } from "../queries/left_out.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { changedMails, changeInWords } from "../prepare/values_now.ts";
import { whyNotAsAgreed } from "../templates/chosen.ts";
import { settle } from "./settle.ts";

/** Whether a batch may be tried now. */
export type Look =
  /** The attempt is noted, and must be made once this is committed. */
  | { kind: "go"; attempt: Attempt }
  /** Another server has it. */
  | { kind: "busy" }
  /** It is settled or gone, or was made anew without people who may not get it any more. */
  | { kind: "over" }
  /** Nothing more of the send goes: why, as a sentence. */
  | { kind: "stopped"; reason: string };

/**
 * Looks again, under the lock on the campaign, whether what a person said yes to still holds: the send and
 * its campaign were not cancelled, the template has the same words and the values are the same, and nobody of the batch has become
 * somebody to whom it may not be sent. Where it does, an attempt is noted.
 *
 * What was perhaps taken already could go again only as it was, so where something has changed it is not
 * tried again: whose mail was taken is not known then until its events tell.
 */
export async function lookAgain(
  call: Call,
  service: MailService,
  asked: SendRow,
  batch: string,
  template: MailTemplate | null,
): Promise<Look> {
  const communication = asked.communication_id;
  const { sql } = call;
  // At once, in this order: each is asked after those before it were locked, and one answer is waited for.
  const [campaign, , send, isHeld, wanted, late, changes] = await together(
    lockCampaign(sql, asked.campaign_id),
    lockSend(sql, communication),
    sendOf(sql, communication),
    tryLockBatch(sql, batch),
    batchToTry(sql, batch),
    lateReasons(sql, asked, batch),
    changedMails(call, asked, batch),
  );
  if (!campaign || !send) return { kind: "over" };
  if (!isHeld) return { kind: "busy" };
  if (!wanted) return { kind: "over" };
  const change = send.cancelled
    ? "This send was cancelled, so the rest of it was not sent."
    : campaign.status === "cancelled"
      ? `The campaign ${plain(campaign.name)} was cancelled, so the rest was not sent. cancel_send takes it back.`
      : (whyNotAsAgreed(template, wanted.template_digest) ?? changeInWords(changes, asked));
  if (change !== null) {
    if (wanted.perhaps_taken) await giveUp(call, communication, batch, change);
    if (send.cancelled) await takeBack(call, communication);
    else {
      await dissolveBatches(sql, communication);
      await settleStatus(sql, communication);
    }
    return { kind: "stopped", reason: change };
  }
  if (late.length > 0) {
    if (!wanted.perhaps_taken) {
      await resumeList(call, service, send);
      return { kind: "over" };
    }
    await giveUp(
      call,
      communication,
      batch,
      `${late.map(({ name }) => plain(name)).join(", ")} may not get it any more, and a batch of which it is not certain whether Brevo took it could go again only whole.`,
    );
    return { kind: "over" };
  }
  const attempt = await noteAttempt(sql, batch, {
    minutes: service.repeatMinutes,
    there: service.clock(),
  });
  return attempt ? { kind: "go", attempt } : { kind: "over" };
}

async function giveUp(
  { sql }: Call,
  communication: number,
  batch: string,
  why: string,
): Promise<void> {
  const detail = `It was not tried again: ${why}`;
  await settle(sql, communication, batch, { outcome: "unknown", detail });
}
