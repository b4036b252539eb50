import * as z from "zod";
import { reference, text } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { openingTool } from "../../conventions/call.ts";
import { personShape } from "../../record/people/shape.ts";
import { confirmSend, type SendState } from "../confirm/confirm.ts";
import { counted } from "../../words/counts.ts";
import type { SendCounts, StatedMail } from "../queries/sends.ts";
import type { SetUp } from "../setup.ts";

const stated = z.array(personShape.extend({ reason: z.string() }));
/** Of a send about sessions, which mail it is. */
const statedMails = z.array(
  personShape.extend({ reason: z.string(), about: z.string().optional() }),
);

export const confirmSendTool = (setUp: SetUp) =>
  openingTool({
    name: "confirm_send",
    title: "Send what was prepared",
    description:
      "Sends exactly the prepared list, once a person has said yes. Call it again after an interruption or while status is sending: it goes on and says how far it has come. Accepted is not delivered; unknown may have left.",
    effects: { readOnly: false, destructive: true, idempotent: true, openWorld: true },
    input: z.strictObject({
      communication: reference(),
      confirmation_code: text(100).optional(),
    }),
    output: z.object({
      communication_id: z.number(),
      /** All on the list, and to how many people they go; what follows counts mails. */
      mails: z.number(),
      people: z.number(),
      accepted: z.number(),
      failed: statedMails,
      unknown: statedMails,
      held_for_quota: z.number(),
      waiting: z.number(),
      dropped: stated,
      status: z.string(),
      confirmed_by: z.string().nullable(),
      paused: z.string().nullable(),
      warnings: z.array(z.string()),
      /** Only where the person was asked in this call and said no. */
      declined: z.literal(true).optional(),
      replay: z.boolean(),
    }),
    async handle(args, transactions, caller) {
      const state = await confirmSend(
        await setUp(),
        transactions,
        caller,
        args.communication,
        args.confirmation_code,
      );
      const { send, counts, unproved, failed, unknown, dropped, paused, warnings, replay } = state;
      return {
        headline: progressOf(state),
        facts: {
          communication_id: send.communication_id,
          mails: totalOf(counts),
          people: counts.people,
          accepted: counts.accepted - unproved,
          failed: failed.map(shown),
          unknown: unknown.map(shown),
          // Of a list that was not started, nothing is held by a quota.
          held_for_quota: send.status === "draft" ? 0 : counts.held,
          waiting: counts.waiting,
          dropped,
          status: send.status,
          confirmed_by: state.confirmedBy,
          paused,
          warnings,
          ...(state.declined && { declined: true as const }),
          replay,
        },
      };
    },
  });

function shown({ about, ...mail }: StatedMail) {
  return { ...mail, ...(about !== null && { about }) };
}

function totalOf({ accepted, failed, held, unknown, waiting }: SendCounts): number {
  return accepted + failed + held + unknown + waiting;
}

function progressOf(state: SendState): string {
  const { send, counts, unproved, paused, dropped, replay } = state;
  if (state.declined) {
    // Of a list that is asked about anew, a part may have left before.
    const more = counts.accepted + counts.unknown > 0 ? "nothing more" : "nothing";
    return `The person said no, so ${more} was sent; "${plain(send.title)}" stays prepared. prepare_send with this communication alone asks anew, cancel_send takes it back.`;
  }
  const total = totalOf(counts);
  const to = counts.people < total ? ` to ${counted(counts.people, "person", "people")}` : "";
  if (send.cancelled && total === 0) {
    return `The mail "${plain(send.title)}" was taken back; none of it was sent.`;
  }
  const parts = [
    ...(send.cancelled ? ["It was taken back, and what had not left stays unsent"] : []),
    `Brevo accepted ${String(counts.accepted - unproved)} of ${counted(total, "mail")} "${plain(send.title)}"${to}`,
    ...(counts.failed > 0 ? [`${String(counts.failed)} failed`] : []),
    ...(counts.unknown + unproved > 0
      ? [
          `${String(counts.unknown + unproved)} may have left (sync_delivery_events will tell; never send them again by hand)`,
        ]
      : []),
    ...(counts.waiting > 0
      ? [`${String(counts.waiting)} still to be sent: call confirm_send again`]
      : []),
    ...(counts.held > 0
      ? [
          `${counted(counts.held, "is held", "are held")}: prepare_send with this communication asks anew, on another day if the quota is used up`,
        ]
      : []),
    ...(dropped.length > 0 ? [`${String(dropped.length)} left out at the last moment`] : []),
  ];
  return `${parts.join("; ")}.${paused === null ? "" : ` ${paused}`}${replay ? " It had been confirmed before; nothing was sent twice." : ""}`;
}
