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
const WHEN_AND_WHERE = {
  eventDate: { description: "Its day", source: "events.event_date", required: true },
  venue: { description: "Where it is", source: "events.location", required: true },
};
const CALL_FOR_SPEAKERS = {
  cfpDeadline: {
    description: "Last day to propose a talk",
    source: "facts.cfp_closes",
    required: true,
    format: "d MMMM yyyy",
  },
  submitLink: { description: "Where to propose it", source: "facts.submit_url", required: true },
};
const SESSION = {
  sessionTitle: { description: "Title", source: "session.title", required: true },
  coSpeakers: { description: "Who speaks too", source: "session.co_speakers", required: false },
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
        ...WHEN_AND_WHERE,
        ...CALL_FOR_SPEAKERS,
        bannerImageUrl: { description: "A picture at its top", required: false },
      },
    },
    {
      brevo_template_id: 50,
      name: "CFP reminder",
      description: "Says that the call for speakers ends soon.",
      parameters: { ...FROM_THE_RECORD, ...CALL_FOR_SPEAKERS },
    },
    {
      brevo_template_id: 51,
      name: "Event reminder",
      description: "A week and a day before: when to come, and with which ticket.",
      parameters: {
        ...FROM_THE_RECORD,
        ...WHEN_AND_WHERE,
        arrival: {
          description: "When the doors open",
          source: "facts.doors_open_at",
          required: true,
          format: "HH:mm",
        },
        ticketType: { description: "Their ticket", source: "ticket.type", required: true },
      },
    },
    {
      brevo_template_id: 52,
      name: "Thank-you",
      description: "After the event, to who came.",
      parameters: {
        ...FROM_THE_RECORD,
        feedbackLink: { description: "The form", source: "facts.feedback_url", required: true },
      },
    },
    {
      brevo_template_id: 53,
      name: "Speaker logistics",
      description: "Before the event, for each session: when, where and with what.",
      parameters: {
        ...FROM_THE_RECORD,
        ...SESSION,
        starts: {
          description: "When it begins",
          source: "session.starts",
          required: true,
          format: "cccc d MMMM, HH:mm",
        },
        room: { description: "Room", source: "session.room", required: true },
        equipment: { description: "What is in the room to show slides with", required: true },
      },
    },
    {
      brevo_template_id: 54,
      name: "Speaker thank-you",
      description: "After the event, for each session: what people said of it.",
      parameters: {
        ...FROM_THE_RECORD,
        ...SESSION,
        topic: { description: "How informative", source: "rating.topic", required: false },
        talk: { description: "Delivery", source: "rating.presentation", required: false },
        answers: { description: "How many answered", source: "rating.answers", required: false },
        comments: { description: "What they said", source: "rating.comments", required: false },
      },
    },
  ],
};

const BANNER = '<img src="{{params.bannerImageUrl|default:"https://www.example.org/banner.png"}}">';
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
    htmlContent: BANNER + GREETING + INVITED + CALL,
  },
  {
    id: 50,
    name: "CFP reminder",
    subject: "Last days to propose a talk for {{params.eventName}}",
    htmlContent: GREETING + CALL,
  },
  {
    id: 51,
    name: "Event reminder",
    subject: "See you at {{params.eventName}}",
    htmlContent: `${GREETING}${INVITED}<p>Doors open at {{params.arrival}}; bring your {{params.ticketType}} ticket.</p>`,
  },
  {
    id: 52,
    name: "Thank-you",
    subject: "Thank you for coming to {{params.eventName}}",
    htmlContent: `${GREETING}<p>How was it? <a href="{{params.feedbackLink}}">Tell us</a>.</p>`,
  },
  {
    id: 53,
    name: "Speaker logistics",
    subject: "Your session at {{params.eventName}}: {{params.sessionTitle}}",
    htmlContent: `${GREETING}<p>{{params.sessionTitle}}: {{params.starts}}, {{params.room}}.{% if params.coSpeakers %} With {{params.coSpeakers}}.{% endif %}</p><p>In the room: {{params.equipment}}.</p>`,
  },
  {
    id: 54,
    name: "Speaker thank-you",
    subject: "Thank you for {{params.sessionTitle}}",
    htmlContent: `${GREETING}<p>Thank you for {{params.sessionTitle}} at {{params.eventName}}.{% if params.coSpeakers %} Say thanks to {{params.coSpeakers}} too.{% endif %}</p>{% if params.answers %}<p>{{params.answers}} people answered: topic {{params.topic}} and delivery {{params.talk}} of 7. {{params.comments}}</p>{% endif %}`,
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
