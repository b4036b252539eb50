import * as z from "zod";
import { asked, paged, paging, text, wholeNumber } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { day } from "../../mcp/time.ts";
import { ASKS, RECORDS } from "../../mcp/tool.ts";
import { tool } from "../../conventions/call.ts";
import { findEvent, insertEvent, listEvents, lockEventCreation } from "./queries.ts";
import { understand } from "../../conventions/question.ts";

/** Not in the plan's tables, so that the organiser's own database may know others. */
const EVENT_STATUSES = [
  "planned",
  "registration_open",
  "in_progress",
  "completed",
  "cancelled",
] as const;

export const listEventsTool = tool({
  name: "list_events",
  title: "List events",
  description:
    "Events newest first, each with its registrations, attendance and outreach in numbers. Use it to find an event or compare years.",
  effects: ASKS,
  input: z.strictObject({
    text: text(200).optional(),
    year: wholeNumber(1900).optional(),
    ...paging,
  }),
  output: z.object({
    events: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        event_date: z.string(),
        location: z.string().nullable(),
        status: z.string().nullable(),
        campaigns: z.number(),
        registrations: z.number(),
        attended: z.number().nullable(),
        outreach: z.object({
          emails: z.number(),
          people_reached: z.number(),
          /** Of both kinds together. */
          posts: z.number(),
          linkedin_posts: z.number(),
          marketing_materials: z.number(),
          assets: z.number(),
          reach_estimate: z.number().nullable(),
        }),
      }),
    ),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const filter = { text: args.text ?? null, year: args.year ?? null };
    const [date, id] = (page.after ?? [null, null]) as [string | null, number | null];
    const question = await understand(call, args);
    const found = await listEvents(call.sql, filter, { date, id }, page.limit + 1);
    const events = found.events
      .slice(0, page.limit)
      .map(
        ({
          emails,
          people_reached,
          posts,
          linkedin_posts,
          marketing_materials,
          assets,
          reach_estimate,
          ...event
        }) => ({
          ...event,
          outreach: {
            emails,
            people_reached,
            posts,
            linkedin_posts,
            marketing_materials,
            assets,
            reach_estimate,
          },
        }),
      );
    return {
      headline: `${String(events.length)} of ${String(found.total)} events shown.`,
      facts: {
        events,
        total: found.total,
        next_cursor: page.next(found.events, (last) => [last.event_date, last.id]),
        ...question.answer,
      },
    };
  },
});

export const createEventTool = tool({
  name: "create_event",
  title: "Create an event",
  description:
    'Adds an event, e.g. name "Data & AI Day 2026", event_date "2026-11-14". Name and date that are there already are returned with created: false.',
  effects: RECORDS,
  input: z.strictObject({
    name: text(200),
    event_date: text(20, "YYYY-MM-DD"),
    location: text(300).optional(),
    description: text(10_000).optional(),
    status: z.enum(EVENT_STATUSES).optional(),
  }),
  output: z.object({
    event: z.object({
      id: z.number(),
      name: z.string(),
      event_date: z.string(),
      location: z.string().nullable(),
      description: z.string().nullable(),
      status: z.string().nullable(),
    }),
    created: z.boolean(),
  }),
  async handle(args, { sql, zone }) {
    const date = day(args.event_date, zone, "event_date");
    await lockEventCreation(sql);
    const existing = await findEvent(sql, args.name, date);
    const event =
      existing ??
      (await insertEvent(sql, {
        name: args.name,
        event_date: date,
        location: args.location ?? null,
        description: args.description ?? null,
        status: args.status ?? null,
      }));
    if (!event) throw new Error("INSERT answered no row");
    return {
      headline: existing
        ? `${plain(event.name)} on ${date} was there already; nothing was changed.`
        : `Created ${plain(event.name)} on ${date}.`,
      facts: { event, created: !existing },
    };
  },
});
