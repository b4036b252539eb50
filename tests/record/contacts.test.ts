import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

describe("find_contacts", () => {
  let database: TestDatabase;
  let client: TestClient;
  let people: People;

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    const { day2025, day2026 } = people.events;
    await database.sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type) VALUES
        (${people.jane}, ${day2025}, 'speaker'), (${people.jane}, ${day2026}, 'speaker'),
        (${people.zoe}, ${day2025}, 'sponsor'), (${people.lerato}, NULL, 'organiser'),
        (${people.thabo}, ${day2025}, 'attendee')`;
    await database.sql`
      INSERT INTO tickets (event_id, purchaser_contact_id, attendee_contact_id, status) VALUES
        (${day2025}, ${people.jane}, ${people.jane}, 'registered'),
        (${day2025}, ${people.thabo}, ${people.nomsa}, 'registered'),
        (${day2025}, ${people.sipho}, ${people.sipho}, 'cancelled'),
        (${day2026}, ${people.zoe}, ${people.zoe}, 'transferred')`;
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const found = async (args: Record<string, unknown>) =>
    ids(await client.ask("find_contacts", args));

  it("finds people by every word in name or e-mail, also by word beginnings, accents aside", async () => {
    const both = [people.jane, people.otherJane];
    expect(await found({ text: "smi" })).toEqual(both);
    expect(await found({ text: "SMITH jan" })).toEqual(both);
    expect(await found({ text: "jane.smith@example.org" })).toEqual(both);
    expect(await found({ text: "zoe merwe" })).toEqual([people.zoe]);
    expect(await found({ text: "Zoë VAN DER" })).toEqual([people.zoe]);
    expect(await found({ text: "lerato@exam" })).toEqual([people.lerato]);
    // "mith" begins no word, and Zoë is no Nkosi.
    expect(await found({ text: "mith" })).toEqual([]);
    expect(await found({ text: "zoe nkosi" })).toEqual([]);
    expect(await found({ text: "'); DROP TABLE contacts; --" })).toEqual([]);
    expect(await found({ text: "!?" })).toEqual([]);
  });

  it("tells namesakes apart and says who shares a mailbox", async () => {
    const { contacts, total } = await client.ask("find_contacts", { text: "nkosi" });
    expect(total).toBe(2);
    expect(contacts).toMatchObject([
      {
        id: people.thabo,
        name: "Thabo Nkosi",
        email: "nkosi@example.org",
        shares_mailbox_with: [{ id: people.nomsa, name: "Nomsa Nkosi" }],
      },
      {
        id: people.nomsa,
        email: "NKOSI@example.org",
        shares_mailbox_with: [{ id: people.thabo, name: "Thabo Nkosi" }],
      },
    ]);
    const namesakes = await client.ask("find_contacts", { text: "Jane Smith" });
    expect(namesakes.contacts).toMatchObject([
      { id: people.jane, email: "jane.smith@example.org", shares_mailbox_with: [] },
      { id: people.otherJane, email: "jane@example.org", shares_mailbox_with: [] },
    ]);
  });

  it("shows every role, newest event first, a registration as attendee, a global one without event", async () => {
    const day2025 = { id: people.events.day2025, name: "Data & AI Day 2025" };
    const day2026 = { id: people.events.day2026, name: "Data & AI Day 2026" };
    const { contacts } = await client.ask("find_contacts", {});
    const roles = new Map(
      (contacts as { id: number; roles: unknown }[]).map(({ id, roles }) => [id, roles]),
    );
    expect(roles.get(people.jane)).toEqual([
      { role: "speaker", event: day2026 },
      { role: "attendee", event: day2025 },
      { role: "speaker", event: day2025 },
    ]);
    expect(roles.get(people.lerato)).toEqual([{ role: "organiser", event: null }]);
    expect(roles.get(people.nomsa)).toEqual([{ role: "attendee", event: day2025 }]);
    // Cancelled and transferred tickets are no registrations.
    expect(roles.get(people.sipho)).toEqual([]);
    expect(roles.get(people.zoe)).toEqual([{ role: "sponsor", event: day2025 }]);
  });

  it("filters by role at an event, anywhere without one, and counts global roles for every event", async () => {
    const { jane, thabo, nomsa, zoe, lerato } = people;
    const event = "Data & AI Day 2025";
    expect(await found({ event, role: "speaker" })).toEqual([jane]);
    expect(await found({ event, role: "attendee" })).toEqual([jane, thabo, nomsa]);
    expect(await found({ event, role: "organiser" })).toEqual([lerato]);
    expect(await found({ event: "Data & AI Day 2026", role: "sponsor" })).toEqual([]);
    expect(await found({ role: "sponsor" })).toEqual([zoe]);
    expect(await found({ event })).toEqual([jane, thabo, nomsa, zoe, lerato]);
    expect(await found({ event: "2026" })).toEqual([jane, lerato]);
    expect(await found({ event: "2026", text: "mokoena" })).toEqual([lerato]);
  });

  it("says how it took the event, one of a year as a list", async () => {
    const named = await client.ask("find_contacts", { event: "durban" });
    expect(named.resolved).toEqual({
      event: { id: people.events.day2025, name: "Data & AI Day 2025" },
      campaign: null,
      contact: null,
      from: null,
      to: null,
    });
    expect(Date.parse(named.as_of as string)).toBeGreaterThan(Date.now() - 60_000);
    const year = await client.ask("find_contacts", { event: 2026 });
    expect(year.resolved.event).toEqual([
      { id: people.events.day2026, name: "Data & AI Day 2026" },
    ]);
  });

  it("opens its text with how many of how many and names everybody on the page", async () => {
    const { text } = await client.call("find_contacts", { limit: 2 });
    expect(text.split("\n")[0]).toBe("2 of 7 people shown.");
    expect(text).toContain("jane.smith@example.org");
    expect(text).toContain("jane@example.org");
  });

  it("refuses what it cannot take, and says what would be right", async () => {
    expect(await client.refused("find_contacts", { role: "guest" })).toBe(
      'role must be attendee, speaker, sponsor or organiser, not "guest".',
    );
    expect(await client.refused("find_contacts", { name: "Jane" })).toBe(
      'Unknown argument "name"; the arguments are text, event, role, deliverability, duplicates, limit, cursor.',
    );
    expect(await client.refused("find_contacts", { event: "Data & AI Dya 2026" })).toContain(
      `${String(people.events.day2026)} Data & AI Day 2026`,
    );
    expect(await client.refused("find_contacts", { limit: 201 })).toContain("1 to 200");
  });

  it("shows each older person exactly once on a walk during which people are added", async () => {
    const before = await found({});
    const walked: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.ask("find_contacts", { limit: 2, ...(cursor && { cursor }) });
      walked.push(...ids(page));
      await database.sql`
        INSERT INTO contacts (first_name, last_name, email) VALUES ('Late', 'Comer', 'late@example.org')`;
      cursor = (page.next_cursor as string | null) ?? undefined;
    } while (cursor !== undefined && walked.length < 100);
    expect(walked.filter((id) => before.includes(id))).toEqual(before);
    expect(new Set(walked).size).toBe(walked.length);
    const first = await client.ask("find_contacts", { limit: 2 });
    expect(
      await client.refused("find_contacts", { limit: 2, text: "a", cursor: first.next_cursor }),
    ).toContain("cursor");
    await database.sql`DELETE FROM contacts WHERE last_name = 'Comer'`;
  });
});

function ids(answer: Record<string, unknown>): number[] {
  return (answer.contacts as { id: number }[]).map(({ id }) => id);
}
