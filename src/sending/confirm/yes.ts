import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { counted } from "../../words/counts.ts";
import type { MailTemplate } from "../mail_service/mail_service.ts";
import { endConfirmation } from "../queries/confirmations.ts";
import { heldPeople } from "../queries/lists.ts";
import { lockSend, type SendRow } from "../queries/sends.ts";
import type { Sending } from "../setup.ts";
import { confirmationPage, hasPage } from "./page/server.ts";
import type { Asked } from "./start.ts";

const FIRST_NAMES = 12;

/**
 * Gets a person's yes, by the way that there is.
 *
 * @returns who says yes in this call; null where it was said before
 * @throws ToolError without one
 */
export async function yesTo(
  { service, isConfirmedByAssistant }: Sending,
  transactions: Transactions<Call>,
  { send, confirmation }: Asked,
  caller: Caller,
  code: string | undefined,
  content: MailTemplate,
): Promise<"person" | "assistant" | null> {
  if (confirmation.confirmed_by !== null) return null;
  if (isConfirmedByAssistant) {
    if (code === undefined) {
      throw new ToolError(
        "confirmation_code is needed: show the person what prepare_send answered, and give its code when they say yes.",
      );
    }
    return "assistant";
  }
  const { communication_id: communication } = send;
  if (caller.asksPeople) {
    const people = await transactions.read(({ sql }) => heldPeople(sql, communication));
    const about = `${String(confirmation.id)} ${confirmation.list_digest}`;
    switch (caller.confirm(sentenceAsked(send, people), about)) {
      case "accepted":
        return "person";
      case "declined":
        await transactions.write(async ({ sql }) => {
          await lockSend(sql, communication);
          await endConfirmation(sql, communication, "declined");
        });
        throw new ToolError(
          "The person said no, so nothing was sent and this question is closed. prepare_send with this communication alone asks anew, cancel_send takes the mail back.",
          "unknown",
        );
      case "cancelled":
        throw new ToolError(
          "The person gave no answer, so nothing was sent. Ask them, then call confirm_send again.",
        );
    }
  }
  const isNew = !hasPage(confirmation.id);
  const page = await confirmationPage(transactions, communication, confirmation.id, (params) =>
    service.sample(content, params),
  );
  throw new ToolError(
    isNew
      ? `Nothing was sent: a person must say yes first, on this page of their own machine: ${page}. Then call confirm_send again.`
      : `Nobody has pressed the button on ${page} yet, so nothing was sent. Ask the person to look there, then call confirm_send again.`,
  );
}

function sentenceAsked(send: SendRow, people: readonly { name: string }[]): string {
  const names = people.slice(0, FIRST_NAMES).map(({ name }) => plain(name.split(" ")[0] ?? name));
  const more =
    people.length > names.length ? ` and ${String(people.length - names.length)} more` : "";
  const count = counted(people.length, "person", "people");
  return `Send the mail "${plain(send.title)}" (template ${String(send.brevo_template_id)}, ${plain(send.template_name)}) in the campaign ${plain(send.campaign_name)} of ${plain(send.event_name)} to ${count}: ${names.join(", ")}${more}?`;
}
