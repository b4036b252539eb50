import { DateTime } from "luxon";
import { element, html, type Html } from "../../mcp/page/html.ts";
import { rate } from "../../mcp/figures.ts";
import { daysUntil } from "../../mcp/time.ts";
import { stated } from "../../record/attendance/shape.ts";
import { funnelOf } from "../../record/recipients/shape.ts";
import { everyWeek } from "../drawing/columns.ts";
import { linesDrawing, linesLegend, type Line } from "../drawing/lines.ts";
import type { EventBefore, EventInNumbers, ReportFacts } from "../facts/record.ts";
import { sentence, table, titled, type Section } from "../page/parts.ts";
import { day, figure, several, share, UNKNOWN } from "../words.ts";
import { openRate } from "./figures.ts";

/** One thing counted of both events; null where it is not known. */
interface Compared {
  what: string;
  now: number | null;
  then: number | null;
  isRate?: boolean;
}

/** The event beside the one before it, or a campaign beside those of its type then. */
export function comparisonSection(facts: ReportFacts): Section | null {
  const { before } = facts;
  if (before === null) return null;
  const title = `Beside ${before.event.name}`;
  if (facts.campaign !== null) {
    const rows = ofCampaigns(facts, before);
    return rows && { name: "comparison", title, body: rows };
  }
  const isToCome = daysUntil(facts.event.event_date, facts.zone) > 0;
  const lines = [lineOf(facts, "this"), lineOf(before, "before")];
  const rows: Compared[] = [
    ...(isToCome
      ? [
          {
            what: "Registrations, this long before the event",
            now: facts.registrations.total,
            then: before.atThisDistance.total,
          },
        ]
      : []),
    {
      what: isToCome ? "Registrations in all" : "Registrations",
      now: isToCome ? null : facts.registrations.total,
      then: before.registrations.total,
    },
    ...compared<EventInNumbers>(facts, before, (one) => [
      { what: "People who came", value: one.attendance?.came },
      {
        what: "Came of those registered",
        value: one.attendance === null ? null : stated(one.attendance).show_rate,
        isRate: true,
      },
      { what: "Came for the first time", value: one.attendance?.first_time },
      { what: "Mails", value: one.outreach.emails },
      { what: "People reached by mail", value: one.outreach.people_reached },
      { what: "Open rate", value: openRate(one), isRate: true },
      { what: "Posts", value: one.outreach.posts },
      { what: "Reach of shared material, estimated", value: one.outreach.reach_estimate },
      { what: "Sessions", value: one.sessions.total },
      { what: "Speakers", value: one.sessions.speakers },
    ]),
  ];
  return {
    name: "comparison",
    title,
    body: html(
      sentence(
        `${before.event.name} was on ${day(before.event.event_date)}.${facts.attendance === null ? "" : ` ${several(before.cameAgain, "person", "people")} who came to it came again.`}`,
      ),
      lines.every(({ points }) => points.length > 1)
        ? element("figure", {}, linesDrawing(lines), linesLegend(lines))
        : html(),
      comparedTable(rows, facts.event.name, before.event.name),
    ),
  };
}

function ofCampaigns(facts: ReportFacts, before: EventBefore): Html | null {
  const { campaign } = facts;
  const then = before.campaigns.filter(
    ({ campaign_type }) => campaign_type === campaign?.campaign_type,
  );
  const [other] = then;
  if (campaign === null || other === undefined || then.length > 1) return null;
  const values = (one: typeof campaign) => {
    const funnel = funnelOf(one.recipients);
    const isTracked = one.tracked_mails > 0;
    return [
      { what: "People on its lists", value: one.people },
      { what: "People reached by mail", value: one.people_reached },
      {
        what: "Open rate",
        value: isTracked ? rate(funnel.opened, funnel.delivered) : null,
        isRate: true,
      },
      {
        what: "Click rate",
        value: isTracked ? rate(funnel.clicked, funnel.delivered) : null,
        isRate: true,
      },
      { what: "Mails and posts", value: one.communications },
      { what: "Assets", value: one.assets },
    ];
  };
  return comparedTable(compared(campaign, other, values), campaign.name, other.name);
}

/** What is known of at least one of two. */
function compared<One>(
  now: One,
  then: One,
  values: (one: One) => { what: string; value: number | null | undefined; isRate?: boolean }[],
): Compared[] {
  const others = values(then);
  return values(now)
    .map(({ what, value, isRate = false }, index) => ({
      what,
      now: value ?? null,
      then: others[index]?.value ?? null,
      isRate,
    }))
    .filter((row) => row.now !== null || row.then !== null)
    .filter((row) => row.now !== 0 || row.then !== 0);
}

function comparedTable(rows: readonly Compared[], now: string, then: string): Html {
  const shown = (value: number | null, isRate = false) => (isRate ? share(value) : figure(value));
  return table(
    "Side by side",
    [
      { head: "What", cell: ({ what }) => titled(what) },
      { head: now, kind: "number", cell: (row) => shown(row.now, row.isRate) },
      { head: then, kind: "number", cell: (row) => shown(row.then, row.isRate) },
      { head: "Change", kind: "number", cell: change },
    ],
    rows,
  );
}

function change({ now, then, isRate = false }: Compared): string {
  if (now === null || then === null) return UNKNOWN;
  const by = now - then;
  if (by === 0) return "same";
  const sign = by > 0 ? "+" : "−";
  return isRate
    ? `${sign}${(Math.abs(by) * 100).toFixed(1)}\u00a0points`
    : `${sign}${figure(Math.abs(by))}`;
}

/** Registrations in all at the end of each week, counted in weeks before that of the event. */
function lineOf({ event, registrations }: EventInNumbers, shade: Line["shade"]): Line {
  const own = DateTime.fromISO(event.event_date, { zone: "utc" }).startOf("week");
  let total = 0;
  const points = everyWeek(registrations.by_week).map(({ week, registrations: count }) => {
    total += count;
    return {
      weeks: Math.round(own.diff(DateTime.fromISO(week, { zone: "utc" }), "weeks").weeks),
      total,
    };
  });
  return { name: event.name, shade, points };
}
