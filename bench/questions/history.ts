import type { Constant } from "../history/index.ts";

/** A question that a benchmark asks, the first page of it. */
export interface Question {
  tool: string;
  /** What is asked, for the table. */
  what: string;
  args: Record<string, unknown>;
  /** Whether the answer is about rows of which a longer history holds more. */
  overEverything: boolean;
}

/** About the constant part of a history, so that the answer is the same however long it is. */
export function boundedQuestions(constant: Constant): Question[] {
  const { event, campaign, communication, contact } = constant;
  const window = { from: "2019-05-01", to: "2019-06-30" };
  return listed(false, {
    list_events: [["words", { text: "Durban 2019" }]],
    find_contacts: [
      ["a name", { text: "Nehastein" }],
      ["an address", { text: `person${contact}@example.org` }],
      ["a first name", { text: "Thabo" }],
      ["event, role", { event, role: "speaker" }],
      ["event", { event }],
    ],
    list_campaigns: [
      ["event", { event }],
      ["event, type, status", { event, campaign_type: "cfp", status: "completed" }],
      ["words", { text: "Durban 2019 no 10" }],
    ],
    get_campaign: [
      ["an id", { campaign }],
      ["a name", { campaign: "Thank You Durban 2019 no 10" }],
      ["words, event", { campaign: "no 10", event: "Data Day Durban 2019" }],
    ],
    query_outreach_timeline: [
      ["event", { event }],
      ["event, newest first", { event, order: "desc" }],
      ["event, distributions", { event, kinds: ["distribution"] }],
      ["event, channel", { event, channels: ["linkedin"] }],
      ["event, drafts", { event, status: ["draft"] }],
      ["campaign", { campaign }],
      ["contact", { contact }],
      ["contact, event", { contact, event }],
      ["time", window],
    ],
    query_recipients: [
      ["campaign", { campaign }],
      ["communication", { communication }],
      ["event", { event }],
      ["event, type", { event: "Data Day Durban 2019", campaign_type: "cfp" }],
      ["campaign, status", { campaign, status: ["opened", "clicked"] }],
      ["event, status", { event, status: ["bounced"] }],
      ["event, role", { event, role: "speaker" }],
      ["campaign, words", { campaign, text: "Thabo" }],
      ["a name", { text: "Nehastein" }],
      ["time", window],
      ["campaign, time", { campaign, ...window }],
    ],
    query_contact_history: [
      ["an id", { contact }],
      ["an address", { contact: `person${contact}@example.org` }],
      ["a name", { contact: "Pieter Nehastein" }],
      ["event", { contact, event }],
      ["campaign", { contact, campaign }],
    ],
    list_assets: [
      ["all", {}],
      ["event", { event }],
      ["campaign", { campaign }],
      ["event, type", { event, asset_type: "flyer" }],
      ["words", { text: "Durban 2019 design" }],
    ],
    find_audience: [
      ["event", { event }],
      ["event, role", { event, role: "speaker" }],
      ["event, attended", { event, attended: true }],
      ["received campaign", { received_campaign: campaign }],
      ["received mail", { received_communication: communication }],
      ["opened campaign", { received_campaign: campaign, opened: true }],
      ["not opened mail", { received_communication: communication, opened: false }],
      ["event, not campaign", { event, not_received_campaign: campaign }],
      ["event, not since", { event, not_contacted_since: "2019-06-01" }],
      ["mails of event", { min_mails: 3, mails_from: "Data Day Durban 2019" }],
      ["bounced in campaign", { received_campaign: campaign, received_status: ["bounced"] }],
      ["a name", { text: "Nehastein" }],
    ],
    query_registrations: [
      ["event", { event }],
      ["campaign", { campaign }],
      ["event, time", { event, ...window }],
    ],
  });
}

/** Over all of a history, or over as much of it as there is. */
export function unboundedQuestions({ event, campaign }: Constant): Question[] {
  return listed(true, {
    list_events: [["all", {}]],
    list_campaigns: [
      ["all", {}],
      ["type", { campaign_type: "cfp" }],
    ],
    query_outreach_timeline: [
      ["all", {}],
      ["all, newest first", { order: "desc" }],
      ["failed", { status: ["failed"] }],
      ["posts and distributions", { channels: ["linkedin"] }],
    ],
    query_recipients: [
      ["all", {}],
      ["status", { status: ["bounced"] }],
      ["opened", { status: ["opened", "clicked"] }],
      ["type", { campaign_type: "cfp" }],
      ["role", { role: "speaker" }],
      ["a first name", { text: "Thabo" }],
      ["latest months", { from: "2024-06-01" }],
    ],
    find_audience: [
      ["all", {}],
      ["topic", { interested_in: "Cloud" }],
      ["not campaign", { not_received_campaign: campaign }],
      ["not since", { not_contacted_since: "2024-06-01" }],
      ["ten mails", { min_mails: 10 }],
      ["opened anything", { opened: true }],
      ["bounced", { received_status: ["bounced"] }],
      ["not registered", { registered_before: "2024-01-01", not_registered_for: `${event}` }],
    ],
    query_registrations: [
      ["all", {}],
      ["latest months", { from: "2024-06-01" }],
    ],
  });
}

type Asked = Record<string, [what: string, args: Record<string, unknown>][]>;

function listed(overEverything: boolean, asked: Asked): Question[] {
  return Object.entries(asked).flatMap(([tool, questions]) =>
    questions.map(([what, args]) => ({ tool, what, args, overEverything })),
  );
}
