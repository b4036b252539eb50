import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS, type TestClient } from "../support/client.ts";
import type { Fault } from "../support/brevo/index.ts";
import { SPEAKERS, makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" };

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld();
  client = await world.connect({ env: ASSISTANT });
});
afterEach(async () => {
  await client.close();
  await world.close();
});

async function prepared(of = client): Promise<Record<string, unknown>> {
  const { send } = await of.ask("prepare_send", world.invitation);
  return { communication: send.communication_id, confirmation_code: send.confirmation_code };
}

const arrivals = () => [...world.brevo.perMailbox().values()];
const once = SPEAKERS.map(() => 1);
const bodies = () =>
  world.brevo.requests.filter(({ path }) => path === "/v3/smtp/email").map(({ body }) => body);

describe("a fault while sending", () => {
  const afterAccepting: Fault[] = [
    "500 after",
    "drop after",
    "stall after",
    "stalled body",
    "broken body",
    "html after",
    "without ids",
    "endless body",
  ];
  it.each(afterAccepting)("%s: one mail each, by the same bytes", async (fault) => {
    world.brevo.faults.plan(fault);
    const state = await client.ask("confirm_send", await prepared());
    expect(state).toMatchObject({ accepted: 16, unknown: [], status: "sent" });
    expect(arrivals()).toEqual(once);
    expect(new Set(bodies()).size).toBe(1);
  });

  const beforeAccepting: Fault[] = [
    "500 before",
    "drop before",
    "stall before",
    "html before",
    "429",
  ];
  it.each(beforeAccepting)("%s: tried again, one mail each", async (fault) => {
    world.brevo.faults.plan(fault);
    const state = await client.ask("confirm_send", await prepared());
    expect(state).toMatchObject({ accepted: 16, unknown: [], status: "sent" });
    expect(arrivals()).toEqual(once);
    expect(new Set(bodies()).size).toBe(1);
  });

  it.each(["500 before", "429"] as const)(
    "%s, where a failed request uses its key up: nobody is said to have it who has not",
    async (fault) => {
      world.brevo.switches.failedRequestUsesKey = true;
      world.brevo.faults.plan(fault);
      const state = await client.ask("confirm_send", await prepared());
      expect(state.accepted + state.unknown.length).toBe(16);
      expect(arrivals().length).toBe(state.accepted);
    },
  );

  it("that lasts leaves everybody unknown, and the same call goes on", async () => {
    world.brevo.faults.plan("500 before", { times: 3 });
    const call = await prepared();
    const state = await client.ask("confirm_send", call);
    expect(state).toMatchObject({ accepted: 0, status: "sending", held_for_quota: 0 });
    expect(state.unknown).toHaveLength(16);
    expect(state.unknown[0]).toMatchObject({ name: "Thabo Nkosi" });
    // For another send they count as having received it.
    const other = await client.ask("prepare_send", world.invitation);
    expect(other).toMatchObject({
      send: null,
      recipients: { total: 0 },
      excluded: [{ reason: "already_received", count: 16 }],
    });
    expect(await client.ask("confirm_send", call)).toMatchObject({
      accepted: 16,
      unknown: [],
      replay: true,
      status: "sent",
    });
    expect(arrivals()).toEqual(once);
  });

  it("after which ten minutes passed is settled by events, never by sending again", async () => {
    world.brevo.faults.plan("drop after", { times: 3 });
    world.brevo.switches.feedDelayMinutes = 5;
    const call = await prepared();
    expect((await client.ask("confirm_send", call)).unknown).toHaveLength(16);
    const { sql } = world.database;
    await sql`ALTER TABLE outreach.send_batches DISABLE TRIGGER guard_batch`;
    await sql`UPDATE outreach.send_batches SET first_attempted_at = first_attempted_at - interval '11 minutes'`;
    await sql`ALTER TABLE outreach.send_batches ENABLE TRIGGER guard_batch`;
    const sent = bodies().length;
    expect((await client.ask("confirm_send", call)).unknown).toHaveLength(16);
    expect(bodies().length).toBe(sent);
    world.brevo.advance(600_000);
    await client.ask("sync_delivery_events", {});
    expect(await client.ask("confirm_send", call)).toMatchObject({
      accepted: 16,
      unknown: [],
      status: "sent",
    });
    const [ids] =
      await sql`SELECT count(DISTINCT brevo_message_id)::int AS n FROM communication_recipients`;
    expect(ids).toEqual({ n: 16 });
    expect(arrivals()).toEqual(once);
  });

  it("of the key or the account pauses, says why and keeps everybody queued", async () => {
    world.brevo.faults.plan("401");
    const call = await prepared();
    const state = await client.ask("confirm_send", call);
    expect(state).toMatchObject({
      accepted: 0,
      unknown: [],
      failed: [],
      waiting: 16,
      status: "sending",
    });
    expect(state.paused).toMatch(/API key/u);
    expect(JSON.stringify(state)).not.toContain(world.brevo.apiKey);
    expect(await client.ask("confirm_send", call)).toMatchObject({ accepted: 16, status: "sent" });
    expect(arrivals()).toEqual(once);
  });

  it("of what is in the batch fails it with the reason", async () => {
    const proxy = await refusingProxy(world);
    const refused = await world.connect({ env: { ...ASSISTANT, BREVO_BASE_URL: proxy.url } });
    const call = await prepared(refused);
    const state = await refused.ask("confirm_send", call);
    expect(state).toMatchObject({ accepted: 0, unknown: [], status: "failed" });
    expect(state.failed).toHaveLength(16);
    expect(state.failed[0]).toMatchObject({
      name: "Thabo Nkosi",
      reason: expect.stringContaining("email is not valid in to"),
    });
    const listed = await refused.ask("query_recipients", {
      communication: call["communication"],
      limit: 1,
    });
    expect(listed).toMatchObject({ by_status: { failed: 16 }, tracked: false });
    expect(listed.recipients[0].reason).toContain("email is not valid in to");
    await refused.close();
    await proxy.close();
    // Who has not received it may be sent it by another mail.
    const again = await client.ask("prepare_send", world.invitation);
    expect(again.recipients.total).toBe(16);
  });
});

/** Passes everything on to the stand-in but batches, which it refuses for what is in them. */
async function refusingProxy({ brevo }: World) {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    if (request.method === "POST") {
      response.statusCode = 400;
      response.end('{"code":"invalid_parameter","message":"email is not valid in to"}');
      return;
    }
    void fetch(brevo.url + (request.url ?? ""), { headers: { "api-key": brevo.apiKey } }).then(
      async (answer) => response.writeHead(answer.status).end(await answer.text()),
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe("message ids", () => {
  it("told in another order are put right by the events", async () => {
    world.brevo.switches.idOrder = "shuffled";
    await client.ask("confirm_send", await prepared());
    const { sql } = world.database;
    const right = new Map(world.brevo.box().map((mail) => [mail.email, mail.messageId]));
    const wrong = async () =>
      (
        await sql<{ email: string; id: string }[]>`
          SELECT metadata ->> 'email' AS email, brevo_message_id AS id FROM communication_recipients`
      ).filter(({ email, id }) => right.get(email) !== id).length;
    expect(await wrong()).toBeGreaterThan(0);
    // A webhook comes first: it goes to whose address it names, whatever the id said.
    world.brevo.report("opened", { email: "person3@example.org" });
    const payloads = world.brevo.webhooks().filter(({ event }) => event === "opened");
    const outcome = await client.ask("record_delivery_events", { events: payloads });
    expect(outcome).toMatchObject({
      applied: 1,
      changed: [{ name: "Lerato Mokoena", to: "opened" }],
    });
    await client.ask("sync_delivery_events", {});
    expect(await wrong()).toBe(0);
  });
});

describe.each(GENERATIONS)("several servers over %s", (generation) => {
  it("confirming at once send once", async () => {
    const call = await prepared();
    const clients = await Promise.all(
      [1, 2, 3, 4].map(() => world.connect({ generation, env: ASSISTANT })),
    );
    const states = await Promise.all(clients.map((one) => one.ask("confirm_send", call)));
    expect(states.map((state) => [state.accepted, state.unknown.length])).toEqual(
      states.map(() => [16, 0]),
    );
    expect(states.filter((state) => !state.replay)).toHaveLength(1);
    expect(arrivals()).toEqual(once);
    expect(bodies()).toHaveLength(1);
    await Promise.all(clients.map((one) => one.close()));
  });
});
