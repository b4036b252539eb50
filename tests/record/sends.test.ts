import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

describe("log_send", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;
  const campaign = "CFP 2026";

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
    await client.ask("create_campaign", {
      name: campaign,
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  /** What the database holds: a refused call must leave it as it was. */
  const rows = async () => {
    const [count] = await database.sql<
      { communications: number; recipients: number; contacts: number }[]
    >`
      SELECT (SELECT count(*)::int FROM communications) AS communications,
             (SELECT count(*)::int FROM communication_recipients) AS recipients,
             (SELECT count(*)::int FROM contacts) AS contacts`;
    return count;
  };
  const refusedAndUnwritten = async (args: Record<string, unknown>) => {
    const before = await rows();
    const message = await client.refused("log_send", { campaign, title: "Refused", ...args });
    expect(message).toMatch(/Nothing was written\.$/u);
    expect(await rows()).toEqual(before);
    return message;
  };

  it("records a mail with its recipients and makes the draft campaign active", async () => {
    const answer = await client.ask("log_send", {
      campaign,
      title: "Speak at Data & AI Day",
      brevo_template_id: 49,
      sent_at: "2026-03-01T09:00:00+02:00",
      recipients: [
        { email: "JANE.SMITH@example.org ", brevo_message_id: "<1@mail.example.org>" },
        { contact: "zoe van der merwe", status: "delivered" },
        { contact: people.sipho },
        "lerato@example.org",
      ],
    });
    expect(answer).toMatchObject({
      recorded: 4,
      already_recorded: [],
      also_received: [],
      campaign_status: "active",
      replay: false,
      communication: {
        channel: "email",
        status: "sent",
        brevo_template_id: 49,
        recipient_count: 4,
        title: "Speak at Data & AI Day",
      },
    });
    const stored = await database.sql`
      SELECT contact_id, status, brevo_message_id, metadata ->> 'email' AS email,
             sent_at = '2026-03-01T07:00:00Z' AS at_that_time
      FROM communication_recipients WHERE communication_id = ${answer.communication.id as number}
      ORDER BY contact_id`;
    expect([...stored]).toEqual([
      {
        contact_id: people.jane,
        status: "sent",
        brevo_message_id: "<1@mail.example.org>",
        email: "jane.smith@example.org",
        at_that_time: true,
      },
      {
        contact_id: people.zoe,
        status: "delivered",
        brevo_message_id: null,
        email: "zoe@example.org",
        at_that_time: true,
      },
      {
        contact_id: people.sipho,
        status: "sent",
        brevo_message_id: null,
        email: null,
        at_that_time: true,
      },
      {
        contact_id: people.lerato,
        status: "sent",
        brevo_message_id: null,
        email: "lerato@example.org",
        at_that_time: true,
      },
    ]);
  });

  it("says of a repeated call that all was recorded by the first, and not that nothing was", async () => {
    const args = {
      campaign,
      title: "Said twice",
      recipients: [{ contact: people.zoe }, { contact: people.lerato }, { contact: people.jane }],
    };
    const first = await client.call("log_send", args);
    expect(first.text.split("\n")[0]).toBe(
      'Recorded 3 of 3 recipients of "Said twice" in the campaign CFP 2026.',
    );
    expect(first.facts.recorded_people).toEqual([
      { contact_id: people.jane, name: "Jane Smith" },
      { contact_id: people.zoe, name: "Zoë van der Merwe" },
      { contact_id: people.lerato, name: "Lerato Mokoena" },
    ]);
    const again = await client.call("log_send", args);
    expect(again.text.split("\n")[0]).toBe(
      'All 3 recipients of "Said twice" in the campaign CFP 2026 were recorded already by the first call like this; nothing was recorded twice.',
    );
    expect(again.facts).toMatchObject({ recorded: 0, recorded_people: [], replay: true });
    expect(again.facts.already_recorded).toHaveLength(3);
  });

  it("names whom it added to the database", async () => {
    const { text, facts } = await client.call("log_send", {
      campaign,
      title: "To newcomers",
      unknown_contacts: "create",
      recipients: [
        { contact: people.lerato },
        { email: "new.one@example.org", name: "New One" },
        { email: "new.two@example.org", name: "New Two" },
      ],
    });
    const created = facts.created as { contact_id: number; name: string }[];
    expect(created.map(({ name }) => name)).toEqual(["New One", "New Two"]);
    expect(text.split("\n")[0]).toContain("New in the database: New One, New Two.");
    const known = await database.sql`
      SELECT id AS contact_id, first_name || ' ' || last_name AS name
      FROM contacts WHERE email LIKE 'new.%' ORDER BY id`;
    expect(created).toEqual([...known]);
    await database.sql`DELETE FROM communication_recipients WHERE contact_id = ANY(${created.map((person) => person.contact_id)})`;
    await database.sql`DELETE FROM contacts WHERE email LIKE 'new.%'`;
  });

  it("names whom an audience meant, and whom it left out and why", async () => {
    await client.ask("set_suppression", { contact: people.zoe, suppressed: true });
    const { sql } = database;
    await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      SELECT person, ${people.events.day2025}, 'sponsor'
      FROM unnest(${[people.zoe, people.lerato, people.sipho]}::int[]) AS person`;
    const args = {
      campaign,
      title: "To last year's sponsors",
      audience: { event: "2025", role: "sponsor" },
    };
    const { text, facts } = await client.call("log_send", args);
    expect(facts).toMatchObject({
      recorded: 1,
      recorded_people: [{ contact_id: people.lerato, name: "Lerato Mokoena" }],
      created: [],
    });
    expect(facts.left_out).toEqual([
      {
        reason: "unsubscribed",
        count: 1,
        contacts: [{ id: people.zoe, name: "Zoë van der Merwe" }],
      },
      { reason: "no_email", count: 1, contacts: [{ id: people.sipho, name: "Sipho Dlamini" }] },
    ]);
    expect(text.split("\n")[0]).toContain("Left out of the audience: 1 unsubscribed, 1 no_email.");
    // Whom the mail reached was not left out, whatever stands against them by now.
    await client.ask("set_suppression", { contact: people.lerato, suppressed: true });
    expect(await client.ask("log_send", args)).toMatchObject({
      replay: true,
      left_out: facts.left_out,
    });
    await client.ask("set_suppression", { contact: people.lerato, suppressed: false });
    await sql`DELETE FROM contact_roles WHERE role_type = 'sponsor'`;
    await client.ask("set_suppression", { contact: people.zoe, suppressed: false });
  });

  it("records an identical retry once, whatever the spelling and order", async () => {
    const first = await client.ask("log_send", {
      campaign,
      title: "Retried",
      recipients: [{ contact: "Lerato Mokoena" }, { email: "zoe@example.org" }],
    });
    const again = await client.ask("log_send", {
      campaign_id: "cfp-2026",
      title: "  Retried ",
      recipients: [{ contact: people.zoe }, { contact: "LERATO  mokoena" }],
    });
    expect(again).toMatchObject({
      replay: true,
      recorded: 0,
      communication: { id: first.communication.id },
    });
    expect(
      again.already_recorded.map((person: { contact_id: number }) => person.contact_id),
    ).toEqual([people.zoe, people.lerato]);
  });

  it("records two identical calls at once only once", async () => {
    const args = { campaign, title: "At once", recipients: [{ contact: people.zoe }] };
    const answers = await Promise.all([client.ask("log_send", args), client.ask("log_send", args)]);
    expect(new Set(answers.map((answer) => answer.communication.id)).size).toBe(1);
    expect(answers.map((answer) => answer.recorded).sort()).toEqual([0, 1]);
  });

  it("records the same mail anew after ten minutes by the database's clock, and says who had it", async () => {
    const args = { campaign, title: "Weekly", recipients: [{ contact: people.zoe }] };
    const first = await client.ask("log_send", args);
    await database.sql`UPDATE outreach.recorded_calls SET claimed_at = claimed_at - interval '10 minutes 1 second'`;
    const later = await client.ask("log_send", args);
    expect(later.communication.id).not.toBe(first.communication.id);
    expect(later.also_received).toEqual([{ contact_id: people.zoe, name: "Zoë van der Merwe" }]);
  });

  it("records an audience, and a repetition once though nobody matches it any more", async () => {
    await client.ask("create_campaign", {
      name: "By audience",
      event: "2026",
      campaign_type: "reminder",
    });
    const args = {
      campaign: "By audience",
      title: "To whoever has not had it",
      audience: { text: "nkosi", not_received_campaign: "By audience" },
    };
    const first = await client.ask("log_send", args);
    expect(first).toMatchObject({ recorded: 2, replay: false });
    const again = await client.ask("log_send", args);
    expect(again).toMatchObject({
      recorded: 0,
      replay: true,
      communication: { id: first.communication.id },
    });
    expect(again.already_recorded).toEqual([
      { contact_id: people.thabo, name: "Thabo Nkosi" },
      { contact_id: people.nomsa, name: "Nomsa Nkosi" },
    ]);
    await database.sql`UPDATE outreach.recorded_calls SET claimed_at = claimed_at - interval '11 minutes'`;
    expect(await refusedAndUnwritten(args)).toContain("Nobody matches");
    expect(await refusedAndUnwritten({ ...args, audience: { rolle: "speaker" } })).toContain(
      '"audience.rolle"',
    );
  });

  it("adds recipients to a mail, each person once", async () => {
    const first = await client.ask("log_send", {
      campaign,
      title: "In two parts",
      recipients: [{ contact: people.zoe }],
    });
    const second = await client.ask("log_send", {
      campaign,
      title: "In two parts",
      communication: first.communication.id,
      recipients: [{ contact: people.zoe }, { contact: people.lerato }],
    });
    expect(second).toMatchObject({
      recorded: 1,
      already_recorded: [{ contact_id: people.zoe, name: "Zoë van der Merwe" }],
      communication: { id: first.communication.id, recipient_count: 2 },
    });
    expect(
      await refusedAndUnwritten({
        communication: first.communication.id,
        recipients: [{ contact: people.jane }],
      }),
    ).toContain('has the title "In two parts"');
  });

  it("refuses a mailbox that two people share, and takes it with a name", async () => {
    const message = await refusedAndUnwritten({ recipients: [{ email: "nkosi@example.org" }] });
    expect(message).toContain(`${people.thabo} Thabo Nkosi`);
    expect(message).toContain(`${people.nomsa} Nomsa Nkosi`);
    const answer = await client.ask("log_send", {
      campaign,
      title: "To one of the couple",
      recipients: [{ email: "nkosi@example.org", name: "nomsa nkosi" }],
    });
    expect(answer.recorded).toBe(1);
    const [stored] = await database.sql`
      SELECT contact_id FROM communication_recipients WHERE communication_id = ${answer.communication.id as number}`;
    expect(stored).toEqual({ contact_id: people.nomsa });
  });

  it("lists every recipient who is unknown or ambiguous and writes nothing", async () => {
    const message = await refusedAndUnwritten({
      recipients: [
        { contact: people.zoe },
        { email: "nobody@example.org" },
        { contact: "Jane Smith" },
        { contact: "Nobody Atall" },
        { email: "zoe@example.org", name: "Somebody Else" },
      ],
    });
    expect(message).toContain("4 of the recipients");
    expect(message).toContain('recipients[1] "nobody@example.org"');
    expect(message).toContain(
      `recipients[2] "Jane Smith" matches several: ${people.jane} Jane Smith (jane.smith@example.org)`,
    );
    expect(message).toContain('recipients[3] "Nobody Atall"');
    expect(message).toContain(
      `recipients[4] "zoe@example.org" belongs to ${people.zoe} Zoë van der Merwe`,
    );
  });

  it("adds unknown people only when told to, also beside a namesake's mailbox, and once", async () => {
    const args = {
      campaign,
      title: "With newcomers",
      unknown_contacts: "create",
      recipients: [
        { email: "ayanda@example.org", name: "Ayanda de Klerk Botha" },
        { email: "zoe@example.org", name: "Pieter Botha" },
      ],
    };
    const both = await Promise.all([client.ask("log_send", args), client.ask("log_send", args)]);
    expect(both.map((answer) => answer.recorded).sort()).toEqual([0, 2]);
    const added = await database.sql`
      SELECT first_name, last_name, email FROM contacts
      WHERE first_name IN ('Ayanda', 'Pieter') ORDER BY first_name`;
    expect([...added]).toEqual([
      { first_name: "Ayanda", last_name: "de Klerk Botha", email: "ayanda@example.org" },
      { first_name: "Pieter", last_name: "Botha", email: "zoe@example.org" },
    ]);
    const message = await refusedAndUnwritten({
      unknown_contacts: "create",
      recipients: [{ email: "single@example.org", name: "Single" }],
    });
    expect(message).toContain("is not a first and last name");
    await database.sql`DELETE FROM communication_recipients WHERE contact_id IN (SELECT id FROM contacts WHERE first_name = 'Pieter')`;
    await database.sql`DELETE FROM contacts WHERE first_name = 'Pieter'`;
  });

  it("takes an address by who had it before the call, and adds somebody beside them in their first spelling", async () => {
    const onTheirMailbox = { email: "zoe@example.org", name: "New Partner" };
    const args = {
      campaign,
      title: "Beside a partner",
      unknown_contacts: "create",
      recipients: [
        { email: "zoe@example.org" },
        onTheirMailbox,
        { email: "zoe@example.org", name: "new  PARTNER" },
        { email: "alone@example.org", name: "Quite Alone" },
        { email: "alone@example.org" },
      ],
    };
    const answer = await client.ask("log_send", args);
    expect(answer.recorded_people.map(({ name }: { name: string }) => name)).toEqual([
      "Zoë van der Merwe",
      "New Partner",
      "Quite Alone",
    ]);
    expect(answer.created.map(({ name }: { name: string }) => name)).toEqual([
      "New Partner",
      "Quite Alone",
    ]);
    // By now two people share the mailbox; the same call means whom it meant.
    expect(await client.ask("log_send", args)).toMatchObject({
      replay: true,
      communication: { id: answer.communication.id },
    });
    expect(await refusedAndUnwritten({ ...args, title: "Beside a partner again" })).toContain(
      '"zoe@example.org" is shared by',
    );
    const added = answer.created.map((person: { contact_id: number }) => person.contact_id);
    await database.sql`DELETE FROM communication_recipients WHERE contact_id = ANY(${added as number[]})`;
    await database.sql`DELETE FROM contacts WHERE id = ANY(${added as number[]})`;
  });

  it("names nobody who is gone with the call, where an address fits several of those whom it adds", async () => {
    const message = await refusedAndUnwritten({
      unknown_contacts: "create",
      recipients: [
        { email: "two@example.org", name: "First Ghost" },
        { email: "two@example.org", name: "Second Ghost" },
        { email: "two@example.org" },
      ],
    });
    expect(message).toContain(
      'recipients[2] "two@example.org" fits several of the people whom this call adds; say which by e-mail and name',
    );
    expect(message).not.toContain("Ghost");
  });

  it("takes the further status and the earlier time of a person given twice", async () => {
    const answer = await client.ask("log_send", {
      campaign,
      title: "Twice, said differently",
      recipients: [
        { contact: people.zoe, status: "clicked", sent_at: "2026-03-02" },
        { contact: people.zoe, status: "bounced", sent_at: "2026-03-01" },
        { contact: people.lerato, status: "failed" },
        { contact: people.lerato, status: "sent" },
      ],
    });
    expect(answer.recorded).toBe(2);
    const stored = await database.sql`
      SELECT contact_id, status, sent_at = '2026-03-01T00:00:00Z' AS that_day
      FROM communication_recipients
      WHERE communication_id = ${answer.communication.id as number} ORDER BY contact_id`;
    expect([...stored]).toEqual([
      { contact_id: people.zoe, status: "clicked", that_day: true },
      { contact_id: people.lerato, status: "failed", that_day: false },
    ]);
  });

  it("counts a person given twice once, and refuses two message ids for one", async () => {
    const answer = await client.ask("log_send", {
      campaign,
      title: "Twice in one call",
      recipients: [
        { contact: people.zoe },
        { email: "zoe@example.org", brevo_message_id: "twice-1" },
      ],
    });
    expect(answer).toMatchObject({ recorded: 1, communication: { recipient_count: 1 } });
    expect(
      await refusedAndUnwritten({
        recipients: [
          { contact: people.zoe, brevo_message_id: "a" },
          { contact: people.zoe, brevo_message_id: "b" },
        ],
      }),
    ).toContain("given twice");
  });

  it("keeps a message id for one recipient, with and without brackets", async () => {
    const message = await refusedAndUnwritten({
      recipients: [{ contact: people.zoe, brevo_message_id: "1@mail.example.org" }],
    });
    expect(message).toContain("Jane Smith");
    expect(message).toContain("Speak at Data & AI Day");
    await refusedAndUnwritten({
      recipients: [
        { contact: people.zoe, brevo_message_id: "<same>" },
        { contact: people.lerato, brevo_message_id: "same" },
      ],
    });
  });

  it("accepts a completed campaign and leaves it so, and refuses a cancelled one", async () => {
    await client.ask("create_campaign", {
      name: "Over",
      event: "2026",
      campaign_type: "general",
      status: "completed",
    });
    const late = await client.ask("log_send", {
      campaign: "Over",
      title: "Late",
      recipients: [people.zoe],
    });
    expect(late.campaign_status).toBe("completed");
    await client.ask("create_campaign", {
      name: "Off",
      event: "2026",
      campaign_type: "general",
      status: "cancelled",
    });
    expect(await refusedAndUnwritten({ campaign: "Off", recipients: [people.zoe] })).toContain(
      "cancelled",
    );
  });

  it.each([
    ["no recipients", { recipients: [] }, "1 to 10000"],
    ["neither recipients nor audience", {}, "recipients or audience"],
    ["a future time", { recipients: ["zoe@example.org"], sent_at: "2999-01-01" }, "future"],
    [
      "a future time of a recipient",
      { recipients: [{ contact: "zoe@example.org", sent_at: "2999-01-01" }] },
      "future",
    ],
    ["a time that is none", { recipients: ["zoe@example.org"], sent_at: "soon" }, "not a time"],
    ["an empty title", { title: "  ", recipients: ["zoe@example.org"] }, "title must not be empty"],
    [
      "a title of 501 characters",
      { title: "x".repeat(501), recipients: ["zoe@example.org"] },
      "at most 500",
    ],
    [
      "a line break in the title",
      { title: "a\nBcc: b@example.org", recipients: ["zoe@example.org"] },
      "one line",
    ],
    ["U+0000", { title: "a\u0000b", recipients: ["zoe@example.org"] }, "U+0000"],
    ["a lone surrogate", { title: "a\ud800b", recipients: ["zoe@example.org"] }, "surrogate"],
    ["a malformed e-mail", { recipients: [{ email: "zoe@@example" }] }, "not an e-mail address"],
    [
      "a wrong status",
      { recipients: [{ contact: "zoe@example.org", status: "read" }] },
      "queued, sent",
    ],
    [
      "contact and another's email",
      { recipients: [{ contact: "lerato", email: "zoe@example.org" }] },
      "belongs to",
    ],
    ["neither contact nor email", { recipients: [{ name: "Zoë" }] }, "needs contact or email"],
    ["an unknown argument", { recipients: ["zoe@example.org"], bcc: "x" }, '"bcc"'],
    [
      "an unknown field of a recipient",
      { recipients: [{ contact: "zoe@example.org", mail: "x" }] },
      '"recipients[0].mail"',
    ],
    ["an unknown campaign", { campaign: "CPF 2026", recipients: ["zoe@example.org"] }, "CFP 2026"],
    [
      "a wrong type",
      { recipients: ["zoe@example.org"], brevo_template_id: "49" },
      "brevo_template_id must be a number",
    ],
    ["an id beyond 32 bits", { recipients: ["99999999999999999999"] }, "nobody's name or id"],
  ])("refuses %s", async (_what, args, expected) => {
    expect(await refusedAndUnwritten(args)).toContain(expected);
  });

  it("takes 10,000 recipients and refuses 10,001", async () => {
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Crowd', 'Number ' || n, 'crowd' || n || '@example.org' FROM generate_series(1, 10001) AS n`;
    const crowd = Array.from({ length: 10_001 }, (_, n) => ({
      email: `crowd${String(n + 1)}@example.org`,
    }));
    expect(await refusedAndUnwritten({ recipients: crowd })).toContain("1 to 10000");
    const answer = await client.ask("log_send", {
      campaign,
      title: "To the crowd",
      recipients: crowd.slice(1),
    });
    expect(answer).toMatchObject({ recorded: 10_000, communication: { recipient_count: 10_000 } });
  });
});
