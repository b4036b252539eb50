import * as z from "zod";
import { asked, named, paged, paging, reference } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import { asTaken, type Named } from "../../conventions/references/choose.ts";
import { oneContact } from "../../conventions/references/contact.ts";
import { whomItMeans } from "../segments/members.ts";
import { asOneFilter } from "../segments/one_filter.ts";
import { explained, type Explanation } from "./explaining.ts";
import { audienceShape, resolveAudience } from "./filters.ts";
import { tool, type Call } from "../../conventions/call.ts";
import { audience } from "./queries/audience.ts";
import type { AudienceFilter } from "./queries/filter.ts";
import { byReason, sharedMailboxesByName } from "./groups.ts";
import { attendanceKnown, opensKnown } from "./queries/evidence.ts";
import { appliedFilters, eventsTaken } from "../../conventions/question.ts";
import { together } from "../../conventions/together.ts";
import { now } from "../../mcp/time.ts";
import { counted } from "../../words/counts.ts";

/** Shared mailboxes that are listed; `shared_mailboxes_total` counts all of them. */
const MAILBOXES_LISTED = 100;

export const findAudienceTool = tool({
  name: "find_audience",
  title: "Find an audience",
  description:
    'Who should get the next mail: filters combine with "and". Excluded are people who match too but cannot be mailed; "how many have not …" is answered by fitting. E.g. speakers of 2025 without this year\'s CFP mail: event "Data Day 2025", role speaker, not_received_campaign "CFP 2026".',
  effects: ASKS,
  input: z.strictObject({
    ...audienceShape,
    contact: reference("why are they in or out?").optional(),
    ...paging,
  }),
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
    /** With contact: why that person is in or out. */
    explained: z
      .object({
        contact: named,
        in_audience: z.boolean(),
        failed: z.array(z.string()),
        excluded_for: z.string().nullable(),
      })
      .optional(),
    /** What nobody recorded, so that a filter on it says less than it seems to. */
    warnings: z.array(z.string()),
    ...asked,
  }),
  async handle({ contact: who, ...args }, call, _caller, page) {
    const [resolved, contact] = await together(
      resolveAudience(call, args),
      who === undefined ? null : oneContact(call.sql, who),
    );
    const { filter, events, meaning } = resolved;
    const [after] = (page.after ?? [0]) as [number];
    // Of one person it is asked what each segment makes of them.
    const parts = contact && (await whomItMeans(call, filter, resolved.segments));
    const whole = parts
      ? { filter, meant: parts.meant }
      : await asOneFilter(call, filter, resolved.segments);
    const [found, warnings, explanation] = await together(
      audience(call.sql, whole.filter, whole.meant, call.zone, {
        after,
        limit: page.limit + 1,
        mailboxes: MAILBOXES_LISTED,
      }),
      warningsOf(call, filter, events?.events ?? []),
      contact && parts && explained(call, contact, args, resolved, parts),
    );
    const event = events && eventsTaken(events);
    const contacts = found.contacts.slice(0, page.limit);
    const excluded = byReason(found.excluded);
    const fitting = excluded.reduce((sum, { count }) => sum + count, found.total);
    return {
      headline: [
        ...(explanation ? [whyInWords(explanation)] : []),
        `${String(contacts.length)} of ${counted(found.total, "person", "people")} shown${args.limit === undefined && contacts.length < found.total ? ` (a page is ${String(page.limit)} unless limit says otherwise)` : ""}.`,
        ...(excluded.length > 0
          ? [
              `Left out: ${excluded.map(({ reason, count }) => `${String(count)} ${WHY[reason] ?? plain(reason)}`).join(", ")}; they match the filters too, ${counted(fitting, "person", "people")} in all.`,
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
        ...(explanation && { explained: explanation }),
        warnings,
        as_of: now(call.zone),
        resolved: {
          event,
          campaign: null,
          contact: contact && asTaken(contact),
          from: null,
          to: null,
        },
        filter: appliedFilters(args, { ...meaning, event }),
      },
    };
  },
});

async function warningsOf(
  { sql }: Call,
  filter: AudienceFilter,
  events: readonly Named[],
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

function whyInWords({ contact, in_audience, failed, excluded_for }: Explanation): string {
  const name = plain(contact.name);
  if (in_audience) return `${name} is in it.`;
  if (excluded_for === "erased")
    return `Contact ${String(contact.id)} is not in it: they were erased.`;
  const why = [
    ...failed.map(plain),
    ...(excluded_for === null ? [] : [`cannot be mailed (${WHY[excluded_for] ?? excluded_for})`]),
  ];
  return `${name} is not in it: ${why.join("; ")}.`;
}

const WHY: Record<string, string> = {
  bounced: "bounced",
  complained: "complained",
  unsubscribed: "unsubscribed",
  no_email: "without an e-mail",
};
