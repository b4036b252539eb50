import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** Above the number of people of whom addresses are looked up one by one. */
const MANY = 2_100;

describe("an address spelled in several ways", () => {
  let database: TestDatabase;
  let client: TestClient;
  let id: Record<"thabo" | "nomsa" | "jane" | "blank" | "empty", number>;

  beforeAll(async () => {
    database = await freshDatabase();
    const rows = await database.sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email) VALUES
        ('Thabo', 'Nkosi', 'nkosi@example.org'), ('Nomsa', 'Nkosi', '  NKOSI@example.org '),
        ('Jane', 'Smith', 'jane@example.org'), ('Blank', 'Person', '  '), ('Empty', 'Person', '')
      RETURNING id`;
    const [thabo = 0, nomsa = 0, jane = 0, blank = 0, empty = 0] = rows.map((row) => row.id);
    id = { thabo, nomsa, jane, blank, empty };
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("is one mailbox, and no address is none", async () => {
    const { contacts } = await client.ask("find_contacts", {});
    const shared = (contacts as { id: number; shares_mailbox_with: { id: number }[] }[]).map(
      (person) => [person.id, person.shares_mailbox_with.map((other) => other.id)],
    );
    expect(shared).toEqual([
      [id.thabo, [id.nomsa]],
      [id.nomsa, [id.thabo]],
      [id.jane, []],
      [id.blank, []],
      [id.empty, []],
    ]);
    const history = await client.ask("query_contact_history", { contact: id.thabo });
    expect(history.people[0].shares_mailbox_with).toMatchObject([{ id: id.nomsa }]);
  });

  it("names everybody on it", async () => {
    const refusal = await client.refused("query_outreach_timeline", {
      contact: "Nkosi@Example.org",
    });
    expect(refusal).toContain("Thabo Nkosi");
    expect(refusal).toContain("Nomsa Nkosi");
  });

  it("is kept out whole, among few people and among many", async () => {
    await client.ask("set_suppression", { contact: id.nomsa, suppressed: true, reason: "asked" });
    await client.ask("set_suppression", {
      contact: "JANE@example.org",
      suppressed: true,
      reason: "asked",
    });
    const few = await client.ask("find_audience", {});
    expect(few).toMatchObject({
      total: 0,
      excluded: [
        { reason: "unsubscribed", contacts: [{ id: id.thabo }, { id: id.nomsa }, { id: id.jane }] },
        { reason: "no_email", contacts: [{ id: id.blank }, { id: id.empty }] },
      ],
    });
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email)
        SELECT 'One', 'Of Many', 'person' || n || '@example.org' FROM generate_series(1, ${MANY}) AS n`;
    const many = await client.ask("find_audience", {});
    expect(many.total).toBe(MANY);
    expect(many.excluded).toEqual(few.excluded);
  });
});
