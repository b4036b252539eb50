import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS, type Progress } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" };
const PEOPLE = 10;

let world: World;
beforeEach(async () => {
  world = await makeWorld({ people: PEOPLE });
  // Two to a mailbox, and no batch holds a mailbox twice: five in each of two batches; three share the
  // first, so that a third batch has one.
  await world.database.sql`
    UPDATE contacts SET email = 'box' || CASE WHEN rank = 3 THEN 1 ELSE (rank + 1) / 2 END || '@example.org'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS rank FROM contacts) AS ranked
    WHERE ranked.id = contacts.id`;
});
afterEach(() => world.close());

describe.each(GENERATIONS)("progress over %s", (generation) => {
  it("is told to a client that asks: after each batch, rising, with the total", async () => {
    const heard: Progress[] = [];
    const client = await world.connect({
      generation,
      env: ASSISTANT,
      progress: (told) => heard.push(told),
    });
    const { send } = await client.ask("prepare_send", world.invitation);
    heard.length = 0;
    // The second batch is tried twice, which is no progress.
    world.brevo.faults.plan("slow", { milliseconds: 1 });
    world.brevo.faults.plan("drop after");
    expect(
      await client.ask("confirm_send", {
        communication: send.communication_id,
        confirmation_code: send.confirmation_code,
      }),
    ).toMatchObject({ accepted: PEOPLE, status: "sent" });
    // Mailboxes 1 to 5, of which the second has one person: 5, then 4, then 1.
    expect(heard.map(({ progress, total }) => [progress, total])).toEqual([
      [5, 10],
      [9, 10],
      [10, 10],
    ]);
    expect(heard[0]?.message).toBe("5 mails accepted by Brevo");
    expect(world.brevo.requests.filter(({ method }) => method === "POST")).toHaveLength(4);
    heard.length = 0;
    await client.ask("sync_delivery_events", {});
    expect(heard.map(({ progress, total }) => [progress, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    await client.close();
  });

  it("is told to nobody who does not ask", async () => {
    const client = await world.connect({ generation, env: ASSISTANT });
    const { send } = await client.ask("prepare_send", world.invitation);
    await client.ask("confirm_send", {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    });
    await client.ask("sync_delivery_events", {});
    expect(client.notifications()).toEqual([]);
    expect(world.brevo.box()).toHaveLength(PEOPLE);
    await client.close();
  });
});
