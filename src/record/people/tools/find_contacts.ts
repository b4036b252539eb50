import * as z from "zod";
import { asked, named, paged, paging, reference, text } from "../../../mcp/fields.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { findContacts } from "../queries/contacts.ts";
import { understand } from "../../../conventions/question.ts";
import { ROLES } from "../shape.ts";

export const findContactsTool = tool({
  name: "find_contacts",
  title: "Find contacts",
  description:
    'People by name, e-mail or role, with their roles and who shares their mailbox. Words may be cut short: text "jan smi" finds Jane Smith.',
  effects: ASKS,
  input: z.strictObject({
    text: text(200).optional(),
    event: reference().optional(),
    role: z.enum(ROLES).optional(),
    ...paging,
  }),
  output: z.object({
    contacts: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        email: z.string().nullable(),
        roles: z.array(z.object({ role: z.string(), event: named.nullable() })),
        shares_mailbox_with: z.array(named),
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const [after] = (page.after ?? [0]) as [number];
    const found = await findContacts(
      call.sql,
      { text: args.text ?? null, events: question.events, role: args.role ?? null },
      after,
      page.limit + 1,
    );
    const contacts = found.contacts.slice(0, page.limit);
    return {
      headline: `${String(contacts.length)} of ${String(found.total)} people shown.`,
      facts: {
        contacts,
        total: found.total,
        next_cursor: page.next(found.contacts, (last) => [last.id]),
        ...question.answer,
      },
    };
  },
});
