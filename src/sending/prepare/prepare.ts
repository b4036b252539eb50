import { ToolError } from "../../mcp/errors.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import type { Call } from "../../conventions/call.ts";
import { insertCommunication, insertRecipients } from "../../record/communications/queries.ts";
import { lockCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { rememberLeftOut } from "../queries/left_out.ts";
import { candidates, eventValues } from "../queries/candidates.ts";
import { trimmed } from "../../words/email_address.ts";
import { insertSend, samePrepared, type Listed, type NewSend } from "../queries/lists.ts";
import { newConfirmation } from "../confirm/codes.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { REPLAY_MINUTES } from "../../conventions/replay.ts";
import { everybodyMeant, frozen, split } from "./list.ts";
import type { MailAccount, MailService, MailTemplate } from "../mail_service/mail_service.ts";
import type { Sending } from "../setup.ts";
import { offer, summaryOf, type Prepared } from "./prepared.ts";
import { mailsLeft, quotaFor, refuseBeyondCredits } from "../quota.ts";
import { chosenTemplate, templateDigest, type ChosenTemplate } from "../templates/chosen.ts";
import { valuesOf } from "./values.ts";

/** What is to be sent to whom, as a call says it. */
export interface NewSendAsked {
  campaign: string;
  template: string;
  contacts: readonly string[] | undefined;
  audience: Record<string, unknown> | undefined;
  params: Record<string, unknown>;
  title: string | undefined;
  onePerMailbox: boolean;
  allowResend: boolean;
}

/**
 * Prepares a mail: who gets what is resolved, frozen and shown; nothing is sent. Nothing is created
 * while required parameters are missing, or where nobody is left to send to.
 *
 * @throws ToolError for what cannot be prepared
 */
export async function prepareNew(
  sending: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
  asked: NewSendAsked,
): Promise<Prepared> {
  const chosen = await chosenTemplate(sending, asked.template);
  return offer(sending, transactions, caller, chosen, (call, account) =>
    prepareList(call, sending.service, asked, chosen, account),
  );
}

async function prepareList(
  call: Call,
  service: MailService,
  asked: NewSendAsked,
  { template, content }: ChosenTemplate,
  account: MailAccount,
) {
  const { sql } = call;
  const found = await oneCampaign(sql, asked.campaign);
  const campaign = await lockCampaign(sql, found.id);
  if (!campaign) throw new ToolError("The campaign was removed by another call meanwhile.");
  refuseCancelled(campaign);
  const event = await eventValues(sql, campaign.id);
  if (!event) throw new Error("a campaign has an event");
  const ids = await everybodyMeant(call, asked.contacts, asked.audience);
  const people = await candidates(sql, ids, campaign.id, template.brevo_template_id);
  const { listed, leftOut } = split(service, people, asked);
  const values = valuesOf(template.parameters, asked.params, event);
  const missing = values.missing(listed);
  const left = await mailsLeft(call, account);
  const title = asked.title ?? titleOf(content, template.name);
  const meant = listed.map((person) => ({
    contact_id: person.id,
    email: trimmed(person.email ?? ""),
    name: person.name,
    params: values.of(person),
  }));
  const list = missing.length > 0 ? [] : frozen(service, meant, template.parameters);
  const quota = quotaFor(account, left, meant.length);
  refuseBeyondCredits(account, quota);
  const shown = summaryOf(campaign, title, meant, leftOut, quota, missing);
  if (list.length === 0) return { ...shown, asked: null, replay: false };

  const send = {
    brevo_template_id: template.brevo_template_id,
    template_name: template.name,
    params: values.common,
    allow_resend: asked.allowResend,
    one_per_mailbox: asked.onePerMailbox,
  };
  const before = await samePrepared(sql, campaign.id, title, send, list, REPLAY_MINUTES);
  const communication = before ?? (await insertList(call, campaign.id, title, send, list));
  await rememberLeftOut(sql, communication, leftOut);
  const question = await newConfirmation(call, communication, templateDigest(content));
  return { ...shown, asked: question, replay: before !== null };
}

/** Keeps a list as a draft with its recipients queued. */
async function insertList(
  { sql }: Call,
  campaign: number,
  title: string,
  send: Omit<NewSend, "communication_id">,
  list: readonly Listed[],
): Promise<number> {
  const communication = await insertCommunication(sql, {
    campaign_id: campaign,
    channel: "email",
    title,
    status: "draft",
    brevo_template_id: send.brevo_template_id,
    post_url: null,
    content_summary: null,
    sent_at: null,
  });
  const added = await insertRecipients(
    sql,
    communication,
    list.map(({ contact_id }) => ({
      contact_id,
      brevo_message_id: null,
      status: "queued",
      sent_at: null,
    })),
  );
  if (added.length < list.length) {
    throw new ToolError("Somebody on the list was removed meanwhile; prepare the mail again.");
  }
  await insertSend(sql, { ...send, communication_id: communication }, list);
  return communication;
}

/** A template's subject names the mail, unless it differs from one person to another. */
function titleOf({ subject, isSubjectFixed }: MailTemplate, name: string): string {
  const line = subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line === "" || !isSubjectFixed ? name : Array.from(line).slice(0, 500).join("");
}
