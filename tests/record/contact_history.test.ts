import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

describe("query_contact_history", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;
  let record: Record2026;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    record = await seedRecord(database.sql, people);
    client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const ask = (args: Record<string, unknown>) => client.ask("query_contact_history", args);
  interface Person {
    entries: { title: string }[];
    registrations: Record<string, unknown>[];
    deliverability: unknown;
  }
  const everyone = (facts: Record<string, unknown>) => facts.people as Person[];
  const only = (facts: Record<string, unknown>) => {
    const [person, ...others] = everyone(facts);
    if (!person || others.length > 0) throw new Error("not one person");
    return person;
  };

  it('answers "Has Jane Smith received any emails about the 2026 event?" for both Jane Smiths', async () => {
    const { text, facts } = await client.call("query_contact_history", {
      contact: "Jane Smith",
      event: "2026",
    });
    const { jane, otherJane } = people;
    const event = { id: people.events.day2026, name: "Data & AI Day 2026" };
    const cfp = { id: record.campaigns.cfp, name: "CFP 2026" };
    expect(text.split("\n", 1)[0]).toBe(
      `3 of 3 mails shown. Jane Smith (${String(jane)}) has received 2 of 3 mails addressed to them about Data & AI Day 2026. ` +
        `Jane Smith (${String(otherJane)}) has received nothing about Data & AI Day 2026.`,
    );
    expect(facts).toMatchObject({ total: 3, next_cursor: null, resolved: { event: [event] } });
    expect(facts.resolved.contact).toHaveLength(2);
    expect(facts.people).toEqual([
      {
        contact: { id: jane, name: "Jane Smith", email: "jane.smith@example.org" },
        received: true,
        total: 3,
        received_total: 2,
        entries: [
          {
            at: "2026-06-01T09:00:00+02:00",
            channel: "email",
            title: "Early bird tickets",
            status: "bounced",
            reason: "mailbox full",
            opened_at: null,
            clicked_at: null,
            communication_id: record.mails.earlyBird,
            campaign: { id: record.campaigns.earlyBird, name: "Early bird 2026" },
            event,
          },
          {
            at: "2026-03-20T09:00:03+02:00",
            channel: "email",
            title: "Last call for speakers",
            status: "clicked",
            reason: null,
            // Logged so: no event tells when.
            opened_at: null,
            clicked_at: null,
            communication_id: record.mails.lastCall,
            campaign: cfp,
            event,
          },
          {
            at: "2026-03-01T09:00:02+02:00",
            channel: "email",
            title: "Call for speakers",
            status: "opened",
            reason: null,
            opened_at: "2026-03-02T08:00:00+02:00",
            clicked_at: null,
            communication_id: record.mails.call,
            campaign: cfp,
            event,
          },
        ],
        registrations: [
          {
            event,
            ticket_type: "Early bird",
            status: "registered",
            registered_at: "2026-06-05T10:15:00+02:00",
            checked_in: false,
            marketing_source: " CFP-2026 ",
            campaign: cfp,
          },
        ],
        cancelled: 1,
        transferred: 0,
        // One soft bounce does not make an address undeliverable.
        deliverability: { state: "ok", reason: null, since: null },
        left_out: [],
        shares_mailbox_with: [],
      },
      {
        contact: { id: otherJane, name: "Jane Smith", email: "jane@example.org" },
        received: false,
        total: 0,
        received_total: 0,
        entries: [],
        registrations: [],
        cancelled: 0,
        transferred: 0,
        deliverability: { state: "ok", reason: null, since: null },
        left_out: [],
        shares_mailbox_with: [],
      },
    ]);
  });

  it("answers for everyone on a mailbox, and says who else on it received something", async () => {
    const args = { contact: "nkosi@example.org", event: "Data & AI Day 2026" };
    const facts = await ask(args);
    const { thabo, nomsa } = people;
    expect(facts.people).toMatchObject([
      {
        contact: { id: thabo },
        received: true,
        total: 2,
        shares_mailbox_with: [{ id: nomsa, name: "Nomsa Nkosi", received: false }],
      },
      {
        contact: { id: nomsa },
        received: false,
        total: 0,
        shares_mailbox_with: [{ id: thabo, name: "Thabo Nkosi", received: true }],
      },
    ]);
    const last = await ask({ ...args, event: "2025" });
    expect(last.people[0].shares_mailbox_with).toEqual([
      { id: nomsa, name: "Nomsa Nkosi", received: true },
    ]);
  });

  it("says of someone who was never contacted that they received nothing", async () => {
    const { text, facts } = await client.call("query_contact_history", {
      contact: "Sipho Dlamini",
    });
    // Sipho is queued in a draft, which counts nowhere.
    expect(text).toMatch(/^0 of 0 mails shown\. Sipho Dlamini has received nothing\.\n/u);
    expect(only(facts)).toMatchObject({
      contact: { id: people.sipho, email: null },
      received: false,
      total: 0,
      entries: [],
      deliverability: { state: "no_email", reason: null, since: null },
    });
    expect(facts.resolved.contact).toEqual({ id: people.sipho, name: "Sipho Dlamini" });
  });

  it("has received nothing where every mail bounced or failed", async () => {
    const { text, facts } = await client.call("query_contact_history", {
      contact: "Lerato Mokoena",
      campaign: "CFP 2026",
    });
    expect(text).toMatch(
      /^1 of 1 mail shown\. Lerato Mokoena has received 0 of 1 mail addressed to them in the campaign CFP 2026\.\n/u,
    );
    expect(only(facts)).toMatchObject({
      received: false,
      total: 1,
      entries: [{ status: "failed", reason: "address is blacklisted" }],
      deliverability: {
        state: "bounced",
        reason: "blocked: address is blacklisted",
        since: "2026-03-20T09:02:00+02:00",
      },
    });
  });

  it("judges the present address, not the one that bounced before it was corrected", async () => {
    const zoe = only(await ask({ contact: "zoe van der merwe" }));
    expect(zoe).toMatchObject({ received: true, total: 2, deliverability: { state: "ok" } });
    await database.sql`UPDATE contacts SET email = 'ZOE.old@example.org' WHERE id = ${people.zoe}`;
    expect(only(await ask({ contact: people.zoe })).deliverability).toEqual({
      state: "bounced",
      reason: "hard bounce: 550 no such user",
      since: "2026-03-01T09:05:00+02:00",
    });
    await database.sql`UPDATE contacts SET email = 'zoe@example.org' WHERE id = ${people.zoe}`;
  });

  it("takes words for those of the event that is given, and says whom else they fit", async () => {
    const { sql } = database;
    const [other] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Thabo', 'Zwane', 'tzwane@example.org') RETURNING id`;
    const [third] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Thabo', 'Adams', 'tadams@example.org') RETURNING id`;
    const names = (facts: Record<string, unknown>) =>
      (facts.people as { contact: { name: string } }[]).map(({ contact }) => contact.name);
    const question = { contact: "Thabo", event: "Data & AI Day 2026" };
    // Thabo Nkosi had mails about it; the others have nothing to do with it.
    const { text, facts } = await client.call("query_contact_history", question);
    expect(names(facts)).toEqual(["Thabo Nkosi"]);
    expect(facts.resolved.contact).toMatchObject({
      name: "Thabo Nkosi",
      also_fits: [{ name: "Thabo Zwane" }, { name: "Thabo Adams" }],
    });
    expect(text.split("\n")[0]).toContain("(also: Thabo Zwane, Thabo Adams)");
    const timeline = await client.ask("query_outreach_timeline", question);
    expect(timeline).toMatchObject({ total: 2, resolved: { contact: { name: "Thabo Nkosi" } } });
    await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      VALUES (${other?.id ?? 0}, ${people.events.day2026}, 'speaker')`;
    expect(names(await ask(question))).toEqual(["Thabo Nkosi", "Thabo Zwane"]);
    expect(names(await ask({ contact: "Thabo" }))).toHaveLength(3);
    // Nobody of that name was there: all are answered for, as without an event.
    expect(names(await ask({ contact: "Adams", event: "2025" }))).toEqual(["Thabo Adams"]);
    await sql`DELETE FROM contact_roles WHERE contact_id = ${other?.id ?? 0}`;
    await sql`DELETE FROM contacts WHERE id IN (${other?.id ?? 0}, ${third?.id ?? 0})`;
  });

  it("shows the mails of one campaign and the registrations for its event", async () => {
    const jane = only(await ask({ contact: "jane.smith@example.org", campaign: "Thank you 2025" }));
    expect(jane).toMatchObject({
      total: 1,
      entries: [{ title: "Thank you", status: "delivered" }],
    });
    expect(
      jane.registrations.map((row) => [row.registered_at, row.checked_in, row.campaign]),
    ).toEqual([["2025-09-01T12:00:00+02:00", true, null]]);
    expect(jane).toMatchObject({ cancelled: 0 });
    const cfp = only(await ask({ contact: people.jane, campaign: "CFP 2026" }));
    expect(cfp).toMatchObject({
      cancelled: 1,
      registrations: [{ campaign: { id: record.campaigns.cfp, name: "CFP 2026" } }],
    });
    await database.sql`UPDATE tickets SET status = 'transferred' WHERE status = 'cancelled'`;
    expect(only(await ask({ contact: people.jane, campaign: "CFP 2026" }))).toMatchObject({
      cancelled: 0,
      transferred: 1,
    });
    await database.sql`UPDATE tickets SET status = 'cancelled' WHERE status = 'transferred'`;
  });

  it("names no campaign for a source that matches two", async () => {
    const { sql } = database;
    // A former name of one campaign is now the name of another.
    await sql`UPDATE campaigns SET name = 'Speakers wanted' WHERE id = ${record.campaigns.cfp}`;
    const before = only(await ask({ contact: people.jane, event: "2026" }));
    expect(before.registrations[0]?.campaign).toEqual({
      id: record.campaigns.cfp,
      name: "Speakers wanted",
    });
    await sql`
      INSERT INTO campaigns (name, event_id, campaign_type)
      VALUES ('CFP 2026', ${people.events.day2026}, 'cfp')`;
    const after = only(await ask({ contact: people.jane, event: "2026" }));
    expect(after.registrations[0]?.campaign).toBeNull();
    await sql`DELETE FROM campaigns WHERE name = 'CFP 2026'`;
    await sql`UPDATE campaigns SET name = 'CFP 2026' WHERE id = ${record.campaigns.cfp}`;
  });

  it("walks every mail exactly once while mails are added, over all people asked for", async () => {
    const titles: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = await ask({ contact: "nkosi@example.org", limit: 1, ...(cursor && { cursor }) });
      titles.push(...everyone(page).flatMap(({ entries }) => entries.map(({ title }) => title)));
      cursor = page.next_cursor as string | null;
      const [mail] = await database.sql<{ id: number }[]>`
        INSERT INTO communications (campaign_id, channel, title, status, sent_at)
        VALUES (${record.campaigns.cfp}, 'email', 'Added', 'sent', '2026-09-01') RETURNING id`;
      await database.sql`
        INSERT INTO communication_recipients (communication_id, contact_id, status)
        VALUES (${mail?.id ?? 0}, ${people.thabo}, 'sent')`;
      pages += 1;
    } while (cursor !== null && pages < 10);
    expect(titles).toEqual(["Last call for speakers", "Call for speakers", "Thank you"]);
  });

  it("lists who may be meant when more than five people match", async () => {
    await database.sql`
      INSERT INTO contacts (first_name, last_name) SELECT 'Ann', 'Many' FROM generate_series(1, 6)`;
    const message = await client.refused("query_contact_history", { contact: "Ann Many" });
    expect(message).toMatch(/^contact "Ann Many" matches several: \d+ Ann Many/u);
    expect(await client.refused("query_contact_history", {})).toMatch(/^contact is required/u);
  });

  it("refuses a cursor that was changed", async () => {
    const { next_cursor } = await ask({ contact: people.jane, limit: 1 });
    const changed = (next_cursor as string).replace(/\..*$/u, ".AAAAAAAAAAAAAAAA");
    expect(
      await client.refused("query_contact_history", {
        contact: people.jane,
        limit: 1,
        cursor: changed,
      }),
    ).toMatch(/^cursor is not one/u);
  });
});
