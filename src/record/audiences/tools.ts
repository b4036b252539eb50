import * as z from "zod";
import { asked, named, paged, paging } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import type { EventReference } from "../../conventions/references/event.ts";
import { audienceShape, resolveAudience } from "./filters.ts";
import { tool, type Call } from "../../conventions/call.ts";
import { audience, type AudienceFilter } from "./queries/audience.ts";
import { byReason, sharedMailboxesByName } from "./groups.ts";
import { attendanceKnown, opensKnown } from "./queries/evidence.ts";
import { appliedFilters, eventsTaken } from "../../conventions/question.ts";
import { together } from "../../conventions/together.ts";
import { now } from "../../mcp/time.ts";

/** Shared mailboxes that are listed; `shared_mailboxes_total` counts all of them. */
const MAILBOXES_LISTED = 100;

export const findAudienceTool = tool({
  name: "find_audience",
  title: "Find an audience",
  description:
    'Who should get the next mail: filters combine with "and". Excluded are people who match too but cannot be mailed; "how many have not …" is answered by fitting. E.g. speakers of 2025 without this year\'s CFP mail: event "Data Day 2025", role speaker, not_received_campaign "CFP 2026".',
  effects: ASKS,
  input: z.strictObject({ ...audienceShape, ...paging }),
  output: z.object({
    contacts: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        email: z.string().nullable(),
        last_contacted_at: z.string().nullable(),
        mails: z.number(),
      }),
    ),
    ...paged,
    /** All who match the filters: `total` and `excluded` together. */
    fitting: z.number(),
    excluded: z.array(
      z.object({ reason: z.string(), count: z.number(), contacts: z.array(named) }),
    ),
    shared_mailboxes: z.array(
      z.object({
        email: z.string(),
        contact_ids: z.array(z.number()),
        contacts: z.array(named),
      }),
    ),
    shared_mailboxes_total: z.number(),
    /** What nobody recorded, so that a filter on it says less than it seems to. */
    warnings: z.array(z.string()),
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const { filter, events, meaning } = await resolveAudience(call, args);
    const [after] = (page.after ?? [0]) as [number];
    const [found, warnings] = await together(
      audience(call.sql, filter, after, page.limit + 1, MAILBOXES_LISTED, call.zone),
      warningsOf(call, filter, events?.events ?? []),
    );
    const event = events && eventsTaken(events);
    const contacts = found.contacts.slice(0, page.limit);
    const excluded = byReason(found.excluded);
    const fitting = excluded.reduce((sum, { count }) => sum + count, found.total);
    return {
      headline: [
        `${String(contacts.length)} of ${String(found.total)} people shown${args.limit === undefined && contacts.length < found.total ? ` (a page is ${String(page.limit)} unless limit says otherwise)` : ""}.`,
        ...(excluded.length > 0
          ? [
              `Left out: ${excluded.map(({ reason, count }) => `${String(count)} ${WHY[reason] ?? plain(reason)}`).join(", ")}; they match the filters too, ${String(fitting)} people in all.`,
            ]
          : []),
        ...(found.shared_mailboxes > 0
          ? [`Shared mailboxes: ${String(found.shared_mailboxes)}.`]
          : []),
      ].join(" "),
      facts: {
        contacts,
        total: found.total,
        next_cursor: page.next(found.contacts, (last) => [last.id]),
        fitting,
        excluded,
        shared_mailboxes: sharedMailboxesByName(found.sharing),
        shared_mailboxes_total: found.shared_mailboxes,
        warnings,
        as_of: now(call.zone),
        resolved: { event, campaign: null, contact: null, from: null, to: null },
        filter: appliedFilters(args, { ...meaning, event }),
      },
    };
  },
});

async function warningsOf(
  { sql }: Call,
  filter: AudienceFilter,
  events: readonly EventReference[],
): Promise<string[]> {
  const [isAttendanceKnown, areOpensKnown] = await together(
    filter.attended === null || attendanceKnown(sql, filter.events ?? []),
    filter.opened === null ||
      opensKnown(sql, filter.receivedCampaign, filter.receivedCommunication),
  );
  const warnings: string[] = [];
  if (!isAttendanceKnown) {
    const where = events.map(({ name }) => name).join(", ");
    warnings.push(`Nobody was checked in at ${where}, so who attended is not known.`);
  }
  if (!areOpensKnown) {
    warnings.push(
      "No delivery events are recorded for these mails, so who opened them is not known.",
    );
  }
  return warnings;
}

const WHY: Record<string, string> = {
  bounced: "bounced",
  complained: "complained",
  unsubscribed: "unsubscribed",
  no_email: "without an e-mail",
};
