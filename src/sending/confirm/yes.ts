import { putBefore } from "../../mcp/asking/persons_yes.ts";
import { ToolError } from "../../mcp/errors.ts";
import { questionText } from "../../mcp/asking/question.ts";
import type { Caller, Transactions } from "../../mcp/tool.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { MailTemplate } from "../mail_service/mail_service.ts";
import { endConfirmation, lastConfirmation } from "../queries/confirmations.ts";
import { lockSend } from "../queries/sends.ts";
import type { Sending } from "../setup.ts";
import { confirmationPage } from "./page/served.ts";
import { inWords, questionAbout } from "./question.ts";
import type { Asked } from "./start.ts";

/** A person is waited for so many milliseconds after the client has opened the page for them. */
const WAITING_TIME = 20_000;

/**
 * Gets a person's yes, by the way that there is: a form of the client, a page that it opens, or a page
 * whose address is told.
 *
 * @param mailsLeft how many mails the account sends today; null: no limit is known
 * @returns who says yes in this call; null where it was said before; `declined` where a person said no,
 *   which ends the question
 * @throws ToolError where nobody has answered
 */
export async function yesTo(
  { service, isConfirmedByAssistant }: Sending,
  transactions: Transactions<Call>,
  { send, confirmation }: Asked,
  caller: Caller,
  code: string | undefined,
  content: MailTemplate,
  mailsLeft: number | null,
): Promise<"person" | "assistant" | "declined" | null> {
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
    const question = await transactions.read((call) => questionAbout(call, send, mailsLeft));
    if (question.changed !== null) throw new ToolError(`${question.changed} Nothing was sent.`);
    const about = `${String(confirmation.id)} ${confirmation.list_digest}`;
    switch (caller.confirm(questionText(inWords(question)), about)) {
      case "accepted":
        return "person";
      case "declined":
        return declined(transactions, communication);
      case "cancelled":
        throw new ToolError(
          "The person gave no answer, so nothing was sent. Ask them, then call confirm_send again.",
        );
      case "unavailable":
      // It turned out only now that the client has nothing to ask with.
    }
  }
  const page = await confirmationPage(transactions, {
    communication,
    confirmation: confirmation.id,
    sampleFor: (params) => service.sample(content, params),
    mailsLeft,
  });
  if (putBefore(caller, page, "Read the list and say whether it may be sent.") === "declined") {
    return declined(transactions, communication);
  }
  if (page.isOpened) {
    await page.pressed(WAITING_TIME, caller.signal);
    const last = await transactions.read(({ sql, zone }) =>
      lastConfirmation(sql, communication, zone),
    );
    if (last?.id === confirmation.id && last.confirmed_by !== null) return null;
    throw new ToolError(
      "Nobody has pressed the button on the page that is open in front of the person, so nothing was sent. Ask them to look there, then call confirm_send again; if they closed it, prepare_send with this communication alone asks on a new one.",
    );
  }
  throw new ToolError(
    page.isNew
      ? `Nothing was sent: a person must say yes first, on this page of their own machine: ${page.address}. Then call confirm_send again.`
      : `Nobody has pressed the button on ${page.address} yet, so nothing was sent. Ask the person to look there, then call confirm_send again.`,
  );
}

async function declined(
  transactions: Transactions<Call>,
  communication: number,
): Promise<"declined"> {
  await transactions.write(({ sql }) =>
    together(lockSend(sql, communication), endConfirmation(sql, communication, "declined")),
  );
  return "declined";
}
