import { ToolError } from "../../mcp/errors.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import type { Call } from "../../conventions/call.ts";
import { insertRecipients } from "../../record/communications/queries.ts";
import { groupedBy } from "../../words/groups.ts";
import { together } from "../../conventions/together.ts";
import { lockCampaign, type LockedCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { quotaEvidence } from "../queries/confirmations.ts";
import { rememberLeftOut } from "../queries/left_out.ts";
import { candidates, eventValues, type Candidate } from "../queries/candidates.ts";
import { sessionsOf, ticketsOf, type SpokenSession, type Ticket } from "../queries/receivers.ts";
import { trimmed } from "../../words/email_address.ts";
import { draftFor, insertSend, type Listed, type NewSend } from "../queries/lists.ts";
import { newConfirmation } from "../confirm/codes.ts";
import { eventFacts } from "../../record/events/queries/facts.ts";
import { refuseCancelled } from "../../record/campaigns/rules.ts";
import { REPLAY_MINUTES } from "../../conventions/replay.ts";
import { everybodyMeant, frozen, split, whoIsMeant, type Meant } from "./list.ts";
import type { MailAccount, MailService, MailTemplate } from "../mail_service/mail_service.ts";
import type { Sending } from "../setup.ts";
import { offer, summaryOf, type Prepared } from "./prepared.ts";
import { mailsLeft, quotaFor, refuseBeyondCredits } from "../quota.ts";
import { chosenTemplate, templateDigest, type ChosenTemplate } from "../templates/chosen.ts";
import { isOfSession, type Receiver } from "./sources.ts";
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
  allowPast: boolean;
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
  const [chosen, meant] = await together(
    chosenTemplate(sending, asked.template),
    transactions.read((call) => referredTo(call, asked)),
  );
  return offer(sending, transactions, caller, chosen, (call, account) =>
    prepareList(call, sending.service, asked, meant, chosen, account),
  );
}

/** What the words of a call mean. */
interface ReferredTo {
  campaign: number;
  event: number;
  who: Meant;
}

async function referredTo(call: Call, asked: NewSendAsked): Promise<ReferredTo> {
  const [campaign, who] = await together(
    oneCampaign(call.sql, asked.campaign),
    whoIsMeant(call, asked.contacts, asked.audience),
  );
  return { campaign: campaign.id, event: campaign.event_id, who };
}

async function prepareList(
  call: Call,
  service: MailService,
  asked: NewSendAsked,
  meant: ReferredTo,
  { template, content }: ChosenTemplate,
  account: MailAccount,
) {
  const { sql, zone } = call;
  const [campaign, event, facts, ids, evidence] = await together(
    lockedCampaign(call, meant.campaign),
    eventValues(sql, meant.campaign),
    eventFacts(sql, meant.event, zone),
    everybodyMeant(call, meant.who),
    quotaEvidence(sql),
  );
  if (!event) throw new Error("a campaign has an event");
  const [people, tickets, sessions] = await together(
    candidates(sql, ids, campaign.id, template.brevo_template_id),
    ticketsOf(sql, campaign.id, ids),
    sessionsOf(sql, campaign.id, ids),
  );
  const { listed, leftOut } = split(service, people, asked);
  const known = { event, facts, zone };
  const values = valuesOf(template.parameters, asked.params, known, asked.allowPast);
  const isAboutSession = template.parameters.some(({ source }) => isOfSession(source ?? ""));
  const mails = mailsFor(listed, tickets, sessions, isAboutSession);
  const missing = values.missing(mails);
  const title = asked.title ?? titleOf(content, template.name);
  const filled = mails.map((mail) => ({
    contact_id: mail.person.id,
    email: trimmed(mail.person.email ?? ""),
    name: mail.person.name,
    params: values.of(mail),
  }));
  const list = missing.length > 0 ? [] : frozen(service, filled, template.parameters);
  const quota = quotaFor(account, mailsLeft(account, evidence), filled.length);
  refuseBeyondCredits(account, quota);
  const shown = summaryOf(campaign, title, filled, leftOut, quota, values.sources(mails), missing);
  if (list.length === 0) return { ...shown, asked: null, replay: false };

  const send = {
    brevo_template_id: template.brevo_template_id,
    template_name: template.name,
    params: values.common,
    allow_resend: asked.allowResend,
    one_per_mailbox: asked.onePerMailbox,
  };
  const draft = await draftFor(sql, campaign.id, title, send, list, REPLAY_MINUTES);
  const { communication, is_kept: isKept } = draft;
  const [, , question] = await together(
    isKept ? null : insertList(call, communication, send, list),
    rememberLeftOut(sql, communication, leftOut),
    newConfirmation(call, communication, templateDigest(content)),
  );
  return { ...shown, asked: question, replay: isKept };
}

/** A mail to somebody, with what its values are taken from. */
interface PlannedMail extends Receiver {
  person: Candidate;
}

function mailsFor(
  people: readonly Candidate[],
  tickets: readonly Ticket[],
  sessions: readonly SpokenSession[],
  isAboutSession: boolean,
): PlannedMail[] {
  const held = new Map(tickets.map((ticket) => [ticket.contact_id, ticket]));
  const spoken = groupedBy(sessions, ({ contact_id }) => contact_id);
  if (isAboutSession && [...spoken.values()].some(({ length }) => length > 1)) {
    throw new ToolError("Somebody has several sessions; a mail is about one.");
  }
  return people.map((person) => ({
    person,
    ticket: held.get(person.id),
    session: spoken.get(person.id)?.[0],
  }));
}

async function lockedCampaign({ sql }: Call, id: number): Promise<LockedCampaign> {
  const campaign = await lockCampaign(sql, id);
  if (!campaign) throw new ToolError("The campaign was removed by another call meanwhile.");
  refuseCancelled(campaign);
  return campaign;
}

/** Keeps the list of a draft, its people being queued recipients; the statements are sent at once. */
async function insertList(
  { sql }: Call,
  communication: number,
  send: NewSend,
  list: readonly Listed[],
): Promise<void> {
  await together(queue(sql, communication, list), insertSend(sql, communication, send, list));
}

async function queue(
  sql: Call["sql"],
  communication: number,
  list: readonly Listed[],
): Promise<void> {
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
}

/** A template's subject names the mail, unless it differs from one person to another. */
function titleOf({ subject, isSubjectFixed }: MailTemplate, name: string): string {
  const line = subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line === "" || !isSubjectFixed ? name : Array.from(line).slice(0, 500).join("");
}
