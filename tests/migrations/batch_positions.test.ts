import { expect, test } from "vitest";
import { emptyDatabase } from "../support/database.ts";
import { migrateTo } from "../support/migrations.ts";

test("014 takes the order of a batch from its body, where it still has one", async () => {
  const database = await emptyDatabase();
  const { sql } = database;
  try {
    expect(await migrateTo(database.url, 13)).toBeNull();
    const [open, settled] = [crypto.randomUUID(), crypto.randomUUID()];
    const body = JSON.stringify({
      messageVersions: ["c", "a", "D"].map((name) => ({ to: [{ email: `${name}@example.org` }] })),
    });
    // Rows by themselves, without the send that they would be of.
    await sql`
      ALTER TABLE outreach.send_batches
        DROP CONSTRAINT send_batches_of_send, DROP CONSTRAINT send_batches_of_confirmation,
        DISABLE TRIGGER USER`;
    await sql`
      ALTER TABLE outreach.send_recipients
        DROP CONSTRAINT send_recipients_of_send, DROP CONSTRAINT send_recipients_in_record,
        DISABLE TRIGGER USER`;
    await sql`
      INSERT INTO outreach.send_batches
        (id, communication_id, confirmation_id, number, tag, body, outcome, settled_at)
      VALUES (${open}, 1, 1, 1, 'open', ${body}, NULL, NULL),
             (${settled}, 1, 1, 2, 'settled', NULL, 'accepted', now())`;
    await sql`
      INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params, batch_id)
      VALUES (1, 11, 'A@example.org', 'A', '{}', ${open}), (1, 12, 'c@example.org', 'C', '{}', ${open}),
             (1, 13, 'd@example.org', 'D', '{}', ${open}), (1, 14, 'x@example.org', 'X', '{}', ${settled}),
             (1, 15, 'b@example.org', 'B', '{}', ${settled}), (1, 16, 'y@example.org', 'Y', '{}', NULL)`;
    expect(await migrateTo(database.url, 14)).toBeNull();
    const rows = await sql`
      SELECT contact_id, position FROM outreach.send_recipients ORDER BY contact_id`;
    expect(rows.map((row) => [row["contact_id"], row["position"]])).toEqual([
      [11, 2],
      [12, 1],
      [13, 3],
      [14, 1],
      [15, 2],
      [16, null],
    ]);
  } finally {
    await database.drop();
  }
});
