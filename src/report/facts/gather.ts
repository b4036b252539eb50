import { DateTime } from "luxon";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { daysUntil, now } from "../../mcp/time.ts";
import { listAssets } from "../../record/assets/queries/assets.ts";
import { attendance } from "../../record/attendance/queries/attendance.ts";
import { overlaps } from "../../record/attendance/queries/followed.ts";
import {
  listCampaigns,
  type ListedCampaign,
} from "../../record/campaigns/queries/listed_campaigns.ts";
import { campaignCommunications } from "../../record/campaigns/queries/whole_campaign.ts";
import { eventBefore } from "../../record/events/queries/event_before.ts";
import { eventById, type RecordedEvent } from "../../record/events/queries/events.ts";
import { eventFacts } from "../../record/events/queries/facts.ts";
import { listEvents } from "../../record/events/queries/listed_events.ts";
import { registrationsOfEvent } from "../../record/events/queries/registrations_of_event.ts";
import { sessionsOfEvent } from "../../record/events/queries/sessions_of_event.ts";
import { listNotes } from "../../record/notes/queries.ts";
import { registrationCounts, sourceGroups } from "../../record/registrations/queries/counts.ts";
import { campaignOutcomes } from "../../record/registrations/queries/outcomes.ts";
import { WHO_SPOKE_WHERE } from "../../record/sessions/columns.ts";
import { missingColumns } from "../../record/sessions/queries/columns.ts";
import { listSessions } from "../../record/sessions/queries/sessions.ts";
import { timelineEntries, timelineSummary } from "../../record/timeline/queries.ts";
import type { EventBefore, EventInNumbers, ReportFacts } from "./record.ts";
import { eachText, harmless } from "./texts.ts";

/** How many rows of a list a report shows; it says how many there are. */
const MOST = 500;

const ANY_SESSION = { speakers: null, track: null, level: null, text: null };
const ANY_ASSET = {
  asset: null,
  asset_type: null,
  text: null,
  shared: null,
  without_reach: null,
};
const OPEN_NOTE = { contacts: null, open: true, dueBefore: null, text: null };
const ANY_CAMPAIGN = { campaign_type: null, status: null, text: null, from: null, to: null };

/**
 * Gathers what a report is about, by the queries of the tools, in two trips to the database.
 *
 * @param campaign narrows to what was done in one campaign of the event; null: all of it
 */
export async function gather(
  call: Call,
  event: number,
  campaign: number | null,
): Promise<ReportFacts> {
  const { sql, zone } = call;
  const events = [event];
  const done = {
    events,
    campaign,
    contact: null,
    kinds: null,
    channels: null,
    status: null,
    text: null,
    from: null,
    to: null,
    newestFirst: false,
  };
  const [
    known,
    facts,
    entries,
    summary,
    sources,
    outcomes,
    talks,
    missing,
    assets,
    notes,
    earlier,
  ] = await together(
    inNumbers(call, event),
    eventFacts(sql, event, zone),
    timelineEntries(sql, done, zone, { place: null, kind: null, id: null }, MOST),
    timelineSummary(sql, done),
    sourceGroups(sql, { events, from: null, to: null }, zone),
    campaignOutcomes(sql, { events, campaign, communication: null, from: null, to: null }, zone),
    listSessions(sql, { ...ANY_SESSION, events }, "rating", false, zone, null, MOST),
    missingColumns(sql, WHO_SPOKE_WHERE),
    listAssets(sql, { ...ANY_ASSET, events, campaign }, { place: null, id: null }, MOST, zone),
    listNotes(
      sql,
      { ...OPEN_NOTE, events: campaign === null ? events : null, campaign },
      zone,
      { place: null, id: null },
      MOST,
    ),
    eventBefore(sql, event),
  );
  const campaigns = known.campaigns.filter(({ id }) => campaign === null || id === campaign);
  const [mails, before] = await together(
    mailsOf(call, campaigns),
    earlier === undefined ? null : comparedWith(call, earlier, known.event),
  );
  return eachText(
    {
      ...known,
      campaign: campaign === null ? null : (campaigns[0] ?? null),
      facts,
      timeline: {
        shown: entries,
        total: summary.by_kind.reduce((sum, { entries: count }) => sum + count, 0),
      },
      mails,
      sources,
      outcomes,
      talks: missing.length > 0 ? null : { shown: talks.sessions, total: talks.total },
      assets: { shown: assets.assets, total: assets.total },
      notes: { shown: notes.notes, total: notes.total, overdue: notes.overdue },
      before,
      asOf: now(zone),
      zone,
    },
    harmless,
  );
}

async function inNumbers({ sql, zone }: Call, id: number): Promise<EventInNumbers> {
  const [event, registrations, [attended], sessions, listed, campaigns] = await together(
    eventById(sql, id),
    registrationsOfEvent(sql, id),
    attendance(sql, [id]),
    sessionsOfEvent(sql, id),
    listEvents(sql, { text: null, year: null, id }, { date: null, id: null }, 1),
    listCampaigns(sql, { ...ANY_CAMPAIGN, events: [id] }, null, zone, null, MOST),
  );
  const [row] = listed.events;
  if (!event || !row) throw new Error("the event is not there");
  return {
    event,
    registrations,
    attendance: attended === undefined || attended.came === null ? null : attended,
    sessions,
    outreach: row.outreach,
    campaigns: campaigns.campaigns,
  };
}

/** The mails of these campaigns, the earliest first. */
async function mailsOf({ sql, zone }: Call, campaigns: readonly ListedCampaign[]) {
  const communications = await together(
    ...campaigns.map(({ id }) => campaignCommunications(sql, id, zone)),
  );
  return communications
    .flatMap((ofOne, index) =>
      ofOne.map((one) => ({ ...one, campaign: campaigns[index]?.name ?? "" })),
    )
    .filter(({ channel, sent_at }) => channel === "email" && sent_at !== null)
    .sort((a, b) => Date.parse(a.sent_at ?? "") - Date.parse(b.sent_at ?? "") || a.id - b.id);
}

async function comparedWith(
  call: Call,
  before: RecordedEvent,
  event: RecordedEvent,
): Promise<EventBefore> {
  const { sql, zone } = call;
  const to = sameDistance(before.event_date, event.event_date, zone);
  const [numbers, [overlap], atThisDistance] = await together(
    inNumbers(call, before.id),
    overlaps(sql, [before.id, event.id]),
    registrationCounts(sql, { events: [before.id], from: null, to }, zone),
  );
  return { ...numbers, atThisDistance, cameAgain: overlap?.people ?? 0 };
}

/**
 * The instant at which an earlier event lay as far ahead as a later one does now.
 *
 * @param earlier and `later` are days, `YYYY-MM-DD`
 * @returns in UTC; null once the later one has begun, as then all is counted
 */
function sameDistance(earlier: string, later: string, zone: string): string | null {
  const days = daysUntil(later, zone);
  if (days <= 0) return null;
  const { hour, minute, second } = DateTime.now().setZone(zone);
  return DateTime.fromISO(earlier, { zone })
    .minus({ days })
    .set({ hour, minute, second })
    .toUTC()
    .toISO();
}
