import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

const AT = "2026-03-01T10:00:00Z";

describe("record_delivery_events", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;
  let mails = 0;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
    await client.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  /** A new mail to one person. */
  const mail = async (recipient: Record<string, unknown> = {}) => {
    const title = `Mail ${String((mails += 1))}`;
    const { communication } = await client.ask("log_send", {
      campaign: "CFP 2026",
      title,
      sent_at: "2026-03-01T09:00:00Z",
      recipients: [{ contact: people.zoe, ...recipient }],
    });
    return { title, id: communication.id as number };
  };
  const stored = async (communication: number) => {
    const [row] = await database.sql<{ status: string; events: Record<string, unknown>[] }[]>`
      SELECT status, coalesce(metadata -> 'events', '[]') AS events
      FROM communication_recipients WHERE communication_id = ${communication}`;
    return row ?? { status: "", events: [] };
  };

  it("derives the status that the rank of all events gives, whatever their order", async () => {
    const cases: [string[], string][] = [
      [["request", "deferred"], "sent"],
      [["blocked", "request"], "failed"],
      [["error", "softBounces"], "bounced"],
      [["soft_bounce", "delivered"], "delivered"],
      [["unique_proxy_open"], "delivered"],
      [["spam", "unsubscribed"], "delivered"],
      [["delivered", "hard_bounce"], "bounced"],
      [["invalid_email", "opened"], "opened"],
      [["unique_opened", "click", "hardBounces"], "clicked"],
      [["clicks", "opened", "delivered", "request"], "clicked"],
    ];
    for (const [kinds, status] of cases) {
      for (const order of [kinds, [...kinds].reverse()]) {
        const { id } = await mail();
        for (const event of order) {
          await client.ask("record_delivery_events", {
            events: [{ event, at: AT, communication: id, contact: people.zoe }],
          });
        }
        expect([order, (await stored(id)).status]).toEqual([order, status]);
      }
      const { id } = await mail();
      await client.ask("record_delivery_events", {
        events: kinds.map((event) => ({ event, at: AT, communication: id, contact: people.zoe })),
      });
      expect([kinds, (await stored(id)).status]).toEqual([kinds, status]);
    }
  });

  it("never ranks below the status the row was logged with", async () => {
    const { id } = await mail({ status: "opened" });
    await client.ask("record_delivery_events", {
      events: [{ event: "delivered", at: AT, communication: id, contact: people.zoe }],
    });
    expect((await stored(id)).status).toBe("opened");
  });

  it("counts the same event once: in one call, in two, and in two at once", async () => {
    const { id } = await mail();
    const opened = {
      event: "opened",
      at: "2026-03-01T12:00:00+02:00",
      communication: id,
      contact: people.zoe,
    };
    const first = await client.ask("record_delivery_events", {
      events: [opened, { ...opened, event: "unique_opened", at: AT }],
    });
    expect(first).toMatchObject({ applied: 1, duplicates: 1, unmatched: [] });
    expect(first.changed).toEqual([
      { contact_id: people.zoe, name: "Zoë van der Merwe", from: "sent", to: "opened" },
    ]);
    const clicks = [{ ...opened, event: "clicked", link: "https://example.org/a" }];
    const answers = await Promise.all([
      client.ask("record_delivery_events", { events: clicks }),
      client.ask("record_delivery_events", { events: clicks }),
    ]);
    expect(answers.map((answer) => answer.applied).sort()).toEqual([0, 1]);
    const other = await client.ask("record_delivery_events", {
      events: [{ ...clicks[0], link: "https://example.org/b" }],
    });
    expect(other).toMatchObject({ applied: 1, changed: [] });
    expect((await stored(id)).events).toHaveLength(3);
  });

  it("names the events it knows where one is unknown", async () => {
    const { id } = await mail();
    const { unmatched } = await client.ask("record_delivery_events", {
      events: [
        { event: "yawned", at: AT, communication: id, contact: people.zoe },
        { event: "sighed", at: AT, communication: id, contact: people.zoe },
      ],
    });
    expect(unmatched).toEqual([
      {
        index: 0,
        reason:
          '"yawned" is not a known kind of event; events are queued, request, sent, deferred, error, blocked, soft_bounce, delivered, proxy_open, spam, unsubscribed, hard_bounce, invalid_email, opened, clicked, bounced or failed',
      },
      { index: 1, reason: '"sighed" is not a known kind of event' },
    ]);
  });

  it("says who cannot be mailed any more, everybody on the mailbox, and only the first time", async () => {
    const title = "To a couple";
    const { communication } = await client.ask("log_send", {
      campaign: "CFP 2026",
      title,
      sent_at: "2026-03-01T09:00:00Z",
      recipients: [{ contact: people.thabo }, { contact: people.otherJane }],
    });
    const report = (event: string, contact: number) =>
      client.call("record_delivery_events", {
        events: [
          { event, at: AT, communication: communication.id, contact, reason: "550 no such user" },
        ],
      });
    const delivered = await report("delivered", people.otherJane);
    expect(delivered.facts.now_blocked).toEqual([]);
    const bounced = await report("hard_bounce", people.thabo);
    expect(bounced.facts.now_blocked).toEqual([
      {
        contact_id: people.thabo,
        name: "Thabo Nkosi",
        email: "nkosi@example.org",
        reason: "hard bounce: 550 no such user",
      },
      {
        contact_id: people.nomsa,
        name: "Nomsa Nkosi",
        email: "NKOSI@example.org",
        reason: "hard bounce: 550 no such user",
      },
    ]);
    expect(bounced.text.split("\n")[0]).toContain(
      "From now on no mail goes to Thabo Nkosi (nkosi@example.org), Nomsa Nkosi (NKOSI@example.org)",
    );
    expect((await report("spam", people.thabo)).facts.now_blocked).toEqual([]);
    expect((await report("soft_bounce", people.otherJane)).facts.now_blocked).toEqual([]);
  });

  it("takes Brevo's webhook payloads and its event feed as they come", async () => {
    const { id } = await mail({ brevo_message_id: "<202603010900.1@smtp-relay.example.org>" });
    const webhook = {
      id: 26224,
      event: "delivered",
      email: "zoe@example.org",
      "message-id": "<202603010900.1@smtp-relay.example.org>",
      date: "2026-03-01 12:00:00",
      ts: 1772359200,
      ts_event: 1772359200,
      ts_epoch: 1772359200000,
      subject: "x",
      tag: "",
      sending_ip: "192.0.2.1",
      template_id: 49,
    };
    const feed = {
      event: "opened",
      email: "zoe@example.org",
      messageId: "202603010900.1@smtp-relay.example.org",
      date: "2026-03-01T13:00:00+02:00",
      tag: "",
    };
    const answer = await client.ask("record_delivery_events", { events: [webhook, feed] });
    expect(answer).toMatchObject({ applied: 2, unmatched: [] });
    expect((await stored(id)).events).toEqual([
      { kind: "delivered", at: "2026-03-01T10:00:00Z" },
      { kind: "opened", at: "2026-03-01T11:00:00Z" },
    ]);
    expect(await client.ask("record_delivery_events", { events: webhook })).toMatchObject({
      applied: 0,
      duplicates: 1,
    });
  });

  it("takes a webhook with another address for nobody's, one with a former address for theirs", async () => {
    const id = "<202603010900.2@smtp-relay.example.org>";
    const other = await mail({ contact: people.lerato, brevo_message_id: id });
    const webhook = (email: string) => ({
      event: "delivered",
      email,
      "message-id": id,
      ts_epoch: 1772359200000,
    });
    expect(
      await client.ask("record_delivery_events", { events: [webhook("zoe@example.org")] }),
    ).toMatchObject({
      applied: 0,
      unmatched: [
        { index: 0, reason: "the mail with this message id did not go to zoe@example.org" },
      ],
    });
    expect(await stored(other.id)).toEqual({ status: "sent", events: [] });
    const [{ email }] = (await database.sql`
      SELECT email FROM contacts WHERE id = ${people.lerato}`) as unknown as [{ email: string }];
    await client.ask("save_contact", { contact: people.lerato, email: "lerato@example.com" });
    const events = [
      webhook(email.toUpperCase()),
      { ...webhook("lerato@example.com"), event: "opened" },
    ];
    expect(await client.ask("record_delivery_events", { events })).toMatchObject({
      applied: 2,
      unmatched: [],
    });
    await client.ask("save_contact", { contact: people.lerato, email });
  });

  it("applies the rest beside what it cannot match", async () => {
    const { id, title } = await mail();
    const { facts: answer, text } = await client.call("record_delivery_events", {
      events: [
        { event: "sneezed", at: AT, communication: id, contact: people.zoe },
        { event: "opened", at: AT, brevo_message_id: "nobody's" },
        { event: "opened", at: AT, communication: title, contact: "Lerato Mokoena" },
        { event: "opened", at: AT, communication: title, contact: "van der merwe" },
      ],
    });
    expect(answer.applied).toBe(1);
    expect(answer.unmatched.map((entry: { index: number }) => entry.index)).toEqual([0, 1, 2]);
    expect(text).toContain(
      "1 of 4 events recorded, 0 were there already, 2 matched no recipient, 1 is of no known kind.",
    );
  });

  it.each([
    [
      "a time that is none",
      { event: "opened", at: "soon", communication: "Mail 1", contact: "zoe" },
      "not a time",
    ],
    ["no time", { event: "opened", communication: "Mail 1", contact: "zoe" }, "needs at"],
    ["nobody named", { event: "opened", at: AT }, "brevo_message_id, or communication and contact"],
    [
      "an unknown field",
      { event: "opened", at: AT, brevo_message_id: "x", browser: "y" },
      '"events[1].browser"',
    ],
    ["a future time", { event: "opened", at: "2999-01-01", brevo_message_id: "x" }, "future"],
    ["a webhook without a time", { event: "opened", "message-id": "x" }, "ts_epoch"],
  ])("refuses the whole call for %s", async (_what, broken, expected) => {
    const { id } = await mail();
    const good = { event: "opened", at: AT, communication: id, contact: people.zoe };
    const message = await client.refused("record_delivery_events", { events: [good, broken] });
    expect(message).toContain(expected);
    expect(message).toMatch(/Nothing was written\.$/u);
    expect((await stored(id)).status).toBe("sent");
  });

  it("lets nobody take an event away or set a status that its events do not add up to", async () => {
    const { id } = await mail();
    await client.ask("record_delivery_events", {
      events: [{ event: "opened", at: AT, communication: id, contact: people.zoe }],
    });
    await expect(
      database.sql`UPDATE communication_recipients SET metadata = metadata - 'events' WHERE communication_id = ${id}`,
    ).rejects.toThrow(/never taken away/u);
    await expect(
      database.sql`UPDATE communication_recipients SET status = 'failed' WHERE communication_id = ${id}`,
    ).rejects.toThrow(/communication_recipients_status_derived/u);
  });

  it("takes a row that bounced softly for no hard bounce, whoever wrote it", async () => {
    const { id } = await mail();
    await database.sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, metadata)
      VALUES (${id}, ${people.lerato}, 'bounced', ${database.sql.json({
        email: "lerato@example.org",
        events: [{ kind: "soft_bounce", at: AT }],
      })})`;
    const kinds = await database.sql`
      SELECT kind FROM outreach.delivery_problems WHERE address = 'lerato@example.org'`;
    expect([...kinds]).toEqual([{ kind: "soft_bounce" }]);
  });

  it("says who can no longer be mailed", async () => {
    const { id } = await mail();
    await client.ask("record_delivery_events", {
      events: [
        {
          event: "hardBounces",
          at: "2026-03-02T10:00:00Z",
          reason: "mailbox unknown",
          communication: id,
          contact: people.zoe,
        },
      ],
    });
    const [address] =
      await database.sql`SELECT state, reason FROM outreach.undeliverable WHERE address = 'zoe@example.org'`;
    expect(address).toEqual({ state: "bounced", reason: "hard bounce: mailbox unknown" });
  });
});
