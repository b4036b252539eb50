import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { confirmationPage } from "../confirm/page/server.ts";
import { lastConfirmation } from "../queries/confirmations.ts";
import type { LeftOutGroup } from "../../record/audiences/groups.ts";
import type { Sending } from "../setup.ts";
import type { Quota } from "../quota.ts";
import type { ChosenTemplate } from "../templates/chosen.ts";

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
  excluded: LeftOutGroup[];
  missing_params: string[];
  missing_for: { param: string; count: number; contacts: { id: number; name: string }[] }[];
  shared_mailboxes: { email: string; contact_ids: number[] }[];
  quota: Quota;
  warnings: string[];
  /** An equal call had prepared the same before; only the question is asked anew. */
  replay: boolean;
}

export const SAMPLE = 3;

/** What a transaction prepared: all but how it is confirmed. */
export interface PreparedList extends Omit<Prepared, "send" | "warnings" | "template"> {
  asked: { communication: number; confirmation: number; code: string } | null;
}

/** Offers a prepared list for confirmation, in the way that this client and server allow. */
export async function offered(
  { service, isConfirmedByAssistant }: Sending,
  transactions: Transactions<Call>,
  caller: Caller,
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
  const needsPage = !isConfirmedByAssistant && !caller.asksPeople;
  return {
    send: {
      communication_id: asked.communication,
      confirmation_code: isConfirmedByAssistant ? asked.code : null,
      confirm_page: needsPage
        ? await confirmationPage(transactions, asked.communication, asked.confirmation, (params) =>
            service.sample(content, params),
          )
        : null,
      expires_at: confirmation?.expires_at ?? "",
    },
    ...shown,
    ...about,
  };
}
