import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** How many sets of segments are tried; SEGMENT_PROPERTY_RUNS looks at more. */
const RUNS = Number(process.env["SEGMENT_PROPERTY_RUNS"] ?? 6);

const PEOPLE = 12;
const ROLES = ["speaker", "sponsor", "organiser"] as const;
type Role = (typeof ROLES)[number];

/** Of each person: their roles at the event, whether they came to it, and whether an address is known. */
interface Person {
  roles: Role[];
  came: boolean;
  reachable: boolean;
}

/** By what a segment is found; others by their place among those before it. */
interface Definition {
  kind: "role" | "came" | "parts" | "asked";
  role: Role;
  within: number | null;
  without: number | null;
}

const person = fc.record<Person>({
  roles: fc.subarray([...ROLES]),
  came: fc.boolean(),
  reachable: fc.boolean(),
});
const place = fc.option(fc.nat(5), { nil: null });
const definition = fc.record<Definition>({
  kind: fc.constantFrom("role", "came", "parts", "asked"),
  role: fc.constantFrom(...ROLES),
  within: place,
  without: place,
});

describe("of any people and segments of segments", () => {
  let database: TestDatabase;
  let client: TestClient;
  let event = 0;
  let run = 0;
  let changes = 0;

  beforeAll(async () => {
    database = await freshDatabase();
    const [row] = await database.sql<{ id: number }[]>`
      INSERT INTO events (name, event_date) VALUES ('Day', '2025-11-15') RETURNING id`;
    event = row!.id;
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  async function write(people: readonly Person[]): Promise<number[]> {
    const { sql } = database;
    await sql`DELETE FROM contact_roles`;
    await sql`DELETE FROM tickets`;
    await sql`DELETE FROM contacts`;
    const rows = people.map((one, n) => ({
      ...one,
      n,
      email: one.reachable ? `p${String(n)}@example.org` : null,
    }));
    const added = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'P' || n, 'Test', email FROM jsonb_to_recordset(${sql.json(rows)}) AS r (n int, email text)
      ORDER BY n RETURNING id`;
    const ids = added.map(({ id }) => id);
    for (const [n, { roles, came }] of people.entries()) {
      await sql`
        INSERT INTO contact_roles (contact_id, event_id, role_type)
        SELECT ${ids[n]!}, ${event}, role FROM unnest(${roles}::text[]) AS role`;
      await sql`
        INSERT INTO tickets (event_id, purchaser_contact_id, attendee_contact_id, checked_in)
        SELECT ${event}, ${ids[n]!}, ${ids[n]!}, true WHERE ${came}`;
    }
    return ids;
  }

  /** Whom each segment means, by a computation of its own. */
  function membersOf(people: readonly Person[], definitions: readonly Definition[]) {
    const all: Set<number>[] = [];
    for (const { kind, role, within, without } of definitions) {
      const own = people.flatMap((one, n) => {
        const isIn =
          kind === "parts" ||
          (kind === "role" || kind === "asked" ? one.roles.includes(role) : one.came);
        const isWithin = within === null || all[within % Math.max(1, all.length)]?.has(n) !== false;
        const isWithout =
          without !== null && all[without % Math.max(1, all.length)]?.has(n) === true;
        const counts = kind === "asked" || (isWithin && !isWithout);
        return isIn && counts ? [n] : [];
      });
      all.push(new Set(own));
    }
    return all;
  }

  const nameOf = (n: number) => `Run ${String(run)} segment ${String(n)}`;

  function asArguments({ kind, role, within, without }: Definition, n: number) {
    if (kind === "asked") {
      return { sql: `SELECT contact_id, role FROM roles WHERE role = '${role}'` };
    }
    const part = (other: number | null) => (other === null || n === 0 ? null : nameOf(other % n));
    const filters = {
      segment: part(within),
      not_in_segment: part(without),
      ...(kind === "role" && { event: "Day", role }),
      ...(kind === "came" && { event: "Day", attended: true }),
    };
    const given = Object.entries(filters).filter(([, value]) => value !== null);
    return { audience: given.length > 0 ? Object.fromEntries(given) : { text: "test" } };
  }

  it("the tools say what a second computation says, before and after one is changed", async () => {
    const property = fc.asyncProperty(
      fc.array(person, { minLength: PEOPLE, maxLength: PEOPLE }),
      fc.array(definition, { minLength: 2, maxLength: 6 }),
      definition,
      async (people, definitions, other) => {
        run += 1;
        const ids = await write(people);
        for (const [n, one] of definitions.entries()) {
          await client.ask("save_segment", { name: nameOf(n), ...asArguments(one, n) });
        }
        await compare(people, definitions, ids);

        const changed = [{ ...other, within: null, without: null }, ...definitions.slice(1)];
        const before = await versionOf(0);
        await client.ask("save_segment", {
          segment: nameOf(0),
          name: nameOf(0),
          ...asArguments(changed[0]!, 0),
        });
        changes += (await versionOf(0)) - before;
        await compare(people, changed, ids);
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    expect(changes).toBeGreaterThan(RUNS / 3);
  }, 120_000);

  async function versionOf(n: number): Promise<number> {
    const { segments } = await client.ask("list_segments", { text: nameOf(n) });
    return segments[0].version as number;
  }

  async function compare(
    people: readonly Person[],
    definitions: readonly Definition[],
    ids: readonly number[],
  ) {
    const expected = membersOf(people, definitions);
    const reachable = (set: Set<number>) => [...set].filter((n) => people[n]!.reachable);
    const { segments } = await client.ask("list_segments", { text: `Run ${String(run)}` });
    const counts = segments
      .filter(({ name }: { name: string }) => name.startsWith(`Run ${String(run)} `))
      .map((one: Record<string, unknown>) => [one["name"], one["people"], one["fitting"]]);
    expect(counts).toEqual(expected.map((set, n) => [nameOf(n), reachable(set).length, set.size]));
    const last = expected.length - 1;
    const found = await client.ask("find_audience", {
      segment: nameOf(last),
      not_in_segment: nameOf(0),
    });
    const both = new Set([...expected[last]!].filter((n) => !expected[0]!.has(n)));
    expect(found.contacts.map(({ id }: { id: number }) => id)).toEqual(
      reachable(both).map((n) => ids[n]),
    );
    expect(found.fitting).toBe(both.size);
  }
});
