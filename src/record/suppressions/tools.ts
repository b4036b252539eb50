import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, text } from "../../mcp/fields.ts";
import { personsYes } from "../../mcp/asking/persons_yes.ts";
import type { Question } from "../../mcp/asking/question.ts";
import { plain } from "../../mcp/render.ts";
import { isAddressToKeepOut, mailbox } from "../../words/email_address.ts";
import { inFull, oneContact } from "../../conventions/references/contact.ts";
import { tool } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { NamedPerson } from "../communications/queries.ts";
import {
  addDecision,
  keptOut,
  lastDecision,
  lockSuppression,
  objectionsTo,
  peopleOnAddress,
  stateOfAddress,
  type Decision,
  type Objection,
} from "./queries.ts";
import { personShape } from "../people/shape.ts";

const input = z.strictObject({
  contact: reference().optional(),
  email: text(320).optional(),
  suppressed: z.boolean(),
  scope: z.enum(["address", "person"]).optional().meta({ description: "default: address" }),
  reason: text(500).optional(),
});

/**
 * @param isConfirmedByAssistant whether the host's own approval of a call is trusted where the client
 *   cannot ask a person
 */
export const setSuppressionTool = (isConfirmedByAssistant: () => boolean) =>
  tool({
    name: "set_suppression",
    title: "Stop mailing somebody",
    description:
      'Keeps a person out of all later mail, or lets them in again (suppressed false), as they asked, e.g. contact "Thabo Nkosi", reason "asked at the event". Counts for everybody on the mailbox; scope person for them alone. A person is asked before what somebody or Brevo reported is lifted.',
    effects: { readOnly: false, destructive: true, idempotent: true, openWorld: false },
    input,
    output: z.object({
      email: z.string().nullable(),
      contact_id: z.number().nullable(),
      suppressed: z.boolean(),
      scope: z.enum(["address", "person"]),
      reason: z.string().nullable(),
      at: z.string().nullable(),
      people: z.array(personShape),
      also_affects: z.array(personShape),
      /** Only where the person was asked and said no. */
      declined: z.literal(true).optional(),
      replay: z.boolean(),
    }),
    async handle(args, { sql, zone }, caller) {
      const { suppressed, scope = "address", reason = null } = args;
      if ((args.contact === undefined) === (args.email === undefined)) {
        throw new ToolError("Give contact or email, and not both.");
      }
      if (scope === "person" && args.contact === undefined) {
        throw new ToolError("scope person is about a contact, not an email; give contact.");
      }
      const contact = args.contact === undefined ? null : await oneContact(sql, args.contact);
      const address = mailbox(args.email ?? contact?.email ?? "");
      if (args.email !== undefined && !isAddressToKeepOut(address)) {
        throw new ToolError(`email "${plain(args.email)}" is not an e-mail address.`);
      }
      const email = address === "" ? null : address;
      const contactId = contact?.id ?? null;
      const scoped = scope === "person" ? null : email;
      const standing = () =>
        together(
          lastDecision(sql, scope, scoped, contactId, zone),
          email === null ? undefined : stateOfAddress(sql, email),
        );
      const mayBeRefused = !suppressed && scope === "address" && email !== null;
      const [, onMailbox, objections, stood] = await together(
        lockSuppression(sql, email ?? String(contactId)),
        email === null ? [] : peopleOnAddress(sql, email),
        mayBeRefused ? objectionsTo(sql, email, zone) : [],
        standing(),
      );
      const itself = contact && { contact_id: contact.id, name: contact.name };
      const others = onMailbox.filter(({ contact_id }) => contact_id !== contactId);
      const alsoAffects =
        scope === "person" || (contact === null && onMailbox.length === 1) ? [] : others;
      const about = {
        email,
        contact_id: contactId,
        scope,
        people: scope === "address" && email !== null ? [...onMailbox] : itself ? [itself] : [],
        also_affects: alsoAffects,
      };
      const [reader, ...more] = onMailbox;
      const who = contact
        ? inFull(contact)
        : `${plain(address)}${reader && more.length === 0 ? ` (${plain(reader.name)})` : ""}`;

      const canAsk = caller.asksPeople || caller.opensPages;
      let [last, state] = stood;
      if (objections.length > 0 && (canAsk || !isConfirmedByAssistant())) {
        const question = liftingQuestion(email ?? "", itself, alsoAffects, objections);
        if ((await personsYes(caller, question, "nothing was lifted")) === "declined") {
          return {
            headline: `The person said no, so ${who} stays kept out of mails.`,
            facts: {
              ...about,
              suppressed: true,
              reason: null,
              at: null,
              declined: true as const,
              replay: false,
            },
          };
        }
        // Meanwhile a mail may have bounced.
        [last, state] = await standing();
      }

      const alone = new Set(
        (
          await keptOut(
            sql,
            [...about.people, ...others].map(({ contact_id }) => contact_id),
          )
        ).map(({ contact_id }) => contact_id),
      );
      const isAlone = contactId !== null && alone.has(contactId);
      // Without an address, what was said of the person waits for one.
      const isMailboxOut = email === null ? last?.suppressed === true : state !== undefined;
      const isOut = scope === "person" ? isAlone : isMailboxOut || (isAlone && !suppressed);
      const before = last?.suppressed === suppressed ? last : null;
      const isSaid = before !== null && (reason === null || before.reason === reason);
      const stands = isOut === suppressed && (isSaid || !suppressed);
      const decision = { scope, address: scoped, contact: contactId, suppressed, reason };
      const entry = stands ? before : await addDecision(sql, decision, zone);
      const except = others.filter(({ contact_id }) => alone.has(contact_id));
      const open = state ? [] : others.filter((other) => !except.includes(other));
      const also = { scope, affected: alsoAffects, open, state };
      return {
        headline: stands
          ? `${who} ${whenSo(suppressed, before, also, except)}`
          : suppressed
            ? `${who} gets no more mails${isOut ? ", as before" : ""}${whenBlocked(also)}`
            : `${who} may be mailed again${whenLifted(also, objections, except)}`,
        facts: {
          ...about,
          suppressed,
          reason: entry?.reason ?? null,
          at: entry?.at ?? null,
          replay: before !== null && stands,
        },
      };
    },
  });

const KINDS: Record<string, string> = {
  hard_bounce: "A mail bounced for good",
  soft_bounce: "A mail bounced",
  spam: "Reported as spam",
  unsubscribed: "Unsubscribed",
};

function liftingQuestion(
  email: string,
  contact: NamedPerson | null,
  others: readonly NamedPerson[],
  objections: readonly Objection[],
): Question {
  return {
    asked: "Let this mailbox get mails again, although somebody or Brevo reported it?",
    facts: [
      { label: "Mailbox", words: [email] },
      ...(contact ? [{ label: "Person", words: [contact.name] }] : []),
      ...(others.length > 0
        ? [{ label: "Also read by", words: others.map(({ name }) => name) }]
        : []),
      ...objections.map(({ kind, reason, at }) => ({
        label: `${KINDS[kind] ?? "Reported"}, ${at}`,
        words: [reason],
      })),
      { label: "Say yes only if they asked for mails again themselves" },
    ],
  };
}

/** Whom a decision is about beside the person who was named. */
interface Also {
  scope: "address" | "person";
  affected: readonly NamedPerson[];
  /** Others on the mailbox who could be mailed before. */
  open: readonly NamedPerson[];
  /** Why the mailbox could not be mailed before. */
  state: { state: string } | undefined;
}

/** Where it is as it was to be, so that nothing is written. */
function whenSo(
  suppressed: boolean,
  decision: Decision | null,
  also: Also,
  alone: readonly NamedPerson[],
): string {
  const since = decision === null ? "" : `, since ${decision.at}`;
  if (suppressed) return `gets no mails already${since}; nothing was changed${whenBlocked(also)}`;
  const isMailboxOut = also.scope === "person" && also.state !== undefined;
  const what = isMailboxOut
    ? `is not kept out alone${since}`
    : decision === null
      ? "was not kept out of mails"
      : `may be mailed already${since}`;
  return `${what}; nothing was changed${stillOut(also, alone)}.`;
}

function whenBlocked({ scope, affected, open }: Also): string {
  if (scope === "person" && open.length > 0) {
    return `; ${namesOf(open)} on the same mailbox may still be mailed.`;
  }
  if (affected.length === 0) return ".";
  return `. The mailbox is shared, so this also blocks ${namesOf(affected)}; with scope person it would be one of them alone.`;
}

function whenLifted(
  meant: Also,
  objections: readonly Objection[],
  alone: readonly NamedPerson[],
): string {
  const { scope, affected, state } = meant;
  const except = stillOut(meant, alone);
  if (scope === "person") {
    return `${state ? ", as far as they alone are meant" : ""}${except}.`;
  }
  const also = affected.length > 0 ? `, also for ${namesOf(affected)} on the same mailbox` : "";
  const listed = objections.some(({ is_listed }) => is_listed)
    ? " Brevo sends nothing to it until it is taken off the block list there."
    : "";
  return `; what was reported before now no longer counts${also}${except}.${listed}`;
}

/** What stays shut when one decision is lifted. */
function stillOut({ scope, state }: Also, alone: readonly NamedPerson[]): string {
  if (scope === "person") return state ? `; the mailbox stays blocked (${state.state})` : "";
  return alone.length > 0 ? `; kept out by themselves, as before: ${namesOf(alone)}` : "";
}

function namesOf(people: readonly NamedPerson[]): string {
  return people.map(({ name }) => plain(name)).join(", ");
}
