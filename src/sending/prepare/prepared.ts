import * as z from "zod";
import { named } from "../../mcp/fields.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { byReason, sharedMailboxes } from "../../record/audiences/groups.ts";
import { mailbox } from "../../words/email_address.ts";
import type { NewConfirmation } from "../confirm/codes.ts";
import { confirmationPage } from "../confirm/page/served.ts";
import { tryBlockList } from "../follow/block_list.ts";
import type { MailAccount } from "../mail_service/mail_service.ts";
import type { LeftOut } from "../queries/left_out.ts";
import type { Listed } from "../queries/lists.ts";
import { creditsLeft, creditWarnings, quotaShape, type Quota } from "../quota.ts";
import { asking, type Sending } from "../setup.ts";
import type { ChosenTemplate } from "../templates/chosen.ts";
import type { Candidate } from "../queries/candidates.ts";
import type { MissingParameter } from "./values.ts";

/** What was prepared, as it is shown before anything is sent. */
export const preparedShape = z.object({
  send: z
    .object({
      communication_id: z.number(),
      confirmation_code: z.string().nullable(),
      confirm_page: z.string().nullable(),
      expires_at: z.string(),
    })
    .nullable(),
  campaign: named,
  template: z.object({ brevo_template_id: z.number(), name: z.string(), subject: z.string() }),
  title: z.string(),
  recipients: z.object({
    total: z.number(),
    /** Full names: all up to fifty, of a longer list the first twenty. */
    names: z.array(z.string()),
    sample: z.array(
      z.object({ name: z.string(), email: z.string(), params: z.record(z.string(), z.unknown()) }),
    ),
  }),
  /** One for each person, or for each of their sessions where the template is about sessions. */
  mails: z.number(),
  excluded: z.array(z.object({ reason: z.string(), count: z.number(), contacts: z.array(named) })),
  missing_params: z.array(z.string()),
  missing_for: z.array(
    z.object({ param: z.string(), count: z.number(), contacts: z.array(named) }),
  ),
  shared_mailboxes: z.array(z.object({ email: z.string(), contact_ids: z.array(z.number()) })),
  quota: quotaShape,
  /** Mails that were paid for in advance; null where the number is renewed every day or not named. */
  credits: z.number().nullable(),
  /** Where each parameter's value comes from: a source, or `given`. */
  sources: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  /** An equal call had prepared the same before; only the question is asked anew. */
  replay: z.boolean(),
});
export type Prepared = z.infer<typeof preparedShape>;

const SAMPLE = 3;
const ALL_NAMED = 50;
const FIRST_NAMED = 20;
const LACKING_LISTED = 20;

/** What a transaction prepared: all but how it is confirmed. */
interface PreparedList extends Omit<Prepared, "send" | "template" | "credits"> {
  asked: NewConfirmation | null;
}

/** What is shown of a list, whether it can be prepared or not. */
export function summaryOf(
  campaign: Prepared["campaign"],
  title: string,
  mails: readonly Listed[],
  leftOut: readonly LeftOut[],
  quota: Quota,
  sources: Record<string, string>,
  missing: readonly MissingParameter<{ person: Candidate }>[] = [],
  warnings: string[] = [],
): Omit<PreparedList, "asked" | "replay"> {
  const people = [...new Map(mails.map((mail) => [mail.contact_id, mail])).values()];
  return {
    campaign: { id: campaign.id, name: campaign.name },
    title,
    recipients: {
      total: people.length,
      names: people
        .slice(0, people.length > ALL_NAMED ? FIRST_NAMED : ALL_NAMED)
        .map(({ name }) => name),
      sample: mails.slice(0, SAMPLE).map(({ name, email, params }) => ({ name, email, params })),
    },
    mails: mails.length,
    excluded: byReason(leftOut.map(({ contact_id: id, ...person }) => ({ id, ...person }))),
    missing_params: missing.map(({ name }) => name),
    missing_for: missing.map(({ name, mails: without }) => {
      const lacking = [...new Map(without.map(({ person }) => [person.id, person.name]))];
      return {
        param: name,
        count: lacking.length,
        contacts: lacking.slice(0, LACKING_LISTED).map(([id, person]) => ({ id, name: person })),
      };
    }),
    shared_mailboxes: sharedMailboxes(
      people.map(({ contact_id, email }) => ({ contact_id, mailbox: mailbox(email) })),
    ),
    quota,
    sources,
    warnings,
  };
}

/**
 * Prepares a list in one transaction and offers it for confirmation, in the way that this client and
 * server allow.
 *
 * @throws ToolError where the mail service does not answer, and what `prepare` throws
 */
export async function offer(
  { service, isConfirmedByAssistant }: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
  { template, content }: ChosenTemplate,
  prepare: (call: Call, account: MailAccount) => Promise<PreparedList>,
): Promise<Prepared> {
  const [account, warnings] = await Promise.all([
    asking(service.account()),
    tryBlockList(service, transactions),
  ]);
  const { asked, ...shown } = await transactions.write((call) => prepare(call, account));
  const credits = creditsLeft(account, shown.quota);
  const about = {
    credits,
    template: {
      brevo_template_id: template.brevo_template_id,
      name: template.name,
      subject: content.subject,
    },
    warnings: [
      ...shown.warnings,
      ...template.warnings,
      ...warnings,
      ...creditWarnings(credits, shown.quota.needed),
    ],
  };
  if (!asked) return { send: null, ...shown, ...about };
  // Where the client can ask, or open the page by itself, its address is nobody's to know.
  const needsPage = !isConfirmedByAssistant && !caller.asksPeople && !caller.opensPages;
  return {
    send: {
      communication_id: asked.communication,
      confirmation_code: isConfirmedByAssistant ? asked.code : null,
      confirm_page: needsPage
        ? (
            await confirmationPage(transactions, {
              ...asked,
              sampleFor: (params) => service.sample(content, params),
              mailsLeft: shown.quota.remaining_today,
            })
          ).address
        : null,
      expires_at: asked.expiresAt,
    },
    ...shown,
    ...about,
  };
}
