import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "../../../src/database/migrate.ts";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { allRows } from "../../support/all_rows.ts";
import { emptyDatabase, type TestDatabase } from "../../support/database.ts";
import { makeOrganisersDatabase } from "../../support/organisers_tables.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await emptyDatabase();
  await makeOrganisersDatabase(database.sql);
  await migrateDatabase({ url: database.url });
  client = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

// Contacts without phone or company, roles without id or unique rule, tickets without foreign keys to people.
describe("on the organiser's own tables", () => {
  it("a field that has no column is refused by its name", async () => {
    expect(
      await client.refused("save_contact", { contact: "Thandiwe", phone: "1234567", company: "A" }),
    ).toBe(
      "The table contacts of this database has no column phone, company; it has first_name, last_name, email. Nothing was written.",
    );
    expect(
      await client.ask("save_contact", {
        first_name: "Ayanda",
        roles_add: { role: "speaker", event: "2025" },
      }),
    ).toMatchObject({ created: true, contact: { phone: null, roles: [{ role: "speaker" }] } });
    expect(await client.ask("find_contacts", { duplicates: true })).toMatchObject({ total: 0 });
  });

  it("a merge moves what refers to a person, and its undo puts every row back", async () => {
    const { sql } = database;
    await sql`UPDATE contacts SET whatsapp = '+27 82 555 0808' WHERE first_name = 'Pieter'`;
    await sql`INSERT INTO contact_roles VALUES (2, 1, 'speaker')`;
    await sql`INSERT INTO speakers (contact_id, bio) VALUES (2, 'Bio')`;
    await sql`INSERT INTO interest_topics (name) VALUES ('Streams')`;
    await sql`INSERT INTO contact_interests VALUES (1, 1), (2, 1)`;
    const before = await allRows(sql);
    expect(await client.ask("merge_contacts", { keep: 1, duplicate: 2 })).toMatchObject({
      moved: { roles: 1, speakers: 1 },
      combined: { interests: 1, roles: 1 },
    });
    expect(await sql`SELECT whatsapp FROM contacts WHERE id = 1`).toEqual([
      { whatsapp: "+27 82 555 0808" },
    ]);
    expect(await sql`SELECT count(*)::int AS n FROM contacts WHERE id = 2`).toEqual([{ n: 0 }]);
    const { changes } = await client.ask("list_changes", { limit: 1 });
    await client.ask("undo_change", { change: (changes as { id: number }[])[0]?.id });
    expect(await allRows(sql)).toEqual(before);
  });

  it("a merge is refused where a session may be the duplicate's and no column says so", async () => {
    const { sql } = database;
    await sql`INSERT INTO speaker_sessions (event, speaker, title) VALUES (1, 3, 'Streams')`;
    expect(await client.refused("merge_contacts", { keep: 1, duplicate: 3 })).toContain(
      "The table speaker_sessions of this database has no column contact_id",
    );
  });

  it("an erasure reaches columns that nobody named", async () => {
    await client.ask("erase_contact", { contact: 2, confirm_name: "Pieter van der Merwe" });
    const rows = Object.entries(await allRows(database.sql)).filter(([, list]) =>
      list.some((row) => /pieter|merwe|555 0808/iu.test(row)),
    );
    expect(rows).toEqual([]);
  });
});
