import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/**
 * A made-up organiser's world. `last` is last November's event, `next` the one to come, `quiet` one at
 * which nobody was checked in. Everybody's e-mail is their first name, but for those named below.
 */
const PEOPLE = [
  "Anna", // speaker last; received the CFP mail
  "Bongani", // speaker last; the CFP mail bounced (softly)
  "Chipo", // speaker last; queued in a mail of the CFP campaign that is under way
  "Dineo", // speaker last; queued in a draft of the CFP campaign
  "Esther", // speaker last, never contacted; shares a mailbox with Farai
  "Farai", // speaker last, never contacted
  "Gugu", // speaker last, without an e-mail
  "Hlengiwe", // speaker last, hard bounce
  "Imran", // registered last and came; opened the thank-you mail
  "Johan", // registered last and did not come; clicked in the thank-you mail
  "Kagiso", // registered last, cancelled
  "Lindiwe", // organiser of everything
  "Mpho", // registered quiet, and next early
  "Naledi", // spam complaint
  "Olwethu", // unsubscribed, and complained later
] as const;
type Name = (typeof PEOPLE)[number];

describe("find_audience", () => {
  let database: TestDatabase;
  let client: TestClient;
  const id = {} as Record<Name, number>;
  const event = { last: 0, next: 0, quiet: 0 };
  const mail = { call: 0, reminder: 0, thanks: 0, draft: 0, underWay: 0, notice: 0 };

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    const people = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT name, 'Test', CASE WHEN name = 'Gugu' THEN ' '
                                WHEN name IN ('Esther', 'Farai') THEN 'Family@example.org'
                                ELSE lower(name) || '@example.org' END
      FROM unnest(${[...PEOPLE]}::text[]) WITH ORDINALITY AS person (name, position)
      ORDER BY position RETURNING id`;
    PEOPLE.forEach((name, index) => (id[name] = people[index]?.id ?? 0));
    const events = await sql<{ id: number }[]>`
      INSERT INTO events (name, event_date, location) VALUES
        ('Data Day 2025', '2025-11-15', 'Durban'), ('Data Day 2026', '2026-11-14', 'Cape Town'),
        ('Quiet Evening', '2025-06-01', 'Durban') RETURNING id`;
    [event.last, event.next, event.quiet] = events.map((row) => row.id) as [number, number, number];
    for (const name of PEOPLE.slice(0, 8)) {
      await sql`INSERT INTO contact_roles (contact_id, event_id, role_type)
                VALUES (${id[name]}, ${event.last}, 'speaker')`;
    }
    await sql`INSERT INTO contact_roles (contact_id, event_id, role_type)
              VALUES (${id.Lindiwe}, NULL, 'organiser'), (${id.Naledi}, ${event.quiet}, 'attendee')`;
    const tickets = [
      {
        contact: id.Imran,
        event: event.last,
        status: "registered",
        came: true,
        at: "2025-10-01 00:30",
      },
      {
        contact: id.Johan,
        event: event.last,
        status: "registered",
        came: false,
        at: "2025-10-02 09:00",
      },
      {
        contact: id.Kagiso,
        event: event.last,
        status: "cancelled",
        came: false,
        at: "2025-09-01 09:00",
      },
      {
        contact: id.Anna,
        event: event.last,
        status: "registered",
        came: true,
        at: "2025-10-05 09:00",
      },
      {
        contact: id.Mpho,
        event: event.quiet,
        status: "registered",
        came: false,
        at: "2025-05-01 09:00",
      },
      {
        contact: id.Mpho,
        event: event.next,
        status: "registered",
        came: false,
        at: "2026-08-01 09:00",
      },
      {
        contact: id.Johan,
        event: event.next,
        status: "transferred",
        came: false,
        at: "2026-08-01 09:00",
      },
    ];
    for (const ticket of tickets) {
      await sql`
        INSERT INTO tickets (event_id, purchaser_contact_id, attendee_contact_id, status, checked_in,
                             registration_date)
        VALUES (${ticket.event}, ${ticket.contact}, ${ticket.contact}, ${ticket.status}, ${ticket.came},
                ${ticket.at})`;
    }
    await sql`INSERT INTO interest_topics (name) VALUES ('Data Engineering'), ('Machine learning')`;
    await sql`INSERT INTO contact_interests (contact_id, topic_id)
              SELECT ${id.Anna}::int, id FROM interest_topics
              UNION ALL SELECT ${id.Imran}::int, id FROM interest_topics WHERE name = 'Machine learning'`;
    const campaigns = await sql<{ id: number }[]>`
      INSERT INTO campaigns (name, event_id, campaign_type, status) VALUES
        ('CFP 2026', ${event.next}, 'cfp', 'active'), ('Thanks 2025', ${event.last}, 'thank_you', 'completed'),
        ('Notices', ${event.quiet}, 'general', 'active')
      RETURNING id`;
    const [cfp, thanks, notices] = campaigns.map((row) => row.id) as [number, number, number];
    const mails = await sql<{ id: number }[]>`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at) VALUES
        (${cfp}, 'email', 'Speak with us', 'sent', '2026-03-01T09:00+02'),
        (${cfp}, 'email', 'Last call', 'sent', '2026-04-01T09:00+02'),
        (${thanks}, 'email', 'Thank you', 'sent', '2025-11-20T09:00+02'),
        (${cfp}, 'email', 'Not yet confirmed', 'draft', NULL),
        (${cfp}, 'email', 'Under way', 'sending', '2026-05-01T09:00+02'),
        (${notices}, 'email', 'Old notice', 'sent', '2025-05-20T09:00+02')
      RETURNING id`;
    [mail.call, mail.reminder, mail.thanks, mail.draft, mail.underWay, mail.notice] = mails.map(
      (row) => row.id,
    ) as [number, number, number, number, number, number];
    const at = "2025-11-21T09:00:00Z";
    const recipients = [
      { mail: mail.call, contact: id.Anna, status: "delivered" },
      { mail: mail.reminder, contact: id.Anna, status: "sent" },
      {
        mail: mail.call,
        contact: id.Bongani,
        status: "bounced",
        events: [{ kind: "soft_bounce", at }],
      },
      { mail: mail.underWay, contact: id.Chipo, status: "queued" },
      { mail: mail.draft, contact: id.Dineo, status: "queued" },
      {
        mail: mail.notice,
        contact: id.Hlengiwe,
        status: "bounced",
        events: [{ kind: "hard_bounce", at }],
      },
      { mail: mail.thanks, contact: id.Imran, status: "opened", events: [{ kind: "opened", at }] },
      {
        mail: mail.thanks,
        contact: id.Johan,
        status: "clicked",
        events: [{ kind: "clicked", at }],
      },
      { mail: mail.thanks, contact: id.Anna, status: "delivered" },
      {
        mail: mail.notice,
        contact: id.Naledi,
        status: "delivered",
        events: [{ kind: "spam", at }],
      },
      {
        mail: mail.notice,
        contact: id.Olwethu,
        status: "delivered",
        events: [
          { kind: "unsubscribed", at },
          { kind: "spam", at: "2025-11-22T09:00:00Z" },
        ],
      },
    ];
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, metadata)
      SELECT communication.id, contact.id, entry.status,
             CASE WHEN entry.status <> 'queued' THEN communication.sent_at END,
             jsonb_strip_nulls(jsonb_build_object(
               'email', contact.email, 'events', entry.events,
               'logged_status', CASE WHEN entry.events IS NOT NULL THEN 'sent' END))
      FROM jsonb_to_recordset(${sql.json(recipients)})
        AS entry (mail int, contact int, status text, events jsonb)
      JOIN communications AS communication ON communication.id = entry.mail
      JOIN contacts AS contact ON contact.id = entry.contact`;
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  /** First names of who is found, in the order in which they came into the database. */
  const found = async (args: Record<string, unknown>) => {
    const { contacts } = await client.ask("find_audience", args);
    return (contacts as { name: string }[]).map(({ name }) => name.replace(" Test", ""));
  };

  it("answers: send the CFP mail to last November's speakers who haven't had it", async () => {
    const answer = await client.ask("find_audience", {
      event: "November 2025",
      role: "speaker",
      not_received_campaign: "CFP 2026",
    });
    // Anna has it, and Chipo is about to get it. A bounce is no receipt, nor is a draft.
    expect(answer.contacts).toEqual([
      {
        id: id.Bongani,
        name: "Bongani Test",
        email: "bongani@example.org",
        last_contacted_at: null,
        mails: 0,
      },
      {
        id: id.Dineo,
        name: "Dineo Test",
        email: "dineo@example.org",
        last_contacted_at: null,
        mails: 0,
      },
      {
        id: id.Esther,
        name: "Esther Test",
        email: "Family@example.org",
        last_contacted_at: null,
        mails: 0,
      },
      {
        id: id.Farai,
        name: "Farai Test",
        email: "Family@example.org",
        last_contacted_at: null,
        mails: 0,
      },
    ]);
    expect(answer).toMatchObject({
      total: 4,
      excluded: [
        { reason: "bounced", count: 1, contacts: [{ id: id.Hlengiwe, name: "Hlengiwe Test" }] },
        { reason: "no_email", count: 1, contacts: [{ id: id.Gugu, name: "Gugu Test" }] },
      ],
      shared_mailboxes: [{ email: "family@example.org", contact_ids: [id.Esther, id.Farai] }],
      next_cursor: null,
      filter: { not_received_campaign: { name: "CFP 2026" } },
      resolved: { event: { id: event.last, name: "Data Day 2025" } },
    });
  });

  it("says of somebody who is kept out and has no e-mail that they are kept out, as every tool does", async () => {
    const kept = { contact: "Gugu Test", scope: "person" };
    await client.ask("set_suppression", { ...kept, suppressed: true });
    const left = [{ reason: "unsubscribed", count: 1, contacts: [{ name: "Gugu Test" }] }];
    expect(await client.ask("find_audience", { text: "gugu" })).toMatchObject({ excluded: left });
    const { people } = await client.ask("query_contact_history", { contact: "Gugu Test" });
    expect(people[0].deliverability).toMatchObject({ state: "unsubscribed" });
    const { contacts } = await client.ask("find_contacts", { text: "gugu" });
    expect(contacts).toMatchObject([{ deliverability: "unsubscribed" }]);
    const { rows } = await client.ask("ask_database", {
      sql: "SELECT state, deliverability FROM undeliverable JOIN people USING (contact_id) WHERE people.name = 'Gugu Test'",
    });
    expect(rows).toEqual([["unsubscribed", "unsubscribed"]]);
    await client.ask("set_suppression", { ...kept, suppressed: false });
    expect(await client.ask("find_audience", { text: "gugu" })).toMatchObject({
      excluded: [{ reason: "no_email", count: 1 }],
    });
  });

  it("says when each was last contacted and how many mails they received", async () => {
    const { contacts } = await client.ask("find_audience", { text: "anna" });
    expect(contacts).toEqual([
      {
        id: id.Anna,
        name: "Anna Test",
        email: "anna@example.org",
        last_contacted_at: "2026-04-01T09:00:00+02:00",
        mails: 3,
      },
    ]);
    const [bounced] = (await client.ask("find_audience", { text: "bongani" }))
      .contacts as unknown[];
    expect(bounced).toMatchObject({ last_contacted_at: null, mails: 0 });
  });

  it("takes event alone as any role or registration there, global roles included", async () => {
    expect(await found({ event: event.quiet })).toEqual(["Lindiwe", "Mpho"]);
    expect(await found({ event: "Data Day 2026" })).toEqual(["Lindiwe", "Mpho"]);
    expect(await found({ event: "2025", role: "attendee" })).toEqual([
      "Anna",
      "Imran",
      "Johan",
      "Mpho",
    ]);
  });

  it("takes role as the role at that event, and without one as the role anywhere", async () => {
    expect(await found({ event: "Quiet Evening", role: "speaker" })).toEqual([]);
    expect(await found({ event: "Quiet Evening", role: "organiser" })).toEqual(["Lindiwe"]);
    expect(await found({ role: "speaker", received_campaign: "CFP 2026" })).toEqual(["Anna"]);
    // Naledi has that role and no registration; she complained.
    const attendees = await client.ask("find_audience", { event: event.quiet, role: "attendee" });
    expect(attendees).toMatchObject({
      total: 1,
      excluded: [{ reason: "complained", count: 1, contacts: [{ id: id.Naledi }] }],
    });
  });

  it("takes registered as a ticket that is neither cancelled nor transferred", async () => {
    expect(await found({ event: event.last, registered: true })).toEqual([
      "Anna",
      "Imran",
      "Johan",
    ]);
    expect(await found({ event: event.next, registered: "yes" })).toEqual(["Mpho"]);
    // Those who come from the event by a role, and hold no ticket.
    expect(await found({ event: event.last, role: "speaker", registered: false })).toEqual([
      "Bongani",
      "Chipo",
      "Dineo",
      "Esther",
      "Farai",
    ]);
  });

  it("takes attended as checked in, its opposite as registered and not checked in", async () => {
    expect(await found({ event: event.last, attended: true })).toEqual(["Anna", "Imran"]);
    expect(await found({ event: event.last, attended: false })).toEqual(["Johan"]);
  });

  it("does not know who attended an event without any check-in, and says so", async () => {
    for (const attended of [true, false]) {
      const answer = await client.ask("find_audience", { event: "Quiet Evening", attended });
      expect(answer.total).toBe(0);
      expect(answer.warnings).toEqual([
        "Nobody was checked in at Quiet Evening, so who attended is not known.",
      ]);
    }
  });

  it("refuses registered and attended without event", async () => {
    expect(await client.refused("find_audience", { registered: false })).toContain("event");
    expect(await client.refused("find_audience", { attended: true })).toContain("event");
  });

  it("reads registered_before in the organiser's zone, at the event or at any", async () => {
    // Imran registered on 1 October at 00:30 in Johannesburg, which is 30 September in UTC.
    expect(await found({ event: event.last, registered_before: "2025-10-01" })).toEqual([]);
    expect(await found({ event: event.last, registered_before: "2025-10-01T00:31" })).toEqual([
      "Imran",
    ]);
    expect(await found({ registered_before: "2025-10-02" })).toEqual(["Imran", "Mpho"]);
  });

  it("finds who is registered for an event, or for none of a year's", async () => {
    expect(await found({ registered_for: "Data Day 2026" })).toEqual(["Mpho"]);
    expect(
      await found({ event: event.last, registered: true, not_registered_for: event.next }),
    ).toEqual(["Anna", "Imran", "Johan"]);
    expect(await found({ text: "test", role: "attendee", not_registered_for: "2025" })).toEqual([]);
    const { filter } = await client.ask("find_audience", { not_registered_for: "2025" });
    expect(filter.not_registered_for).toEqual([
      { id: event.last, name: "Data Day 2025" },
      { id: event.quiet, name: "Quiet Evening" },
    ]);
  });

  it("finds who is interested in a topic given in words", async () => {
    expect(await found({ interested_in: "LEARNING" })).toEqual(["Anna", "Imran"]);
    expect(await found({ interested_in: "data engineering" })).toEqual(["Anna"]);
    expect(await client.refused("find_audience", { interested_in: "gardening" })).toBe(
      'interested_in: there is no topic "gardening". The most common: Machine learning, Data Engineering.',
    );
  });

  it("takes received as sent, delivered, opened or clicked", async () => {
    expect(await found({ received_campaign: "Thanks 2025" })).toEqual(["Anna", "Imran", "Johan"]);
    expect(await found({ received_campaign: "cfp-2026" })).toEqual(["Anna"]);
    expect(await found({ received_communication: "Last call" })).toEqual(["Anna"]);
    expect(
      await found({ received_campaign: "CFP 2026", received_communication: "Thank you" }),
    ).toEqual(["Anna"]);
  });

  it("takes received_status instead, and counts nobody who is queued in a draft", async () => {
    expect(await found({ received_campaign: "CFP 2026", received_status: ["bounced"] })).toEqual([
      "Bongani",
    ]);
    expect(
      await found({ received_campaign: "CFP 2026", received_status: ["queued", "sent"] }),
    ).toEqual(["Anna", "Chipo"]);
    expect(
      await found({ received_communication: mail.thanks, received_status: "clicked" }),
    ).toEqual(["Johan"]);
    expect(await found({ received_status: ["opened", "clicked"] })).toEqual(["Imran", "Johan"]);
  });

  it("takes opened as a click or an open, its opposite as received without either", async () => {
    expect(await found({ received_campaign: "Thanks 2025", opened: true })).toEqual([
      "Imran",
      "Johan",
    ]);
    const unopened = await client.ask("find_audience", {
      received_campaign: "Thanks 2025",
      opened: false,
    });
    expect(unopened).toMatchObject({ total: 1, contacts: [{ id: id.Anna }], warnings: [] });
    expect(await found({ opened: true })).toEqual(["Imran", "Johan"]);
    expect(await found({ opened: false })).toEqual(["Anna"]);
    const untracked = await client.ask("find_audience", {
      received_communication: "Last call",
      opened: false,
    });
    expect(untracked).toMatchObject({ total: 1, contacts: [{ id: id.Anna }] });
    expect(untracked.warnings).toEqual([
      "No delivery events are recorded for these mails, so who opened them is not known.",
    ]);
  });

  it("leaves out by campaign and by communication who received it or is about to", async () => {
    const speakers = { event: event.last, role: "speaker" };
    expect(await found({ ...speakers, not_received_communication: "Under way" })).toEqual([
      "Anna",
      "Bongani",
      "Dineo",
      "Esther",
      "Farai",
    ]);
    expect(await found({ ...speakers, not_received_communication: mail.draft })).toContain("Dineo");
    expect(await found({ ...speakers, not_received_communication: mail.reminder })).not.toContain(
      "Anna",
    );
    expect(
      await found({ received_campaign: "Thanks 2025", not_received_campaign: "CFP 2026" }),
    ).toEqual(["Imran", "Johan"]);
  });

  it("finds who was not contacted since a time, the never contacted included", async () => {
    const since = async (time: string) => found({ not_contacted_since: time });
    const silent = ["Bongani", "Dineo", "Esther", "Farai", "Kagiso", "Lindiwe", "Mpho"];
    expect(await since("2026-04-02")).toEqual([
      "Anna",
      ...silent.slice(0, 4),
      "Imran",
      "Johan",
      ...silent.slice(4),
    ]);
    expect(await since("2026-04-01")).toEqual([
      ...silent.slice(0, 4),
      "Imran",
      "Johan",
      ...silent.slice(4),
    ]);
    expect(await since("2025-11-20T09:00")).toEqual(silent);
    expect(await since("2025-11-20T09:00:01")).toContain("Imran");
  });

  it("counts mails for min_mails: all, of a campaign, for an event or a year, or since a date", async () => {
    expect(await found({ min_mails: 1 })).toEqual(["Anna", "Imran", "Johan"]);
    expect(await found({ min_mails: 3 })).toEqual(["Anna"]);
    expect(await found({ min_mails: 4 })).toEqual([]);
    expect(await found({ min_mails: 2, mails_from: "CFP 2026" })).toEqual(["Anna"]);
    expect(await found({ min_mails: 3, mails_from: "CFP 2026" })).toEqual([]);
    expect(await found({ min_mails: 2, mails_from: "Data Day 2025" })).toEqual([]);
    expect(await found({ min_mails: 1, mails_from: "Data Day 2025" })).toEqual([
      "Anna",
      "Imran",
      "Johan",
    ]);
    expect(await found({ min_mails: 2, mails_from: "2026" })).toEqual(["Anna"]);
    expect(await found({ min_mails: 2, mails_from: "2026-01-01" })).toEqual(["Anna"]);
    expect(await found({ min_mails: 2, mails_from: "2026-04-01" })).toEqual([]);
    expect(await found({ mails_from: "Thanks 2025" })).toEqual(["Anna", "Imran", "Johan"]);
    expect(await client.refused("find_audience", { mails_from: "Nothing at all" })).toMatch(
      /^mails_from: There is no campaign "Nothing at all".* There is no event "Nothing at all"/u,
    );
  });

  it("leaves out each once under the first reason that applies, and counts after that", async () => {
    const everybody = await client.ask("find_audience", {});
    expect(everybody.total).toBe(PEOPLE.length - 4);
    expect(everybody.excluded).toEqual([
      { reason: "bounced", count: 1, contacts: [{ id: id.Hlengiwe, name: "Hlengiwe Test" }] },
      {
        reason: "complained",
        count: 2,
        contacts: [
          { id: id.Naledi, name: "Naledi Test" },
          { id: id.Olwethu, name: "Olwethu Test" },
        ],
      },
      { reason: "no_email", count: 1, contacts: [{ id: id.Gugu, name: "Gugu Test" }] },
    ]);
    // Who does not match every filter is not left out by it either.
    expect((await client.ask("find_audience", { event: event.quiet })).excluded).toEqual([
      { reason: "complained", count: 1, contacts: [{ id: id.Naledi, name: "Naledi Test" }] },
    ]);
  });

  it("keeps everybody when asked to, also who has no e-mail and is on no mailbox", async () => {
    const answer = await client.ask("find_audience", { include_undeliverable: true });
    expect(answer).toMatchObject({
      total: PEOPLE.length,
      fitting: PEOPLE.length,
      excluded: [],
      filter: { include_undeliverable: true },
    });
    expect(answer.contacts).toContainEqual(
      expect.objectContaining({ id: id.Gugu, name: "Gugu Test", email: null }),
    );
    await database.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Gugu', 'Second')`;
    const two = await client.ask("find_audience", { text: "gugu", include_undeliverable: true });
    expect(two).toMatchObject({ total: 2, shared_mailboxes: [], shared_mailboxes_total: 0 });
    await database.sql`DELETE FROM contacts WHERE last_name = 'Second'`;
  });

  it("counts everybody who has not had a mail, whether they can be mailed or not", async () => {
    const given = { event: event.last, role: "speaker", not_received_campaign: "CFP 2026" };
    const answer = await client.ask("find_audience", given);
    expect(answer).toMatchObject({ total: 4, fitting: 6 });
    const { text } = await client.call("find_audience", given);
    expect(text.split("\n")[0]).toContain(
      "Left out: 1 bounced, 1 without an e-mail; they match the filters too, 6 people in all.",
    );
  });

  it("says how long a page is where more people match", async () => {
    await database.sql`INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Many' || i, 'Folk', 'many' || i || '@example.org' FROM generate_series(1, 51) AS i`;
    const { text } = await client.call("find_audience", { text: "folk" });
    expect(text).toMatch(/^50 of 51 people shown \(a page is 50 unless limit says otherwise\)\./u);
    await database.sql`DELETE FROM contacts WHERE last_name = 'Folk'`;
  });

  it("lists up to twenty of those left out and counts all, and unsubscribing is a reason", async () => {
    const { sql } = database;
    await sql`INSERT INTO contacts (first_name, last_name, email)
              SELECT 'Gone' || i, 'Away', 'gone' || i || '@example.org' FROM generate_series(1, 21) AS i`;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, metadata)
      SELECT ${mail.notice}, id, 'delivered', jsonb_build_object('email', upper(email),
        'events', '[{"kind": "unsubscribed", "at": "2025-06-01T00:00:00Z"}]'::jsonb)
      FROM contacts WHERE last_name = 'Away'`;
    const { total, excluded } = await client.ask("find_audience", { text: "away" });
    expect(total).toBe(0);
    expect(excluded).toMatchObject([{ reason: "unsubscribed", count: 21 }]);
    expect(excluded[0].contacts).toHaveLength(20);
    // Deliverability goes by the address that was mailed: a corrected one starts clean.
    await sql`UPDATE contacts SET email = 'corrected@example.org' WHERE first_name = 'Gone7'`;
    expect(await client.ask("find_audience", { text: "away" })).toMatchObject({
      total: 1,
      excluded: [{ reason: "unsubscribed", count: 20 }],
    });
    await sql`DELETE FROM communication_recipients
              WHERE contact_id IN (SELECT id FROM contacts WHERE last_name = 'Away')`;
    await sql`DELETE FROM contacts WHERE last_name = 'Away'`;
  });

  it("lists mailboxes that several of the people found share, and no others", async () => {
    const both = await client.ask("find_audience", { text: "family", limit: 1 });
    expect(both).toMatchObject({
      total: 2,
      shared_mailboxes: [
        {
          email: "family@example.org",
          contact_ids: [id.Esther, id.Farai],
          contacts: [
            { id: id.Esther, name: "Esther Test" },
            { id: id.Farai, name: "Farai Test" },
          ],
        },
      ],
    });
    expect(both.contacts).toHaveLength(1);
    expect((await client.ask("find_audience", { text: "esther" })).shared_mailboxes).toEqual([]);
  });

  it("shows each older person exactly once on a walk, with one total for all pages", async () => {
    const before = await found({});
    const walked: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.ask("find_audience", { limit: 3, ...(cursor && { cursor }) });
      walked.push(
        ...(page.contacts as { name: string }[]).map(({ name }) => name.replace(" Test", "")),
      );
      await database.sql`
        INSERT INTO contacts (first_name, last_name, email) VALUES ('Late', 'Comer', 'late@example.org')`;
      cursor = (page.next_cursor as string | null) ?? undefined;
    } while (cursor !== undefined && walked.length < 100);
    expect(walked.filter((name) => name !== "Late Comer")).toEqual(before);
    await database.sql`DELETE FROM contacts WHERE last_name = 'Comer'`;
    const first = await client.ask("find_audience", { limit: 3 });
    expect(
      await client.refused("find_audience", {
        limit: 3,
        role: "speaker",
        cursor: first.next_cursor,
      }),
    ).toContain("cursor");
  });

  it("opens its text with how many of how many, and who was left out", async () => {
    const { text } = await client.call("find_audience", { limit: 2 });
    expect(text.split("\n")[0]).toBe(
      "2 of 11 people shown. Left out: 1 bounced, 2 complained, 1 without an e-mail; they match the filters too, 15 people in all. Shared mailboxes: 1.",
    );
  });

  it("is what log_send takes as audience, whose faults it names", async () => {
    const send = { campaign: "Notices", title: "To the sponsors" };
    expect(
      await client.refused("log_send", { ...send, audience: { event: "2025", roles: "speaker" } }),
    ).toMatch(/^Unknown argument "audience.roles"; the arguments are event, role,/u);
    expect(await client.refused("log_send", { ...send, audience: { attended: true } })).toBe(
      "audience.attended needs audience.event: at which event? Nothing was written.",
    );
    expect(
      await client.refused("log_send", { ...send, audience: { received_campaign: "Nothing" } }),
    ).toMatch(/^audience.received_campaign: There is no campaign "Nothing"/u);
    const sent = await client.ask("log_send", {
      ...send,
      sent_at: "2025-12-01",
      audience: { event_id: event.last, role: "speaker", not_received_campaign: "CFP 2026" },
    });
    expect(sent).toMatchObject({ recorded: 4, communication: { recipient_count: 4 } });
    expect(await found({ received_communication: "To the sponsors" })).toEqual([
      "Bongani",
      "Dineo",
      "Esther",
      "Farai",
    ]);
    const sentTo = sent.communication as { id: number };
    await database.sql`DELETE FROM communication_recipients WHERE communication_id = ${sentTo.id}`;
    await database.sql`DELETE FROM communications WHERE id = ${sentTo.id}`;
  });

  it("refuses what it cannot take, and says which filter is meant", async () => {
    expect(await client.refused("find_audience", { not_received_campaign: "2025 or so" })).toMatch(
      /^not_received_campaign: There is no campaign "2025 or so"/u,
    );
    expect(await client.refused("find_audience", { registered_for: "Data Day" })).toMatch(
      /^registered_for: event "Data Day" matches several: \d+ Data Day 2026 .*Data Day 2025/u,
    );
    expect(await client.refused("find_audience", { event: "Data Day" })).toMatch(
      /^event "Data Day" matches several: /u,
    );
    expect(
      await client.refused("log_send", {
        campaign: "CFP 2026",
        title: "x",
        audience: { event: "Data Day" },
      }),
    ).toMatch(/^audience\.event "Data Day" matches several: /u);
    expect(await client.refused("find_audience", { received_status: ["read"] })).toContain(
      "queued, unknown, sent, delivered, opened, clicked, bounced or failed",
    );
    expect(await client.refused("find_audience", { received_status: [] })).toContain(
      "received_status",
    );
    expect(await client.refused("find_audience", { min_mails: 0 })).toContain("min_mails");
    expect(await client.refused("find_audience", { not_contacted_since: "long ago" })).toMatch(
      /^not_contacted_since is not a time/u,
    );
    expect(await client.refused("find_audience", { speakers: true })).toMatch(
      /^Unknown argument "speakers"; the arguments are event, role,/u,
    );
  });
});
