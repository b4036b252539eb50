import { ASKS_BACK, number, words } from "../facts.ts";
import { ZONE } from "../../demo/calendar.ts";
import type { Story } from "../story.ts";
import { recorded, type Task } from "../task.ts";

/** What is to be written down, or put right. */
export function orders({ days, truth, next, cfp, saveTheDate }: Story): Task[] {
  const postedAt = days.ago(1, "09:00");
  const mailedAt = days.ago(3, "10:00");
  const dueOn = days.ago(-3, "00:00").slice(0, 10);
  const registered = truth.registered("next").length;
  return [
    {
      name: "a post",
      kind: "order",
      turns: [
        {
          says: `Yesterday at nine in the morning we posted "Meet the speakers" on LinkedIn, for the campaign ${saveTheDate}: https://www.example.org/posts/meet-the-speakers. Log it.`,
          holds: [words("Meet the speakers")],
          after: recorded(
            ["log_post"],
            (sql) => sql`
              SELECT campaign.name, post.channel, post.post_url,
                     to_char(post.sent_at AT TIME ZONE ${ZONE}, 'YYYY-MM-DD"T"HH24:MI')
              FROM communications AS post JOIN campaigns AS campaign ON campaign.id = post.campaign_id
              WHERE post.title = 'Meet the speakers'`,
            `${saveTheDate}, linkedin_post, https://www.example.org/posts/meet-the-speakers, ${postedAt}`,
          ),
          calls: [
            {
              tool: "log_post",
              arguments: {
                campaign: saveTheDate,
                channel: "linkedin_post",
                title: "Meet the speakers",
                post_url: "https://www.example.org/posts/meet-the-speakers",
                published_at: postedAt,
              },
            },
          ],
        },
      ],
    },
    {
      name: "a mail to everybody registered",
      kind: "order",
      turns: [
        {
          says: `Three days ago at 10:00 I mailed "The programme is out" to everybody who is registered for this year's event, from my own mail program. Log it in ${saveTheDate}.`,
          holds: [number(registered)],
          after: recorded(
            ["log_send"],
            (sql) => sql`
              SELECT campaign.name, mail.channel, mail.recipient_count,
                     to_char(mail.sent_at AT TIME ZONE ${ZONE}, 'YYYY-MM-DD"T"HH24:MI')
              FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
              WHERE mail.title = 'The programme is out'`,
            `${saveTheDate}, email, ${String(registered)}, ${mailedAt}`,
          ),
          calls: [
            {
              tool: "log_send",
              arguments: {
                campaign: saveTheDate,
                title: "The programme is out",
                audience: { event: "this year", registered: true },
                sent_at: mailedAt,
              },
            },
          ],
        },
      ],
    },
    {
      name: "a figure put right",
      kind: "order",
      turns: [
        {
          says: "When we shared the CFP flyer on LinkedIn it reached 1,850 people, not 1,200. Correct that.",
          holds: [number(1850)],
          after: recorded(
            ["update_entry"],
            (sql) => sql`
              SELECT channel, reach_estimate FROM asset_distributions ORDER BY channel`,
            "linkedin, 1850",
            "whatsapp, -",
          ),
          calls: [
            { tool: "list_assets", arguments: { text: "CFP flyer" } },
            ([assets = ""]) => ({
              tool: "update_entry",
              arguments: {
                kind: "distribution",
                id: /id (\d+), channel linkedin/u.exec(assets)?.[1],
                changes: { reach_estimate: 1850 },
              },
            }),
          ],
        },
      ],
    },
    {
      name: "something to be done",
      kind: "order",
      turns: [
        {
          says: "Remind me in three days to call the caterer about this year's event.",
          holds: [words("caterer")],
          after: recorded(
            ["save_note"],
            (sql) => sql`
              SELECT about, to_char(due AT TIME ZONE ${ZONE}, 'YYYY-MM-DD'), done_at
              FROM ask.notes WHERE text ILIKE '%caterer%'`,
            `${next}, ${dueOn}, -`,
          ),
          calls: [
            {
              tool: "save_note",
              arguments: { about: { event: "this year" }, text: "Call the caterer", due: dueOn },
            },
          ],
        },
      ],
    },
    {
      name: "a new sponsor",
      kind: "order",
      turns: [
        {
          says: "Sanele Mbatha of Coastline Analytics (sanele.mbatha@example.org) sponsors this year's event. Put that in.",
          holds: [words("Sanele Mbatha")],
          after: recorded(
            ["save_contact"],
            (sql) => sql`
              SELECT person.first_name, person.last_name, person.email, person.company, role.role, role.event
              FROM contacts AS person
              LEFT JOIN ask.roles AS role ON role.contact_id = person.id
              WHERE person.last_name = 'Mbatha'`,
            `Sanele, Mbatha, sanele.mbatha@example.org, Coastline Analytics, sponsor, ${next}`,
          ),
          calls: [
            {
              tool: "save_contact",
              arguments: {
                first_name: "Sanele",
                last_name: "Mbatha",
                email: "sanele.mbatha@example.org",
                company: "Coastline Analytics",
                roles_add: [{ role: "sponsor", event: "this year" }],
              },
            },
          ],
        },
      ],
    },
    {
      name: "taken back",
      kind: "order",
      turns: [
        {
          says: "I closed the call for speakers too early. What did we note last? Take that back.",
          holds: [words(cfp)],
          after: recorded(
            ["undo_change", "update_campaign"],
            (sql) => sql`SELECT name, status FROM campaigns WHERE campaign_type = 'cfp'`,
            `${cfp}, active`,
          ),
          calls: [
            { tool: "list_changes", arguments: { limit: 1 } },
            ([changes = ""]) => ({
              tool: "undo_change",
              arguments: { change: Number(/^\| (\d+) \|/mu.exec(changes)?.[1]) },
            }),
          ],
        },
      ],
    },
    {
      name: "which of two",
      kind: "order",
      turns: [
        {
          says: "Jane Smith wants no more mails from us. See to it.",
          holds: [ASKS_BACK],
          calls: [
            { tool: "set_suppression", arguments: { contact: "Jane Smith", suppressed: true } },
          ],
          answer:
            "There are two of that name. Which one: jane.smith@example.org or jane@example.org?",
        },
        {
          says: "The one who has not spoken, jane@example.org.",
          holds: [words("Jane Smith")],
          after: recorded(
            ["set_suppression"],
            (sql) => sql`
              SELECT name, email FROM ask.people
              WHERE deliverability = 'unsubscribed' ORDER BY name`,
            "Anathi Ngcobo, anathi.ngcobo@example.org",
            "Jane Smith, jane@example.org",
          ),
          calls: [
            {
              tool: "set_suppression",
              arguments: { contact: "jane@example.org", suppressed: true, reason: "asked for it" },
            },
          ],
        },
      ],
    },
    {
      name: "forgetting somebody",
      kind: "order",
      turns: [
        {
          says: "Yusuf Ismail asks us to delete everything that we hold on him. Do that.",
          holds: [],
          after: recorded(
            ["erase_contact"],
            (sql) => sql`
              SELECT (SELECT count(*) FROM contacts WHERE last_name = 'Ismail') AS found,
                     (SELECT count(*) FROM ask.registrations JOIN ask.events USING (event_id)
                      WHERE name = ${next}) AS registrations`,
            `0, ${String(registered)}`,
          ),
          calls: [{ tool: "erase_contact", arguments: { contact: "Yusuf Ismail" } }],
        },
      ],
    },
  ];
}
