import type { BrevoAccount } from "../../brevo/resources.ts";
import { nestedParams } from "../../brevo/templates.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import { oneCampaign } from "../../references/campaign.ts";
import { oneCommunication } from "../../references/communication.ts";
import type { OutreachCall } from "../call.ts";
import { confirmationPage } from "../confirmation/page.ts";
import { insertCommunication, insertRecipients, lockCampaign } from "../queries/communications.ts";
import { dissolveBatches } from "../queries/send_batches.ts";
import { lastConfirmation } from "../queries/send_confirmations.ts";
import {
  candidates,
  eventValues,
  fallenOut,
  heldPeople,
  insertSend,
  lockSend,
  rememberLeftOut,
  samePrepared,
  sendOf,
  settleStatus,
  takeOff,
  type LeftOut,
  type Listed,
  type NewSend,
  type Params,
  type SendRow,
} from "../queries/sends.ts";
import { tryBlockList } from "./block_list.ts";
import { newConfirmation } from "./codes.ts";
import { byReason, everybodyMeant, frozen, sharedMailboxes, split } from "./list.ts";
import { asking, mailService, type MailService } from "./mail_service.ts";
import { mailsLeft, quotaFor, type Quota } from "./quota.ts";
import {
  chosenTemplate,
  refuseInactive,
  templateDigest,
  type ChosenTemplate,
} from "./templates.ts";
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

/** What was prepared, as it is shown before anything is sent. */
export interface Prepared {
  send: {
    communication_id: number;
    confirmation_code: string | null;
    confirm_page: string | null;
    expires_at: string;
  } | null;
  campaign: { id: number; name: string };
  template: { brevo_template_id: number; name: string; subject: string };
  title: string;
  recipients: {
    total: number;
    sample: { name: string; email: string; params: Record<string, unknown> }[];
  };
  excluded: { reason: string; count: number; contacts: { id: number; name: string }[] }[];
  missing_params: string[];
  missing_for: { param: string; count: number; contacts: { id: number; name: string }[] }[];
  shared_mailboxes: { email: string; contact_ids: number[] }[];
  quota: Quota;
  warnings: string[];
  /** An equal call had prepared the same before; only the question is asked anew. */
  replay: boolean;
}

const SAMPLE = 3;
const LISTED = 20;

/**
 * Prepares a mail: who gets what is resolved, frozen and shown; nothing is sent. Nothing is created
 * while required parameters are missing, or where nobody is left to send to.
 *
 * @throws ToolError for what cannot be prepared
 */
export async function prepareNew(
  transactions: Transactions<OutreachCall>,
  caller: Caller,
  asked: NewSendAsked,
): Promise<Prepared> {
  const service = mailService();
  const chosen = await chosenTemplate(service, asked.template);
  const [account, warnings] = await Promise.all([
    asking(service.client.account()),
    tryBlockList(service, transactions),
  ]);
  const prepared = await transactions.write((call) => prepareList(call, asked, chosen, account));
  return offered(transactions, caller, service, prepared, chosen, warnings);
}

/** What a transaction prepared: all but how it is confirmed. */
interface PreparedList extends Omit<Prepared, "send" | "warnings" | "template"> {
  asked: { communication: number; confirmation: number; code: string } | null;
}

async function prepareList(
  call: OutreachCall,
  asked: NewSendAsked,
  { template, content }: ChosenTemplate,
  account: BrevoAccount,
): Promise<PreparedList> {
  const { sql } = call;
  const found = await oneCampaign(sql, asked.campaign);
  const campaign = await lockCampaign(sql, found.id);
  if (!campaign) throw new ToolError("The campaign was removed by another call meanwhile.");
  refuseCancelled(campaign);
  const event = await eventValues(sql, campaign.id);
  if (!event) throw new Error("a campaign has an event");
  const ids = await everybodyMeant(call, asked.contacts, asked.audience);
  const people = await candidates(sql, ids, campaign.id, template.brevo_template_id, null);
  const { listed, leftOut } = split(people, asked);
  const values = valuesOf(template.parameters, asked.params, event);
  const missing = values.missing(listed);
  const left = await mailsLeft(sql, account);
  const title = asked.title ?? titleOf(content.subject, template.name);
  const list = missing.length > 0 ? [] : frozen(listed, values, template.parameters);
  const shown = {
    campaign: { id: campaign.id, name: campaign.name },
    title,
    recipients: {
      total: listed.length,
      sample: listed.slice(0, SAMPLE).map((person) => ({
        name: person.name,
        email: person.email?.trim() ?? "",
        params: values.of(person),
      })),
    },
    excluded: byReason(leftOut),
    missing_params: missing.map(({ name }) => name),
    missing_for: missing.map(({ name, people: lacking }) => ({
      param: name,
      count: lacking.length,
      contacts: lacking.slice(0, LISTED).map((person) => ({ id: person.id, name: person.name })),
    })),
    shared_mailboxes: sharedMailboxes(
      listed.map(({ id, email }) => ({ contact_id: id, email: email ?? "" })),
    ),
    quota: quotaFor(account, left, listed.length),
  };
  if (list.length === 0) return { ...shown, asked: null, replay: false };

  const send = {
    brevo_template_id: template.brevo_template_id,
    template_name: template.name,
    params: values.common,
    allow_resend: asked.allowResend,
  };
  const before = await samePrepared(sql, campaign.id, title, send, list);
  const communication = before ?? (await insertList(call, campaign.id, title, send, list));
  await rememberLeftOut(sql, communication, leftOut);
  const { id: confirmation, code } = await newConfirmation(
    call,
    communication,
    templateDigest(content),
  );
  return { ...shown, asked: { communication, confirmation, code }, replay: before !== null };
}

/** Keeps a list as a draft with its recipients queued. */
async function insertList(
  { sql }: OutreachCall,
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
  await insertRecipients(
    sql,
    communication,
    list.map(({ contact_id }) => ({
      contact_id,
      brevo_message_id: null,
      status: "queued",
      sent_at: null,
    })),
  );
  await insertSend(sql, { ...send, communication_id: communication }, list);
  return communication;
}

/**
 * Asks anew about a send that was prepared before: the same frozen list, less those who must not get
 * it any more.
 *
 * @throws ToolError where nothing of it is left to send
 */
export async function prepareAgain(
  transactions: Transactions<OutreachCall>,
  caller: Caller,
  given: string,
): Promise<Prepared> {
  const service = mailService();
  const send = await transactions.read((call) => sendMeant(call, given));
  const content = await asking(service.client.template(send.brevo_template_id));
  refuseInactive(content);
  const chosen = await chosenTemplate(service, String(send.brevo_template_id));
  const [account, warnings] = await Promise.all([
    asking(service.client.account()),
    tryBlockList(service, transactions),
  ]);
  const prepared = await transactions.write((call) => prepareHeld(call, send, chosen, account));
  return offered(transactions, caller, service, prepared, chosen, warnings);
}

async function prepareHeld(
  call: OutreachCall,
  { communication_id: communication, campaign_id }: SendRow,
  { template, content }: ChosenTemplate,
  account: BrevoAccount,
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
  const list = await heldPeople(sql, communication);
  await settleStatus(sql, communication);
  if (list.length === 0) {
    throw new ToolError(
      `Nothing of this send is left to ask about: nobody is held${dropped.length > 0 ? ` (${String(dropped.length)} cannot get it any more)` : ""}. confirm_send with this communication tells how far it is.`,
    );
  }
  const lacking = template.parameters.filter(
    ({ name, required }) =>
      required &&
      list.some(
        ({ params }) =>
          !Object.keys(params).some((key) => key === name || key.startsWith(`${name}.`)),
      ),
  );
  if (lacking.length > 0) {
    throw new ToolError(
      `The template was changed since and now needs ${lacking.map(({ name }) => plain(name)).join(", ")}, which this list does not have. Take the rest back with cancel_send and prepare it anew.`,
    );
  }
  const left = await mailsLeft(sql, account);
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
    excluded: byReason(dropped),
    missing_params: [],
    missing_for: [],
    shared_mailboxes: sharedMailboxes(list),
    quota: quotaFor(account, left, list.length),
  };
}

/**
 * Takes off the list who must not get it any more, and remembers why.
 *
 * The campaign and the send must be locked.
 */
export async function dropFallenOut(
  { sql }: OutreachCall,
  send: SendRow,
): Promise<(LeftOut & { name: string })[]> {
  const fallen = await fallenOut(sql, send, send.allow_resend);
  if (fallen.length === 0) return [];
  await rememberLeftOut(sql, send.communication_id, fallen);
  await takeOff(
    sql,
    send.communication_id,
    fallen.map(({ contact_id }) => contact_id),
  );
  return fallen;
}

/**
 * The send that a communication is.
 *
 * @throws ToolError for a communication that this program does not send
 */
export async function sendMeant({ sql }: OutreachCall, given: string): Promise<SendRow> {
  const { id, name } = await oneCommunication(sql, given);
  const send = await sendOf(sql, id);
  if (!send) {
    throw new ToolError(
      `Communication ${String(id)} "${plain(name)}" was not prepared by prepare_send, so it is not sent from here.`,
    );
  }
  return send;
}

/** @throws ToolError for a cancelled campaign */
export function refuseCancelled(campaign: { name: string; status: string }): void {
  if (campaign.status === "cancelled") {
    throw new ToolError(
      `The campaign ${plain(campaign.name)} is cancelled; set it to draft with update_campaign first, or name another.`,
    );
  }
}

/** A template's subject names the mail, unless it has parameters of its own. */
function titleOf(subject: string, name: string): string {
  const line = subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line === "" || /\{\{|\{%/u.test(line) ? name : Array.from(line).slice(0, 500).join("");
}

/** Offers a prepared list for confirmation, in the way that this client and server allow. */
async function offered(
  transactions: Transactions<OutreachCall>,
  caller: Caller,
  { options }: MailService,
  { asked, ...shown }: PreparedList,
  { template, content }: ChosenTemplate,
  warnings: readonly string[],
): Promise<Prepared> {
  const about = {
    template: {
      brevo_template_id: template.brevo_template_id,
      name: template.name,
      subject: content.subject,
    },
    warnings: [...template.warnings, ...warnings],
  };
  if (!asked) return { send: null, ...shown, ...about };
  const confirmation = await transactions.read(({ sql, zone }) =>
    lastConfirmation(sql, asked.communication, zone),
  );
  const needsPage = !options.isConfirmedByAssistant && !caller.asksPeople;
  return {
    send: {
      communication_id: asked.communication,
      confirmation_code: options.isConfirmedByAssistant ? asked.code : null,
      confirm_page: needsPage
        ? await confirmationPage(transactions, asked.communication, asked.confirmation, content)
        : null,
      expires_at: confirmation?.expires_at ?? "",
    },
    ...shown,
    ...about,
  };
}

/** Parameters in the shape in which Brevo takes them. */
export function paramsOf(params: Params) {
  return nestedParams(params);
}
