import { expect, it } from "vitest";
import { cuttableWay } from "./cutting.ts";
import { makeWorld } from "./helpers.ts";

/** So many people share each mailbox; as no batch holds one twice, a list has as many batches. */
const TO_A_MAILBOX = 6;
const MAILBOXES = 4;

it("waits for the database ten times at most for each batch of a send", async () => {
  const world = await makeWorld({ people: TO_A_MAILBOX * MAILBOXES });
  const way = await cuttableWay(world.database.url);
  try {
    await world.database.sql`
      UPDATE contacts SET email = 'box' || ((id - 1) % ${MAILBOXES}::int) || '@example.org'`;
    const client = await world.connect({
      env: {
        OUTREACH_CONFIRM: "assistant",
        DATABASE_URL: `${way.url}&prepared_statements=true`,
      },
    });
    const tripsOf = async (batches: number) => {
      const { send } = await client.ask("prepare_send", {
        ...world.invitation,
        title: `In ${String(batches)}`,
        audience: undefined,
        contacts: world.speakers.slice(0, batches * MAILBOXES).map(String),
        allow_resend: true,
      });
      const [before, posted] = [way.trips(), world.brevo.box().length];
      await client.ask("confirm_send", {
        communication: send.communication_id,
        confirmation_code: send.confirmation_code,
      });
      expect(world.brevo.box().length - posted).toBe(batches * MAILBOXES);
      return way.trips() - before;
    };
    // Statements are learned once.
    await tripsOf(TO_A_MAILBOX);
    const few = await tripsOf(2);
    const many = await tripsOf(TO_A_MAILBOX);
    const each = (many - few) / (TO_A_MAILBOX - 2);
    console.log(
      `${String(few)} round trips for a send of two batches, ${String(each)} for each more`,
    );
    expect(each).toBeLessThanOrEqual(10);
    await client.close();
  } finally {
    await way.close();
    await world.close();
  }
}, 60_000);
