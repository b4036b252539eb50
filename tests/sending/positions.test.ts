import { afterEach, beforeEach, expect, it } from "vitest";
import { makeWorld, type World } from "./helpers.ts";

/** One more than a batch holds, and somebody on another's mailbox. */
const PEOPLE = 1002;

let world: World;
beforeEach(async () => {
  world = await makeWorld({ people: PEOPLE });
});
afterEach(() => world.close());

it("gives everybody the message id of their own mail, also where a batch is not in the order of ids", async () => {
  const { sql } = world.database;
  // The second shares the first one's mailbox, so the second batch is made of the last and the second.
  await sql`UPDATE contacts SET email = 'PERSON1@example.org' WHERE id = ${world.speakers[1]!}`;
  const client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
  const { send } = await client.ask("prepare_send", world.invitation);
  const state = await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  await client.close();
  expect(state).toMatchObject({ accepted: PEOPLE, status: "sent" });

  const batches = await sql`
    SELECT array_agg(contact_id ORDER BY position) AS people FROM outreach.send_recipients
    GROUP BY batch_id HAVING count(*) = 2`;
  expect(batches[0]?.["people"]).toEqual([world.speakers[PEOPLE - 1], world.speakers[1]]);

  const rows = await sql<{ first_name: string; brevo_message_id: string }[]>`
    SELECT first_name, brevo_message_id FROM communication_recipients
    JOIN contacts ON contacts.id = contact_id`;
  const namedIn = new Map(
    world.brevo.box().map(({ messageId, params }) => [messageId, params["firstName"]]),
  );
  expect(rows).toHaveLength(PEOPLE);
  expect(rows.filter((row) => namedIn.get(row.brevo_message_id) !== row.first_name)).toEqual([]);

  for (const move of [
    () => sql`UPDATE outreach.send_recipients SET position = position + 2000`,
    () => sql`UPDATE outreach.send_recipients SET position = NULL`,
  ]) {
    await expect(move()).rejects.toThrow("nobody moves to another batch or place");
  }
});
