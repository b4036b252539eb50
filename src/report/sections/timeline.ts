import { daysUntil, edgeOfDay, inZone } from "../../mcp/time.ts";
import { element } from "../../mcp/page/html.ts";
import { milestonesOf } from "../../record/events/facts.ts";
import { kindInWords, legend } from "../drawing/marks.ts";
import { timelineDrawing, type Day } from "../drawing/timeline.ts";
import type { ReportFacts } from "../facts/record.ts";
import { sentence, table, titled, type Section } from "../page/parts.ts";
import { figure, moment, day, several, spoken } from "../words.ts";

/** What was done, drawn along time. */
export function timelineSection(facts: ReportFacts): Section {
  const { shown } = facts.timeline;
  const body =
    shown.length === 0
      ? sentence("Nothing was sent, published or shared yet.")
      : element(
          "figure",
          {},
          timelineDrawing(shown, daysOf(facts), facts.zone),
          legend([...new Set(shown.map(({ kind }) => kind))]),
        );
  return { name: "timeline", title: "What was done", body };
}

/** What was done, one by one, among the days that mattered. It stands last, as it may be long. */
export function entriesSection(facts: ReportFacts): Section | null {
  const { shown, total } = facts.timeline;
  if (shown.length === 0) return null;
  const days = daysOf(facts)
    .filter(({ kind }) => kind !== "today")
    .map(({ at, text, kind }) => ({
      at,
      title: text,
      kind: kind === "event" ? "Event" : "Milestone",
      campaign: null,
      recipients: [] as ReportFacts["timeline"]["shown"][number]["recipients"],
      reach_estimate: null,
      channel: null,
      isDay: true,
    }));
  // The event comes last of what begins with its day, and before what was done on it.
  const rows = [
    ...days.slice(1),
    ...days.slice(0, 1),
    ...shown.map((entry) => ({ ...entry, isDay: false })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return {
    name: "entries",
    title: "One by one",
    body: table(
      total > shown.length
        ? `The first ${figure(shown.length)} of ${several(total, "entry", "entries")}`
        : several(total, "entry", "entries"),
      [
        {
          head: "What",
          cell: ({ title, campaign }) =>
            titled(title, facts.campaign === null && campaign !== null && campaign.name),
        },
        { head: "Kind", cell: inWords },
        { head: "When", kind: "date", cell: ({ at, isDay }) => (isDay ? day(at) : moment(at)) },
        {
          head: "People",
          kind: "number",
          cell: ({ recipients, reach_estimate }) => {
            const people = recipients.reduce((sum, counted) => sum + counted.recipients, 0);
            if (people > 0) return figure(people);
            return reach_estimate === null ? "" : `about ${figure(reach_estimate)}`;
          },
        },
      ],
      rows,
    ),
  };
}

function inWords(entry: { kind: string; channel: string | null; isDay: boolean }): string {
  if (entry.isDay) return entry.kind;
  return entry.kind === "distribution"
    ? `Shared: ${spoken(entry.channel ?? "")}`
    : kindInWords(entry.kind);
}

/**
 * The event, today where it is still to come, and its milestones. The event is a whole day: whatever the hour of
 * a milestone on it, that is not after it.
 */
function daysOf({ event, facts, zone, asOf }: ReportFacts): Day[] {
  const at = inZone(edgeOfDay(event.event_date, zone, "start"), zone);
  const isAhead = daysUntil(event.event_date, zone) > 0;
  return [
    { at, text: "Event", kind: "event" },
    ...(isAhead ? [{ at: asOf, text: "Today", kind: "today" as const }] : []),
    ...milestonesOf(facts, zone).map((milestone) => ({
      at: milestone.at.startsWith(event.event_date) ? at : milestone.at,
      text: spoken(milestone.key.replace(/_(?:at|on)$/u, "")),
      kind: "milestone" as const,
    })),
  ];
}
