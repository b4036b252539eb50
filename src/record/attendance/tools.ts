import * as z from "zod";
import { asked, named, paging, paged, reference } from "../../mcp/fields.ts";
import { rate } from "../../mcp/figures.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { today } from "../../mcp/time.ts";
import { ASKS } from "../../mcp/tool.ts";
import { tool, type Call } from "../../conventions/call.ts";
import { appliedFilters, eventsTaken, understand } from "../../conventions/question.ts";
import { eventOrYear } from "../../conventions/references/event.ts";
import { together } from "../../conventions/together.ts";
import { counted } from "../../words/counts.ts";
import { columnsNotThere, notKnown, WHO_SPOKE_WHERE } from "../sessions/columns.ts";
import { assumedEvents, attendance } from "./queries/attendance.ts";
import { attendanceGroups, type GroupPlace } from "./queries/groups.ts";
import { overlaps, regulars, type Overlap, type Regular } from "./queries/followed.ts";
import { attendanceShape, stated } from "./shape.ts";
import { eventInWords, eventsInWords, isToCome } from "./wording.ts";

/** Every pair of these many events is compared; of more, each with the one before. */
const MOST_COMPARED = 12;

/** What the numbers of an answer mean, for whoever repeats them. */
const MEANING = {
  registered: "people who registered before the day; walk-ins apart",
  came: "people checked in, walk-ins among them; null: nobody was checked in, or not yet",
  walk_ins: "people who came without having registered",
  no_shows: "registered people who did not come",
  show_rate: "registered people who came / registered people",
  first_time: "came, and to no earlier event; returning: to an earlier one as well",
  tickets: "cancelled, transferred and complimentary count tickets, all else people",
  groups: "who holds several tickets may be in several",
  overlap: "came to both; to one still to come: registered for it",
  regulars: "came to most, at least to two; spoke: by sessions and the role speaker",
};

export const queryAttendanceTool = tool({
  name: "query_attendance",
  title: "Query attendance",
  description:
    'Who came: registered, came, no-shows, walk-ins, first-timers of each event, in groups (by), who came to one event and again to another (events), and regulars. E.g. event "last", by "source"; regulars 10.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    events: z.array(reference()).max(50).optional(),
    by: z.enum(["source", "ticket_type", "profession", "company", "week"]).optional(),
    regulars: z.number().int().min(1).max(200).meta({ description: "how many" }).optional(),
    ...paging,
  }),
  output: z.object({
    events: z.array(attendanceShape),
    groups: z.array(
      z.object({
        event: named,
        value: z.string().nullable(),
        registered: z.number(),
        came: z.number().nullable(),
        no_shows: z.number().nullable(),
        show_rate: z.number().nullable(),
      }),
    ),
    overlap: z.array(z.object({ from: named, to: named, people: z.number() })),
    regulars: z.array(
      z.object({
        contact_id: z.number(),
        name: z.string(),
        came: z.number(),
        spoke: z.number(),
        events: z.array(named),
      }),
    ),
    assumed_from_registrations: z.array(named),
    meaning: z.record(z.string(), z.string()),
    missing_columns: z.array(z.string()),
    /** Of the groups. */
    ...paged,
    ...asked,
  }),
  mainList: ({ by, regulars }) =>
    regulars !== undefined ? "regulars" : by !== undefined ? "groups" : "events",
  async handle(args, call, _caller, page) {
    const { sql, zone } = call;
    const question = await eventsOf(call, args);
    const { events } = question;
    const compared = events !== null && events.length > 1 ? events : null;
    const areCompared = compared !== null || args.regulars !== undefined;
    const [after = null] = (page.after ?? []) as [GroupPlace?];
    const needed = args.by === "profession" || args.by === "company" ? [`contacts.${args.by}`] : [];
    const [missing, found, groups, pairs, faithful, assumed] = await together(
      columnsNotThere(call, needed, args.regulars === undefined ? [] : WHO_SPOKE_WHERE),
      attendance(sql, events),
      args.by === undefined
        ? { total: 0, groups: [] }
        : attendanceGroups(sql, events, args.by, after, page.limit + 1),
      overlaps(sql, compared ?? []),
      args.regulars === undefined
        ? ([] as Regular[])
        : regulars(sql, events, today(zone), args.regulars),
      assumedEvents(sql, events, areCompared),
    );
    const ahead = new Set(
      found.filter((event) => isToCome(event, zone)).map(({ event }) => event.id),
    );
    const assumedOver = assumed.filter(({ id }) => !ahead.has(id));
    const assumedAhead = assumed.filter(({ id }) => compared !== null && ahead.has(id));
    const shown = groups.groups.slice(0, page.limit);
    const overlap =
      compared !== null && compared.length > MOST_COMPARED ? neighbours(pairs, found) : pairs;
    return {
      headline: [
        found.length === 1 && found[0] ? eventInWords(found[0], zone) : eventsInWords(found, zone),
        args.by && `${String(shown.length)} of ${counted(groups.total, "group")} shown.`,
        args.regulars &&
          `${counted(faithful.length, "person", "people")} shown who came most often.`,
        assumedOver.length > 0 &&
          `Of ${namesOf(assumedOver)} no check-in is known: whoever registered counts as having come.`,
        assumedAhead.length > 0 &&
          `In overlap whoever registered counts for ${namesOf(assumedAhead)}, still to come.`,
        notKnown(missing),
      ]
        .filter(Boolean)
        .join(" "),
      facts: {
        events: found.map(stated),
        groups: shown.map(({ place: _place, registered_came, came, ...group }) => ({
          ...group,
          came,
          no_shows: came === null ? null : group.registered - registered_came,
          show_rate: came === null ? null : rate(registered_came, group.registered),
        })),
        overlap,
        regulars: faithful,
        assumed_from_registrations: [...assumedOver, ...assumedAhead],
        meaning: MEANING,
        missing_columns: missing,
        total: groups.total,
        next_cursor: page.next(groups.groups, (last) => [last.place]),
        ...question.answer,
      },
    };
  },
});

/** What a call asks for, but for its page. */
interface Asked {
  event?: string | undefined;
  events?: readonly string[] | undefined;
  by?: string | undefined;
  regulars?: number | undefined;
}

/** The events of a call, one or several, and what its answer says of them. */
async function eventsOf(call: Call, { event, events: given, by, regulars: most }: Asked) {
  const others = { by, regulars: most };
  if (given === undefined || given.length === 0) return understand(call, { event, ...others });
  if (event !== undefined) throw new ToolError("Give event or events, and not both.");
  const [question, ...several] = await together(
    understand(call, others),
    ...given.map((one) => eventOrYear(call, one)),
  );
  const meant = several.flatMap(({ events }) => events);
  const unique = [...new Map(meant.map((event) => [event.id, event])).values()];
  const resolved = {
    ...question.answer.resolved,
    event: eventsTaken({ events: unique, isYear: true }),
  };
  return {
    ...question,
    events: unique.map(({ id }) => id),
    answer: {
      ...question.answer,
      resolved,
      filter: appliedFilters({ events: [...given], ...others }, { events: resolved.event }),
    },
  };
}

function namesOf(events: readonly { name: string }[]): string {
  return events.map(({ name }) => plain(name)).join(", ");
}

function neighbours(pairs: readonly Overlap[], newestFirst: readonly { event: { id: number } }[]) {
  const order = newestFirst.map(({ event }) => event.id).reverse();
  return pairs.filter(({ from, to }) => order.indexOf(to.id) === order.indexOf(from.id) + 1);
}
