import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, text } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { isAddressToKeepOut, mailbox } from "../../words/email_address.ts";
import { oneContact } from "../../conventions/references/contact.ts";
import { tool } from "../../conventions/call.ts";
import {
  addDecision,
  lastDecision,
  lockSuppression,
  peopleOnAddress,
  stateOfAddress,
} from "./queries.ts";
import { personShape } from "../people/shape.ts";

export const setSuppressionTool = tool({
  name: "set_suppression",
  title: "Stop mailing somebody",
  description:
    'Keeps a person out of all later mail, or lets them in again (suppressed false), as they asked, e.g. contact "Thabo Nkosi", reason "asked at the event". Counts for everybody on the mailbox.',
  effects: { readOnly: false, destructive: true, idempotent: true, openWorld: false },
  input: z.strictObject({
    contact: reference().optional(),
    email: text(320).optional(),
    suppressed: z.boolean(),
    reason: text(500).optional(),
  }),
  output: z.object({
    email: z.string().nullable(),
    contact_id: z.number().nullable(),
    suppressed: z.boolean(),
    reason: z.string().nullable(),
    at: z.string(),
    people: z.array(personShape),
    replay: z.boolean(),
  }),
  async handle(args, { sql, zone }) {
    if ((args.contact === undefined) === (args.email === undefined)) {
      throw new ToolError("Give contact or email, and not both.");
    }
    const contact = args.contact === undefined ? null : await oneContact(sql, args.contact);
    const address = mailbox(args.email ?? contact?.email ?? "");
    if (args.email !== undefined && !isAddressToKeepOut(address)) {
      throw new ToolError(`email "${plain(args.email)}" is not an e-mail address.`);
    }
    const reason = args.reason ?? null;
    const email = address === "" ? null : address;
    await lockSuppression(sql, address === "" ? String(contact?.id) : address);
    const last = await lastDecision(sql, email, contact?.id ?? null, zone);
    const state = email === null ? undefined : await stateOfAddress(sql, email);
    const stands =
      last?.suppressed === args.suppressed &&
      (reason === null || last.reason === reason) &&
      (args.suppressed || !state);
    const entry = stands
      ? last
      : await addDecision(
          sql,
          { address: email, contact: contact?.id ?? null, suppressed: args.suppressed, reason },
          zone,
        );
    const people =
      email !== null
        ? await peopleOnAddress(sql, email)
        : contact
          ? [{ contact_id: contact.id, name: contact.name }]
          : [];
    const who = contact ? plain(contact.name) : plain(address);
    const others = people.filter(({ contact_id }) => contact_id !== contact?.id);
    const sharing =
      contact && others.length > 0
        ? ` The mailbox is shared with ${others.map(({ name }) => plain(name)).join(", ")}.`
        : "";
    return {
      headline: `${who} ${args.suppressed ? "gets no more mails" : "may be mailed again; what was reported before now no longer counts"}.${sharing}`,
      facts: {
        email,
        contact_id: contact?.id ?? null,
        suppressed: entry.suppressed,
        reason: entry.reason,
        at: entry.at,
        people,
        replay: stands,
      },
    };
  },
});
