import * as z from "zod";
import { asked, named, paged, paging } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import { audienceShape, resolveAudience } from "../audience.ts";
import { outreachTool } from "../call.ts";
import { attendanceKnown, audience } from "../queries/audience.ts";
import { understand } from "../question.ts";

/** Shared mailboxes that are listed; `shared_mailboxes_total` counts all of them. */
const MAILBOXES_LISTED = 100;

export const findAudienceTool = outreachTool({
  name: "find_audience",
  title: "Find an audience",
  description:
    'Who should get the next mail: filters combine with "and", and who cannot be mailed is left out and listed. E.g. speakers of 2025 without this year\'s CFP mail: event "Data Day 2025", role speaker, not_received_campaign "CFP 2026".',
  effects: ASKS,
  input: z.strictObject({ ...audienceShape, ...paging }),
  output: z.object({
    contacts: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        email: z.string(),
        last_contacted_at: z.string().nullable(),
        mails: z.number(),
      }),
    ),
    ...paged,
    excluded: z.array(
      z.object({ reason: z.string(), count: z.number(), contacts: z.array(named) }),
    ),
    shared_mailboxes: z.array(z.object({ email: z.string(), contact_ids: z.array(z.number()) })),
    shared_mailboxes_total: z.number(),
    /** What the references and times of the filter were taken to mean. */
    filter: z.record(z.string(), z.union([named, z.array(named), z.string()])),
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const { limit: _limit, cursor: _cursor, ...filters } = args;
    const { filter, events, meaning } = await resolveAudience(call, filters);
    const question = await understand(call, { event: args.event });
    const [after] = (page.after ?? [0]) as [number];
    const found = await audience(
      call.sql,
      filter,
      after,
      page.limit + 1,
      MAILBOXES_LISTED,
      call.zone,
    );
    const contacts = found.contacts.slice(0, page.limit);
    const isAttendanceUnknown =
      args.attended !== undefined && !(await attendanceKnown(call.sql, filter.events ?? []));
    return {
      headline: [
        `${String(contacts.length)} of ${String(found.total)} people shown.`,
        ...(found.excluded.length > 0
          ? [
              `Left out: ${found.excluded.map(({ reason, count }) => `${String(count)} ${WHY[reason] ?? plain(reason)}`).join(", ")}.`,
            ]
          : []),
        ...(found.shared_mailboxes_total > 0
          ? [`${String(found.shared_mailboxes_total)} mailboxes are shared.`]
          : []),
        ...(isAttendanceUnknown
          ? [
              `Nobody was checked in at ${(events ?? []).map(({ name }) => plain(name)).join(", ")}, so who attended is not known.`,
            ]
          : []),
      ].join(" "),
      facts: {
        contacts,
        total: found.total,
        next_cursor: page.next(found.contacts, (last) => [last.id]),
        excluded: found.excluded,
        shared_mailboxes: found.shared_mailboxes,
        shared_mailboxes_total: found.shared_mailboxes_total,
        filter: meaning,
        ...question.answer,
      },
    };
  },
});

const WHY: Record<string, string> = {
  bounced: "bounced",
  complained: "complained",
  unsubscribed: "unsubscribed",
  no_email: "without an e-mail",
};
