import { isConflict } from "./errors.ts";

/**
 * What the database's own rules mean to a person. The tools check most of this before they write and
 * say it better; these sentences are for whatever slips through, such as two calls at once.
 */
const RULES: Record<string, string> = {
  campaigns_event_id_name_key: "The event already has a campaign of that name.",
  campaigns_name_not_blank: "A campaign needs a name.",
  campaigns_status_transition:
    "A campaign goes from draft to active or cancelled, from active to completed or cancelled, from completed back to active, and from cancelled back to draft.",
  communications_title_not_blank: "A communication needs a title.",
  communications_template_of_email: "Only an email has a Brevo template.",
  communications_post_url_web: "post_url must begin with http:// or https://.",
  communication_recipients_communication_id_contact_id_key:
    "That person is a recipient of that mail already.",
  communication_recipients_brevo_message_id_key:
    "A brevo_message_id belongs to one recipient, and that one is in use already.",
  communication_recipients_events_append_only: "Delivery events are never taken away.",
  communication_recipients_event_after_sending:
    "A mail that is prepared and has not gone out has no delivery events.",
  communication_recipients_of_email: "Only an email has recipients.",
  communication_recipients_status_derived:
    "The status of this recipient follows from its delivery events.",
  marketing_assets_event_of_campaign: "An asset of a campaign is of that campaign's event.",
  marketing_assets_title_not_blank: "An asset needs a title.",
  marketing_assets_file_url_web: "file_url must begin with http:// or https://.",
  event_facts_value_of_key:
    "A fact of an event is a time, a link, a number or a text, as its key says.",
  segments_name_key: "There is another segment of that name.",
  segments_name_not_blank: "The name of a segment needs a letter or a digit.",
  segments_no_circle: "A segment cannot be found by way of itself, also not through another one.",
  source_mappings_no_overlap: "That source means another campaign in a part of that time already.",
  source_mappings_campaign_fkey: "The campaign was removed meanwhile.",
  communications_campaign_id_fkey: "The campaign was removed meanwhile.",
  communication_recipients_communication_id_fkey: "The communication was removed meanwhile.",
  marketing_assets_campaign_id_fkey: "The campaign was removed meanwhile.",
  asset_distributions_asset_id_fkey: "The asset was removed meanwhile.",
  asset_distributions_reach_not_negative: "reach_estimate cannot be negative.",
  communications_sent_by_confirmation:
    "A prepared mail goes out by confirm_send only and stays in its campaign; cancel_send takes it back.",
  send_recipients_frozen:
    "The list of a prepared mail only gets shorter; prepare another for others.",
  send_recipients_in_record:
    "A mail that was prepared or sent from here keeps its recipients; cancel_send takes back what has not left.",
  send_batches_of_send: "A mail that was sent from here stays in the record.",
};

const STRING_TOO_LONG = "22001";
const FOREIGN_KEY = "23503";

/** What PostgreSQL says of a value or a row that it refused. */
interface Refusal {
  code: string;
  table_name?: string;
  column_name?: string;
  constraint_name?: string;
}

/**
 * The sentence for a rule that the database enforced, or for calls that got in each other's way time and
 * again; undefined when the error is another.
 */
export function brokenRule(error: unknown): string | undefined {
  if (isConflict(error)) {
    return "Other calls changed the same entries at the same time, again and again; call again in a moment.";
  }
  if (!isRefusal(error)) return undefined;
  if (error.code === STRING_TOO_LONG) {
    return "A name or text is longer than its column in the database can hold; shorten it.";
  }
  const rule = error.constraint_name === undefined ? undefined : RULES[error.constraint_name];
  if (rule !== undefined || error.code !== FOREIGN_KEY) return rule;
  // The tools look first, so that only another call can have come between.
  return "Something that this call names or removes was removed or used by another call meanwhile; look at what is there now, and call again.";
}

/**
 * Where a rule stands that the database enforced, such as a CHECK or a unique index of the organiser's
 * own, which no look ahead could know; undefined when the error is another.
 */
export function placeOfRule(error: unknown): string | undefined {
  if (!isRefusal(error)) return undefined;
  const places = [
    ["table", error.table_name],
    ["column", error.column_name],
    ["rule", error.constraint_name],
  ].flatMap(([what, name]) => (name === undefined ? [] : [`${what} ${name}`]));
  return places.length === 0 ? "a value that its column cannot hold" : places.join(", ");
}

/** Classes 22 and 23 are data exceptions and broken constraints. */
function isRefusal(error: unknown): error is Error & Refusal {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^2[23]/u.test(error.code)
  );
}
