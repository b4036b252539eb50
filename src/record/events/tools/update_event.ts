import * as z from "zod";
import { ToolError } from "../../../mcp/errors.ts";
import { reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { day, inZone } from "../../../mcp/time.ts";
import { CORRECTS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { updateRows } from "../../../conventions/older_rows.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { together } from "../../../conventions/together.ts";
import { difference } from "../../corrections/changes.ts";
import { factsShape, factsShown, milestonesOf, milestonesShape, readFact } from "../facts.ts";
import { lockEvent, lockEventCreation, namesakeOf } from "../queries/events.ts";
import {
  deleteFacts,
  eventFacts,
  saveFacts,
  type EventFact,
  type NewFact,
} from "../queries/facts.ts";
import { EVENT_STATUSES, eventShape } from "../shape.ts";

const valueShape = z.union([z.string(), z.number(), z.boolean()]).nullable();
type Value = z.output<typeof valueShape>;

const FIELDS = ["name", "event_date", "location", "description", "status"] as const;

export const updateEventTool = tool({
  name: "update_event",
  title: "Update an event",
  description:
    'Changes an event or notes facts of it, e.g. event "next", facts {cfp_closes: "2026-06-30", submit_url: "https://…"}. Facts fill mail templates; times among them are milestones.',
  effects: CORRECTS,
  input: z.strictObject({
    event: reference(),
    name: text(200).optional(),
    event_date: text(20, "YYYY-MM-DD").optional(),
    location: text(300).nullable().optional(),
    description: text(10_000).nullable().optional(),
    status: z.enum(EVENT_STATUSES).optional(),
    facts: z
      .record(z.string(), z.unknown())
      .meta({
        description:
          "null removes. Known: cfp_opens, cfp_closes, speakers_notified_by, registration_opens, registration_closes, doors_open_at, submit_url, registration_url, feedback_url, website_url, theme, tagline, hashtag, brief, format, contact_person, capacity; others welcome, times ending in _at, _on, _by, _opens, _closes",
      })
      .optional(),
  }),
  output: z.object({
    event: eventShape,
    facts: factsShape,
    milestones: milestonesShape,
    changed: z.record(z.string(), z.tuple([valueShape, valueShape])),
  }),
  async handle(args, call) {
    const { sql, zone } = call;
    const date = args.event_date === undefined ? null : day(args.event_date, zone, "event_date");
    const { save, remove } = readFacts(args.facts ?? {}, zone);
    const { id } = await oneEvent(call, args.event);
    const isRenamed = args.name !== undefined || date !== null;
    const [, before, namesake, factsBefore] = await together(
      isRenamed ? lockEventCreation(sql) : null,
      lockEvent(sql, id),
      isRenamed ? namesakeOf(sql, id, args.name ?? null, date) : undefined,
      eventFacts(sql, id, zone),
    );
    if (!before) throw new ToolError("The event was removed meanwhile; list_events lists all.");
    if (namesake) {
      throw new ToolError(
        `There is an event of that name on that day already, with id ${String(namesake.id)}.`,
      );
    }
    refuseOwnColumns([...save.map(({ key }) => key), ...remove], factsBefore);
    const event = {
      id,
      name: args.name ?? before.name,
      event_date: date ?? before.event_date,
      location: args.location === undefined ? before.location : args.location,
      description: args.description === undefined ? before.description : args.description,
      status: args.status ?? before.status,
    };
    const known = factsShown(factsBefore);
    const news = save.filter((fact) => known[fact.key] !== shown(fact, zone));
    const gone = remove.filter((key) => key in known);
    const fields = difference(before, event, FIELDS);
    const [, , , factsAfter] = await together(
      Object.keys(fields).length === 0
        ? null
        : updateRows(sql, "events", [{ id }], {
            ...Object.fromEntries(Object.entries(fields).map(([field, [, to]]) => [field, to])),
            ...(date !== null && { year: Number(date.slice(0, 4)) }),
          }),
      news.length === 0 ? null : saveFacts(sql, id, news),
      gone.length === 0 ? null : deleteFacts(sql, id, gone),
      eventFacts(sql, id, zone),
    );
    const facts = factsShown(factsAfter);
    const changed = { ...fields, ...factsChanged(known, facts) };
    const what = Object.keys(changed);
    return {
      headline:
        what.length === 0
          ? `${plain(event.name)} is so already; nothing was changed.`
          : `Changed ${what.join(", ")} of ${plain(event.name)}.`,
      facts: { event, facts, milestones: milestonesOf(factsAfter, zone), changed },
    };
  },
});

type Facts = z.output<typeof factsShape>;

/** The facts to be saved, and the keys of those to be removed. */
function readFacts(given: Record<string, unknown>, zone: string) {
  const entries = Object.entries(given);
  return {
    save: entries
      .filter(([, value]) => value !== null)
      .map(([key, value]) => readFact(key, value, zone)),
    remove: entries.filter(([, value]) => value === null).map(([key]) => key),
  };
}

function refuseOwnColumns(keys: readonly string[], facts: readonly EventFact[]): void {
  const own = facts.filter(({ key, is_own_column }) => is_own_column && keys.includes(key));
  if (own.length === 0) return;
  throw new ToolError(
    `${own.map(({ key }) => `facts.${key}`).join(" and ")} cannot be changed here: the organiser's own database keeps ${own.length === 1 ? "it in a column" : "them in columns"} of its events, which ${own.length === 1 ? "is" : "are"} only read.`,
  );
}

/** What an answer shows of a fact that is to be saved. */
function shown({ at, day, value }: NewFact, zone: string): EventFact["value"] {
  return at === null ? (day ?? value) : inZone(at, zone);
}

/** Each fact that changed, as it was and as it is. */
function factsChanged(before: Facts, after: Facts) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    keys
      .filter((key) => before[key] !== after[key])
      .map((key) => [`facts.${key}`, [before[key] ?? null, after[key] ?? null] as [Value, Value]]),
  );
}
