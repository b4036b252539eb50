import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { Database } from "../../src/database/connect.ts";
import { TookTooLong } from "../../src/record/asking/people.ts";
import { membersOfEach } from "../../src/record/segments/members.ts";
import { listSegments } from "../../src/record/segments/queries.ts";
import { allRows } from "../support/all_rows.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { seedRecord, ZONE } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  await seedRecord(database.sql, people);
  const { zoe, sipho, thabo } = people;
  for (const [number, person] of [zoe, sipho, thabo].entries()) {
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, checked_in)
      VALUES (${100 + number}, ${people.events.day2025}, ${person}, ${person}, true)`;
  }
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const CAME = "SELECT contact_id FROM registrations WHERE came";
const save = (args: Record<string, unknown>) => client.ask("save_segment", args);
const find = (args: Record<string, unknown>) => client.ask("find_audience", args);
const ids = ({ contacts }: Record<string, any>): number[] =>
  contacts.map(({ id }: { id: number }) => id);
const listed = async (text: string) => (await client.ask("list_segments", { text })).segments[0];

async function latest(): Promise<number> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0].id as number;
}

describe("save_segment", () => {
  it("gives filters a name, and says who is in it and who cannot be mailed", async () => {
    const audience = { event: "Data & AI Day 2025", attended: true };
    const answer = await save({
      name: "Guests of 2025",
      description: "those who were there",
      audience,
    });
    expect(answer).toMatchObject({
      segment: {
        name: "Guests of 2025",
        description: "those who were there",
        audience,
        sql: null,
        version: 1,
      },
      created: true,
      people: 3,
      fitting: 4,
      excluded: [{ reason: "no_email", count: 1, contacts: [{ name: "Sipho Dlamini" }] }],
    });
    const found = await find({ segment: "guests of 2025" });
    expect(ids(found)).toEqual([people.jane, people.thabo, people.zoe]);
    expect(found.fitting).toBe(4);
    expect(found.filter).toEqual({ segment: { id: answer.segment.id, name: "Guests of 2025" } });
  });

  it("gives a question a name", async () => {
    const { segment, people: number } = await save({ name: "Came", sql: CAME });
    expect(segment).toMatchObject({ audience: null, sql: CAME });
    expect(number).toBe(3);
    expect(ids(await find({ segment: "Came", registered_for: people.events.day2026 }))).toEqual([
      people.jane,
    ]);
    expect(ids(await find({ sql: CAME, text: "zoë" }))).toEqual([people.zoe]);
  });

  it("is found anew at each use, under the name that an event has by then", async () => {
    const audience = { event: "Data & AI Day 2026", registered: true };
    await save({ name: "Coming", audience });
    const before = ids(await find({ segment: "Coming" }));
    await client.ask("update_event", { event: people.events.day2026, name: "Big Data Day" });
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id)
      VALUES (200, ${people.events.day2026}, ${people.nomsa}, ${people.nomsa})`;
    expect(ids(await find({ segment: "Coming" }))).toEqual(
      [...before, people.nomsa].toSorted((a, b) => a - b),
    );
    await client.ask("undo_change", { change: await latest() });
  });

  it("says the same again and adds nothing, and refuses another of that name", async () => {
    const args = { name: "Sponsors", audience: { role: "sponsor" } };
    const [first, second] = await Promise.all([save(args), save({ ...args, name: "SPONSORS" })]);
    expect([first.created, second.created].toSorted()).toEqual([false, true]);
    expect(first.segment.id).toBe(second.segment.id);
    const refusal = await client.refused("save_segment", { name: "sponsors.", sql: CAME });
    expect(refusal).toContain(`give segment ${String(first.segment.id)} to change that one`);
    expect(refusal).toContain("Nothing was written");
    const another = { segment: "Came", name: "Sponsors" };
    expect(await client.refused("save_segment", another)).toContain("another segment");
  });

  it("changes one, which counts its version up and can be undone", async () => {
    await save({ name: "Talkers", audience: { role: "speaker" } });
    const before = await allRows(database.sql);
    const change = { segment: "Talkers", name: "Speakers", description: "who spoke" };
    const changed = await save(change);
    expect(changed).toMatchObject({
      segment: { name: "Speakers", audience: { role: "speaker" }, version: 2 },
      created: false,
      changed: { name: ["Talkers", "Speakers"], description: [null, "who spoke"] },
      people: 1,
    });
    expect((await save({ ...change, segment: "Speakers" })).segment.version).toBe(2);
    const other = await save({ segment: "Speakers", name: "Speakers", sql: CAME });
    expect(other.segment).toMatchObject({ audience: null, sql: CAME, version: 3 });
    expect(other.people).toBe(3);
    await client.ask("undo_change", { change: await latest() });
    expect(await listed("Speakers")).toMatchObject({ version: 2, people: 1, sql: null });
    const { changes } = await client.ask("list_changes", { tool: "save_segment", limit: 2 });
    await client.ask("undo_change", { change: changes[1].id });
    expect(await allRows(database.sql)).toEqual(before);
  });

  it("is made of others, in no circle, and these stay while it stands on them", async () => {
    await save({ name: "A", audience: { segment: "Came" } });
    const a = await latest();
    await save({ name: "B", audience: { segment: "A", not_in_segment: "Sponsors" } });
    expect(ids(await find({ segment: "B" }))).toEqual([people.jane, people.zoe]);
    expect(ids(await find({ segment: "A", not_in_segment: "B" }))).toEqual([people.thabo]);
    for (const segment of ["A", "B"]) {
      const circle = { segment: "A", name: "A", audience: { segment } };
      expect(await client.refused("save_segment", circle)).toContain("by way of itself");
    }
    expect(await client.refused("undo_change", { change: a })).toContain("refers to what it added");

    await save({ segment: "B", name: "B", audience: { role: "speaker" } });
    const loosened = await latest();
    await save({ segment: "A", name: "A", audience: { segment: "B" } });
    expect(await client.refused("undo_change", { change: loosened })).toContain("by way of itself");
  });

  it.each([
    [{}, "Give audience or sql"],
    [{ audience: { role: "speaker" }, sql: CAME }, "not both"],
    [{ audience: {} }, "audience has no filter"],
    [{ audience: { role: "speaker", include_undeliverable: true } }, "where the segment is used"],
    [{ audience: { segment: "No such segment" } }, 'no segment "No such segment"'],
    [{ sql: "SELECT name FROM people" }, "first column of sql must be contact_id"],
    [{ sql: "SELECT 'a' AS contact_id" }, "contact_id must be a number"],
    [{ sql: "SELECT current_date AS contact_id" }, "contact_id must be a number"],
    [{ sql: "DELETE FROM contacts" }, "sql must be a SELECT"],
    [{ sql: "SELECT contact_id FROM outreach.known_as" }, "not read here"],
    [{ sql: "SELECT contact_id FROM people WHERE firm = 'x'" }, "There is no such column"],
    [{ sql: "SELECT name AS contact_id FROM people" }, "is not what its type asks for"],
    [{ sql: "SELECT contact_id FROM people WHERE person.id > 0" }, "not among what follows FROM"],
    [{ sql: "SELECT contact_id FROM people WHERE 1 / (contact_id - contact_id) > 0" }, "zero"],
  ])("refuses %j in words", async (args, words) => {
    const refusal = await client.refused("save_segment", { name: "Refused", ...args });
    expect(refusal).toMatch(words);
    expect(refusal).toContain("Nothing was written");
    expect((await client.ask("list_segments", { text: "Refused" })).total).toBe(0);
  });
});

describe("a segment in use", () => {
  it("tells when it was used last, and who came in and dropped out since", async () => {
    const { sql } = database;
    await save({ name: "Day of 2025", audience: { event: "Data & AI Day 2025" } });
    expect(await listed("Day of 2025")).toMatchObject({ last_used: null, entered_since: null });
    const before = await allRows(sql);
    const mail = {
      campaign: "CFP 2026",
      title: "To those of 2025",
      audience: { segment: "Day of 2025" },
    };
    const { communication } = await client.ask("log_send", mail);
    expect(await client.ask("log_send", mail)).toMatchObject({ replay: true, recorded: 0 });
    const change = await latest();
    expect(await listed("Day of 2025")).toMatchObject({
      people: 3,
      fitting: 4,
      last_used: { communication: { id: communication.id, title: "To those of 2025" }, people: 3 },
      entered_since: 0,
      left_since: 0,
    });
    const { rows } = await client.ask("ask_database", {
      sql: "SELECT last_communication_id, last_people FROM segments WHERE name = 'Day of 2025'",
    });
    expect(rows).toEqual([[communication.id, 3]]);

    await client.ask("undo_change", { change });
    expect(await allRows(sql)).toEqual(before);
    const { changes } = await client.ask("list_changes", { limit: 1 });
    await client.ask("undo_change", { change: changes[0].id });

    const used = await allRows(sql);
    await client.ask("remove_entry", { kind: "communication", id: "To those of 2025" });
    expect(await listed("Day of 2025")).toMatchObject({ last_used: null });
    await client.ask("undo_change", { change: await latest() });
    expect(await allRows(sql)).toEqual(used);

    // Nomsa comes in, Zoë drops out, and Thabo is one with his other record by now.
    await sql`INSERT INTO contact_roles (contact_id, event_id, role_type)
              VALUES (${people.nomsa}, ${people.events.day2025}, 'organiser')`;
    await sql`UPDATE tickets SET status = 'cancelled' WHERE attendee_contact_id = ${people.zoe}`;
    const [other] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name) VALUES ('Thabo', 'N.') RETURNING id`;
    await client.ask("merge_contacts", { keep: other!.id, duplicate: people.thabo });
    const merged = await latest();
    expect(await listed("Day of 2025")).toMatchObject({ entered_since: 1, left_since: 1 });
    await client.ask("undo_change", { change: merged });
    expect(await listed("Day of 2025")).toMatchObject({ entered_since: 1, left_since: 1 });
    await sql`UPDATE tickets SET status = 'registered' WHERE attendee_contact_id = ${people.zoe}`;
    await sql`DELETE FROM contact_roles WHERE contact_id = ${people.nomsa}`;
  });

  it("says in words that it cannot be found any more, and the list goes on", async () => {
    const { sql } = database;
    await save({ name: "By company", sql: "SELECT contact_id FROM people WHERE company IS NULL" });
    await save({ name: "Part of it", audience: { segment: "By company" } });
    await sql`ALTER VIEW ask.people RENAME COLUMN company TO firm`;
    const { segments } = await client.ask("list_segments", {});
    const problems = segments.filter(({ problem }: { problem: string | null }) => problem !== null);
    expect(problems.map(({ name }: { name: string }) => name)).toEqual([
      "By company",
      "Part of it",
    ]);
    expect(problems[0]).toMatchObject({
      people: null,
      problem: expect.stringMatching(
        /^The segment "By company" cannot be found any more: There is no such column\. people has .*firm/u,
      ) as unknown,
    });
    expect(segments.length).toBeGreaterThan(5);
    for (const [tool, args] of [
      ["find_audience", { segment: "Part of it" }],
      ["find_audience", { not_in_segment: "By company" }],
      ["log_send", { campaign: "CFP 2026", title: "Never", audience: { segment: "By company" } }],
    ] as const) {
      expect(await client.refused(tool, args)).toContain('"By company" cannot be found any more');
    }
    await sql`ALTER VIEW ask.people RENAME COLUMN firm TO company`;
    expect(await listed("By company")).toMatchObject({ problem: null });
  });

  it("says so where a campaign that it names is gone", async () => {
    await client.ask("create_campaign", {
      name: "Short-lived",
      event: people.events.day2026,
      campaign_type: "general",
    });
    await save({ name: "Untouched", audience: { not_received_campaign: "Short-lived" } });
    await client.ask("remove_entry", { kind: "campaign", id: "Short-lived" });
    expect((await listed("Untouched")).problem).toMatch(
      /not_received_campaign: There is no campaign/u,
    );
    await client.ask("undo_change", { change: await latest() });
    expect((await listed("Untouched")).problem).toBeNull();
  });
});

describe("all segments of an answer", () => {
  const SLOW =
    "SELECT contact_id FROM people WHERE contact_id IN (SELECT count(*) FROM generate_series(1, 10000) AS a, generate_series(1, 10000) AS b WHERE (a + b) % 7 = 3)";

  it("have one time together, and those not found in it are said, also where they are made of such", async () => {
    const { sql } = database;
    const slow = await sql<{ id: number }[]>`
      INSERT INTO outreach.segments (name, sql)
      SELECT 'Slow ' || n, ${SLOW} || ' AND contact_id > ' || n FROM generate_series(1, 3) AS n RETURNING id`;
    await sql`
      INSERT INTO outreach.segments (name, audience, meant, in_segment_id)
      VALUES ('Slow part', '{"role": "speaker"}', '{"role": "speaker"}', ${slow[0]!.id})`;
    await save({ name: "Slow no more", sql: CAME });
    const record = new Database({
      url: database.url,
      dataDirectory: undefined,
      timeZone: undefined,
      readOnly: true,
      actor: "tester",
    });
    const start = performance.now();
    const found = await record.read(async (transaction) => {
      const call = { sql: transaction, zone: "UTC" };
      const page = { place: null, id: null };
      const { segments } = await listSegments(transaction, "Slow", "UTC", page, 10);
      const named = segments.toSorted((one, other) => other.id - one.id);
      const members = await membersOfEach(call, named, 1);
      return named.map(({ name }, index) => [name, members[index]] as const);
    });
    expect(performance.now() - start).toBeLessThan(5000);
    await record.close();
    const late = found.filter(([, members]) => members instanceof TookTooLong);
    expect(late.map(([name]) => name)).toEqual(["Slow part", "Slow 3", "Slow 2", "Slow 1"]);
    expect(found[0]).toMatchObject([
      "Slow no more",
      { people: [people.jane, people.thabo, people.zoe] },
    ]);
    await sql`DELETE FROM outreach.segments WHERE in_segment_id = ${slow[0]!.id}`;
    await sql`DELETE FROM outreach.segments WHERE id = ANY(${slow.map(({ id }) => id)})`;
  });
});

describe("an erased person", () => {
  it("is in no segment's words", async () => {
    await save({
      name: "Friends of Lerato Mokoena",
      description: "asked by lerato@example.org",
      sql: "SELECT contact_id FROM people WHERE name <> 'Lerato Mokoena'",
    });
    await save({ name: "Her", audience: { text: "Lerato Mokoena" } });
    const mail = {
      campaign: "CFP 2026",
      title: "Hello",
      audience: { segment: "Friends of Lerato" },
    };
    await client.ask("log_send", mail);
    await client.ask("erase_contact", { contact: people.lerato, confirm_name: "Lerato Mokoena" });
    const rows = Object.values(await allRows(database.sql))
      .flat()
      .join("\n");
    expect(rows).not.toMatch(/mokoena|lerato@/iu);
    expect(await listed("Friends of Erased person")).toMatchObject({ problem: null });
  });
});
