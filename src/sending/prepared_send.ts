import * as z from "zod";
import { ToolError } from "../mcp/errors.ts";
import { plain } from "../mcp/render.ts";
import { oneMail } from "../conventions/references/communication.ts";
import type { Call } from "../conventions/call.ts";
import type { Params } from "./mail_service/batch.ts";
import { lateReasons, rememberLeftOut, type LeftOut } from "./queries/left_out.ts";
import { takeOff, type HeldPerson } from "./queries/lists.ts";
import { sendOf, type SendRow } from "./queries/sends.ts";

/**
 * The send that a communication is.
 *
 * @throws ToolError for a communication that this program does not send
 */
export async function sendMeant({ sql }: Call, given: string): Promise<SendRow> {
  const { id, name } = await oneMail(sql, given);
  const send = await sendOf(sql, id);
  if (!send) {
    throw new ToolError(
      `Communication ${String(id)} "${plain(name)}" was not prepared by prepare_send, so it is not sent from here.`,
    );
  }
  return send;
}

/**
 * Takes those held off a prepared list who must be left out by now, and remembers why.
 *
 * The campaign and the send must be locked.
 */
export async function leaveOutLate({ sql }: Call, send: SendRow): Promise<LeftOut[]> {
  const leftOut = await lateReasons(sql, send, null);
  if (leftOut.length === 0) return [];
  const contacts = leftOut.map(({ contact_id }) => contact_id);
  await rememberLeftOut(sql, send.communication_id, leftOut);
  await takeOff(sql, send.communication_id, contacts);
  return leftOut;
}

const PARAMS = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The parameters that were frozen for somebody. */
export function frozenParams({ params }: HeldPerson): Params {
  return PARAMS.parse(params);
}
