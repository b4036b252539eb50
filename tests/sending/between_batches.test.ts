import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../stand_in/index.ts";
import type { TestClient } from "../../workbench/client.ts";
import { hasPgBouncer, startPgBouncer, targetOf } from "../../workbench/programs.ts";
import { skip } from "../support/skip.ts";
import { CFP, makeWorld, type World } from "./helpers.ts";
import { CROWD, shareMailboxes } from "./killing.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" };
/** No batch holds a mailbox twice, and three people share each. */
const BATCH = CROWD / 3;
const MINUTE = 60_000;

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld({ people: CROWD });
  await shareMailboxes(world);
  client = await world.connect({ env: ASSISTANT });
});
afterEach(async () => {
  await client.close();
  await world.close();
});

interface Call {
  communication: number;
  confirmation_code: string;
  [key: string]: unknown;
}

async function prepared(more: Record<string, unknown> = {}): Promise<Call> {
  const { send } = await client.ask("prepare_send", { ...world.invitation, ...more });
  return { communication: send.communication_id, confirmation_code: send.confirmation_code };
}

const posts = () => world.brevo.requests.filter(({ path }) => path === "/v3/smtp/email").length;

/** Waits until Brevo was asked to send so many batches. */
async function asked(batches: number): Promise<void> {
  while (posts() < batches) await delay(10);
}

/**
 * Confirms a list and lets something happen while its second batch waits, which Brevo has asked for.
 *
 * @returns what confirm_send answers
 */
async function meanwhile(call: Call, act: () => unknown) {
  world.brevo.faults.plan("slow", { milliseconds: 1 });
  world.brevo.faults.plan("429", { resetSeconds: 2 });
  const answer = client.ask("confirm_send", call);
  await asked(2);
  await act();
  return answer;
}

describe("between two batches", () => {
  it("a template that was changed stops the rest, which is asked about anew", async () => {
    const call = await prepared();
    const changed = { ...CFP, subject: "Buy now, {{params.firstName}}" };
    const state = await meanwhile(call, () => {
      world.brevo.addTemplate(changed);
    });
    expect(state).toMatchObject({ accepted: BATCH, held_for_quota: 2 * BATCH, status: "sending" });
    expect(state.paused).toMatch(/changed in Brevo since a person said yes.*prepare_send/u);
    expect(world.brevo.box().map(({ subject }) => subject)).toEqual(
      Array.from({ length: BATCH }, () => "Speak at Data & AI Day 2026"),
    );
    // Calling again does not send the other words either.
    expect(await client.ask("confirm_send", { communication: call.communication })).toMatchObject({
      accepted: BATCH,
      held_for_quota: 2 * BATCH,
    });
    expect(world.brevo.box()).toHaveLength(BATCH);

    const { send, template } = await client.ask("prepare_send", {
      communication: call.communication,
    });
    expect(template.subject).toBe(changed.subject);
    const rest = await client.ask("confirm_send", {
      communication: call.communication,
      confirmation_code: send.confirmation_code,
    });
    expect(rest).toMatchObject({ accepted: CROWD, status: "sent" });
  });

  it("a template that was switched off stops the rest", async () => {
    const state = await meanwhile(await prepared(), () => {
      world.brevo.switchTemplate(CFP.id, false);
    });
    expect(state).toMatchObject({ accepted: BATCH, held_for_quota: 2 * BATCH });
    expect(state.paused).toContain("switched off");
  });

  it("a campaign that was cancelled stops the rest", async () => {
    const state = await meanwhile(await prepared(), () =>
      client.ask("update_campaign", { campaign: "CFP 2026", status: "cancelled" }),
    );
    expect(state).toMatchObject({ accepted: BATCH, held_for_quota: 2 * BATCH });
    expect(state.paused).toMatch(/campaign CFP 2026 was cancelled/u);
    expect(world.brevo.box()).toHaveLength(BATCH);
  });

  it("somebody who was suppressed is left out of the later batches, and the others get it", async () => {
    const state = await meanwhile(await prepared(), () =>
      client.ask("set_suppression", { email: "box9@example.org", suppressed: true }),
    );
    expect(state).toMatchObject({ accepted: CROWD - 2, status: "sent" });
    expect(state.dropped).toMatchObject([
      { contact_id: world.speakers.at(-2), reason: "unsubscribed" },
      { contact_id: world.speakers.at(-1), reason: "unsubscribed" },
    ]);
    expect(world.brevo.perMailbox().get("box9@example.org")).toBe(1);
    expect(world.brevo.box()).toHaveLength(CROWD - 2);
  });

  it("a send that was taken back sends no more", async () => {
    const call = await prepared();
    let told: unknown;
    const state = await meanwhile(call, async () => {
      told = await client.ask("cancel_send", { communication: call.communication });
    });
    expect(told).toMatchObject({ cancelled: 2 * BATCH, already_left: BATCH, unknown: 0 });
    expect(state).toMatchObject({ accepted: BATCH, held_for_quota: 0, waiting: 0, status: "sent" });
    expect(world.brevo.box()).toHaveLength(BATCH);
  });
});

describe("while it is not known whether a batch was taken", () => {
  /** Loses the first batch on its way, and lets something happen before it is tried again. */
  async function inDoubt(call: Call, act: () => unknown) {
    world.brevo.faults.plan("drop before", { times: 3 });
    const answer = client.ask("confirm_send", call);
    await asked(1);
    await delay(50);
    await act();
    return answer;
  }

  it("a send that was taken back is not tried again", async () => {
    const call = await prepared();
    let told: unknown;
    await inDoubt(call, async () => {
      told = await client.ask("cancel_send", { communication: call.communication });
    });
    expect(told).toMatchObject({ cancelled: 2 * BATCH, already_left: 0, unknown: BATCH });
    world.brevo.faults.clear();
    const state = await client.ask("confirm_send", { communication: call.communication });
    expect(state).toMatchObject({ accepted: 0, held_for_quota: 0, waiting: 0 });
    expect(state.unknown).toHaveLength(BATCH);
    expect(world.brevo.box()).toEqual([]);
  });

  it("a changed template is not sent with it", async () => {
    const call = await prepared();
    const state = await inDoubt(call, () => {
      world.brevo.addTemplate({ ...CFP, subject: "Buy now" });
    });
    expect(state.unknown).toHaveLength(BATCH);
    expect(state.unknown[0].reason).toContain("changed in Brevo");
    expect(state.held_for_quota).toBe(2 * BATCH);
    expect(world.brevo.box()).toEqual([]);
  });

  it("nothing goes to somebody of it who was suppressed; the other batches do", async () => {
    const call = await prepared();
    const state = await inDoubt(call, () =>
      client.ask("set_suppression", { contact: String(world.speakers[0]), suppressed: true }),
    );
    expect(state.unknown).toHaveLength(BATCH);
    expect(state.unknown[0].reason).toContain("may not get it any more");
    expect(world.brevo.perMailbox().has("box0@example.org")).toBe(false);
    expect(world.brevo.box()).toHaveLength(2 * BATCH - 2);
  });

  it("a clock that was set back reopens no key that Brevo has forgotten", async () => {
    Object.assign(world.brevo.switches, { idempotencyMinutes: 15, feedDelayMinutes: 60 });
    const call = await prepared();
    world.brevo.faults.plan("drop after", { times: 3 });
    expect((await client.ask("confirm_send", call)).unknown).toHaveLength(BATCH);
    // Twenty minutes pass, of which the database's clock shows none.
    world.brevo.advance(20 * MINUTE);
    const state = await client.ask("confirm_send", { communication: call.communication });
    expect(Math.max(...world.brevo.perMailbox().values())).toBeLessThanOrEqual(3);
    const people = world.brevo.box().map(({ params }) => params["firstName"]);
    expect(new Set(people).size).toBe(people.length);
    expect(state.unknown).toHaveLength(BATCH);
  });
});

describe("message ids that do not fit", () => {
  beforeEach(() => {
    world.brevo.switches.feedDelayMinutes = 5;
  });

  it.each<Fault>(["too few ids", "too many ids", "doubled ids"])(
    "(%s) prove nothing, until events tell",
    async (fault) => {
      const call = await prepared();
      world.brevo.faults.plan(fault);
      const state = await client.ask("confirm_send", call);
      expect(state).toMatchObject({ accepted: 2 * BATCH });
      expect(state.unknown).toHaveLength(BATCH);
      world.brevo.report("delivered");
      world.brevo.advance(6 * MINUTE);
      await client.ask("sync_delivery_events", { communication: call.communication });
      expect(await client.ask("confirm_send", { communication: call.communication })).toMatchObject(
        { accepted: CROWD, unknown: [], status: "sent" },
      );
    },
  );

  it("of a batch taken in half, those whose events come are accepted and the others stay unknown", async () => {
    const call = await prepared();
    world.brevo.faults.plan("half taken");
    const first = await client.ask("confirm_send", call);
    expect(first.unknown).toHaveLength(BATCH);
    world.brevo.report("delivered");
    world.brevo.advance(6 * MINUTE);
    await client.ask("sync_delivery_events", { communication: call.communication });
    const state = await client.ask("confirm_send", { communication: call.communication });
    expect(state.accepted).toBe(CROWD - BATCH / 2);
    expect(state.unknown).toHaveLength(BATCH / 2);
    expect(world.brevo.box()).toHaveLength(CROWD - BATCH / 2);
  });
});

describe("one mail a mailbox", () => {
  it("holds between two lists, one of which was prepared before the other was sent", async () => {
    const [first, second] = world.speakers;
    const lists = [];
    for (const [title, contact] of [
      ["one", first],
      ["two", second],
    ] as const) {
      lists.push(
        await prepared({
          audience: undefined,
          contacts: [String(contact)],
          title,
          one_per_mailbox: true,
        }),
      );
    }
    expect(await client.ask("confirm_send", lists[0])).toMatchObject({ accepted: 1 });
    expect(await client.ask("confirm_send", lists[1])).toMatchObject({
      accepted: 0,
      dropped: [{ contact_id: second, reason: "shared_mailbox" }],
    });
    expect([...world.brevo.perMailbox()]).toEqual([["box0@example.org", 1]]);
  });
});

describe("a send that was cancelled before anybody said yes", () => {
  it("is not said to have been confirmed", async () => {
    const call = await prepared();
    await client.ask("cancel_send", { communication: call.communication });
    const answer = await client.call("confirm_send", call);
    expect(answer.text).not.toMatch(/confirmed before/u);
    expect(answer.text).toContain("taken back; none of it was sent");
    expect(answer.facts).toMatchObject({ replay: false, accepted: 0 });
  });
});

describe("a pooler with one connection to the database", () => {
  it("sends two lists at once", async (context) => {
    if (!hasPgBouncer()) {
      skip(context, "pgbouncer is not installed here");
      return;
    }
    const [one, two] = [await prepared({ title: "one" }), await prepared({ title: "two" })];
    const pooler = await startPgBouncer(targetOf(world.database.url), 1);
    try {
      const pooled = await world.connect({ env: { ...ASSISTANT, DATABASE_URL: pooler.url } });
      const states = await Promise.all([one, two].map((call) => pooled.ask("confirm_send", call)));
      await pooled.close();
      expect(states.map(({ accepted }) => Number(accepted)).sort((a, b) => a - b)).toEqual([
        0,
        CROWD,
      ]);
    } finally {
      pooler.stop();
    }
    expect(world.brevo.box()).toHaveLength(CROWD);
  });
});
