import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import type { Fault } from "../../stand_in/index.ts";
import { casesOf } from "../support/matrix.ts";
import { skip } from "../support/skip.ts";
import { hasPgBouncer, startPgBouncer, targetOf } from "../../workbench/programs.ts";
import { SPEAKERS, makeWorld, type World } from "./helpers.ts";
import { refusingProxy } from "./refusing.ts";

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
  it.each(casesOf(afterAccepting, ["drop after", "broken body"]))(
    "%s: one mail each, by the same bytes",
    async (fault) => {
      world.brevo.faults.plan(fault);
      const state = await client.ask("confirm_send", await prepared());
      expect(state).toMatchObject({ accepted: 16, unknown: [], status: "sent" });
      expect(arrivals()).toEqual(once);
      expect(new Set(bodies()).size).toBe(1);
    },
  );

  const beforeAccepting: Fault[] = [
    "500 before",
    "drop before",
    "stall before",
    "html before",
    "429",
  ];
  it.each(casesOf(beforeAccepting, ["500 before"]))(
    "%s: tried again, one mail each",
    async (fault) => {
      world.brevo.faults.plan(fault);
      const state = await client.ask("confirm_send", await prepared());
      expect(state).toMatchObject({ accepted: 16, unknown: [], status: "sent" });
      expect(arrivals()).toEqual(once);
      expect(new Set(bodies()).size).toBe(1);
    },
  );

  it.each(casesOf<Fault>(["500 before", "429"], ["500 before"]))(
    "%s, where a failed request uses its key up: nobody is said to have it who has not",
    async (fault) => {
      world.brevo.switches.failedRequestUsesKey = true;
      world.brevo.faults.plan(fault);
      const state = await client.ask("confirm_send", await prepared());
      const [accepted, unknown] = [Number(state.accepted), Number(state.unknown.length)];
      expect(accepted + unknown).toBe(16);
      expect(arrivals().length).toBe(accepted);
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

describe("a database that cuts every connection in the middle of a batch", () => {
  it("costs the call under way at most, and nobody gets the mail twice", async () => {
    world.brevo.faults.plan("slow", { milliseconds: 800 });
    const call = await prepared();
    const confirming = client.call("confirm_send", call);
    while (bodies().length === 0) await delay(10);
    await world.database.sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    const cut = await confirming;
    if (cut.isError) expect(cut.text).toMatch(/connection to the database was lost/u);
    expect(await client.ask("confirm_send", call)).toMatchObject({
      accepted: 16,
      unknown: [],
      status: "sent",
    });
    expect(arrivals()).toEqual(once);
  });
});

describe("a transaction pooler", () => {
  it("passes sending on", async (context) => {
    if (!hasPgBouncer()) {
      skip(context, "pgbouncer is not installed here");
      return;
    }
    const pooler = await startPgBouncer(targetOf(world.database.url));
    try {
      const pooled = await world.connect({ env: { ...ASSISTANT, DATABASE_URL: pooler.url } });
      expect(await pooled.ask("confirm_send", await prepared(pooled))).toMatchObject({
        accepted: 16,
        status: "sent",
      });
      await pooled.close();
    } finally {
      pooler.stop();
    }
    expect(arrivals()).toEqual(once);
  });
});

describe("the API key", () => {
  it("is never shown, logged or stored", async () => {
    const { brevo, database } = world;
    for (const place of ["account", "templates", "blockedContacts"] as const) {
      brevo.faults.plan("redirect", { place, times: 2 });
      const answer = await client.call("prepare_send", world.invitation);
      expect(answer.text).not.toContain(brevo.apiKey);
      brevo.faults.clear();
    }
    const call = await prepared();
    brevo.faults.plan("redirect");
    const answer = await client.call("confirm_send", call);
    expect(answer.text).not.toContain(brevo.apiKey);
    await client.ask("confirm_send", call);
    expect(client.stderr()).not.toContain(brevo.apiKey);
    const tables = await database.sql<{ name: string }[]>`
      SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname IN ('public', 'outreach')`;
    for (const { name } of tables) {
      const [held] = await database.sql.unsafe<{ n: number }[]>(
        `SELECT count(*)::int AS n FROM ${name} AS t WHERE strpos(t::text, '${brevo.apiKey}') > 0`,
      );
      expect([name, held]).toEqual([name, { n: 0 }]);
    }
    expect(arrivals()).toEqual(once);
  });
});

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

describe.each(casesOf(GENERATIONS, ["2026-07-28"]))("several servers over %s", (generation) => {
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
