import { ToolError } from "../../../mcp/errors.ts";
import type { Call } from "../../../conventions/call.ts";
import { together } from "../../../conventions/together.ts";
import { lastConfirmation, noteYes, type Confirmation } from "../../queries/confirmations.ts";
import { frozenParams } from "../../prepared_send.ts";
import type { Params } from "../../mail_service/batch.ts";
import type { Sample } from "../../mail_service/mail_service.ts";
import { MINUTES_TO_CONFIRM } from "../codes.ts";
import { questionAbout } from "../question.ts";
import { refuseChanged } from "../start.ts";
import { changedMails } from "../../prepare/values_now.ts";
import { listDigest, type HeldMail } from "../../queries/lists.ts";
import { lockSend, sendOf } from "../../queries/sends.ts";
import type { PageContent } from "./view.ts";

/** Makes the mail as somebody with these parameters will receive it. */
type SampleFor = (params: Params) => Sample;

/** Which question a page is about. */
export interface PageAsked {
  communication: number;
  confirmation: number;
  sampleFor: SampleFor;
  /** How many mails the account sent that day when the question was asked; null: no limit is known. */
  mailsLeft: number | null;
}

/** What the page shows: the list as it was frozen, and whether it may still be confirmed. */
export async function pageContent(
  call: Call,
  { communication, confirmation, sampleFor, mailsLeft }: PageAsked,
): Promise<PageContent> {
  const { sql, zone } = call;
  const [send, asked] = await together(
    sendOf(sql, communication),
    lastConfirmation(sql, communication, zone),
  );
  if (!send || !asked) throw new ToolError("The send was removed meanwhile.");
  const question = await questionAbout(call, send, mailsLeft);
  const [first] = question.mails;
  return {
    title: send.title,
    question,
    sample: first ? shownTo(first, sampleFor) : null,
    expiresAt: asked.expires_at,
    over: (await whyOver(sql, asked, { communication, confirmation })) ?? question.changed,
  };
}

function shownTo(person: HeldMail, sampleFor: SampleFor): PageContent["sample"] {
  const params = frozenParams(person);
  return { name: person.name || person.email, params, ...sampleFor(params) };
}

async function whyOver(
  sql: Call["sql"],
  asked: Confirmation,
  { communication, confirmation }: Pick<PageAsked, "communication" | "confirmation">,
): Promise<string | null> {
  if (asked.id !== confirmation) {
    return "This question was replaced by a newer one, which has its own page.";
  }
  if (asked.started) return "It was confirmed, and the sending has begun.";
  if (asked.ended_because !== null) {
    return `This question is closed (${asked.ended_because}); nothing was sent by it.`;
  }
  if (asked.expired) return "The time to confirm is over; nothing was sent.";
  if (asked.confirmed_by !== null) {
    return "You have said yes. Go back to the assistant: the sending begins when it goes on.";
  }
  if ((await listDigest(sql, communication)) !== asked.list_digest) {
    return "The list has changed since this page was made, so it cannot be confirmed here.";
  }
  return null;
}

/**
 * Notes that a person pressed the button.
 *
 * @throws ToolError where the list may not be confirmed any more
 */
export async function sayYes(
  call: Call,
  { communication, confirmation }: PageAsked,
): Promise<void> {
  const { sql, zone } = call;
  const [, asked, send] = await together(
    lockSend(sql, communication),
    lastConfirmation(sql, communication, zone),
    sendOf(sql, communication),
  );
  if (!asked || !send) throw new ToolError("The send was removed meanwhile.");
  if (asked.id === confirmation && asked.confirmed_by !== null) return;
  const over = await whyOver(sql, asked, { communication, confirmation });
  if (over !== null) throw new ToolError(over);
  refuseChanged(await changedMails(call, send, null), send);
  if (!(await noteYes(sql, confirmation, "person", MINUTES_TO_CONFIRM))) {
    throw new ToolError("It was confirmed elsewhere meanwhile.");
  }
}
