import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { makeWorld } from "./helpers.ts";
import { CROWD, shareMailboxes } from "./killing.ts";

/** No batch holds a mailbox twice, and three people share each. */
const BATCH = CROWD / 3;

it("a batch whose answer is kept is in its people's rows, also where the server is killed at once", async () => {
  const world = await makeWorld({ people: CROWD });
  try {
    await shareMailboxes(world);
    const { sql } = world.database;
    const client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const { send } = await client.ask("prepare_send", world.invitation);
    const { communication_id: communication, confirmation_code } = send;
    const requests = () =>
      world.brevo.requests.filter(({ path }) => path === "/v3/smtp/email").length;
    world.brevo.faults.plan("slow", { milliseconds: 500 });
    const told = client.call("confirm_send", { communication, confirmation_code }).catch(() => {});
    while (requests() < 1) await delay(5);
    // Whoever looks at the campaign waits from now on, so that nothing follows the answer.
    await sql.begin(async (held) => {
      await held`SELECT id FROM campaigns FOR UPDATE`;
      for (;;) {
        const [batch] = await sql`SELECT outcome FROM outreach.send_batches WHERE number = 1`;
        if (batch?.["outcome"] === "accepted") break;
        await delay(5);
      }
      process.kill(client.pid, "SIGKILL");
      await told;
    });
    await client.close().catch(() => undefined);
    const states = await sql`
      SELECT state, count(*)::int AS people FROM outreach.send_states GROUP BY state ORDER BY state`;
    expect(states.map((row) => ({ ...row }))).toEqual([
      { state: "accepted", people: BATCH },
      { state: "waiting", people: 2 * BATCH },
    ]);
    const statuses = await sql`
      SELECT status, count(*)::int AS people, count(brevo_message_id)::int AS ids, count(sent_at)::int AS times
      FROM communication_recipients GROUP BY status ORDER BY status`;
    expect(statuses.map((row) => ({ ...row }))).toEqual([
      { status: "queued", people: 2 * BATCH, ids: 0, times: 0 },
      { status: "sent", people: BATCH, ids: BATCH, times: BATCH },
    ]);
    expect(requests()).toBe(1);
  } finally {
    await world.close();
  }
}, 60_000);
