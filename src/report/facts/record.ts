import type { AssetRow } from "../../record/assets/queries/assets.ts";
import type { EventAttendance } from "../../record/attendance/queries/attendance.ts";
import type { RecordedCommunication } from "../../record/campaigns/queries/whole_campaign.ts";
import type { ListedCampaign } from "../../record/campaigns/queries/listed_campaigns.ts";
import type { RecordedEvent } from "../../record/events/queries/events.ts";
import type { EventFact } from "../../record/events/queries/facts.ts";
import type { EventRow } from "../../record/events/queries/listed_events.ts";
import type { EventRegistrations } from "../../record/events/queries/registrations_of_event.ts";
import type { EventSessions } from "../../record/events/queries/sessions_of_event.ts";
import type { NoteRow } from "../../record/notes/queries.ts";
import type { RegistrationCounts, SourceGroup } from "../../record/registrations/queries/counts.ts";
import type { CampaignOutcome } from "../../record/registrations/queries/outcomes.ts";
import type { SessionRow } from "../../record/sessions/queries/sessions.ts";
import type { TimelineEntry } from "../../record/timeline/queries.ts";

/** A mail with the campaign that it belongs to. */
export interface ReportedMail extends RecordedCommunication {
  campaign: string;
}

/** What is known of an event in numbers, of the reported one and of the one before it. */
export interface EventInNumbers {
  event: RecordedEvent;
  registrations: EventRegistrations;
  attendance: EventAttendance | null;
  sessions: EventSessions;
  outreach: EventRow["outreach"];
  campaigns: readonly ListedCampaign[];
}

/** The event before, and how far it was when it lay as many days ahead as the reported one does now. */
export interface EventBefore extends EventInNumbers {
  atThisDistance: RegistrationCounts;
  /** People who came to it and to the reported one. */
  cameAgain: number;
}

/** A list that may be longer than what is shown of it. */
interface Part<Row> {
  shown: readonly Row[];
  total: number;
}

/** Everything that a report is drawn from: rows as the tools count them, of one snapshot. */
export interface ReportFacts extends EventInNumbers {
  /** The campaign that it is about; null for a whole event. */
  campaign: ListedCampaign | null;
  facts: readonly EventFact[];
  timeline: Part<TimelineEntry>;
  mails: readonly ReportedMail[];
  sources: readonly SourceGroup[];
  outcomes: readonly CampaignOutcome[];
  /** Null where the organiser's tables do not say of which event a session is. */
  talks: Part<SessionRow> | null;
  assets: Part<AssetRow>;
  notes: Part<NoteRow> & { overdue: number };
  before: EventBefore | null;
  /** ISO 8601 in the zone. */
  asOf: string;
  zone: string;
}
