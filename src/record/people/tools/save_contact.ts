import * as z from "zod";
import { named, reference, text } from "../../../mcp/fields.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { called, inFull } from "../../../conventions/references/contact.ts";
import { notesShape, saved } from "../saving.ts";
import { ROLES } from "../shape.ts";

const role = z.strictObject({ role: z.enum(ROLES), event: reference().optional() });

const field = (maximum: number) => text(maximum).nullable().optional();

export const saveContactTool = tool({
  name: "save_contact",
  title: "Save a contact",
  description:
    'Adds a person, or with contact corrects one, e.g. contact "Jane Smith", email "jane@new.example.org". Null empties a field; a role without event is global. Refused where somebody of that name or e-mail is there, until even_if_similar.',
  effects: CORRECTS,
  input: z.strictObject({
    contact: reference("none: a new one").optional(),
    first_name: field(100),
    last_name: field(100),
    email: field(320),
    phone: field(50),
    company: field(200),
    job_title: field(200),
    profession: field(200),
    roles_add: z.array(role).max(50).optional(),
    roles_remove: z.array(role).max(50).optional(),
    note: text(10_000).optional(),
    even_if_similar: z.boolean().optional(),
  }),
  output: z.object({
    contact: z.object({
      id: z.number(),
      name: z.string(),
      first_name: z.string(),
      last_name: z.string(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      company: z.string().nullable(),
      job_title: z.string().nullable(),
      profession: z.string().nullable(),
      roles: z.array(z.object({ role: z.string(), event: named.nullable() })),
      notes: notesShape,
    }),
    created: z.boolean(),
    changed: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
    similar: z.array(z.object({ id: z.number(), name: z.string(), email: z.string().nullable() })),
    shares_mailbox_with: z.array(named),
    warnings: z.array(z.string()),
  }),
  async handle(args, call) {
    const facts = await saved(call, args);
    const { contact, created, changed } = facts;
    const who = inFull(contact);
    const fields = Object.keys(changed).filter((field) => field !== "notes");
    const isNoted = changed["notes"] !== undefined;
    return {
      headline: created
        ? `Added ${who}.`
        : fields.length > 0
          ? `Changed ${fields.join(", ")} of ${who}${isNoted ? ", and added a note" : ""}.`
          : isNoted
            ? `Added a note about ${who}.`
            : `${who} is there already; nothing was changed.`,
      facts: { ...facts, contact: { ...contact, name: called(contact) } },
    };
  },
});
