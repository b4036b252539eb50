import * as z from "zod";
import { asked, named, paged, paging, reference, text } from "../../../mcp/fields.ts";
import type { Page } from "../../../mcp/paging.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { tool, type Call } from "../../../conventions/call.ts";
import { likelyOnePerson } from "../duplicates.ts";
import { findContacts, type ContactFilter } from "../queries/contacts.ts";
import { candidatePairs } from "../queries/duplicates.ts";
import { understand, type Question } from "../../../conventions/question.ts";
import { DELIVERABILITY, ROLES } from "../shape.ts";

const memberShape = z.object({
  id: z.number(),
  name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  company: z.string().nullable(),
});

export const findContactsTool = tool({
  name: "find_contacts",
  title: "Find contacts",
  description:
    'People by name, e-mail or role, with their roles and who shares their mailbox. Words may be cut short: text "jan smi" finds Jane Smith. duplicates: pairs that may be one person, likeliest first, for merge_contacts.',
  effects: ASKS,
  input: z.strictObject({
    text: text(200).optional(),
    event: reference().optional(),
    role: z.enum(ROLES).optional(),
    deliverability: z.enum(DELIVERABILITY).optional(),
    duplicates: z.boolean().optional(),
    ...paging,
  }),
  output: z.object({
    contacts: z.array(
      memberShape.extend({
        /** A former name or address by which text found them. */
        formerly: z.string().nullable(),
        deliverability: z.string(),
        registered: z.boolean().nullable(),
        roles: z.array(z.object({ role: z.string(), event: named.nullable() })),
        shares_mailbox_with: z.array(named),
      }),
    ),
    pairs: z
      .array(
        z.object({
          a: memberShape,
          b: memberShape,
          evidence: z.array(z.string()),
          /** 0 to 1: how likely it is that they are one person. */
          score: z.number(),
        }),
      )
      .optional(),
    ...paged,
    ...asked,
  }),
  mainList: ({ duplicates }) => (duplicates === true ? "pairs" : "contacts"),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const filter = {
      text: args.text ?? null,
      events: question.events,
      role: args.role ?? null,
      deliverability: args.deliverability ?? null,
    };
    return args.duplicates === true
      ? pairsFound(call, question, filter, page)
      : contactsFound(call, question, filter, page);
  },
});

async function contactsFound(call: Call, question: Question, filter: ContactFilter, page: Page) {
  const [after] = (page.after ?? [0]) as [number];
  const found = await findContacts(call.sql, filter, after, page.limit + 1);
  const contacts = found.contacts.slice(0, page.limit);
  return {
    headline: `${String(contacts.length)} of ${counted(found.total, "person", "people")} shown.`,
    facts: {
      contacts,
      total: found.total,
      next_cursor: page.next(found.contacts, (last) => [last.id]),
      ...question.answer,
    },
  };
}

/** Pairs of whom at least one matches the filter. */
async function pairsFound(call: Call, question: Question, filter: ContactFilter, page: Page) {
  const pairs = likelyOnePerson(await candidatePairs(call.sql, filter));
  const [score, a, b] = (page.after ?? [2, 0, 0]) as [number, number, number];
  const rest = pairs.filter(
    (pair) => pair.score < score || (pair.score === score && follows(pair, a, b)),
  );
  const shown = rest.slice(0, page.limit + 1);
  const [first] = shown;
  return {
    headline:
      first === undefined
        ? "No two people look like one."
        : `${counted(Math.min(shown.length, page.limit), "pair")} of ${String(pairs.length)} that may be one person shown, the likeliest first: ${plain(first.a.name)} (${String(first.a.id)} and ${String(first.b.id)}).`,
    facts: {
      contacts: [],
      pairs: shown.slice(0, page.limit),
      total: pairs.length,
      next_cursor: page.next(shown, (last) => [last.score, last.a.id, last.b.id]),
      ...question.answer,
    },
  };
}

function follows(pair: { a: { id: number }; b: { id: number } }, a: number, b: number): boolean {
  return pair.a.id > a || (pair.a.id === a && pair.b.id > b);
}
