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
  for (const { tool, args, list } of [
    { tool: "get_campaign", args: { campaign: "CFP 2026" }, list: "communications" },
    { tool: "query_outreach_timeline", args: { status: ["draft"] }, list: "entries" },
  ]) {
    expect((await client.ask(tool, args))[list]).toMatchObject([
      { recipient_count: 0, by_status: {} },
    ]);
  }
  expect((await client.ask("find_audience", { received_campaign: "CFP 2026" })).total).toBe(0);
});

it("a mail that has perhaps left is said to be unknown by every question", async () => {
  world.brevo.faults.plan("drop after", { times: 3 });
  world.brevo.faults.plan("500 before", { place: "events", times: 20 });
  expect(await client.ask("confirm_send", call)).toMatchObject({ accepted: 0, status: "sending" });
  const listed = await client.call("query_recipients", { communication: call.communication });
  expect(listed.facts).toMatchObject({
    people: 3,
    by_status: { unknown: 3 },
    people_by_status: { unknown: 3 },
    funnel: { recipients: 3, attempted: 3, no_news: 0 },
    recipients: [{ status: "unknown" }, { status: "unknown" }, { status: "unknown" }],
  });
  expect(listed.text).toContain("Whether 3 of them got it is not known");
  for (const [status, total] of [
    ["unknown", 3],
    ["queued", 0],
  ] as const) {
    expect(await client.ask("query_recipients", { status: [status] })).toMatchObject({ total });
    expect(await client.ask("find_audience", { received_status: [status] })).toMatchObject({
      total,
    });
  }
  const [contact] = world.speakers;
  const history = await client.call("query_contact_history", { contact });
  expect(history.facts["people"]).toMatchObject([
    { received: false, total: 1, entries: [{ status: "unknown" }] },
  ]);
  expect(history.text).toContain("has received 0 of 1 mail addressed to them; whether they got 1");
  const campaign = await client.call("get_campaign", { campaign: world.campaign });
  expect(campaign.facts).toMatchObject({
    communications: [{ recipient_count: 3, by_status: { unknown: 3 } }],
    people: { total: 3, by_status: { unknown: 3 } },
  });
  expect(campaign.text).toContain("whether 3 got it is not known");
  expect((await client.ask("list_campaigns", {})).campaigns).toMatchObject([
    { people: 3, people_reached: 0, funnel: { recipients: 3, attempted: 3, no_news: 0 } },
  ]);
  for (const more of [{}, { contact }]) {
    const { entries } = await client.ask("query_outreach_timeline", { kinds: ["email"], ...more });
    expect(entries).toMatchObject([{ by_status: { unknown: "contact" in more ? 1 : 3 } }]);
  }
  expect(
    await client.ask("ask_database", {
      sql: "SELECT status, received, count(*) FROM mails GROUP BY 1, 2",
    }),
  ).toMatchObject({ rows: [["unknown", false, 3]] });
});

it("an event of one that has perhaps left is evidence that it has", async () => {
  expect(await openedBy("Thabo Nkosi")).toMatchObject({
    changed: [{ name: "Thabo Nkosi", from: "queued", to: "opened" }],
  });
  expect((await client.ask("query_recipients", {})).by_status).toEqual({ unknown: 2, opened: 1 });
});
