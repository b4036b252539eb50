import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

describe("eight servers at once", () => {
  let database: TestDatabase;
  let clients: TestClient[];

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Guest', 'Number' || n, 'guest' || n || '@example.org' FROM generate_series(1, 100) AS n`;
    clients = await Promise.all(
      Array.from({ length: 8 }, () => connect({ env: { DATABASE_URL: database.url } })),
    );
    await clients[0]?.ask("create_campaign", {
      name: "CFP 2026",
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await database.drop();
  });

  const guests = Array.from({ length: 100 }, (_, n) => ({
    email: `guest${String(n + 1)}@example.org`,
  }));

  it("log the same send to the same people: each person once, no error", async () => {
    const answers = await Promise.all(
      clients.map((client, n) =>
        client.ask("log_send", {
          campaign: "CFP 2026",
          title: "Call for papers",
          // Every server names them in another order.
          recipients: [...guests.slice(n * 10), ...guests.slice(0, n * 10)],
        }),
      ),
    );
    expect(answers.map((answer) => answer.recorded).sort((a, b) => a - b)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 100,
    ]);
    expect(new Set(answers.map((answer) => answer.communication.id)).size).toBe(1);
    const [stored] = await database.sql`
      SELECT count(*)::int AS recipients, count(DISTINCT contact_id)::int AS people FROM communication_recipients`;
    expect(stored).toEqual({ recipients: 100, people: 100 });
  });

  it("add overlapping people to one mail without a deadlock or a double", async () => {
    const { communication } = (await clients[0]?.ask("log_send", {
      campaign: "CFP 2026",
      title: "Shared",
      recipients: guests.slice(0, 1),
    })) as { communication: { id: number } };
    const answers = await Promise.all(
      clients.map((client, n) =>
        client.ask("log_send", {
          campaign: "CFP 2026",
          title: "Shared",
          communication: communication.id,
          recipients: guests.slice(n * 10, n * 10 + 30).reverse(),
        }),
      ),
    );
    const recorded = answers.reduce((sum, answer) => sum + (answer.recorded as number), 0);
    const [stored] = await database.sql`
      SELECT recipient_count, (SELECT count(*)::int FROM communication_recipients WHERE communication_id = communications.id) AS rows
      FROM communications WHERE id = ${communication.id}`;
    expect(stored).toEqual({ recipient_count: 100, rows: 100 });
    expect(recorded).toBe(99);
  });
});
