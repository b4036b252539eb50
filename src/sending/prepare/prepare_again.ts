import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { dissolveBatches } from "../queries/batches.ts";
import { heldPeople } from "../queries/lists.ts";
import { lockSend, sendOf, settleStatus, type SendRow } from "../queries/sends.ts";
import { tryBlockList } from "../follow/block_list.ts";
import { newConfirmation } from "../confirm/codes.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { dropFallenOut, frozenParams, sendMeant } from "../known_send.ts";
import { byReason, sharedMailboxes } from "../../record/audiences/groups.ts";
import { mailbox } from "../../words/email_address.ts";
import type { MailAccount } from "../mail_service/mail_service.ts";
import { asking, type Sending } from "../setup.ts";
import { offered, SAMPLE, type Prepared, type PreparedList } from "./prepared.ts";
import { mailsLeft, quotaFor } from "../quota.ts";
import {
  chosenTemplate,
  refuseInactive,
  templateDigest,
  type ChosenTemplate,
} from "../templates/chosen.ts";
import { isGiven } from "./values.ts";

/**
 * Asks anew about a send that was prepared before: the same frozen list, less those who must not get
 * it any more.
 *
 * @throws ToolError where nothing of it is left to send
 */
export async function prepareAgain(
  sending: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
  given: string,
): Promise<Prepared> {
  const { service } = sending;
  const send = await transactions.read((call) => sendMeant(call, given));
  const content = await asking(service.template(send.brevo_template_id));
  refuseInactive(content);
  const chosen = await chosenTemplate(sending, String(send.brevo_template_id));
  const [account, warnings] = await Promise.all([
    asking(service.account()),
    tryBlockList(service, transactions),
  ]);
  const prepared = await transactions.write((call) => prepareHeld(call, send, chosen, account));
  return offered(sending, transactions, caller, prepared, chosen, warnings);
}

async function prepareHeld(
  call: Call,
  { communication_id: communication, campaign_id }: SendRow,
  { template, content }: ChosenTemplate,
  account: MailAccount,
): Promise<PreparedList> {
  const { sql } = call;
  const campaign = await lockCampaign(sql, campaign_id);
  await lockSend(sql, communication);
  const send = await sendOf(sql, communication);
  if (!send || !campaign) throw new ToolError("The send was removed by another call meanwhile.");
  refuseCancelled(campaign);
  if (send.cancelled) throw new ToolError("This send was cancelled; prepare a new one.");
  await dissolveBatches(sql, communication);
  const dropped = await dropFallenOut(call, send);
  const list = (await heldPeople(sql, communication)).map((person) => ({
    ...person,
    params: frozenParams(person),
  }));
  await settleStatus(sql, communication);
  if (list.length === 0) {
    throw new ToolError(
      `Nothing of this send is left to ask about: nobody is held${dropped.length > 0 ? ` (${String(dropped.length)} cannot get it any more)` : ""}. confirm_send with this communication tells how far it is.`,
    );
  }
  const lacking = template.parameters.filter(
    ({ name, required }) => required && list.some((person) => !isGiven(person.params, name)),
  );
  if (lacking.length > 0) {
    throw new ToolError(
      `The template was changed since and now needs ${lacking.map(({ name }) => plain(name)).join(", ")}, which this list does not have. Take the rest back with cancel_send and prepare it anew.`,
    );
  }
  const left = await mailsLeft(call, account);
  const { id: confirmation, code } = await newConfirmation(
    call,
    communication,
    templateDigest(content),
  );
  return {
    asked: { communication, confirmation, code },
    replay: false,
    campaign: { id: campaign.id, name: campaign.name },
    title: send.title,
    recipients: {
      total: list.length,
      sample: list
        .slice(0, SAMPLE)
        .map(({ name, email, params }) => ({ name, email, params: { ...params } })),
    },
    excluded: byReason(dropped.map(({ contact_id: id, ...person }) => ({ id, ...person }))),
    missing_params: [],
    missing_for: [],
    shared_mailboxes: sharedMailboxes(
      list.map(({ contact_id, email }) => ({ contact_id, mailbox: mailbox(email) })),
    ),
    quota: quotaFor(account, left, list.length),
  };
}
