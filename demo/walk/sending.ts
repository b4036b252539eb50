import type { Assistant, Facts } from "../assistant.ts";
import type { Calendar } from "../calendar.ts";
import { eventName } from "../organiser.ts";
import { HISTORY_AND_GAPS, LEFT_OUT, PARAMETERS, RATINGS, RECIPIENTS } from "./excerpts.ts";
import { SUBMIT_LINK, type MailService } from "../mail_service.ts";
import type { Page } from "../page.ts";
import { everybody } from "../people.ts";

const NO_MORE_MAIL = "Anathi Ngcobo";
const OPENED = ["Lerato Mokoena", "Sipho Dlamini", "Zoë Botha", "Rendani Mudau"];
const CLICKED = ["Priya Naidoo", "Kagiso Molefe"];
const BOUNCED = "Siyabonga Zulu";

/** The campaign that the mail belongs to, and whom it is for. */
export interface Mailing {
  campaign: string;
  speakers: Facts;
}

/** Sends a mail to the stand-in for Brevo, from the choice of a template to what became of it. */
export async function sendReminder(
  assistant: Assistant,
  page: Page,
  days: Calendar,
  mail: MailService,
  { campaign, speakers }: Mailing,
): Promise<void> {
  const { asked } = assistant;
  page.note(
    "What follows goes to a stand-in for Brevo on this machine: nothing leaves it, and no account is needed.",
  );
  await asked("Which templates do we have?", "list_templates", {}, PARAMETERS);
  await asked(`${NO_MORE_MAIL} told me that she wants no more mails.`, "set_suppression", {
    contact: NO_MORE_MAIL,
    suppressed: true,
    reason: "said so at the meetup",
  });
  await asked("The call ends in ten days; note that and the form's address.", "update_event", {
    event: eventName(days.years.next),
    facts: { cfp_closes: days.ago(-10, "12:00").slice(0, 10), submit_url: SUBMIT_LINK },
  });
  const reminder = { campaign, template: "CFP reminder", audience: speakers };
  const prepared = await asked(
    `Remind last year's speakers: the call ends on ${days.spoken(-10)}.`,
    "prepare_send",
    reminder,
    LEFT_OUT,
  );
  const { communication_id: communication } = prepared["send"] as Facts;
  await asked("Send it.", "confirm_send", { communication });
  const { mails, mailboxes } = mail.arrived();
  page.aside(
    `The stand-in has ${String(mails)} mails in ${String(mailboxes)} mailboxes; a couple shares one.`,
  );
  await asked(
    "(The assistant forgets, and prepares the same mail again.)",
    "prepare_send",
    reminder,
  );

  mail.letPeopleRead({
    opened: OPENED.map(addressOf),
    clicked: CLICKED.map(addressOf),
    bounced: addressOf(BOUNCED),
  });
  await asked("What became of the reminder?", "sync_delivery_events", { campaign });
  await asked(
    "Who has opened it?",
    "query_recipients",
    { communication, status: ["opened", "clicked"] },
    RECIPIENTS,
  );
  await thankSpeakers(assistant, days, speakers);
  await asked(
    `Has ${NO_MORE_MAIL} had any mail of this campaign?`,
    "query_contact_history",
    { contact: NO_MORE_MAIL, campaign },
    HISTORY_AND_GAPS,
  );
}

/** A mail for each session, with what people said of it: all is known, nothing is asked for. */
async function thankSpeakers(
  { asked, call }: Assistant,
  { years }: Calendar,
  speakers: Facts,
): Promise<void> {
  const campaign = `Thanks ${String(years.last)}`;
  await call("create_campaign", {
    name: campaign,
    event: eventName(years.last),
    campaign_type: "thank_you",
  });
  const prepared = await asked(
    "Thank last year's speakers, each with the ratings of their session.",
    "prepare_send",
    { campaign, template: "Speaker thank-you", audience: speakers },
    RATINGS,
  );
  const { communication_id: communication } = prepared["send"] as Facts;
  await asked("Send it.", "confirm_send", { communication });
}

function addressOf(name: string): string {
  const person = everybody().find(
    ({ first_name, last_name }) => `${first_name} ${last_name}` === name,
  );
  return person!.email!.toLowerCase();
}
