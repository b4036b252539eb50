import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { dissolveBatches } from "../queries/batches.ts";
import { endConfirmation, quotaEvidence } from "../queries/confirmations.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { newConfirmation } from "../confirm/codes.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { frozenParams, heldOf, leaveOut, sendMeant } from "../prepared_send.ts";
import type { MailAccount } from "../mail_service/mail_service.ts";
import { asking, type Sending } from "../setup.ts";
import { offer, summaryOf, type Prepared } from "./prepared.ts";
import { refreshParams } from "../queries/lists.ts";
import { mailsLeft, quotaFor, refuseBeyondCredits } from "../quota.ts";
import {
  chosenTemplate,
  refuseInactive,
  templateDigest,
  type ChosenTemplate,
} from "../templates/chosen.ts";
import { isGiven } from "./values.ts";
import { changedMails, filledOf, sourcesOfList } from "./values_now.ts";

/**
 * Asks anew about a send that was prepared before: the same frozen list, without those who must be left
 * out by now.
 *
 * @throws ToolError where nothing of it is left to send
 */
export async function prepareAgain(
  sending: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
  given: string,
  allowPast: boolean,
): Promise<Prepared> {
  const send = await transactions.read((call) => sendMeant(call, given));
  refuseInactive(await asking(sending.service.template(send.brevo_template_id)));
  const chosen = await chosenTemplate(sending, String(send.brevo_template_id));
  return offer(sending, transactions, caller, chosen, (call, account) =>
    prepareHeld(call, send, chosen, account, allowPast),
  );
}

async function prepareHeld(
  call: Call,
  { communication_id: communication, campaign_id }: SendRow,
  { template, content }: ChosenTemplate,
  account: MailAccount,
  allowPast: boolean,
) {
  const { sql } = call;
  const [campaign, , send, evidence] = await together(
    lockCampaign(sql, campaign_id),
    lockSend(sql, communication),
    sendOf(sql, communication),
    quotaEvidence(sql),
  );
  if (!send || !campaign) throw new ToolError("The send was removed by another call meanwhile.");
  refuseCancelled(campaign);
  if (send.cancelled) throw new ToolError("This send was cancelled; prepare a new one.");
  const [, held, changes] = await together(
    dissolveBatches(sql, communication),
    heldOf(call, send),
    changedMails(call, send, null, { isWhole: true, allowPast }),
  );
  const leftOut = held.late;
  const fresh = new Map(
    changes.map(({ mail, params }) => [`${String(mail.contact_id)} ${String(mail.mail)}`, params]),
  );
  const list = held.mails.map((mail) => ({
    ...mail,
    params: fresh.get(`${String(mail.contact_id)} ${String(mail.mail)}`) ?? frozenParams(mail),
  }));
  if (list.length === 0) {
    throw new ToolError(
      `Nothing of this send is left to ask about: nobody is held${leftOut.length > 0 ? ` (${String(leftOut.length)} left out by now)` : ""}. confirm_send with this communication says how far it has come.`,
    );
  }
  const lacking = template.parameters.filter(
    ({ name, required }) => required && list.some(({ params }) => !isGiven(params, name)),
  );
  if (lacking.length > 0) {
    throw new ToolError(
      `The template needs ${lacking.map(({ name }) => plain(name)).join(", ")}, which this list lacks by now. Take the rest back with cancel_send and prepare it anew.`,
    );
  }
  const filled = filledOf(send);
  const quota = quotaFor(account, mailsLeft(account, evidence), list.length);
  refuseBeyondCredits(account, quota);
  const [, , , asked] = await together(
    leaveOut(call, communication, leftOut),
    // What was asked before is replaced first: nobody is asked about values that change.
    changes.length > 0 && endConfirmation(sql, communication, "replaced"),
    changes.length > 0 &&
      refreshParams(
        sql,
        communication,
        changes.map(({ mail, params }) => ({
          contact_id: mail.contact_id,
          mail: mail.mail,
          params,
        })),
      ),
    newConfirmation(call, communication, templateDigest(content)),
    settleStatus(sql, communication),
  );
  return {
    ...summaryOf(
      campaign,
      send.title,
      list,
      leftOut,
      quota,
      filled ? sourcesOfList(filled, list) : {},
    ),
    asked,
    replay: false,
  };
}
