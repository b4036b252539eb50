import { writeFile } from "node:fs/promises";
import { startBrevo } from "../stand_in/index.ts";

/** Where the demo's mails go instead of to Brevo. */
export interface MailService {
  /** What a server is told so that it sends there. */
  env: Record<string, string>;
  /** How many mails arrived, in how many mailboxes. */
  arrived: () => { mails: number; mailboxes: number };
  /** Lets everybody have the mail and some people open it and follow its link. */
  letPeopleRead: (readers: Readers) => void;
  close: () => Promise<void>;
}

/** E-mail addresses of people who did something with a mail; of one it came back. */
interface Readers {
  opened: readonly string[];
  clicked: readonly string[];
  bounced: string;
}

export const SUBMIT_LINK = "https://www.example.org/cfp";

const FROM_THE_RECORD = {
  firstName: { description: "First name", source: "contacts.first_name", required: true },
  eventName: { description: "Name of the event", source: "events.name", required: true },
};
const ASKED_FOR = {
  cfpDeadline: { description: "Last day to propose a talk", required: true },
  submitLink: { description: "Where to propose it", required: true },
};

/** The organiser's own list of templates. */
const REGISTRY = {
  templates: [
    {
      brevo_template_id: 49,
      name: "CFP invitation",
      description: "Invites a former speaker to propose a talk.",
      parameters: {
        ...FROM_THE_RECORD,
        eventDate: { description: "Its day", source: "events.event_date", required: true },
        venue: { description: "Where it is", source: "events.location", required: true },
        ...ASKED_FOR,
      },
    },
    {
      brevo_template_id: 50,
      name: "CFP reminder",
      description: "Says that the call for speakers ends soon.",
      parameters: { ...FROM_THE_RECORD, ...ASKED_FOR },
    },
  ],
};

const GREETING = "<p>Hello {{params.firstName}},</p>";
const INVITED = "<p>{{params.eventName}} is on {{params.eventDate}} in {{params.venue}}.</p>";
const CALL =
  '<p>Propose a talk by {{params.cfpDeadline}}: <a href="{{params.submitLink}}">here</a>.</p>';

/** The templates as they would lie at Brevo. */
const TEMPLATES = [
  {
    id: 49,
    name: "CFP invitation",
    subject: "Speak at {{params.eventName}}",
    htmlContent: GREETING + INVITED + CALL,
  },
  {
    id: 50,
    name: "CFP reminder",
    subject: "Last days to propose a talk for {{params.eventName}}",
    htmlContent: GREETING + CALL,
  },
];

/**
 * Starts a stand-in for Brevo in this process: it takes mails as Brevo does, and none leaves this machine.
 *
 * @param registry where to write the organiser's list of templates
 */
export async function startMailService(registry: string): Promise<MailService> {
  const brevo = await startBrevo({
    plan: { type: "free", credits: 300 },
    templates: TEMPLATES,
  });
  await writeFile(registry, JSON.stringify(REGISTRY, null, 2));
  return {
    env: {
      BREVO_API_KEY: brevo.apiKey,
      BREVO_BASE_URL: brevo.url,
      OUTREACH_TEMPLATES: registry,
    },
    arrived: () => ({ mails: brevo.box().length, mailboxes: brevo.perMailbox().size }),
    letPeopleRead: ({ opened, clicked, bounced }) => {
      const back = bounced.toLowerCase();
      for (const email of brevo.perMailbox().keys()) {
        if (email === back) brevo.report("hard_bounce", { email }, { reason: "550 no such user" });
        else brevo.report("delivered", { email });
      }
      for (const email of [...opened, ...clicked]) brevo.report("opened", { email });
      for (const email of clicked) brevo.report("click", { email }, { link: SUBMIT_LINK });
    },
    close: () => brevo.close(),
  };
}
