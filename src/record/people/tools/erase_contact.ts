import * as z from "zod";
import { personsYes } from "../../../mcp/asking/persons_yes.ts";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { CORRECTS, type Caller } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { groupedBy } from "../../../words/groups.ts";
import { ERASED_PERSON, sameName } from "../../../words/names.ts";
import { tool } from "../../../conventions/call.ts";
import { lockContactCreation } from "../../../conventions/locks.ts";
import {
  inFull,
  oneContact,
  type ContactReference,
} from "../../../conventions/references/contact.ts";
import { together } from "../../../conventions/together.ts";
import { countsShape } from "../merging.ts";
import { countsOf, eraseContact, type Kept } from "../queries/erasing.ts";

const ELSEWHERE = [
  "the mail service (Brevo): its contacts, logs and statistics",
  "export files of the ticket shop, Sessionize and forms, whose titles and comments an import reads again, and anything exported from here",
  "backups of the database, until they are overwritten",
];

export const eraseContactTool = tool({
  name: "erase_contact",
  title: "Erase a person",
  description:
    "Deletes everything held on a person who asks for it: names, addresses, phone and texts, everywhere; numbers of the past stay. Nothing is sent to them again and no import brings them back. CANNOT BE UNDONE. A person is asked first.",
  effects: CORRECTS,
  input: z.strictObject({
    contact: reference(),
    confirm_name: text(
      300,
      "their full name; only where the client cannot ask a person",
    ).optional(),
  }),
  output: z.object({
    contact_id: z.number(),
    erased: z.record(z.string(), z.number()),
    kept: z.record(z.string(), z.number()),
    elsewhere: z.array(z.string()),
    warnings: z.array(z.string()),
    /** Only where the person was asked and said no. */
    declined: z.literal(true).optional(),
  }),
  async handle(args, { sql }, caller) {
    const [, contact] = await together(lockContactCreation(sql), oneContact(sql, args.contact));
    const before = await countsOf(sql, contact.id);
    if (contact.name === ERASED_PERSON) {
      return {
        headline: `Contact ${String(contact.id)} was erased before; nothing is held on them.`,
        facts: about(contact, {}, before, []),
      };
    }
    if (
      isAsked(caller, contact, before, args.confirm_name) &&
      (await declines(caller, contact, before))
    ) {
      return {
        headline: `The person said no, so nothing of ${inFull(contact)} was erased.`,
        facts: { ...about(contact, {}, before, []), declined: true as const },
      };
    }
    const { erased, under_way, refused, is_shared, is_namesake, has_address, still_named } =
      await eraseContact(sql, contact.id);
    if (refused !== null) {
      throw new ToolError(
        `The rule ${plain(refused)} does not let what it holds of them be emptied; change that rule, then erase.`,
      );
    }
    if (under_way !== null) {
      throw new ToolError(
        `The mail "${plain(under_way)}" is on its way to them; let confirm_send end it or take it back with cancel_send, then erase.`,
      );
    }
    if (erased === null) throw new ToolError("The contact was removed by another call meanwhile.");
    const kept = await countsOf(sql, contact.id);
    return {
      headline: `Erased ${inFull(contact)}; what is counted stays under "${ERASED_PERSON}". This cannot be undone. Still held elsewhere: see below.`,
      facts: about(contact, countsShape.parse(erased), kept, [
        ...(is_shared
          ? ["Others read a mailbox of theirs; it stays with them, and may be mailed for them."]
          : []),
        ...(has_address
          ? []
          : ["No address of theirs was known, so an import of a file that names them adds them."]),
        ...(is_namesake
          ? ["Another contact bears the same name; texts that name it were left as they are."]
          : []),
        ...namedAlone(placesShape.parse(still_named ?? [])),
      ]),
    };
  },
});

const placesShape = z.array(z.object({ kind: z.string(), id: z.number() }));

/** Says where a first or last name alone stands, without saying it. */
function namedAlone(places: z.output<typeof placesShape>): string[] {
  if (places.length === 0) return [];
  const shown = groupedBy(places.slice(0, MOST_PLACES), ({ kind }) => kind);
  const named = [...shown].map(
    ([kind, all]) => `${plain(kind)} ${all.map(({ id }) => String(id)).join(", ")}`,
  );
  const more =
    places.length > MOST_PLACES ? `; and ${String(places.length - MOST_PLACES)} more` : "";
  const stands = places.length === 1 ? "it" : "them";
  return [
    `Their first or last name alone still stands in ${counted(places.length, "text")}, which may be about somebody else: ${named.join("; ")}${more}. Look at ${stands}, and change what is about this person.`,
  ];
}

const MOST_PLACES = 20;

function about(
  { id }: ContactReference,
  erased: Record<string, number>,
  kept: Kept,
  warnings: string[],
) {
  return { contact_id: id, erased, kept: { ...kept }, elsewhere: ELSEWHERE, warnings };
}

/**
 * Whether a person is to be asked; where the client cannot, the name given in full stands for their yes.
 *
 * @throws ToolError where nobody can be asked and the name is not given, or is another
 */
function isAsked(
  caller: Caller,
  contact: ContactReference,
  counts: Kept,
  name: string | undefined,
): boolean {
  if (caller.declaresAsking) return true;
  const full = contact.name === "" ? (contact.email ?? "") : contact.name;
  if (name !== undefined && sameName(name, full)) return false;
  const what = `This erases ${inFull(contact)} with ${held(counts)} for good and cannot be undone.`;
  throw new ToolError(
    name === undefined
      ? `${what} If the person in front of you says so, call again with confirm_name, their full name.`
      : `${what} confirm_name "${plain(name)}" is not their full name.`,
  );
}

async function declines(caller: Caller, contact: ContactReference, counts: Kept): Promise<boolean> {
  const question = {
    asked: "Erase everything held on this person? It cannot be undone.",
    facts: [
      { label: "Person", words: [contact.name] },
      ...(contact.email === null ? [] : [{ label: "E-mail", words: [contact.email] }]),
      { label: `Stays as numbers, without a name: ${held(counts)}` },
      { label: "Not reached from here: the mail service, export files, backups" },
    ],
  };
  return (await personsYes(caller, question, "nothing was erased")) === "declined";
}

function held({ recipients, tickets, roles, sessions }: Kept): string {
  return [
    counted(recipients, "mail"),
    counted(tickets, "ticket"),
    counted(roles, "role"),
    counted(sessions, "session"),
  ].join(", ");
}
