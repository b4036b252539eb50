import { plain } from "../../mcp/render.ts";
import type { Call } from "../../conventions/call.ts";
import { lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { takeBack } from "../cancel.ts";
import { resumeList } from "../confirm/start.ts";
import type { MailService, MailTemplate } from "../mail_service/mail_service.ts";
import {
  batchToTry,
  dissolveBatches,
  noteAttempt,
  settleBatch,
  tryLockBatch,
  type Attempt,
} from "../queries/batches.ts";
import { lateReasons, type LeftOut } from "../queries/left_out.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { whyNotAsAgreed } from "../templates/chosen.ts";

/** Whether a batch may be tried now. */
export type Look =
  /** The attempt is noted, and must be made once this is committed. */
  | { kind: "go"; attempt: Attempt }
  /** Another server has it. */
  | { kind: "busy" }
  /** It is settled or gone, or was made anew without people who may not get it any more. */
  | { kind: "over"; dropped: LeftOut[] }
  /** Nothing more of the send goes: why, as a sentence. */
  | { kind: "stopped"; reason: string };

/**
 * Looks again, under the lock on the campaign, whether what a person said yes to still holds: the send and
 * its campaign were not cancelled, the template has the same words, and nobody of the batch has become
 * somebody to whom it may not be sent. Where it does, an attempt is noted.
 *
 * What was perhaps taken already could go again only as it was, so where something has changed it is not
 * tried again: whose mail was taken is not known then until its events tell.
 */
export async function lookAgain(
  call: Call,
  service: MailService,
  { campaign_id, communication_id: communication }: SendRow,
  batch: string,
  template: MailTemplate | null,
): Promise<Look> {
  const { sql } = call;
  const campaign = await lockCampaign(sql, campaign_id);
  await lockSend(sql, communication);
  const send = await sendOf(sql, communication);
  if (!campaign || !send) return { kind: "over", dropped: [] };
  if (!(await tryLockBatch(sql, batch))) return { kind: "busy" };
  const wanted = await batchToTry(sql, batch);
  if (!wanted) return { kind: "over", dropped: [] };
  const change = send.cancelled
    ? "This send was cancelled, so the rest of it was not sent."
    : campaign.status === "cancelled"
      ? `The campaign ${plain(campaign.name)} was cancelled, so the rest was not sent. cancel_send takes it back.`
      : whyNotAsAgreed(template, wanted.template_digest);
  if (change !== null) {
    if (wanted.perhaps_taken) await giveUp(call, batch, change);
    if (send.cancelled) await takeBack(call, communication);
    else {
      await dissolveBatches(sql, communication);
      await settleStatus(sql, communication);
    }
    return { kind: "stopped", reason: change };
  }
  const late = await lateReasons(sql, send, batch);
  if (late.length > 0) {
    if (!wanted.perhaps_taken)
      return { kind: "over", dropped: await resumeList(call, service, send) };
    await giveUp(
      call,
      batch,
      `${late.map(({ name }) => plain(name)).join(", ")} may not get it any more, and a batch of which it is not certain whether Brevo took it could go again only whole.`,
    );
    return { kind: "over", dropped: [] };
  }
  const attempt = await noteAttempt(sql, batch, {
    minutes: service.repeatMinutes,
    there: service.clock(),
  });
  return attempt ? { kind: "go", attempt } : { kind: "over", dropped: [] };
}

async function giveUp({ sql }: Call, batch: string, why: string): Promise<void> {
  await settleBatch(sql, batch, { outcome: "unknown", detail: `It was not tried again: ${why}` });
}
