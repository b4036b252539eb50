import * as z from "zod";
import { asked, named, paged, paging, reference, taken, text, when } from "../../mcp/fields.ts";
import { ASKS } from "../../mcp/tool.ts";
import { counted } from "../../words/counts.ts";
import { tool } from "../../conventions/call.ts";
import { byStatus, byStatusOf, funnel, funnelOf } from "./shape.ts";
import { eventsSyncedTo } from "../delivery_events/queries.ts";
import {
  countRecipients,
  isTracked,
  peopleMeant,
  recipientsPage,
  type RecipientFilter,
} from "./queries.ts";
import { asFilter, understand } from "../../conventions/question.ts";
import { CAMPAIGN_TYPES } from "../campaigns/shape.ts";
import { REPORTED_STATUSES } from "./shape.ts";
import { ROLES } from "../people/shape.ts";

/** Of more people than these, the mails are sooner found by reading all than one person's at a time. */
const FEW = 2000;

export const queryRecipientsTool = tool({
  name: "query_recipients",
  title: "Who was sent what",
  description:
    'Who was sent mails and what became of each, newest first, e.g. campaign "CFP 2026", status ["bounced"]. Counts, people and funnel cover everyone who matches.',
  effects: ASKS,
  input: z.strictObject({
    campaign: reference().optional(),
    communication: reference().optional(),
    event: reference().optional(),
    campaign_type: z.enum(CAMPAIGN_TYPES).optional(),
    role: z.enum(ROLES).optional(),
    status: z.array(z.enum(REPORTED_STATUSES)).optional(),
    text: text(200, "words of name or e-mail").optional(),
    from: when("of sent_at").optional(),
    to: when().optional(),
    ...paging,
  }),
  output: z.object({
    recipients: z.array(
      z.object({
        contact_id: z.number(),
        name: z.string(),
        email: z.string().nullable(),
        status: z.string(),
        status_at: z.string().nullable(),
        reason: z.string().nullable(),
        opened_at: z.string().nullable(),
        clicked_at: z.string().nullable(),
        sent_at: z.string().nullable(),
        communication: z.object({ id: z.number(), title: z.string() }),
        campaign: named,
      }),
    ),
    people: z.number(),
    people_by_status: byStatus,
    by_status: byStatus,
    funnel,
    tracked: z.boolean(),
    events_synced_to: z.string().nullable(),
    ...paged,
    ...asked,
    resolved: asked.resolved.extend({ communication: taken.nullable() }),
  }),
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    const question = await understand(call, args);
    const meant =
      args.text === undefined && args.role === undefined
        ? null
        : await peopleMeant(sql, args.text ?? null, args.role ?? null, question.events);
    const isCrowd = meant !== null && meant.count > FEW;
    const filter: RecipientFilter = {
      events: question.events,
      campaign: question.campaign,
      communication: question.communication?.id ?? null,
      campaign_type: args.campaign_type ?? null,
      people: isCrowd ? null : (meant?.ids ?? null),
      crowd: isCrowd ? meant.ids : null,
      status: asFilter(args.status),
      from: question.from,
      to: question.to,
    };
    const { status: _status, crowd: _crowd, ...narrowing } = filter;
    const isNarrow = Object.values(narrowing).some((value) => value !== null);
    const [position, id] = (page.after ?? []) as [string?, number?];
    const after = position === undefined || id === undefined ? null : { position, id };
    const [counts, tracked, found, syncedTo] = await Promise.all([
      countRecipients(sql, filter, isNarrow),
      isTracked(sql, filter),
      recipientsPage(sql, filter, isNarrow, after, page.limit + 1, zone),
      eventsSyncedTo(sql, zone),
    ]);
    const recipients = found
      .slice(0, page.limit)
      .map(({ id: _id, position: _position, ...recipient }) => recipient);

    const rows = REPORTED_STATUSES.map((name) => ({
      status: name,
      recipients: counts.reduce((sum, count) => sum + count[name], 0),
    }));
    const total = rows.reduce((sum, row) => sum + row.recipients, 0);
    const people = counts.reduce((sum, count) => sum + count.people, 0);
    const by_status = byStatusOf(rows);
    const statuses = Object.entries(by_status).map(([name, count]) => `${String(count)} ${name}`);
    const sent = by_status.sent ?? 0;
    const untracked =
      sent > 0 && !tracked ? ` What became of the ${String(sent)} sent is not known.` : "";
    const unknown = by_status.unknown ?? 0;
    const uncertain =
      unknown > 0
        ? ` Whether ${String(unknown)} of them got it is not known (sync_delivery_events may tell).`
        : "";
    return {
      headline:
        total === 0
          ? "0 of 0 recipients: nobody matches."
          : `${String(recipients.length)} of ${counted(total, "recipient")} shown: ${counted(people, "person", "people")}; ${statuses.join(", ")}.${untracked}${uncertain}`,
      facts: {
        recipients,
        people,
        people_by_status: byStatusOf(
          counts.map((count) => ({ status: count.best, recipients: count.people })),
        ),
        by_status,
        funnel: funnelOf(rows),
        tracked,
        events_synced_to: syncedTo,
        total,
        next_cursor: page.next(found, (last) => [last.position, last.id]),
        ...question.answer,
      },
    };
  },
});
