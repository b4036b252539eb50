import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

const DAY = 86_400_000;

describe("since of sync_delivery_events", () => {
  let world: World;
  let client: TestClient;

  beforeAll(async () => {
    world = await makeWorld({ people: 2 });
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const { send } = await client.ask("prepare_send", world.invitation);
    await client.ask("confirm_send", {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    });
  });
  afterAll(async () => {
    await client.close();
    await world.close();
  });

  it("lies in the past", async () => {
    for (const since of ["9999-12-31", new Date(Date.now() + 3 * DAY).toISOString()]) {
      expect(await client.refused("sync_delivery_events", { since })).toBe(
        "since lies in the future; only what has happened is recorded. Nothing was written.",
      );
    }
    expect(client.stderr()).toBe("");
  });

  it("leaves no days out that were never asked for", async () => {
    const { sql } = world.database;
    await sql`ALTER TABLE outreach.send_batches DISABLE TRIGGER guard_batch`;
    await sql`
      UPDATE outreach.send_batches SET first_attempted_at = now() - interval '30 days',
                                       events_synced_to = now() - interval '10 days'`;
    await sql`ALTER TABLE outreach.send_batches ENABLE TRIGGER guard_batch`;
    await client.ask("sync_delivery_events", { since: "today" });
    const asked = world.brevo.requests.filter(({ path }) => path.includes("/statistics/events"));
    const from = /startDate=([\d-]+)/u.exec(asked.at(-1)?.path ?? "")?.[1] ?? "";
    // Known up to ten days ago, and two days more because news comes late.
    expect(from).toBe(new Date(Date.now() - 12 * DAY).toISOString().slice(0, 10));
  });
});
