import type { Assistant, Facts } from "../assistant.ts";
import type { Calendar } from "../calendar.ts";
import { mendAddressBook } from "./address_book.ts";
import { importExports } from "./imports.ts";
import { eventName } from "../organiser.ts";
import {
  ASSETS,
  CHANGES,
  HISTORY,
  RECIPIENTS,
  DISTRIBUTIONS,
  SOURCES,
  TIMELINE,
} from "./excerpts.ts";
import type { MailService } from "../mail_service.ts";
import type { Page } from "../page.ts";
import { sendReminder, type Mailing } from "./sending.ts";

const CLICKED = ["Thabo Nkosi", "Nomsa Nkosi", "Jane Smith", "Priya Naidoo", "Kagiso Molefe"];
const OPENED = [
  "Sipho Dlamini",
  "Lerato Mokoena",
  "Pieter van der Merwe",
  "Ayanda Mthembu",
  "Zoë Botha",
];
const UNOPENED = ["Rendani Mudau", "Vukosi Chauke", "Siyabonga Zulu", "Anathi Ngcobo"];
const BOUNCED = "Michael O'Connor";

/**
 * Tells the life of one campaign, request by request.
 *
 * @param options `downloads` is the folder of the organiser's exports, `mail` where mails go
 */
export async function walk(
  assistant: Assistant,
  page: Page,
  days: Calendar,
  { downloads, mail }: { downloads: string; mail: MailService },
): Promise<void> {
  page.title("event-outreach: the memory of an event organiser's outreach");
  page.note(
    "A made-up organiser of three events. Lines with > are what you would say to your assistant; " +
      "below each is the tool that it calls and the first line of the server's answer. Where rows " +
      "follow, they are part of the answer, with fewer columns than it has.",
  );
  page.title("1. The exports");
  await importExports(assistant, downloads, days);
  page.title("2. The campaign");
  const story = new Story(assistant, days);
  await story.begin();
  await story.run();
  page.title("3. The questions");
  await story.question();
  page.title("4. Sending");
  await sendReminder(assistant, page, days, mail, story.mailing);
  page.title("5. The address book");
  await mendAddressBook(assistant);
  page.title("6. The end");
  await story.end();
  page.note("");
}

class Story {
  readonly #assistant: Assistant;
  readonly #days: Calendar;
  readonly #event: string;
  readonly #campaign: string;
  readonly #title: string;

  constructor(assistant: Assistant, days: Calendar) {
    this.#assistant = assistant;
    this.#days = days;
    this.#event = eventName(days.years.next);
    this.#campaign = `CFP ${String(days.years.next)}`;
    this.#title = `Speak at ${this.#event}`;
  }

  /** What is on record before: another campaign for the same event. */
  async begin(): Promise<void> {
    const campaign = `Save the date ${String(this.#days.years.next)}`;
    await this.#assistant.call("create_campaign", {
      name: campaign,
      event: this.#event,
      campaign_type: "general",
    });
    await this.#assistant.call("log_post", {
      campaign,
      channel: "linkedin_post",
      title: "Save the date",
      published_at: this.#days.ago(28, "08:00"),
    });
  }

  async run(): Promise<void> {
    const { asked } = this.#assistant;
    await asked(`Start the campaign ${this.#campaign} for ${this.#event}.`, "create_campaign", {
      name: this.#campaign,
      event: this.#event,
      campaign_type: "cfp",
    });
    await asked(
      `Who spoke in ${String(this.#days.years.last)} and has not had this year's CFP mail?`,
      "find_audience",
      { ...this.#speakers, not_received_campaign: this.#campaign },
    );
    const send = {
      campaign: this.#campaign,
      title: this.#title,
      audience: this.#speakers,
      brevo_template_id: 49,
      sent_at: this.#days.ago(14, "09:00"),
    };
    await asked(
      `I mailed "${this.#title}" to last year's speakers on ${this.#days.spoken(14)} at 9. Log it.`,
      "log_send",
      send,
    );
    await asked("(The connection drops, and the assistant calls again.)", "log_send", send);
    await asked("Record what Brevo reported about that mail.", "record_delivery_events", {
      events: this.#reports,
    });
    await asked(`Log our LinkedIn post of ${this.#days.spoken(7)}.`, "log_post", {
      campaign: this.#campaign,
      channel: "linkedin_post",
      title: "The call for speakers is open",
      post_url: "https://www.example.org/posts/call-for-speakers",
      published_at: this.#days.ago(7, "12:30"),
    });
    await asked("We made a flyer for it.", "create_asset", {
      title: "CFP flyer",
      asset_type: "flyer",
      campaign: this.#campaign,
      file_url: "https://www.example.org/files/cfp-flyer.pdf",
    });
    await asked(
      "Shared it on LinkedIn, in the SA Data & AI group; 1,200 people.",
      "record_distribution",
      {
        asset: "CFP flyer",
        channel: "linkedin",
        reach_estimate: 1200,
        notes: "SA Data & AI group",
      },
    );
    await asked("And in the speakers' WhatsApp group.", "record_distribution", {
      asset: "CFP flyer",
      channel: "whatsapp",
      notes: "Speakers' group",
    });
  }

  async question(): Promise<void> {
    const { asked } = this.#assistant;
    const year = String(this.#days.years.next);
    await asked(
      "Who did we send the CFP invitation to?",
      "query_recipients",
      { campaign_type: "cfp", event: year },
      RECIPIENTS,
    );
    await asked(
      `What outreach have we done for ${this.#event}?`,
      "query_outreach_timeline",
      { event: this.#event },
      TIMELINE,
    );
    await asked(
      `Has Jane Smith received any emails about the ${year} event?`,
      "query_contact_history",
      { contact: "Jane Smith", event: year },
      HISTORY,
    );
    await asked(
      `What marketing materials did we create for ${year}?`,
      "list_assets",
      { event: year },
      ASSETS,
    );
    await asked(
      "Where did we share the CFP flyer?",
      "list_assets",
      { text: "CFP flyer" },
      DISTRIBUTIONS,
    );
    await asked(
      "Show me a timeline of all comms for the CFP campaign.",
      "query_outreach_timeline",
      { campaign: this.#campaign },
      TIMELINE,
    );
    await asked(
      "How many registrations came from the CFP campaign?",
      "query_registrations",
      { campaign: this.#campaign },
      SOURCES,
    );
  }

  async end(): Promise<void> {
    await this.#assistant.asked(
      "The CFP is over.",
      "update_campaign",
      { campaign: this.#campaign, status: "completed" },
      CHANGES,
    );
  }

  get mailing(): Mailing {
    return { campaign: this.#campaign, speakers: this.#speakers };
  }

  get #speakers(): Facts {
    return { event: eventName(this.#days.years.last), role: "speaker" };
  }

  /** Sixteen were sent the mail: five clicked, five more opened it, four did not open it, one bounced; of one nothing is known. */
  get #reports(): Facts[] {
    const report = (event: string, daysAgo: number, time: string) => (contact: string) => ({
      event,
      at: this.#days.ago(daysAgo, time),
      communication: this.#title,
      contact,
    });
    return [
      ...[...CLICKED, ...OPENED, ...UNOPENED].map(report("delivered", 14, "09:01")),
      ...[...CLICKED, ...OPENED].map(report("opened", 13, "08:15")),
      ...CLICKED.map(report("click", 13, "08:17")),
      { ...report("hard_bounce", 14, "09:02")(BOUNCED), reason: "550 no such mailbox" },
    ];
  }
}
