import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { personsYes } from "../../../mcp/asking/persons_yes.ts";
import { reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { mailbox } from "../../../words/email_address.ts";
import { sameName } from "../../../words/names.ts";
import { tool } from "../../../conventions/call.ts";
import { lockContactCreation } from "../../../conventions/locks.ts";
import {
  inFull,
  oneContact,
  type ContactReference,
} from "../../../conventions/references/contact.ts";
import { together } from "../../../conventions/together.ts";
import { merged, refuseTwo, type Counts } from "../merging.ts";
import { alsoKnownAs, rememberDistinct } from "../queries/merging.ts";
import { savedContact } from "../queries/saving.ts";

export const mergeContactsTool = tool({
  name: "merge_contacts",
  title: "Merge two contacts",
  description:
    "Makes two entries of one person one: tickets, roles, mails and notes of duplicate go to keep, by whose name both are known since. undo_change parts them. not_the_same remembers that they are two people instead.",
  effects: CORRECTS,
  input: z.strictObject({
    keep: reference(),
    duplicate: reference(),
    reason: text(1000).optional(),
    not_the_same: z.boolean().optional(),
  }),
  output: z.object({
    contact: z.object({
      id: z.number(),
      name: z.string(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      company: z.string().nullable(),
    }),
    moved: z.record(z.string(), z.number()),
    combined: z.record(z.string(), z.number()),
    also_known_as: z.array(z.object({ name: z.string(), email: z.string().nullable() })),
    /** What the duplicate said otherwise; the kept person's stays. */
    set_aside: z.record(z.string(), z.string()),
    not_the_same: z.boolean(),
    reason: z.string().nullable(),
    /** Only where the person was asked and said no. */
    declined: z.literal(true).optional(),
    replay: z.boolean(),
  }),
  async handle(args, call, caller) {
    const { sql } = call;
    const { not_the_same = false, reason = null } = args;
    const [, keep, duplicate] = await together(
      lockContactCreation(sql),
      oneContact(sql, args.keep),
      oneContact(sql, args.duplicate),
    );
    const answer = async (moved: Counts, combined: Counts, more: object = {}) => {
      const [contact, known] = await together(
        savedContact(sql, keep.id),
        alsoKnownAs(sql, keep.id),
      );
      if (!contact) throw new Error("the kept contact is not there");
      const { id, name, email, phone, company } = contact;
      return {
        contact: { id, name, email, phone, company },
        moved,
        combined,
        also_known_as: known,
        set_aside: {},
        not_the_same,
        reason,
        replay: false,
        ...more,
      };
    };
    if (keep.id === duplicate.id) {
      if (duplicate.formerly !== null && keep.formerly === null && !not_the_same) {
        return {
          headline: `Nothing was changed: ${plain(duplicate.formerly)} is one with ${inFull(keep)} already.`,
          facts: await answer({}, {}, { replay: true }),
        };
      }
      const merged = keep.formerly === null ? "" : ` since ${plain(keep.formerly)} was merged`;
      throw new ToolError(
        `keep and duplicate are the same person${merged}: ${inFull(keep)}; give two.`,
      );
    }
    if (not_the_same) {
      const isNew = await rememberDistinct(sql, keep.id, duplicate.id, reason);
      return {
        headline: `${inFull(keep)} and ${inFull(duplicate)} are two people${isNew ? "" : ", as was said before"}; the pair is not proposed again.`,
        facts: await answer({}, {}, { replay: !isNew }),
      };
    }
    const allowed = args.not_the_same === undefined && refuseTwo(call, keep, duplicate);
    if (sharesMailbox(keep, duplicate) && !sameName(keep.name, duplicate.name)) {
      if (caller.declaresAsking) {
        await allowed;
        const question = {
          asked: "Are these one person? They share a mailbox under two names.",
          facts: [
            { label: "Kept", words: [keep.name] },
            { label: "Merged into it", words: [duplicate.name] },
          ],
        };
        if ((await personsYes(caller, question, "nothing was merged")) === "declined") {
          return {
            headline: `The person said no, so ${inFull(duplicate)} was not merged into ${inFull(keep)}.`,
            facts: await answer({}, {}, { declined: true }),
          };
        }
      }
    }
    const [, { moved, combined, set_aside }] = await together(
      allowed,
      merged(call, keep, duplicate),
    );
    return {
      headline: `${inFull(duplicate)} is one with ${inFull(keep)} now: ${counted(sum(moved), "row")} moved, ${String(sum(combined))} combined.`,
      facts: await answer(moved, combined, { set_aside }),
    };
  },
});

function sharesMailbox(one: ContactReference, other: ContactReference): boolean {
  const address = mailbox(one.email ?? "");
  return address !== "" && address === mailbox(other.email ?? "");
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, rows) => total + rows, 0);
}
