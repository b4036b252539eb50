import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { line, reference } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { openingTool } from "../../conventions/call.ts";
import { counted, numbered } from "../../words/counts.ts";
import { prepareNew } from "../prepare/prepare.ts";
import { prepareAgain } from "../prepare/prepare_again.ts";
import { preparedShape, type Prepared } from "../prepare/prepared.ts";
import type { SetUp } from "../setup.ts";

export const prepareSendTool = (setUp: SetUp) =>
  openingTool({
    name: "prepare_send",
    title: "Prepare a mail",
    description:
      'First step of sending a Brevo template; sends nothing. Show the person the answer. E.g. campaign "CFP 2026", template 49, audience {event: "2025", role: "speaker"}, params {cfpDeadline: "1 May"}. Or communication alone: asks anew for what is held.',
    effects: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
    input: z.strictObject({
      campaign: reference().optional(),
      template: reference("id or name").optional(),
      contacts: z.array(reference()).optional(),
      audience: z
        .looseObject({})
        .meta({ description: "instead of contacts: filters as find_audience" })
        .optional(),
      params: z.looseObject({}).optional(),
      title: line(500).optional(),
      one_per_mailbox: z.boolean().optional(),
      allow_resend: z.boolean().optional(),
      allow_past: z.boolean().optional(),
      communication: reference().optional(),
    }),
    output: preparedShape,
    async handle(args, transactions, caller) {
      const { communication, campaign, template, allow_past: allowPast = false, ...rest } = args;
      if (communication !== undefined) {
        if (campaign !== undefined || template !== undefined || Object.keys(rest).length > 0) {
          throw new ToolError(
            "Give communication alone to ask anew about it; its list and template stay as they are, and what is known of the event and its sessions is taken anew.",
          );
        }
        const prepared = await prepareAgain(
          await setUp(),
          transactions,
          caller,
          communication,
          allowPast,
        );
        return { headline: sentenceOf(prepared), facts: prepared };
      }
      if (campaign === undefined || template === undefined) {
        throw new ToolError("campaign and template are required, or communication alone.");
      }
      const prepared = await prepareNew(await setUp(), transactions, caller, {
        campaign,
        template,
        contacts: args.contacts,
        audience: args.audience,
        params: args.params ?? {},
        title: args.title,
        onePerMailbox: args.one_per_mailbox ?? false,
        allowResend: args.allow_resend ?? false,
        allowPast,
      });
      return { headline: sentenceOf(prepared), facts: prepared };
    },
  });

/** So many are named in the sentence; the facts name more. */
const NAMED = 10;

function sentenceOf(prepared: Prepared): string {
  const { send, recipients, excluded: left, missing_params: missing, quota } = prepared;
  const out = left.reduce((sum, { count }) => sum + count, 0);
  const each = prepared.mails > recipients.total ? `${counted(prepared.mails, "mail")} ` : "";
  const who = `${each}"${plain(prepared.title)}" to ${counted(recipients.total, "person", "people")}${out > 0 ? `, ${String(out)} left out` : ""}`;
  const named = recipients.names.slice(0, NAMED).map(plain).join(", ");
  const more = recipients.total - Math.min(NAMED, recipients.names.length);
  const names = `${named}${more > 0 ? ` and ${String(more)} more` : ""}`;
  if (missing.length > 0) {
    return `Nothing was prepared: ${missing.map(plain).join(", ")} ${missing.length === 1 ? "is" : "are"} missing for ${who}. Ask for ${missing.length === 1 ? "it" : "them"} and give params.`;
  }
  if (!send) {
    return `Nothing was prepared: nobody is left to send "${plain(prepared.title)}" to; ${String(out)} left out.`;
  }
  const credits =
    prepared.credits === null
      ? ""
      : ` ${numbered(prepared.credits)} ${prepared.credits === 1 ? "credit" : "credits"}, this takes ${numbered(quota.needed)}.`;
  const days =
    quota.remaining_today !== null && quota.needed > quota.remaining_today
      ? ` Brevo sends ${String(quota.remaining_today)} of them today${quota.days === null ? "" : `; the whole list takes ${counted(quota.days, "day")}, today counted`}.`
      : "";
  const next =
    send.confirm_page !== null
      ? `A person confirms it on ${send.confirm_page}; then call confirm_send.`
      : send.confirmation_code !== null
        ? "Show this to the person; when they say yes, call confirm_send with the code."
        : "confirm_send asks the person.";
  const again = prepared.replay ? " It had been prepared before; only its code is new." : "";
  return `Prepared, not sent: ${who}: ${names}.${credits}${days}${again} ${next}`;
}
