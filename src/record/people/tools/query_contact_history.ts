import * as z from "zod";
import { asked, named, paged, paging, reference } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { counted } from "../../../words/counts.ts";
import { tool } from "../../../conventions/call.ts";
import { historyEntries, peopleOfHistory, type PersonRow } from "../queries/history.ts";
import { listedOfPerson } from "../shape.ts";
import { understand, type Question } from "../../../conventions/question.ts";

export const queryContactHistoryTool = tool({
  name: "query_contact_history",
  title: "What somebody received",
  description:
    'Has someone had a mail? Every mail to a person, newest first, their registrations and whether they can be mailed, e.g. contact "Jane Smith", event "2026". Up to five namesakes are answered for.',
  effects: ASKS,
  input: z.strictObject({
    contact: reference("id, name or e-mail"),
    event: reference().optional(),
    campaign: reference().optional(),
    ...paging,
  }),
  output: z.object({
    people: z.array(
      z.object({
        contact: z.object({ id: z.number(), name: z.string(), email: z.string().nullable() }),
        received: z.boolean(),
        total: z.number(),
        received_total: z.number(),
        entries: z.array(
          z.object({
            at: z.string(),
            channel: z.string(),
            title: z.string(),
            status: z.string(),
            reason: z.string().nullable(),
            opened_at: z.string().nullable(),
            clicked_at: z.string().nullable(),
            communication_id: z.number(),
            campaign: named,
            event: named,
          }),
        ),
        registrations: listedOfPerson.shape.registrations,
        cancelled: z.number(),
        transferred: z.number(),
        deliverability: z.object({
          state: z.string(),
          reason: z.string().nullable(),
          since: z.string().nullable(),
        }),
        shares_mailbox_with: listedOfPerson.shape.shares_mailbox_with,
        left_out: listedOfPerson.shape.left_out,
      }),
    ),
    ...paged,
    ...asked,
  }),
  mainList: () => "people.entries",
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    const question = await understand(call, args);
    const filter = {
      contacts: question.contacts ?? [],
      events: question.events,
      campaign: question.campaign,
    };
    const [place, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const [rows, found] = await Promise.all([
      peopleOfHistory(sql, filter, zone),
      historyEntries(sql, filter, zone, { place, id }, page.limit + 1),
    ]);
    const entries = found.slice(0, page.limit);
    const people = rows.map((person) => {
      const listed = listedOfPerson.parse(person);
      return {
        contact: { id: person.id, name: person.name, email: person.email },
        received: person.received > 0,
        total: person.total,
        received_total: person.received,
        entries: entries.filter((entry) => entry.contact_id === person.id),
        registrations: listed.registrations,
        cancelled: person.cancelled,
        transferred: person.transferred,
        deliverability: { state: person.state, reason: person.reason, since: person.since },
        shares_mailbox_with: listed.shares_mailbox_with,
        left_out: listed.left_out,
      };
    });
    const total = rows.reduce((sum, person) => sum + person.total, 0);
    const about = subject(question);
    const sentences = rows.map((person) => sentence(person, about, rows.length > 1));
    const shown = `${String(entries.length)} of ${counted(total, "mail")} shown.`;
    return {
      headline: [shown, ...sentences].join(" "),
      facts: {
        people,
        total,
        next_cursor: page.next(found, (last) => [last.place, last.id]),
        ...question.answer,
      },
    };
  },
});

/** What somebody could be told of one person; namesakes are told apart by id. */
function sentence(person: PersonRow, about: string, isOneOfSeveral: boolean): string {
  const who = plain(person.name) + (isOneOfSeveral ? ` (${String(person.id)})` : "");
  if (person.total === 0) return `${who} has received nothing${about}.`;
  const uncertain =
    person.unknown > 0 ? `; whether they got ${String(person.unknown)} is not known` : "";
  return `${who} has received ${String(person.received)} of ${counted(person.total, "mail")} addressed to them${about}${uncertain}.`;
}

/** What the mails were asked to be about, as the end of a sentence. */
function subject({ answer }: Question): string {
  const { event, campaign } = answer.resolved;
  const events = event === null || Array.isArray(event) ? (event ?? []) : [event];
  if (campaign) return ` in the campaign ${plain(campaign.name)}`;
  return events.length === 0 ? "" : ` about ${events.map(({ name }) => plain(name)).join(", ")}`;
}
