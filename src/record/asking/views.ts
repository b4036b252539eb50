/**
 * What a question may read, with the columns that most questions need: what a model is shown before it asks.
 * The database has the rest, with what each means.
 */
export const VIEWS: Readonly<Record<string, string>> = {
  people: "contact_id, name, email, company, job_title, profession",
  events: "event_id, name, event_date, year, location, status",
  event_facts: "event_id, key, at, day, value",
  roles: "contact_id, role, event_id",
  interests: "contact_id, topic",
  registrations:
    "contact_id, event_id, ticket_type, registered_at, came, walk_in, complimentary, source, campaign_id",
  cancelled_registrations: "as registrations",
  sessions: "session_key, title, event_id, contact_id, speaker, track, room, scheduled_at",
  ratings: "session_key, title, event_id, speaker, response, topic, presentation, speaker_comment",
  campaigns: "campaign_id, name, campaign_type, status, event_id",
  communications: "communication_id, channel, title, sent_at, campaign_id, event_id",
  mails:
    "communication_id, title, contact_id, status, received, opened, sent_at, opened_at, clicked_at, campaign_id, event_id",
  delivery_events: "communication_id, contact_id, kind, at, reason, link",
  assets: "asset_id, title, asset_type, event_id",
  distributions: "asset_id, channel, distributed_at, reach_estimate, event_id",
  undeliverable: "contact_id, state, since",
  segments: "segment_id, name, description, last_used_at",
  notes: "kind, about, text, due, done_at, overdue",
  changes: "change_id, at, tool, by, about",
};

/** {@link VIEWS} in a line. */
export const VIEWS_IN_SHORT = Object.entries(VIEWS)
  .map(([name, columns]) => `${name}(${columns})`)
  .join(" ");

/** Questions that no other tool answers, for a model to begin from. */
export const EXAMPLES: readonly string[] = [
  "SELECT date_trunc('week', registered_at)::date AS week, count(*) FROM registrations JOIN events USING (event_id) WHERE year = 2026 GROUP BY 1 ORDER BY 1",
  "SELECT company, count(DISTINCT contact_id) AS people FROM registrations JOIN people USING (contact_id) WHERE event_id = 3 AND came GROUP BY 1 ORDER BY 2 DESC",
  "SELECT person, count(*) AS mails, count(*) FILTER (WHERE opened) AS opened FROM mails WHERE received GROUP BY contact_id, person ORDER BY 3 DESC",
];
