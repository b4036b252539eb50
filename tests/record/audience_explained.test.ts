import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { seedRecord, ZONE, type Record2026 } from "../support/record.ts";

const CAME = "SELECT contact_id FROM registrations WHERE came";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;
beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  const { zoe, sipho, thabo } = people;
  for (const [number, person] of [zoe, sipho, thabo].entries()) {
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, checked_in)
      VALUES (${100 + number}, ${people.events.day2025}, ${person}, ${person}, true)`;
  }
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  await client.ask("save_segment", { name: "Came", sql: CAME });
  await client.ask("save_segment", { name: "Sponsors", audience: { role: "sponsor" } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const find = (args: Record<string, unknown>) => client.ask("find_audience", args);

describe("find_audience with contact", () => {
  const why = async (contact: number, args: Record<string, unknown>) =>
    (await find({ contact, ...args })).explained;

  it("says that a person is in", async () => {
    const { zoe } = people;
    const answer = await find({ contact: zoe, segment: "Came" });
    expect(answer.explained).toEqual({
      contact: { id: zoe, name: "Zoë van der Merwe" },
      in_audience: true,
      failed: [],
      excluded_for: null,
    });
    expect(answer.resolved.contact).toMatchObject({ id: zoe });
    expect(answer.filter).toEqual({ segment: { id: expect.any(Number) as number, name: "Came" } });
    expect(answer.total).toBe(3);
  });

  it("says that they match and cannot be mailed, unless nobody is left out", async () => {
    expect(await why(people.sipho, { segment: "Came" })).toMatchObject({
      in_audience: false,
      failed: [],
      excluded_for: "no_email",
    });
    const all = { segment: "Came", include_undeliverable: true };
    expect(await why(people.sipho, all)).toMatchObject({ in_audience: true, excluded_for: null });
  });

  it("names each filter that they do not match, and what is true of them", async () => {
    const asked = {
      event: "Data & AI Day 2025",
      role: "sponsor",
      attended: true,
      registered: true,
      registered_for: "2025",
      registered_before: "2025-01-01",
      received_campaign: "Thank you 2025",
      opened: true,
      not_contacted_since: "2026-01-01",
      min_mails: 5,
      text: "lerato",
      segment: "Came",
      sql: CAME,
    };
    const { failed, in_audience } = await why(people.lerato, {
      ...asked,
      not_registered_for: people.events.day2026,
    });
    expect(in_audience).toBe(false);
    expect(failed.map((one: string) => one.split(":")[0])).toEqual([
      "event",
      "role",
      "registered",
      "attended",
      "registered_before",
      "registered_for",
      "not_registered_for",
      "received_campaign",
      "opened",
      "min_mails",
      "segment",
      "sql",
    ]);
    expect(failed[1]).toBe("role: not sponsor at Data & AI Day 2025");
    expect(
      await why(people.lerato, { event: "Data & AI Day 2025", registered: false }),
    ).toMatchObject({
      failed: ["event: no role or registration at Data & AI Day 2025"],
    });
    expect(
      await why(people.jane, {
        event: "Data & AI Day 2025",
        registered: false,
        not_in_segment: "Came",
        not_received_campaign: "CFP 2026",
        received_status: ["failed"],
      }),
    ).toMatchObject({
      failed: [
        "registered false: has a registration at Data & AI Day 2025",
        "received_status: no mail to them is failed",
        "not_received_campaign: received a mail of CFP 2026, or is about to",
        "not_in_segment: is in Came",
      ],
    });
  });

  it("says that they were erased, of whom no filter can tell more", async () => {
    const [gone] = await database.sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Gone', 'Person', 'gone@example.org') RETURNING id`;
    const contact = gone?.id ?? 0;
    await client.ask("erase_contact", { contact, confirm_name: "Gone Person" });
    for (const filter of [{}, { segment: "Came" }, { include_undeliverable: true }]) {
      const { facts, text } = await client.call("find_audience", { contact, ...filter });
      expect(facts["explained"]).toEqual({
        contact: { id: contact, name: "Erased person" },
        in_audience: false,
        failed: [],
        excluded_for: "erased",
      });
      expect(text).toMatch(
        new RegExp(`^Contact ${String(contact)} is not in it: they were erased\\.`, "u"),
      );
    }
  });

  it("agrees with the audience for everybody", async () => {
    const audiences = [
      { event: "Data & AI Day 2025", attended: false },
      { received_campaign: "CFP 2026", opened: false },
      { received_campaign: "CFP 2026", received_status: ["bounced", "failed"] },
      { min_mails: 2, mails_from: "2026-01-01" },
      { not_contacted_since: "2026-06-01", not_received_communication: record.mails.call },
      { text: "nkosi", role: "sponsor" },
      { segment: "Sponsors", not_in_segment: "Came" },
    ];
    const { jane, otherJane, thabo, nomsa, zoe, sipho, lerato } = people;
    for (const audience of audiences) {
      const { contacts } = await find(audience);
      const inside = contacts.map(({ id }: { id: number }) => id);
      for (const person of [jane, otherJane, thabo, nomsa, zoe, sipho, lerato]) {
        const { in_audience, failed, excluded_for } = await why(person, audience);
        expect([audience, person, in_audience]).toEqual([
          audience,
          person,
          inside.includes(person),
        ]);
        expect(in_audience).toBe(failed.length === 0 && excluded_for === null);
      }
    }
  });
});
