import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await freshDatabase();
  client = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

interface Pair {
  a: { id: number; name: string };
  b: { id: number; name: string };
  evidence: string[];
  score: number;
}

async function pairsOf(args: Record<string, unknown> = {}) {
  const answer = await client.ask("find_contacts", { duplicates: true, ...args });
  return answer as unknown as { pairs: Pair[]; total: number; next_cursor: string | null };
}

/** Puts people in place of all others; the first has id 1. */
async function seed(people: [string, string, string | null, string | null, string | null][]) {
  await database.sql`TRUNCATE contacts RESTART IDENTITY CASCADE`;
  for (const [first, last, email, phone, company] of people) {
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email, phone, company)
      VALUES (${first}, ${last}, ${email}, ${phone}, ${company})`;
  }
}

describe("find_contacts with duplicates", () => {
  it("pairs who may be one person, with what speaks for it, the likeliest first", async () => {
    await seed([
      ["Jane", "Smith", "jane@example.org", "+27 82 555 0101", "Acme"],
      ["jane", "SMITH", "jane@work.example.org", null, null],
      ["Zoë", "van der Merwe", "zoe@example.org", "082 555 0202", null],
      ["van der Merwe", "Zoe", null, "+27825550202", null],
      ["Jon", "Botha", "jon@example.org", null, "Umbrella (Pty) Ltd"],
      ["John", "Botha", null, null, "Umbrella Pty Ltd"],
      ["Lerato", "Mokoena", "lerato@example.org", null, null],
    ]);
    const { pairs, total } = await pairsOf();
    expect(total).toBe(3);
    expect(pairs.map(({ a, b, evidence, score }) => [a.id, b.id, evidence, score])).toEqual([
      [3, 4, ["names reversed", "same phone"], 0.75],
      [1, 2, ["same name"], 0.6],
      [5, 6, ["similar names", "same company"], 0.55],
    ]);
  });

  it("takes two who share a mailbox or a company for two, and one of two spellings for one", async () => {
    await seed([
      ["Thabo", "Nkosi", "nkosi@example.org", "082 555 0303", "Nkosi Bakery"],
      ["Nomsa", "Nkosi", "NKOSI@example.org", "082 555 0303", "Nkosi Bakery"],
      ["Tabo", "Nkosi", "nkosi@example.org", null, null],
      ["Jane", "Smith", null, null, "Acme"],
      ["Peter", "Smith", null, null, "Acme"],
    ]);
    const { pairs } = await pairsOf();
    expect(pairs.map(({ a, b, evidence }) => [a.id, b.id, evidence])).toEqual([
      [1, 3, ["similar names", "same e-mail"]],
    ]);
  });

  it("takes a part of a name on the same mailbox for the same person, and on another for nobody", async () => {
    await seed([
      ["Jane", "Smith", "jane@example.org", null, null],
      ["JANE", "", " Jane@Example.org ", null, null],
      ["Smith", "", "smith@example.org", null, null],
      ["Zoë", "van der Merwe", "zoe@example.org", null, null],
      ["", "Merwe Zoe", "zoe@example.org", null, null],
      ["Janet", "", "jane@example.org", null, null],
      ["", "", "jane@example.org", null, null],
    ]);
    const { pairs } = await pairsOf();
    expect(pairs.map(({ a, b, evidence, score }) => [a.id, b.id, evidence, score])).toEqual([
      [1, 2, ["one name holds the other", "same e-mail"], 0.88],
      [4, 5, ["one name holds the other", "same e-mail"], 0.88],
    ]);
  });

  it("pages, and shows pairs of which one matches the filter", async () => {
    await seed(
      Array.from({ length: 6 }, (_, index) => [
        `Person${"abc".charAt(index % 3)}`,
        "Dlamini",
        `person${String(index)}@example.org`,
        null,
        null,
      ]),
    );
    const first = await pairsOf({ limit: 2 });
    expect(first.total).toBe(3);
    const second = await pairsOf({ limit: 2, cursor: first.next_cursor });
    expect(second.next_cursor).toBeNull();
    expect([...first.pairs, ...second.pairs].map(({ a, b }) => [a.id, b.id])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect((await pairsOf({ text: "person4@" })).pairs.map(({ a, b }) => [a.id, b.id])).toEqual([
      [2, 5],
    ]);
  });

  it("answers for 50,000 people within seconds, whatever many of them have in common", async () => {
    await database.sql`TRUNCATE contacts RESTART IDENTITY CASCADE`;
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email, phone, company)
      SELECT 'First' || n % 997, 'Last' || n / 25, 'person' || n || '@example.org',
             CASE WHEN n % 2 = 0 THEN '0' || 820000000 + n ELSE '0820000000' END, 'Company ' || n % 2000
      FROM generate_series(1, 49000) AS n`;
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Test', 'Person', 'test' || n || '@example.org' FROM generate_series(1, 1000) AS n`;
    await database.sql`ANALYZE contacts`;
    const started = performance.now();
    const { total } = await pairsOf();
    const took = performance.now() - started;
    expect(total).toBe(999);
    // Far more than it takes, so that a busy machine breaks nothing.
    expect(took).toBeLessThan(30_000);
  });
});
