import * as z from "zod";
import { ToolError } from "../mcp/errors.ts";
import { plain } from "../mcp/render.ts";
import type { Named } from "../conventions/references/choose.ts";
import { oneMail } from "../conventions/references/communication.ts";
import type { Call } from "../conventions/call.ts";
import { together } from "../conventions/together.ts";
import type { Params } from "./mail_service/batch.ts";
import { lateReasons, rememberLeftOut, type LeftOut } from "./queries/left_out.ts";
import { heldMails, takeOff, type HeldMail } from "./queries/lists.ts";
import { sendOf, type SendRow } from "./queries/sends.ts";

/**
 * The send that a communication is.
 *
 * @throws ToolError for a communication that this program does not send
 */
export async function sendMeant(call: Call, given: string): Promise<SendRow> {
  const mail = await oneMail(call.sql, given);
  return preparedSend(mail, await sendOf(call.sql, mail.id));
}

/**
 * The send that was found for a mail.
 *
 * @throws ToolError where there is none
 */
export function preparedSend({ id, name }: Named, send: SendRow | undefined): SendRow {
  if (send) return send;
  throw new ToolError(
    `Communication ${String(id)} "${plain(name)}" was not prepared by prepare_send, so it is not sent from here.`,
  );
}

/** What is held of a send, and who of its people must be left out by now. */
export interface Held {
  /** Those that may still be sent. */
  mails: HeldMail[];
  late: LeftOut[];
}

/** Looks what is held of a send by now. The campaign and the send must be locked. */
export async function heldOf({ sql }: Call, send: SendRow): Promise<Held> {
  const [held, late] = await together(
    heldMails(sql, send.communication_id),
    lateReasons(sql, send, null),
  );
  const isLate = new Set(late.map(({ contact_id }) => contact_id));
  return { mails: held.filter(({ contact_id }) => !isLate.has(contact_id)), late };
}

/** Takes those off a prepared list who must be left out, and remembers why; sent at once. */
export async function leaveOut(
  { sql }: Call,
  communication: number,
  late: readonly LeftOut[],
): Promise<void> {
  if (late.length === 0) return;
  const contacts = late.map(({ contact_id }) => contact_id);
  await together(rememberLeftOut(sql, communication, late), takeOff(sql, communication, contacts));
}

const PARAMS = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The parameters that were frozen for a mail. */
export function frozenParams({ params }: HeldMail): Params {
  return PARAMS.parse(params);
}
