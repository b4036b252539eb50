import * as z from "zod";
import { asked, named, paged, paging, reference, text, when } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { ASKS } from "../../mcp/tool.ts";
import { counted } from "../../words/counts.ts";
import { tool } from "../../conventions/call.ts";
import { DISTRIBUTION_CHANNELS } from "../assets/shape.ts";
import { COMMUNICATION_CHANNELS, COMMUNICATION_STATUSES } from "../communications/shape.ts";
import { byStatus, byStatusOf } from "../recipients/shape.ts";
import {
  timelineEntries,
  timelineSummary,
  type TimelineFilter,
  type TimelineSummary,
} from "./queries.ts";
import { asFilter, understand } from "../../conventions/question.ts";

/** Kinds of entries, each with the word for one and for several. */
const KINDS = {
  email: ["mail", "mails"],
  linkedin_post: ["LinkedIn post", "LinkedIn posts"],
  marketing_material: ["material", "materials"],
  asset_created: ["asset", "assets"],
  distribution: ["distribution", "distributions"],
} as const;
const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** Channels of communications and of distributions; `email` is one of both. */
const CHANNELS = [
  ...COMMUNICATION_CHANNELS,
  ...DISTRIBUTION_CHANNELS.filter((channel) => channel !== "email"),
] as const;

export const queryOutreachTimelineTool = tool({
  name: "query_outreach_timeline",
  title: "What was done, in order",
  description:
    'Mails, posts, assets and distributions in order of time, e.g. event "Data & AI Day 2026" or campaign "CFP 2026". Drafts only if status asks; channel linkedin means posts and distributions.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    campaign: reference().optional(),
    contact: reference("only mails to this person").optional(),
    kinds: z.array(z.enum(KIND_NAMES)).optional(),
    channels: z.array(z.enum(CHANNELS)).optional(),
    status: z.array(z.enum(COMMUNICATION_STATUSES)).optional(),
    text: text(200, "words of title or notes").optional(),
    from: when().optional(),
    to: when().optional(),
    order: z.enum(["asc", "desc"]).optional(),
    ...paging,
  }),
  output: z.object({
    entries: z.array(
      z.object({
        at: z.string(),
        kind: z.string(),
        id: z.number(),
        title: z.string(),
        channel: z.string().nullable(),
        status: z.string().nullable(),
        campaign: named.nullable(),
        event: named,
        recipient_count: z.number().nullable(),
        by_status: byStatus,
        reach_estimate: z.number().nullable(),
        url: z.string().nullable(),
        notes: z.string().nullable(),
      }),
    ),
    summary: z.object({ by_kind: z.record(z.string(), z.number()), people: z.number() }),
    drafts_not_shown: z.number(),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    // Entries carry one person's status, so that several people cannot be meant here.
    const question = await understand(call, args, "one");
    const [contact] = [question.answer.resolved.contact ?? []].flat();
    const filter: TimelineFilter = {
      events: question.events,
      campaign: question.campaign,
      contact: question.contacts?.[0] ?? null,
      kinds: asFilter(args.kinds),
      channels: asFilter(args.channels),
      status: asFilter(args.status),
      text: args.text ?? null,
      from: question.from,
      to: question.to,
      newestFirst: args.order === "desc",
    };
    const [place = null, kind = null, id = null] = (page.after ?? []) as [
      string?,
      string?,
      number?,
    ];
    const [found, summary] = await Promise.all([
      timelineEntries(sql, filter, zone, { place, kind, id }, page.limit + 1),
      timelineSummary(sql, filter),
    ]);
    const entries = found
      .slice(0, page.limit)
      .map(({ recipients, ...entry }) => ({ ...entry, by_status: byStatusOf(recipients) }));
    const counts = inOrder(summary);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const words = counts.map(({ name, count }) => counted(count, KINDS[name][0], KINDS[name][1]));
    const whose = contact === undefined ? "" : ` to ${plain(contact.name)}`;
    const drafts =
      summary.drafts === 0
        ? ""
        : ` Not shown: ${counted(summary.drafts, "draft")} (status ["draft"] shows them).`;
    return {
      headline: `${String(entries.length)} of ${counted(total, "entry", "entries")} shown${total === 0 ? "" : `: ${words.join(", ")}${whose}`}.${drafts}`,
      facts: {
        entries,
        summary: {
          by_kind: Object.fromEntries(counts.map(({ name, count }) => [name, count])),
          people: summary.people,
        },
        drafts_not_shown: summary.drafts,
        total,
        next_cursor: page.next(found, (last) => [last.place, last.kind, last.id]),
        ...question.answer,
      },
    };
  },
});

/** How many entries there are of each kind that occurs. */
function inOrder({ by_kind }: TimelineSummary) {
  return KIND_NAMES.map((name) => ({
    name,
    count: by_kind.find(({ kind }) => kind === name)?.entries ?? 0,
  })).filter(({ count }) => count > 0);
}
