import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

// The database counts microseconds; walk-ups are registered, and mails logged, at any of them.
describe("the last microsecond of a day", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    const { events, zoe } = await seedPeople(database.sql);
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, registration_date)
      VALUES (1, ${events.day2026}, ${zoe}, ${zoe}, '2026-03-10 23:59:59.999999'),
             (2, ${events.day2026}, ${zoe}, ${zoe}, '2026-03-11 00:00:00')`;
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it.each(["2026-03-10", "2026-03-11"])("belongs to it: %s holds one registration", async (day) => {
    const { total } = await client.ask("query_registrations", {
      event: "Data & AI Day 2026",
      from: day,
      to: day,
    });
    expect(total).toBe(1);
  });
});
