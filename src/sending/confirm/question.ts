import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import type { Fact, Question } from "../../mcp/asking/question.ts";
import { now } from "../../mcp/time.ts";
import { counted } from "../../words/counts.ts";
import { mailbox } from "../../words/email_address.ts";
import { groupedBy } from "../../words/groups.ts";
import { segmentsOf, type SegmentOfMail } from "../../record/segments/queries.ts";
import { leftOutOf, type LeftOut } from "../queries/left_out.ts";
import { heldMails, type HeldMail } from "../queries/lists.ts";
import { noticedPeople } from "../queries/notices.ts";
import { changedMails, changeInWords } from "../prepare/values_now.ts";
import type { SendRow } from "../queries/sends.ts";

/** What a person is asked about a list, and all that they should know of it. */
export interface SendQuestion {
  asked: string;
  /** Which mail it is, and when it goes. */
  about: Fact[];
  /** What they may not expect of it. */
  notices: Fact[];
  /** Once each, however many mails they get. */
  people: HeldMail[];
  mails: HeldMail[];
  leftOut: LeftOut[];
  /** What its mails say differently by now, as a sentence; null where nothing has changed. */
  changed: string | null;
}

const NAMED = 20;
const LEFT_OUT_LISTED = 10_000;
const LEFT_OUT_NAMED = 5;

/** Why somebody is left out, as a person is told. */
export const REASONS: Record<string, string> = {
  no_email: "no e-mail address is known",
  invalid_email: "not a valid e-mail address",
  bounced: "mails to this address bounced",
  complained: "reported a mail as spam",
  unsubscribed: "does not want mails",
  already_received: "received this mail already",
  no_session: "has no session at the event",
  shared_mailbox: "it goes to somebody with the same mailbox",
};

/**
 * The question whether a list may go as it is now.
 *
 * @param mailsLeft how many mails the account sends today; null: no limit is known
 */
export async function questionAbout(
  call: Call,
  send: SendRow,
  mailsLeft: number | null,
): Promise<SendQuestion> {
  const { sql, zone } = call;
  const [mails, noticed, leftOut, changes, segments] = await together(
    heldMails(sql, send.communication_id),
    noticedPeople(sql, send, zone),
    leftOutOf(sql, send.communication_id, LEFT_OUT_LISTED),
    changedMails(call, send, null),
    segmentsOf(sql, send.communication_id),
  );
  const people = [...groupedBy(mails, ({ contact_id }) => contact_id).values()].map(
    ([first]) => first,
  );
  const again = noticed.filter(({ has_received }) => has_received);
  const lifted = noticed.filter(({ is_lifted }) => is_lifted);
  const shared = [...groupedBy(people, ({ email }) => mailbox(email))].filter(
    ([, group]) => group.length > 1,
  );
  return {
    asked: `Send ${send.per_session ? counted(mails.length, "mail") : "this mail"} to ${counted(people.length, "person", "people")}?`,
    about: [
      { label: "Mail", words: [send.title] },
      { label: `Template ${String(send.brevo_template_id)}`, words: [send.template_name] },
      { label: "Campaign", words: [send.campaign_name] },
      { label: "Event", words: [send.event_name] },
      ...segments.map(segmentInWords),
      ...(send.per_session
        ? [{ label: "One mail for each session, with what is known of that session" }]
        : []),
      { label: `Day of sending: ${now(zone).slice(0, 10)}` },
    ],
    notices: [
      ...(mailsLeft !== null && mailsLeft < mails.length
        ? [
            {
              label: `Today only ${String(mailsLeft)} of them, as Brevo sends no more; the others are held until somebody is asked anew`,
            },
          ]
        : []),
      ...listed(again.map(nameOf), "Received this mail already and get it again", NAMED),
      ...listed(lifted.map(nameOf), "May be mailed again only since yesterday or today", NAMED),
      ...listed(
        shared.map(([address, group]) => `${address}: ${group.map(nameOf).join(", ")}`),
        "Mailboxes that get it more than once",
        NAMED,
      ),
    ],
    people,
    mails,
    leftOut,
    changed: changeInWords(changes, send),
  };
}

function segmentInWords({ name, description, is_left_out, is_changed }: SegmentOfMail): Fact {
  const of = is_left_out ? "Without the people of the segment" : "People of the segment";
  const since = is_changed ? " (changed since; the list stays as it was made then)" : "";
  return { label: `${of}${since}`, words: [name, ...(description === null ? [] : [description])] };
}

/** The question as a form puts it, with the first names on the list and of those left out. */
export function inWords({ asked, about, notices, people, leftOut }: SendQuestion): Question {
  return {
    asked,
    facts: [
      ...about,
      ...listed(people.map(nameOf), "To", NAMED),
      ...notices,
      ...[...groupedBy(leftOut, ({ reason }) => reason)].flatMap(([reason, group]) =>
        listed(group.map(nameOf), `Left out, ${REASONS[reason] ?? reason}`, LEFT_OUT_NAMED),
      ),
    ],
  };
}

/** The first of some names under a label with their number; nothing where there are none. */
function listed(names: readonly string[], label: string, most: number): Fact[] {
  if (names.length === 0) return [];
  const more = Math.max(0, names.length - most);
  return [{ label: `${label} (${String(names.length)})`, words: names.slice(0, most), more }];
}

function nameOf(person: { name: string; email?: string }): string {
  return person.name.trim() === "" ? (person.email ?? "somebody without a name") : person.name;
}
