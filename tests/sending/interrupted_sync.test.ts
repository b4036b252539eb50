import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { cuttableWay } from "./cutting.ts";
import { makeWorld, type World } from "./helpers.ts";
import { CROWD, shareMailboxes } from "./killing.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };
const BATCH = CROWD / 3;

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld({ people: CROWD });
  await shareMailboxes(world);
  client = await world.connect({ env: ASSISTANT });
  const { send } = await client.ask("prepare_send", world.invitation);
  const state = await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  expect(state).toMatchObject({ accepted: CROWD });
  world.brevo.report("delivered");
});
afterEach(async () => {
  await client.close();
  await world.close();
});

const delivered = async () => {
  const rows = await world.database.sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM communication_recipients WHERE status = 'delivered'`;
  return rows[0]!.n;
};

describe("fetching what became of mails", () => {
  it("says what was recorded where Brevo fails at the third batch", async () => {
    world.brevo.faults.plan("slow", { place: "events", times: 2, milliseconds: 1 });
    world.brevo.faults.plan("500 before", { place: "events", times: 2 });
    const { text, isError, facts } = await client.call("sync_delivery_events");
    expect(isError).toBe(false);
    expect(await delivered()).toBe(2 * BATCH);
    expect(facts).toMatchObject({ changed: { length: 2 * BATCH } });
    expect(facts["incomplete"]).toContain("Brevo is out of order");
    expect(text).toMatch(/^.*That is not everything: .*recorded and stays; call it again/u);
    expect(text).not.toContain("Nothing was written");

    expect(await client.ask("sync_delivery_events")).toMatchObject({ incomplete: null });
    expect(await delivered()).toBe(CROWD);
  });

  it("is an error where nothing could be fetched, and nothing was written", async () => {
    world.brevo.faults.plan("500 before", { place: "events", times: 2 });
    const text = await client.refused("sync_delivery_events");
    expect(text).toMatch(/out of order.*Nothing was written\.$/u);
    expect(await delivered()).toBe(0);
  });

  it("claims nothing that is not so where the way to the database is cut", async () => {
    const way = await cuttableWay(world.database.url);
    const cut = await world.connect({ env: { ...ASSISTANT, DATABASE_URL: way.url } });
    await cut.ask("list_events");
    let before = await delivered();
    for (let piece = 2; before < CROWD && piece < 100; piece += 4) {
      way.cutAt(piece, "after");
      const { text } = await cut.call("sync_delivery_events");
      way.cutAt(null, "after");
      const now = await delivered();
      if (now > before) expect(text).not.toContain("Nothing was written");
      expect(text).not.toContain("Internal error");
      before = now;
    }
    expect(before).toBe(CROWD);
    await cut.close();
    await way.close();
  });

  it("takes no event that is dated after Brevo's own clock", async () => {
    world.brevo.switches.feedDelayMinutes = -2 * 24 * 60;
    world.brevo.report("opened", {}, { at: Date.now() + 20 * 3_600_000 });
    const { facts } = await client.call("sync_delivery_events");
    expect(facts).toMatchObject({ unmatched: CROWD });
    expect(await delivered()).toBe(CROWD);
  });
});
