import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  await client.close();
  await world.close();
});

const state = async (contact: string) => {
  const { people } = await client.ask("query_contact_history", { contact });
  return people[0].deliverability.state as string;
};

async function sendAll(): Promise<number> {
  const { send } = await client.ask("prepare_send", world.invitation);
  await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  return send.communication_id as number;
}

describe("suppression", () => {
  beforeEach(async () => {
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
  });

  it("follows from what Brevo reports, and keeps people out of later mails", async () => {
    await sendAll();
    const { brevo } = world;
    brevo.report("hard_bounce", { email: "person1@example.org" }, { reason: "550" });
    brevo.report("spam", { email: "person2@example.org" });
    brevo.report("unsubscribed", { email: "person3@example.org" });
    brevo.report("invalid_email", { email: "person4@example.org" });
    brevo.report("deferred", { email: "person5@example.org" });
    brevo.report("soft_bounce", { email: "person6@example.org" });
    brevo.block("PERSON7@example.org", "adminBlocked");
    brevo.block("person8@example.org", "contactFlaggedAsSpam");
    expect(await client.ask("sync_delivery_events", {})).toMatchObject({ unmatched: 0 });
    const next = await client.ask("prepare_send", { ...world.invitation, allow_resend: true });
    const counts = Object.fromEntries(
      next.excluded.map(({ reason, count }: { reason: string; count: number }) => [reason, count]),
    );
    expect(counts).toEqual({ bounced: 2, complained: 2, unsubscribed: 2 });
    expect(next.recipients.total).toBe(10);
  });

  it("by a person's word holds for the mailbox in any case, and an import does not clear it", async () => {
    const entry = await client.ask("set_suppression", {
      contact: "Thabo Nkosi",
      suppressed: true,
      reason: "asked at the event",
    });
    expect(entry).toMatchObject({
      email: "person1@example.org",
      suppressed: true,
      reason: "asked at the event",
      replay: false,
    });
    const again = { contact: "Thabo Nkosi", suppressed: true, reason: "asked at the event" };
    expect(await client.ask("set_suppression", again)).toMatchObject({ replay: true });
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
    // What an import does: it writes contacts.
    await world.database
      .sql`UPDATE contacts SET email = 'PERSON1@example.org' WHERE first_name = 'Thabo'`;
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
    await world.database
      .sql`UPDATE contacts SET email = 'thabo.new@example.org' WHERE first_name = 'Thabo'`;
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
    const audience = await client.ask("find_audience", { role: "speaker" });
    expect(audience).toMatchObject({ total: 15, excluded: [{ reason: "unsubscribed", count: 1 }] });
    await client.ask("set_suppression", { contact: "Thabo Nkosi", suppressed: false });
    expect(await state("Thabo Nkosi")).toBe("ok");
  });

  it("when lifted counts from that moment: old events do not bring it back, new ones do", async () => {
    await sendAll();
    const { brevo } = world;
    brevo.report("unsubscribed", { email: "person1@example.org" });
    brevo.block("person1@example.org", "unsubscribedViaEmail");
    await client.ask("sync_delivery_events", {});
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
    await client.ask("set_suppression", { email: "Person1@example.org", suppressed: false });
    expect(await state("Thabo Nkosi")).toBe("ok");
    await client.ask("sync_delivery_events", { since: "-30d" });
    const old = brevo.webhooks().filter(({ event }) => event === "unsubscribed");
    await client.ask("record_delivery_events", { events: old });
    expect(await state("Thabo Nkosi")).toBe("ok");
    brevo.advance(3000);
    brevo.report("unsubscribed", { email: "person1@example.org" });
    await client.ask("sync_delivery_events", {});
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
  });

  it("refuses what names nobody", async () => {
    expect(await client.refused("set_suppression", { suppressed: true })).toMatch(
      /contact or email/u,
    );
    expect(await client.refused("set_suppression", { email: "a@b@c", suppressed: true })).toMatch(
      /not an e-mail address/u,
    );
  });
});

describe("events", () => {
  it("come to the same through the feed and through webhooks, shuffled and doubled", async () => {
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const communication = await sendAll();
    world.brevo.simulate(7);
    world.brevo.advance(3_600_000);
    world.brevo.setDisorder({ shuffle: 3, doubled: true });
    const webhooks = world.brevo.webhooks({ shuffle: 5, doubled: true });
    await client.ask("record_delivery_events", { events: webhooks });
    const statuses = async () =>
      (await client.ask("query_recipients", { communication })).by_status as object;
    const told = await statuses();
    const synced = await client.ask("sync_delivery_events", {});
    expect(synced).toMatchObject({ applied: 0, unmatched: 0 });
    expect(synced.fetched).toBeGreaterThan(30);
    expect(await statuses()).toEqual(told);
  });

  it.each([
    { tagFilter: "ignored" as const },
    { feedTag: "json" as const, feedOffsetMinutes: 120 },
    { emptyFeed: "nothing" as const },
  ])("are found where Brevo does it the other way: %o", async (switches) => {
    Object.assign(world.brevo.switches, switches);
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const communication = await sendAll();
    await sendOther();
    world.brevo.report("delivered");
    expect(await client.ask("sync_delivery_events", { communication })).toMatchObject({
      fetched: 32,
      applied: 32,
      unmatched: 0,
    });
  });

  async function sendOther() {
    await fetch(`${world.brevo.url}/v3/smtp/email`, {
      method: "POST",
      headers: { "api-key": world.brevo.apiKey, "content-type": "application/json" },
      body: JSON.stringify({
        templateId: 49,
        to: [{ email: "person1@example.org" }],
        tags: ["others"],
      }),
    });
  }
});
