import * as z from "zod";
import { oneOf } from "../../../mcp/errors.ts";
import { asked, reference } from "../../../mcp/fields.ts";
import { rate } from "../../../mcp/figures.ts";
import { plain } from "../../../mcp/render.ts";
import { daysUntil, now } from "../../../mcp/time.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { asTaken, nameOf } from "../../../conventions/references/choose.ts";
import { oneEvent } from "../../../conventions/references/event.ts";
import { together } from "../../../conventions/together.ts";
import { counted } from "../../../words/counts.ts";
import { attendance } from "../../attendance/queries/attendance.ts";
import { attendanceShape, stated } from "../../attendance/shape.ts";
import { listCampaigns, type ListedCampaign } from "../../campaigns/queries/listed_campaigns.ts";
import { listNotes } from "../../notes/queries.ts";
import { noteShape } from "../../notes/shape.ts";
import { funnelOf } from "../../recipients/shape.ts";
import { missingColumns } from "../../sessions/queries/columns.ts";
import { factsShape, factsShown, milestonesOf, milestonesShape } from "../facts.ts";
import { eventById } from "../queries/events.ts";
import { eventFacts } from "../queries/facts.ts";
import { listEvents } from "../queries/listed_events.ts";
import { registrationsOfEvent } from "../queries/registrations_of_event.ts";
import { sessionsOfEvent } from "../queries/sessions_of_event.ts";
import { eventShape, outreachShape } from "../shape.ts";

/** How many campaigns and open notes an answer names; more than an event has. */
const MOST = 200;

export const getEventTool = tool({
  name: "get_event",
  title: "One event in full",
  description:
    'All about one event: facts and milestones, registrations, attendance, sessions, campaigns, open notes, outreach. E.g. event "next".',
  effects: ASKS,
  input: z.strictObject({ event: reference() }),
  output: z.object({
    event: eventShape.extend({
      days_until: z.number().meta({ description: "negative for an event that was" }),
    }),
    facts: factsShape,
    milestones: milestonesShape,
    registrations: z.object({
      total: z.number(),
      people: z.number(),
      cancelled: z.number(),
      transferred: z.number(),
      by_ticket_type: z.array(
        z.object({
          ticket_type: z.string().nullable(),
          registrations: z.number(),
          checked_in: z.number(),
        }),
      ),
      by_week: z.array(
        z.object({
          week: z.string().meta({ description: "its Monday" }),
          registrations: z.number(),
        }),
      ),
    }),
    attendance: attendanceShape.nullable().meta({ description: "null: nobody was checked in" }),
    sessions: z
      .object({ total: z.number(), speakers: z.number(), tracks: z.array(z.string()) })
      .nullable()
      .meta({ description: "null where the database does not say of which event they are" }),
    campaigns: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        campaign_type: z.string(),
        status: z.string(),
        communications: z.number(),
        people_reached: z.number(),
        open_rate: z.number().nullable(),
        last_activity_at: z.string().nullable(),
      }),
    ),
    open_notes: z.array(noteShape),
    outreach: outreachShape,
    ...asked,
  }),
  mainList: () => "campaigns",
  async handle(args, call) {
    const { sql, zone } = call;
    const meant = await oneEvent(call, args.event);
    const { id } = meant;
    const [event, facts, registrations, [attended], sessions, missing, campaigns, notes, listed] =
      await together(
        eventById(sql, id),
        eventFacts(sql, id, zone),
        registrationsOfEvent(sql, id),
        attendance(sql, [id]),
        sessionsOfEvent(sql, id),
        missingColumns(sql, SESSION_COLUMNS),
        listCampaigns(sql, { ...ANY_CAMPAIGN, events: [id] }, null, zone, null, MOST),
        listNotes(sql, { ...OPEN_NOTE, events: [id] }, zone, { place: null, id: null }, MOST),
        listEvents(sql, { text: null, year: null, id }, { date: null, id: null }, 1),
      );
    const [row] = listed.events;
    if (!event || !row) throw new Error("the event is not there");
    const walkIns = attended?.walk_ins ?? 0;
    const walkedIn = walkIns > 0 ? ` (${counted(walkIns, "walk-in")} among them)` : "";
    const overdue = notes.overdue > 0 ? ` (${String(notes.overdue)} overdue)` : "";
    const unsaid =
      missing.length > 0 ? ` Sessions are not shown: there is no ${oneOf(missing)}.` : "";
    return {
      headline: `${plain(event.name)} ${dayInWords(event.event_date, zone)}: ${counted(registrations.total, "registration")} of ${counted(registrations.people, "person", "people")}${walkedIn}, ${counted(campaigns.total, "campaign")}, ${counted(notes.total, "open note")}${overdue}.${unsaid}`,
      facts: {
        event: { ...event, days_until: daysUntil(event.event_date, zone) },
        facts: factsShown(facts),
        milestones: milestonesOf(facts, zone),
        registrations,
        attendance: attended === undefined || attended.came === null ? null : stated(attended),
        sessions:
          missing.length > 0
            ? null
            : { ...sessions, tracks: sessions.tracks.map(({ name }) => name) },
        campaigns: campaigns.campaigns.map(inShort),
        open_notes: notes.notes,
        outreach: row.outreach,
        as_of: now(zone),
        resolved: { event: asTaken(meant), campaign: null, contact: null, from: null, to: null },
        filter: { event: nameOf(meant) },
      },
    };
  },
});

/** What says of which event a session is, and who speaks in it. */
const SESSION_COLUMNS = ["speaker_sessions.event_id", "speaker_sessions.contact_id"];
const ANY_CAMPAIGN = { campaign_type: null, status: null, text: null, from: null, to: null };
const OPEN_NOTE = { campaign: null, contacts: null, open: true, dueBefore: null, text: null };

function dayInWords(date: string, zone: string): string {
  const days = daysUntil(date, zone);
  if (days === 0) return `is today (${date})`;
  return days > 0
    ? `is in ${counted(days, "day")} (${date})`
    : `was ${counted(-days, "day")} ago (${date})`;
}

function inShort({ recipients, tracked_mails, ...campaign }: ListedCampaign) {
  const { opened, delivered } = funnelOf(recipients);
  return { ...campaign, open_rate: tracked_mails > 0 ? rate(opened, delivered) : null };
}
