import * as z from "zod";
import { reference } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { tool } from "../../conventions/call.ts";
import { counted } from "../../words/counts.ts";
import { cancelSend } from "../cancel.ts";

export const cancelSendTool = tool({
  name: "cancel_send",
  title: "Take a mail back",
  description:
    "Takes back the mails of a prepared send that have not left yet, e.g. communication 12.",
  effects: { readOnly: false, destructive: true, idempotent: true, openWorld: false },
  input: z.strictObject({ communication: reference() }),
  output: z.object({
    cancelled: z.number(),
    people: z.number(),
    already_left: z.number(),
    unknown: z.number(),
    status: z.string(),
    replay: z.boolean(),
  }),
  async handle(args, call) {
    const { title, before, ...facts } = await cancelSend(call, args.communication);
    const perhaps = facts.unknown > 0 ? `; ${String(facts.unknown)} may have left` : "";
    if (before !== null && facts.cancelled === 0) {
      return {
        headline: `The mail "${plain(title)}" was taken back before, on ${before}; ${counted(facts.already_left, "mail")} had left${perhaps}.`,
        facts: { ...facts, replay: true },
      };
    }
    return {
      headline: `Took back ${String(facts.cancelled)} of ${counted(facts.cancelled + facts.already_left + facts.unknown, "mail")} "${plain(title)}"${facts.people < facts.cancelled ? `, of ${counted(facts.people, "person", "people")}` : ""}; ${String(facts.already_left)} had already left${perhaps}.`,
      facts: { ...facts, replay: false },
    };
  },
});
