import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { seedRecord, ZONE } from "../support/record.ts";

// What a tool says and what the views say must be one thing.

let database: TestDatabase;
let client: TestClient;
let people: People;

beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  await seedRecord(database.sql, people);
  const { sql } = database;
  const { day2025, day2026 } = people.events;
  await sql`
    INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id, attendee_contact_id,
                         status, registration_date, checked_in, marketing_source)
    VALUES (11, 'quicket', ${day2025}, ${people.zoe}, ${people.zoe}, 'registered', '2025-09-08 12:00', false, 'Email'),
           (-1, 'walk-in', ${day2025}, ${people.thabo}, ${people.thabo}, 'registered', '2025-11-15 08:30', true, NULL),
           (12, 'quicket', ${day2025}, ${people.nomsa}, ${people.nomsa}, 'transferred', '2025-09-09 12:00', false, NULL),
           (13, 'quicket', ${day2025}, ${people.lerato}, ${people.lerato}, 'registered', '2025-09-10 12:00', true, 'Email')`;
  await sql`
    INSERT INTO speaker_sessions (id, event_id, contact_id, sessionize_session_id, title, track)
    VALUES (1, ${day2025}, ${people.jane}, 'a', 'Streaming', 'Data'), (2, ${day2025}, ${people.thabo}, 'a', 'Streaming', 'Data'),
           (3, ${day2025}, ${people.zoe}, 'b', 'Agents', 'AI'), (4, ${day2026}, ${people.zoe}, 'c', 'More agents', 'AI')`;
  await sql`
    INSERT INTO speaker_ratings (speaker_session_id, topic_rating, presentation_rating, response_id, speaker_comment)
    VALUES (1, 6, 7, 'r1', 'Great'), (2, 6, 7, 'r1', NULL), (1, 5, 4, 'r2', NULL), (2, 5, 4, 'r2', NULL), (3, 7, NULL, 'r3', NULL)`;
  await sql`INSERT INTO interest_topics (id, name) VALUES (1, 'Streaming'), (2, 'Agents')`;
  await sql`
    INSERT INTO contact_interests (contact_id, topic_id)
    VALUES (${people.jane}, 1), (${people.nomsa}, 1), (${people.lerato}, 2)`;
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  await client.ask("save_note", {
    about: { contact: String(people.thabo) },
    text: "Call",
    due: "2026-01-05",
  });
  await client.ask("save_note", { about: { event: "last" }, text: "Thank the venue", done: true });
  await client.ask("update_event", {
    event: String(day2026),
    facts: { capacity: 250, cfp_closes: "2026-04-30T17:00", theme: "Ubuntu" },
  });
  await client.ask("set_suppression", {
    contact: String(people.nomsa),
    suppressed: true,
    scope: "person",
  });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

type Facts = Record<string, any>;
const EVENT_2025 = "SELECT event_id FROM events WHERE year = 2025";
const EVENT_2026 = "SELECT event_id FROM events WHERE year = 2026";

/** What is asked, the tool's call and what of its answer is meant, and the same in SQL. */
const FIGURES: [string, string, Facts, (facts: Facts) => unknown, string][] = [
  [
    "registrations",
    "query_registrations",
    { event: "2026" },
    (f) => f.total,
    `SELECT count(*) FROM registrations WHERE event_id IN (${EVENT_2026})`,
  ],
  [
    "people who are registered",
    "query_registrations",
    { event: "2025" },
    (f) => f.people,
    `SELECT count(DISTINCT contact_id) FROM registrations WHERE event_id IN (${EVENT_2025})`,
  ],
  [
    "cancelled registrations",
    "query_registrations",
    { event: "2026" },
    (f) => f.cancelled,
    `SELECT count(*) FROM cancelled_registrations WHERE status = 'cancelled' AND event_id IN (${EVENT_2026})`,
  ],
  [
    "registrations by a campaign's source",
    "get_campaign",
    { campaign: "CFP 2026" },
    (f) => f.registrations.by_marketing_source,
    "SELECT count(*) FROM registrations JOIN campaigns USING (campaign_id) WHERE campaigns.name = 'CFP 2026'",
  ],
  [
    "who came",
    "query_attendance",
    { event: "2025" },
    (f) => f.events[0].came,
    `SELECT count(DISTINCT contact_id) FROM registrations WHERE came AND event_id IN (${EVENT_2025})`,
  ],
  [
    "walk-ins",
    "query_attendance",
    { event: "2025" },
    (f) => f.events[0].walk_ins,
    `SELECT count(DISTINCT contact_id) FROM registrations WHERE walk_in AND event_id IN (${EVENT_2025})`,
  ],
  [
    "no-shows",
    "query_attendance",
    { event: "2025" },
    (f) => f.events[0].no_shows,
    `SELECT count(*) FROM (SELECT contact_id FROM registrations WHERE event_id IN (${EVENT_2025})
     GROUP BY 1 HAVING bool_or(NOT walk_in) AND NOT bool_or(came)) AS absent`,
  ],
  [
    "people who were mailed",
    "query_recipients",
    {},
    (f) => f.people,
    "SELECT count(DISTINCT contact_id) FROM mails",
  ],
  [
    "people whose mail bounced",
    "query_recipients",
    {},
    (f) => f.by_status.bounced,
    "SELECT count(*) FROM mails WHERE status = 'bounced'",
  ],
  [
    "people who opened",
    "query_recipients",
    { campaign: "CFP 2026" },
    (f) => f.funnel.opened,
    "SELECT count(*) FROM mails WHERE opened AND campaign = 'CFP 2026'",
  ],
  [
    "when Jane first opened the call",
    "query_recipients",
    { communication: "Call for speakers", status: ["opened"] },
    (f) => f.recipients[0].opened_at,
    "SELECT opened_at FROM mails WHERE opened_at IS NOT NULL AND title = 'Call for speakers'",
  ],
  [
    "why it bounced",
    "query_recipients",
    { communication: "Call for speakers", status: ["bounced"] },
    (f) => f.recipients[0].reason,
    "SELECT reason FROM mails WHERE status = 'bounced' AND title = 'Call for speakers'",
  ],
  [
    "people reached by a campaign",
    "query_registrations",
    { campaign: "CFP 2026" },
    (f) => f.campaigns[0].people_reached,
    "SELECT count(DISTINCT contact_id) FROM mails WHERE received AND campaign = 'CFP 2026'",
  ],
  [
    "mails that went out",
    "query_outreach_timeline",
    { kinds: ["email"] },
    (f) => f.total,
    "SELECT count(*) FROM communications WHERE channel = 'email' AND status <> 'draft'",
  ],
  [
    "reach of the shares",
    "list_assets",
    { event: "2026" },
    (f) => f.assets.find((a: Facts) => a.title === "CFP flyer").reach_estimate,
    "SELECT sum(reach_estimate) FROM distributions WHERE asset = 'CFP flyer'",
  ],
  [
    "people whose address bounced",
    "find_contacts",
    { deliverability: "bounced" },
    (f) => f.total,
    "SELECT count(*) FROM undeliverable WHERE state = 'bounced'",
  ],
  [
    "people who asked to be left alone",
    "find_contacts",
    { deliverability: "unsubscribed" },
    (f) => f.total,
    "SELECT count(*) FROM people WHERE deliverability = 'unsubscribed'",
  ],
  [
    "people without an address",
    "find_contacts",
    { deliverability: "no_email" },
    (f) => f.total,
    "SELECT count(*) FROM undeliverable WHERE state = 'no_email'",
  ],
  [
    "people who can be mailed",
    "find_contacts",
    { deliverability: "ok" },
    (f) => f.total,
    "SELECT count(*) FROM people LEFT JOIN undeliverable USING (contact_id) WHERE state IS NULL",
  ],
  [
    "attendees of an event",
    "find_contacts",
    { event: "2025", role: "attendee" },
    (f) => f.total,
    `SELECT count(DISTINCT contact_id) FROM roles WHERE role = 'attendee' AND (event_id IS NULL OR event_id IN (${EVENT_2025}))`,
  ],
  [
    "sponsors",
    "find_contacts",
    { role: "sponsor" },
    (f) => f.total,
    "SELECT count(DISTINCT contact_id) FROM roles WHERE role = 'sponsor'",
  ],
  [
    "talks",
    "list_sessions",
    { event: "2025" },
    (f) => f.total,
    `SELECT count(DISTINCT (event_id, session_key)) FROM sessions WHERE event_id IN (${EVENT_2025})`,
  ],
  [
    "how a talk was rated",
    "list_sessions",
    { event: "2025", order: "rating" },
    (f) => f.sessions.find((s: Facts) => s.title === "Streaming").ratings.topic,
    "SELECT round(avg(topic), 2) FROM (SELECT DISTINCT response, topic FROM ratings WHERE title = 'Streaming') AS answers",
  ],
  [
    "events at which Zoë spoke",
    "query_speakers",
    { text: "Zoë" },
    (f) => f.speakers[0].events,
    "SELECT count(DISTINCT event_id) FROM sessions WHERE speaker LIKE 'Zoë%'",
  ],
  [
    "open notes",
    "list_notes",
    { open: true },
    (f) => f.total,
    "SELECT count(*) FROM notes WHERE done_at IS NULL",
  ],
  ["overdue notes", "list_notes", {}, (f) => f.overdue, "SELECT count(*) FROM notes WHERE overdue"],
  [
    "what is known of an event",
    "get_event",
    { event: "Data & AI Day 2026" },
    (f) => f.facts.capacity,
    `SELECT value::int FROM event_facts WHERE key = 'capacity' AND event_id IN (${EVENT_2026})`,
  ],
  [
    "a deadline",
    "get_event",
    { event: "Data & AI Day 2026" },
    (f) => f.milestones[0].at,
    `SELECT at FROM event_facts WHERE key = 'cfp_closes' AND event_id IN (${EVENT_2026})`,
  ],
  [
    "people interested in a topic",
    "find_audience",
    { interested_in: "Streaming", include_undeliverable: true },
    (f) => f.total,
    "SELECT count(DISTINCT contact_id) FROM interests WHERE topic = 'Streaming'",
  ],
  [
    "mails that Jane received",
    "query_contact_history",
    { contact: "jane.smith@example.org" },
    (f) =>
      f.people[0].entries.filter((e: Facts) =>
        ["sent", "delivered", "opened", "clicked"].includes(e.status),
      ).length,
    "SELECT count(*) FROM mails JOIN people USING (contact_id) WHERE received AND email = 'jane.smith@example.org'",
  ],
  ["campaigns", "list_campaigns", {}, (f) => f.total, "SELECT count(*) FROM campaigns"],
  ["changes", "list_changes", {}, (f) => f.total, "SELECT count(*) FROM changes"],
  [
    "who changed last, with what",
    "list_changes",
    {},
    (f) => `${f.changes[0].by.name} ${f.changes[0].tool}`,
    `SELECT by || ' ' || tool FROM changes ORDER BY change_id DESC LIMIT 1`,
  ],
];

it.each(FIGURES)("%s", async (_what, tool, args, pick, sql) => {
  const said = pick(await client.ask(tool, args));
  const { rows } = await client.ask("ask_database", { sql });
  expect([said, rows]).toEqual([expect.anything(), [[said]]]);
});
