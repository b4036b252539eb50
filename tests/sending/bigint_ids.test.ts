import { expect, it } from "vitest";
import { databaseWithBigintIds } from "../support/bigint_ids.ts";
import { makeWorld } from "./helpers.ts";

it("sends to people whose ids are bigint, each once, and follows what becomes of it", async () => {
  const world = await makeWorld({
    env: { OUTREACH_CONFIRM: "assistant" },
    async makeDatabase() {
      const database = await databaseWithBigintIds();
      for (const table of ["tickets", "contact_roles", "contacts", "events"])
        await database.sql.unsafe(`DELETE FROM ${table}`);
      return database;
    },
  });
  try {
    const client = await world.connect();
    const { send } = await client.ask("prepare_send", world.invitation);
    const { communication_id: communication, confirmation_code } = send;
    const sent = await client.ask("confirm_send", { communication, confirmation_code });
    expect(sent).toMatchObject({ accepted: 16, failed: [], status: "sent" });
    expect([...world.brevo.perMailbox().values()]).toEqual(Array.from({ length: 16 }, () => 1));
    expect(await client.ask("sync_delivery_events", {})).toMatchObject({ unmatched: 0 });
    const again = await client.ask("prepare_send", world.invitation);
    expect(again.recipients.total).toBe(0);
    expect(client.stderr()).toBe("");
    await client.close();
  } finally {
    await world.close();
  }
});
