import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

describe("query_recipients", () => {
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

  const ask = (args: Record<string, unknown>) => client.ask("query_recipients", args);
  const who = (facts: Record<string, unknown>) =>
    (facts.recipients as { contact_id: number; communication: { id: number } }[]).map((row) => [
      row.contact_id,
      row.communication.id,
    ]);

  it('answers "Who did we send the CFP invitation to?"', async () => {
    const { text, facts } = await client.call("query_recipients", {
      campaign_type: "cfp",
      event: "Data & AI Day 2026",
    });
    const { call, lastCall } = record.mails;
    expect(who(facts)).toEqual([
      [people.jane, lastCall],
      [people.thabo, lastCall],
      [people.lerato, lastCall],
      [people.jane, call],
      [people.zoe, call],
      [people.thabo, call],
    ]);
    expect(facts).toMatchObject({
      total: 6,
      next_cursor: null,
      people: 4,
      people_by_status: { clicked: 1, delivered: 1, bounced: 1, failed: 1 },
      by_status: { sent: 1, delivered: 1, opened: 1, clicked: 1, bounced: 1, failed: 1 },
      funnel: {
        recipients: 6,
        attempted: 6,
        delivered: 3,
        opened: 2,
        clicked: 1,
        bounced: 1,
        failed: 1,
        no_news: 1,
      },
      tracked: true,
      events_synced_to: null,
      resolved: { event: { id: people.events.day2026 }, campaign: null, communication: null },
    });
    expect(text).toMatch(
      /^6 of 6 recipients shown: 4 people; 1 sent, 1 delivered, 1 opened, 1 clicked, 1 bounced, 1 failed\.\n/u,
    );
    expect(text).toContain("550 no such user");
  });

  it("says when and why a mail got the status it has, and which address was mailed", async () => {
    const facts = await ask({ communication: "Call for speakers", campaign: "cfp-2026" });
    expect(facts.recipients).toEqual([
      {
        contact_id: people.jane,
        name: "Jane Smith",
        email: "jane.smith@example.org",
        status: "opened",
        status_at: "2026-03-03T08:00:00+02:00",
        reason: null,
        // The first time; the status has the last.
        opened_at: "2026-03-02T08:00:00+02:00",
        clicked_at: null,
        sent_at: "2026-03-01T09:00:02+02:00",
        communication: { id: record.mails.call, title: "Call for speakers" },
        campaign: { id: record.campaigns.cfp, name: "CFP 2026" },
      },
      expect.objectContaining({
        contact_id: people.zoe,
        email: "zoe.old@example.org",
        status: "bounced",
        status_at: "2026-03-01T09:05:00+02:00",
        reason: "550 no such user",
      }),
      expect.objectContaining({
        contact_id: people.thabo,
        email: "nkosi@example.org",
        status: "sent",
        status_at: "2026-03-01T09:00:00+02:00",
        sent_at: "2026-03-01T09:00:00+02:00",
        reason: null,
      }),
    ]);
    expect(facts.resolved.communication).toEqual({
      id: record.mails.call,
      name: "Call for speakers",
      also_fits: [{ id: record.mails.lastCall, name: "Last call for speakers" }],
    });
  });

  it("says when somebody first opened and clicked: a click shows that it was open, a proxy nothing", async () => {
    const { sql } = database;
    const of = async (events: { kind: string; at: string }[]) => {
      await sql`
        UPDATE communication_recipients
        SET metadata = ${sql.json({ logged_status: "delivered", events })},
            status = outreach.recipient_status(${sql.json({ logged_status: "delivered", events })})
        WHERE communication_id = ${record.mails.lastCall} AND contact_id = ${people.thabo}`;
      const facts = await ask({ communication: record.mails.lastCall, text: "Thabo" });
      const [row] = facts.recipients as { opened_at: string | null; clicked_at: string | null }[];
      return [row?.opened_at, row?.clicked_at];
    };
    const proxy = { kind: "proxy_open", at: "2026-03-21T06:00:00Z" };
    const click = { kind: "clicked", at: "2026-03-22T06:00:00Z" };
    const open = { kind: "opened", at: "2026-03-21T08:00:00Z" };
    expect(await of([proxy])).toEqual([null, null]);
    expect(await of([proxy, click])).toEqual([
      "2026-03-22T08:00:00+02:00",
      "2026-03-22T08:00:00+02:00",
    ]);
    expect(await of([proxy, click, open])).toEqual([
      "2026-03-21T10:00:00+02:00",
      "2026-03-22T08:00:00+02:00",
    ]);
    await sql`ALTER TABLE communication_recipients DISABLE TRIGGER guard_recipient`;
    await sql`
      UPDATE communication_recipients SET metadata = '{"logged_status": "delivered"}', status = 'delivered'
      WHERE communication_id = ${record.mails.lastCall} AND contact_id = ${people.thabo}`;
    await sql`ALTER TABLE communication_recipients ENABLE TRIGGER guard_recipient`;
  });

  it("counts nobody who is queued in a send that was not confirmed", async () => {
    const { text, facts } = await client.call("query_recipients", {
      communication: record.mails.draft,
    });
    expect(facts).toMatchObject({
      recipients: [],
      total: 0,
      people: 0,
      by_status: {},
      tracked: false,
    });
    expect(text).toMatch(/^0 of 0 recipients: nobody matches\./u);
    expect(await ask({ status: ["queued"] })).toMatchObject({ total: 0 });
  });

  it("says that opening is not known where no delivery event was recorded", async () => {
    const { text, facts } = await client.call("query_recipients", { campaign: "Thank you 2025" });
    expect(facts).toMatchObject({ total: 2, tracked: false, by_status: { sent: 1, delivered: 1 } });
    expect(text).toMatch(/^2 of 2 recipients shown.*What became of the 1 sent is not known\.\n/u);
  });

  it.each([
    ["a status", { status: "bounced" }, 2],
    ["several statuses", { status: ["clicked", "failed"] }, 2],
    ["an empty list of statuses", { status: [] }, 10],
    ["beginnings of words of name or e-mail", { text: "jan smi" }, 4],
    ["the time they were sent: the whole day", { from: "2026-03-01", to: "2026-03-01" }, 3],
    ["the time they were sent: from", { from: "2026-03-20T09:00:02" }, 4],
    ["the time they were sent: to", { to: "2026-03-01T09:00:01" }, 4],
    ["the role somebody has anywhere", { campaign: "CFP 2026", role: "speaker" }, 2],
    ["a role that is global", { campaign: "CFP 2026", role: "sponsor" }, 2],
    ["attendees, who may have a registration only", { event: "2026", role: "attendee" }, 4],
    ["a role at the event asked for", { event: "Data & AI Day 2026", role: "speaker" }, 0],
    ["a year", { event: "2025" }, 2],
  ])("narrows by %s", async (_what, args, total) => {
    const facts = await ask(args);
    expect(facts.total).toBe(total);
    expect(facts.recipients).toHaveLength(total);
  });

  it("looks for a mail in the event that is given", async () => {
    expect(
      await client.refused("query_recipients", { communication: "Thank you", event: "2026" }),
    ).toMatch(/There is no communication "Thank you" for that event/u);
  });

  it("covers the whole filter in its totals, whatever the page", async () => {
    const facts = await ask({ campaign: "CFP 2026", limit: 1 });
    expect(facts.recipients).toHaveLength(1);
    expect(facts).toMatchObject({ total: 6, people: 4, funnel: { recipients: 6, opened: 2 } });
  });

  it.each([
    ["of one campaign", { campaign: "Walk" }],
    ["of all", {}],
  ])("walks every older row %s exactly once while rows are added", async (_what, filter) => {
    const { sql } = database;
    const contacts = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name)
      SELECT 'Walker', 'No ' || n FROM generate_series(1, 30) AS n RETURNING id`;
    const { campaign } = await client.ask("create_campaign", {
      name: "Walk",
      event: "Data & AI Day 2025",
      campaign_type: "general",
    });
    const [mail] = await sql<{ id: number }[]>`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      VALUES (${campaign.id as number}, 'email', 'Walk', 'sent', '2024-05-01') RETURNING id`;
    const add = (from: number, to: number) => sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
      SELECT ${mail?.id ?? 0}, id, 'sent',
             CASE WHEN n % 3 = 0 THEN NULL ELSE timestamptz '2024-05-01' + n % 4 * interval '1 microsecond' END
      FROM unnest(${contacts.map(({ id }) => id)}::int[]) WITH ORDINALITY AS contact (id, n)
      WHERE n BETWEEN ${from} AND ${to}`;
    await add(1, 20);
    const keys = (facts: Record<string, unknown>) =>
      (facts.recipients as { contact_id: number; communication: { id: number } }[]).map(
        (row) => `${String(row.contact_id)} ${String(row.communication.id)}`,
      );
    const older = await ask({ ...filter, limit: 200 });

    const seen: string[] = [];
    let cursor: string | null = null;
    let added = 20;
    do {
      const page: Record<string, unknown> = await ask({
        ...filter,
        limit: 7,
        ...(cursor && { cursor }),
      });
      seen.push(...keys(page));
      cursor = page.next_cursor as string | null;
      if (added < 30) await add(++added, added);
    } while (cursor !== null);

    expect(older.recipients).toHaveLength(older.total as number);
    expect(older.total).toBeGreaterThanOrEqual(20);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((row) => keys(older).includes(row))).toEqual(keys(older));
  });

  it("refuses a cursor that was changed or belongs to another question", async () => {
    const first = await ask({ campaign: "CFP 2026", limit: 2 });
    const cursor = first.next_cursor as string;
    const changed = (cursor.startsWith("A") ? "B" : "A") + cursor.slice(1);
    for (const args of [
      { campaign: "CFP 2026", limit: 2, cursor: changed },
      { campaign: "Thank you 2025", limit: 2, cursor },
    ]) {
      expect(await client.refused("query_recipients", args)).toMatch(/^cursor is not one/u);
    }
    const second = await ask({ campaign: "CFP 2026", limit: 2, cursor });
    expect(who(second)[0]).toEqual([people.lerato, record.mails.lastCall]);
  });
});
