import { afterEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./helpers.ts";

const DAY = 86_400_000;
const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

let world: World;
afterEach(() => world.close());

const perMailbox = () => [...world.brevo.perMailbox().values()];

describe("300 a day and 700 people", () => {
  it("takes three days, nobody twice", async () => {
    world = await makeWorld({ people: 700, plan: { type: "free", credits: 300 } });
    const client = await world.connect({ env: ASSISTANT });
    const first = await client.ask("prepare_send", world.invitation);
    expect(first.quota).toEqual({ remaining_today: 300, needed: 700, days: 3 });
    const { communication_id: communication } = first.send;
    const confirm = (send: { confirmation_code: string }) =>
      client.ask("confirm_send", { communication, confirmation_code: send.confirmation_code });
    expect(await confirm(first.send)).toMatchObject({
      accepted: 300,
      held_for_quota: 400,
      status: "sending",
    });
    // The same code again sends nothing more, also on another day.
    world.brevo.advance(DAY);
    expect(await confirm(first.send)).toMatchObject({
      accepted: 300,
      held_for_quota: 400,
      replay: true,
    });

    // Meanwhile somebody unsubscribes: the same list, less those.
    await client.ask("set_suppression", { email: "person650@example.org", suppressed: true });
    const second = await client.ask("prepare_send", { communication });
    expect(second).toMatchObject({
      recipients: { total: 399 },
      excluded: [{ reason: "unsubscribed", count: 1 }],
      quota: { remaining_today: 300, needed: 399, days: 2 },
    });
    expect(await confirm(second.send)).toMatchObject({ accepted: 600, held_for_quota: 99 });
    expect(
      await client.refused("confirm_send", {
        communication,
        confirmation_code: first.send.confirmation_code,
      }),
    ).toMatch(/replaced/u);
    world.brevo.advance(DAY);
    const third = await client.ask("prepare_send", { communication });
    expect(await confirm(third.send)).toMatchObject({
      accepted: 699,
      held_for_quota: 0,
      status: "sent",
    });
    expect(perMailbox()).toEqual(Array.from({ length: 699 }, () => 1));
    expect(world.brevo.perMailbox().has("person650@example.org")).toBe(false);
    await client.close();
  });
});

describe.each(["402", "400", "dropped"] as const)(
  "a quota used up elsewhere, told by %s",
  (overQuota) => {
    it("holds the rest, or tells who may not have got it", async () => {
      world = await makeWorld({
        people: 20,
        plan: { type: "free", credits: 300 },
        // The account shows its plan's number, so that nobody is warned.
        switches: { overQuota, accountCredits: "plan" },
      });
      const client = await world.connect({ env: ASSISTANT });
      const { send } = await client.ask("prepare_send", world.invitation);
      // Somebody else sends the day's mails in between.
      for (const count of [150, 150]) {
        await fetch(`${world.brevo.url}/v3/smtp/email`, {
          method: "POST",
          headers: { "api-key": world.brevo.apiKey, "content-type": "application/json" },
          body: JSON.stringify({
            templateId: 49,
            messageVersions: Array.from({ length: count }, (_, n) => ({
              to: [{ email: `other${String(count)}x${String(n)}@example.org` }],
            })),
          }),
        });
      }
      const call = {
        communication: send.communication_id,
        confirmation_code: send.confirmation_code,
      };
      const state = await client.ask("confirm_send", call);
      if (overQuota === "dropped") {
        expect(state).toMatchObject({ accepted: 20, held_for_quota: 0 });
        const { sql } = world.database;
        await sql`UPDATE outreach.send_batches SET settled_at = settled_at - interval '5 hours'`;
        await client.ask("sync_delivery_events", {});
        const later = await client.ask("confirm_send", call);
        expect(later.accepted).toBe(0);
        expect(later.unknown).toHaveLength(20);
        expect(later.unknown[0].reason).toMatch(/reported nothing/u);
      } else {
        expect(state).toMatchObject({
          accepted: 0,
          unknown: [],
          failed: [],
          held_for_quota: 20,
          status: "sending",
        });
        expect(state.paused).toMatch(/limit for today|credits/u);
        world.brevo.advance(DAY);
        const anew = await client.ask("prepare_send", { communication: call.communication });
        call.confirmation_code = anew.send.confirmation_code;
        expect(await client.ask("confirm_send", call)).toMatchObject({
          accepted: 20,
          status: "sent",
        });
      }
      const ours = perMailboxOf("person");
      expect(ours).toEqual(overQuota === "dropped" ? [] : Array.from({ length: 20 }, () => 1));
      await client.close();
    });
  },
);

function perMailboxOf(prefix: string): number[] {
  return [...world.brevo.perMailbox()]
    .filter(([email]) => email.startsWith(prefix))
    .map(([, mails]) => mails);
}
