import { ToolError } from "../../mcp/errors.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import type { Call } from "../../conventions/call.ts";
import { insertRecipients } from "../../record/communications/queries.ts";
import { together } from "../../conventions/together.ts";
import { noteUses } from "../../record/segments/queries.ts";
import { lockCampaign, type LockedCampaign } from "../../record/campaigns/queries/campaigns.ts";
import { quotaEvidence } from "../queries/confirmations.ts";
import { rememberLeftOut } from "../queries/left_out.ts";
import { candidates, eventValues } from "../queries/candidates.ts";
import { sessionsOf, ticketsOf } from "../queries/receivers.ts";
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
import { filled, leaveOutWithoutSession, mailsFor } from "./mails.ts";
import { isKnownSource, isOfSession } from "./sources.ts";
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
  const [campaign, event, facts, { ids, uses }, evidence] = await together(
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
  const { listed, leftOut: unreachable } = split(service, people, asked);
  const known = { event, facts, zone };
  const values = valuesOf(template.parameters, asked.params, known, asked.allowPast);
  const isAboutSessions = template.parameters.some(({ source }) => isOfSession(source ?? ""));
  const planned = mailsFor(listed, tickets, isAboutSessions ? sessions : null);
  const missing = values.missing(planned);
  // Whoever lacks a value that is required is asked about, not left out.
  const { mails, leftOut: idle } =
    isAboutSessions && missing.length === 0
      ? leaveOutWithoutSession(planned)
      : { mails: planned, leftOut: [] };
  const leftOut = [...unreachable, ...idle];
  const title = asked.title ?? titleOf(content, template.name);
  const wanted = filled(mails, values);
  const list = missing.length > 0 ? [] : frozen(service, wanted, template.parameters);
  const quota = quotaFor(account, mailsLeft(account, evidence), wanted.length);
  refuseBeyondCredits(account, quota);
  const sources = values.sources(mails);
  const { warnings } = values;
  const shown = summaryOf(campaign, title, wanted, leftOut, quota, sources, missing, warnings);
  if (list.length === 0) return { ...shown, asked: null, replay: false };

  const send = {
    brevo_template_id: template.brevo_template_id,
    template_name: template.name,
    params: values.common,
    allow_resend: asked.allowResend,
    one_per_mailbox: asked.onePerMailbox,
    per_session: isAboutSessions,
    filled: {
      given: values.given,
      parameters: template.parameters.map(({ name, source, format, locale }) => ({
        name,
        source: source !== null && isKnownSource(source) ? source : null,
        ...(format !== undefined && { format }),
        ...(locale !== undefined && { locale }),
      })),
    },
  };
  const draft = await draftFor(sql, campaign.id, title, send, list, REPLAY_MINUTES);
  const { communication, is_kept: isKept } = draft;
  const [, , question] = await together(
    isKept ? null : insertList(call, communication, send, list),
    rememberLeftOut(sql, communication, leftOut),
    newConfirmation(call, communication, templateDigest(content)),
    (isKept || uses.length > 0) && noteUses(sql, communication, uses, true),
  );
  return { ...shown, asked: question, replay: isKept };
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
    list.flatMap(({ contact_id, mail }) =>
      mail > 1
        ? []
        : [
            {
              contact_id,
              brevo_message_id: null,
              status: "queued",
              sent_at: null,
            },
          ],
    ),
  );
  if (added.length < list.filter(({ mail }) => mail === 1).length) {
    throw new ToolError("Somebody on the list was removed meanwhile; prepare the mail again.");
  }
}

/** A template's subject names the mail, unless it differs from one person to another. */
function titleOf({ subject, isSubjectFixed }: MailTemplate, name: string): string {
  const line = subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line === "" || !isSubjectFixed ? name : Array.from(line).slice(0, 500).join("");
}
