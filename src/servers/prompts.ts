import type { Call } from "../conventions/call.ts";
import { namesLike } from "../conventions/completion.ts";
import { PROPOSED, type Prompt } from "../mcp/prompt.ts";

const named =
  (kind: Parameters<typeof namesLike>[1]) =>
  ({ sql }: Call, typed: string) =>
    // One more, to know whether there are others.
    namesLike(sql, kind, typed, PROPOSED + 1);

const EVENT = {
  name: "event",
  description: "the event, by its name, or next or last",
  complete: named("event"),
};
const CAMPAIGN = {
  name: "campaign",
  description: "the campaign, by its name",
  complete: named("campaign"),
};

/** What a person can start by name, in the order in which an event needs it. */
export const PROMPTS: readonly Prompt<Call>[] = [
  {
    name: "start_call_for_speakers",
    title: "Start a call for speakers",
    description: "Notes the dates, starts the campaign, finds whom to ask and prepares the mail",
    arguments: [
      { ...EVENT, required: true },
      { name: "closes", description: "the day on which the call closes" },
      { name: "submit_url", description: "the address of the form for talks" },
    ],
    task: "Start the call for speakers of this event.",
    steps: [
      "get_event(event) says what is known. If there is no such event, ask me for its day and make it: create_event(name, event_date).",
      "update_event(event, facts: {cfp_opens, cfp_closes, submit_url}) notes what I gave here. Ask me for what is missing; invent no date.",
      'create_campaign(name, event, campaign_type: "cfp"), called like "CFP 2026".',
      'find_audience(event: "last", role: "speaker", not_received_campaign: the new campaign) finds whom to ask. Tell me how many there are and who is left out and why.',
      'list_templates(text: "CFP"), then prepare_send(campaign, template, audience). Show me whom it goes to, what is filled in and who is left out.',
      "The yes is mine: confirm_send(communication) only after I have said it.",
      "Afterwards offer to record the post (log_post(campaign, channel)) and the flyer (create_asset(title, asset_type, campaign)) that announce the call.",
    ],
  },
  {
    name: "mail_a_list",
    title: "Mail a list of people",
    description: "Finds the people, shows list and mail, and sends after a person's yes",
    arguments: [
      { ...CAMPAIGN, required: true },
      {
        name: "people",
        description: "who: a segment, or words as in: speakers of 2025 who have not answered",
        complete: named("segment"),
      },
      { name: "template", description: "the template at Brevo, by its name or number" },
      {
        name: "leave_out",
        description: "a mail, by its title: who received it is left out",
        complete: named("mail"),
      },
    ],
    task: "Send a mail of this campaign to the people I name.",
    steps: [
      "find_audience() with the segment that I named, or the filters that say the same as my words (ask me who, if I gave none); not_received_communication for the mail to leave out. Tell me how many it finds, and who cannot be mailed and why.",
      "list_templates(): take the one I named, or ask me. Ask me for each value that has no source.",
      "prepare_send(campaign, template, audience). It sends nothing. Show me the list, the values filled in, who is left out and whose mailbox gets it twice.",
      "The yes is mine: confirm_send(communication) only after I have said it. If it gives the address of a page, that page is for me; do not open it yourself.",
      "Say how many were accepted and what is held back. Accepted is not delivered: sync_delivery_events(communication) tells later.",
    ],
  },
  {
    name: "import_event_exports",
    title: "Import the exports of an event",
    description:
      "Reads the files of ticket shop, speaker platform and forms, each looked at before",
    arguments: [
      { ...EVENT, required: true },
      { name: "files", description: "paths of the .csv and .xlsx files, or their folder" },
    ],
    task: "Import the exports of this event.",
    steps: [
      "Ask me for the files if I gave none. Say what you take each for. The order: registrations, check-ins, walk-ins, sessions, ratings.",
      "For each file validate_import_data(file_path, import_type). Tell me what is wrong with it before anything is written.",
      "Then preview_import(file_path, event, import_type): tell me what would be new, changed and skipped, and wait for my yes.",
      "Then the import of its type: import_quicket_registrations(file_path, event), import_quicket_checkins(file_path, event), import_walkup_registrations(file_path, event), import_sessionize_data(file_path, event) or import_speaker_ratings(file_path, event).",
      "Tell me every warning. For ratings whose label matches no session ask me which it is, and call again with label_mappings.",
      "End with one table: file, rows, new, changed, skipped.",
    ],
  },
  {
    name: "weekly_summary",
    title: "Summary of the week",
    description: "What was done in seven days, what came of it, and what is to be done next",
    arguments: [EVENT],
    task: "Write me a summary of the last seven days; without an event it is about the next one.",
    steps: [
      "get_event(event): days left, milestones near, registrations.",
      'query_outreach_timeline(event, from: "-7d"): what was mailed, posted and shared.',
      'query_recipients(event, from: "-7d"): what became of the mails, and which bounced.',
      'query_registrations(event, from: "-7d"): how many registered, and what brought them. The two ways of counting are never added up.',
      'list_notes(event, open: true, due_before: "2 weeks"): what is to be done, overdue first.',
      "Write half a page: the figures, what they mean, what needs me next. Where nobody knows a figure, say so; zero is something else.",
    ],
  },
  {
    name: "close_campaign",
    title: "Close a campaign",
    description:
      "Fetches the last news, sums up what it brought, keeps the lessons and completes it",
    arguments: [{ ...CAMPAIGN, required: true }],
    task: "Close this campaign.",
    steps: [
      "sync_delivery_events(campaign), if its mails went out through Brevo.",
      "get_campaign(campaign): what was sent, posted and shared, and with what effect.",
      'query_recipients(campaign, status: ["bounced", "failed"]): whose address is to be corrected.',
      "query_registrations(campaign): what it brought, by both ways of counting, which are never added up.",
      "list_notes(campaign, open: true): what is still open, for me to settle.",
      "Sum it up in ten lines and propose the lessons. What I agree to, keep by save_note(about: {campaign}, text).",
      'After my yes: update_campaign(campaign, status: "completed").',
    ],
  },
];
