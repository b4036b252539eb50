import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

// What has not left has no news, and what has perhaps left is said to be unknown. One after the other, in one world.

let world: World;
let client: TestClient;
let call: { communication: number; confirmation_code: string };
beforeAll(async () => {
  world = await makeWorld({ people: 3 });
  client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" } });
  const { send } = await client.ask("prepare_send", { ...world.invitation, title: "Invitation" });
  call = { communication: send.communication_id, confirmation_code: send.confirmation_code };
});
afterAll(async () => {
  await client.close();
  await world.close();
});

const openedBy = (contact: unknown) =>
  client.ask("record_delivery_events", {
    events: [{ event: "opened", at: "today", communication: "Invitation", contact }],
  });

it("a mail that is only prepared takes no delivery event", async () => {
  const [first] = world.speakers;
  for (const contact of [first, "Thabo Nkosi"]) {
    expect(await openedBy(contact)).toMatchObject({
      applied: 0,
      changed: [],
      unmatched: [
        {
          index: 0,
          reason: `communication ${String(call.communication)} is prepared and has not gone out to Thabo Nkosi`,
        },
      ],
    });
  }
  await expect(
    world.database.sql`
      UPDATE communication_recipients SET status = 'opened', metadata = metadata || jsonb_build_object(
        'logged_status', 'queued', 'events', '[{"kind": "opened", "at": "2026-03-01T10:00:00Z"}]'::jsonb)
      WHERE contact_id = ${first!}`,
  ).rejects.toThrow(/has not gone out/u);
  expect((await client.ask("query_contact_history", { contact: first })).people).toMatchObject([
    { received: false, total: 0 },
  ]);
  expect((await client.ask("find_audience", { received_campaign: "CFP 2026" })).total).toBe(0);
});
