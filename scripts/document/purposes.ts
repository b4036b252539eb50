/** What a table or view is for, and what its columns mean where the name does not say it. */
export interface Purpose {
  is?: string;
  columns?: Record<string, string>;
}

const WHEN_ADDED = "When the row was added";

/**
 * By table name as a query would write it. What the database itself says (COMMENT ON) comes from
 * there; here is the rest.
 */
export const PURPOSES: Record<string, Purpose> = {
  asset_distributions: {
    is: "One distribution of an asset: where, when, how many people it may have reached.",
    columns: {
      reach_estimate: "People or impressions, estimated; empty where nobody guessed",
      notes: "Where exactly, with a link if there is one",
    },
  },
  campaigns: {
    is: "What belongs together for one purpose of one event, such as the call for speakers.",
    columns: {
      campaign_type: "What it is for",
      status:
        "draft → active → completed; draft and active may be cancelled, completed reopened, cancelled drafted again",
      updated_at: "Kept by a trigger",
    },
  },
  communication_recipients: {
    is: "One person of one mail, and what became of it. No person twice.",
    columns: {
      status: "What all delivery events and the status logged at first add up to",
      brevo_message_id: "Brevo's id of this one message; it belongs to one recipient, ever",
      sent_at: "When it went to this person",
      metadata:
        "`events`: the delivery events, append-only; `logged_status`: the status it was logged with; `email`: the address it went to",
    },
  },
  communications: {
    is: "One mail to many, one post, or one piece of material.",
    columns: {
      title: "Subject of a mail, title of a post",
      brevo_template_id: "Mails only; the ids of templates.json",
      post_url: "Where a post can be seen",
      content_summary: "What a post says, what material is about",
      recipient_count: "Kept by a trigger; 0 for posts and material",
      sent_at: "When it was sent or published",
    },
  },
  contact_interests: { is: "Which topics a person is interested in." },
  contact_roles: {
    is: "What a person is at an event, or at every event. A role is not a registration.",
  },
  contacts: { is: "People.", columns: { email: "Not unique: couples share a mailbox" } },
  events: {
    is: "The organiser's events.",
    columns: { year: "Year of `event_date`", status: "How far the event is" },
  },
  interest_topics: { is: "Topics that people named when they registered." },
  marketing_assets: {
    is: "Material made for an event, within a campaign or beside any.",
    columns: {
      campaign_id: "Empty for material of the event that no campaign owns",
      event_id: "The campaign's event, if it has a campaign",
      file_url: "Where the file is",
    },
  },
  speaker_ratings: {
    is: "What one answer of the feedback form says about one session. There is no overall score.",
    columns: {
      topic_rating: "1 to 7",
      presentation_rating: "1 to 7",
      response_id: "The form's id of the answer, so that importing twice adds nothing",
    },
  },
  speaker_sessions: {
    is: "Who speaks in which session.",
    columns: {
      scheduled_at: "Local time of the organiser",
      recording_link: "Where the recording can be seen",
    },
  },
  speakers: { is: "What Sessionize knows of a speaker; one row per person." },
  tickets: {
    is: "Tickets, from the ticket shop or for walk-ins. A registration is one that is neither cancelled nor transferred.",
    columns: {
      attendee_contact_id: "Who comes",
      purchaser_contact_id: "Who paid",
      check_in_time: "Local time of the organiser; only of who is checked in",
      created_at: WHEN_ADDED,
    },
  },
  "outreach.campaign_names": {
    columns: { folded: "For comparing", slug: "What `tickets.marketing_source` may say" },
  },
  "outreach.delivery_problems": {
    columns: { at: "When it first happened" },
  },
  "outreach.email_log_rows": {
    is: "The rows of the former `email_log`, each with the communication it became, so that going back restores it.",
    columns: { original: "The row as it was" },
  },
  "outreach.email_log_shape": {
    is: "How the former `email_log` was built, so that going back rebuilds it exactly.",
    columns: {
      definition: "SQL of one column, constraint or index",
      sequence_column: "Column that counts up by itself",
    },
  },
  "outreach.recorded_calls": {
    columns: { key: "Digest of tool and arguments", entry_id: "What it recorded" },
  },
  "outreach.removed_entries": {
    columns: { entry: "The row in full", cascaded: "What went with it, in full" },
  },
  "outreach.settings": {
    is: "One row of settings that belong to the data, not to a machine.",
    columns: { events_synced_to: "Up to when Brevo's delivery events are known" },
  },
  "dbmate.schema_migrations": {
    is: "Which migrations were applied, as dbmate notes them; outside `public`.",
    columns: { version: "The number a migration's file name starts with" },
  },
};
