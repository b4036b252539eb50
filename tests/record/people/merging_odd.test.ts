import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { allRows } from "../../support/all_rows.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";
import { seedPeople, type People } from "../../support/people.ts";
import { seedRecord, ZONE } from "../../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
beforeEach(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterEach(async () => {
  await client.close();
  await database.drop();
});

async function latest(): Promise<{ id: number; what: string; about: unknown[] }> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0];
}

describe("merge_contacts", () => {
  it("takes over what an index of the organiser allows to one row only, and is undone", async () => {
    const { sql } = database;
    const { jane, otherJane } = people;
    await sql`CREATE UNIQUE INDEX one_phone ON contacts (phone)`;
    await sql`CREATE UNIQUE INDEX one_sessionize_id ON speakers (sessionize_id)`;
    await sql`UPDATE contacts SET phone = '082 555 0606' WHERE id = ${otherJane}`;
    await sql`
      INSERT INTO speakers (contact_id, sessionize_id) VALUES (${jane}, NULL), (${otherJane}, 'abc')`;
    const before = await allRows(sql);
    const { contact } = await client.ask("merge_contacts", { keep: jane, duplicate: otherJane });
    expect(contact).toMatchObject({ phone: "082 555 0606" });
    expect(await sql`SELECT contact_id, sessionize_id FROM speakers`).toEqual([
      { contact_id: jane, sessionize_id: "abc" },
    ]);
    await client.ask("undo_change", { change: (await latest()).id });
    expect(await allRows(sql)).toEqual(before);
  });

  it("names the organiser's table whose index over words allows one person only one", async () => {
    const { sql } = database;
    const { jane, otherJane } = people;
    await sql`CREATE TABLE newsletters (contact_id integer REFERENCES contacts (id), topic text)`;
    await sql`CREATE UNIQUE INDEX ON newsletters (contact_id, lower(topic))`;
    await sql`INSERT INTO newsletters VALUES (${jane}, 'News'), (${otherJane}, 'news')`;
    const before = await allRows(sql);
    expect(await client.refused("merge_contacts", { keep: jane, duplicate: otherJane })).toMatch(
      /^The table newsletters holds rows of .* put that right there, then merge\. Nothing/u,
    );
    expect(await allRows(sql)).toEqual(before);
  });

  it("moves what says contact_id without a foreign key, and not what refers elsewhere", async () => {
    const { sql } = database;
    const { jane, otherJane } = people;
    await sql`CREATE TABLE signups (contact_id integer, what text)`;
    await sql`INSERT INTO signups VALUES (${jane}, 'one'), (${otherJane}, 'other')`;
    await sql`CREATE TABLE firms (id integer PRIMARY KEY)`;
    await sql`CREATE TABLE calls (id serial PRIMARY KEY, contact_id integer REFERENCES firms (id))`;
    await sql`INSERT INTO firms VALUES (${otherJane})`;
    await sql`INSERT INTO calls (contact_id) VALUES (${otherJane})`;
    const before = await allRows(sql);
    expect(await client.ask("merge_contacts", { keep: jane, duplicate: otherJane })).toMatchObject({
      moved: { signups: 1 },
    });
    expect(await sql`SELECT DISTINCT contact_id FROM signups`).toEqual([{ contact_id: jane }]);
    expect(await sql`SELECT contact_id FROM calls`).toEqual([{ contact_id: otherJane }]);
    await client.ask("undo_change", { change: (await latest()).id });
    expect(await allRows(sql)).toEqual(before);
  });

  it("joins nobody to somebody who was erased, who stays without a name", async () => {
    const { jane, zoe } = people;
    await client.ask("erase_contact", { contact: zoe, confirm_name: "Zoë van der Merwe" });
    const before = await allRows(database.sql);
    for (const [keep, duplicate] of [
      [jane, zoe],
      [zoe, jane],
    ]) {
      expect(await client.refused("merge_contacts", { keep, duplicate })).toBe(
        `Contact ${String(zoe)} was erased on request and is one with nobody. Nothing was written.`,
      );
    }
    for (const more of [{ first_name: "Zoë" }, { email: "zoe@elsewhere.example.org" }]) {
      expect(await client.refused("save_contact", { contact: zoe, ...more })).toContain(
        "was erased on request and stays without a name",
      );
    }
    expect(await allRows(database.sql)).toEqual(before);
  });

  it("of three is undone and done again in order, and says which stands in the way", async () => {
    const { sql } = database;
    const { jane, otherJane, zoe } = people;
    const states = [await allRows(sql)];
    const ids: number[] = [];
    for (const [keep, duplicate] of [
      [otherJane, jane],
      [zoe, otherJane],
    ]) {
      await client.ask("merge_contacts", { keep, duplicate });
      ids.push((await latest()).id);
      states.push(await allRows(sql));
    }
    const [first, second] = ids;
    const undo = async (change: number | undefined) => {
      await client.ask("undo_change", { change });
      return (await latest()).id;
    };
    expect(await client.refused("undo_change", { change: first })).toContain(
      `change ${String(second)} (merge_contacts) wrote the same rows later; undo that first`,
    );
    const parted = await undo(second);
    expect(await allRows(sql)).toEqual(states[1]);
    const partedAgain = await undo(first);
    expect(await allRows(sql)).toEqual(states[0]);
    expect(await client.refused("undo_change", { change: parted })).toContain(
      `change ${String(partedAgain)} (undo_change) wrote the same rows later; undo that first`,
    );
    await undo(partedAgain);
    expect(await allRows(sql)).toEqual(states[1]);
    await undo(parted);
    expect(await allRows(sql)).toEqual(states[2]);
  });

  it("is told in words, with the name of who is gone, also by later and earlier changes", async () => {
    const { jane, zoe } = people;
    await client.ask("save_contact", { contact: jane, phone: "082 555 0101" });
    await client.ask("merge_contacts", { keep: zoe, duplicate: jane });
    const { changes } = await client.ask("list_changes", { limit: 2 });
    expect(changes[0].what).toMatch(
      /^made two contacts one: added 1 former name, .*removed 1 contact/u,
    );
    for (const { about } of changes) {
      expect(about).toContainEqual({ kind: "contact", id: jane, name: "Jane Smith" });
    }
    const theirs = await client.ask("list_changes", { contact: zoe });
    expect(theirs["changes"]).toContainEqual(expect.objectContaining({ id: changes[1].id }));
  });
});
