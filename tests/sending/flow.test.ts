import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS } from "../../workbench/client.ts";
import { CFP, SPEAKERS, TEMPLATE, makeWorld, type World } from "./helpers.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe.each(GENERATIONS)("sending over %s", (generation) => {
  it("takes three calls: prepare, confirm, sync, where the client asks the person", async () => {
    const { brevo } = world;
    const questions: string[] = [];
    const client = await world.connect({
      generation,
      person: (question) => {
        questions.push(question);
        return "accept";
      },
    });
    const prepared = await client.ask("prepare_send", world.invitation);
    expect(prepared.send).toMatchObject({ confirmation_code: null, confirm_page: null });
    expect(prepared.recipients.total).toBe(16);
    expect(prepared.recipients.sample[0]).toEqual({
      name: "Thabo Nkosi",
      email: "person1@example.org",
      params: {
        firstName: "Thabo",
        eventName: "Data & AI Day 2026",
        eventDate: "November 14, 2026",
        venue: "Johannesburg",
        cfpDeadline: "31 May 2096",
        submitLink: "https://example.org/cfp",
      },
    });
    expect(prepared).toMatchObject({ excluded: [], missing_params: [], shared_mailboxes: [] });
    expect(brevo.accepted()).toHaveLength(0);
    // Prepared is not sent: it counts nowhere.
    const history = await client.ask("query_contact_history", { contact: "Thabo Nkosi" });
    expect(history.people[0]).toMatchObject({ received: false, total: 0 });

    const communication = prepared.send.communication_id as number;
    const sent = await client.ask("confirm_send", { communication });
    expect(sent).toMatchObject({
      accepted: 16,
      failed: [],
      unknown: [],
      held_for_quota: 0,
      dropped: [],
      status: "sent",
      confirmed_by: "person",
      replay: false,
    });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain("16 people");
    expect(questions[0]).toContain("CFP 2026");
    expect(questions[0]).toContain("CFP Invitation");
    for (const name of SPEAKERS) expect(questions[0]).toContain(`- «${name}»`);
    expect([...brevo.perMailbox()].sort()).toEqual(
      SPEAKERS.map((_, n) => [`person${String(n + 1)}@example.org`, 1]).sort(),
    );

    // Accepted is not delivered.
    const before = await client.ask("query_recipients", { communication });
    expect(before).toMatchObject({ total: 16, by_status: { sent: 16 }, tracked: false });
    brevo.report("delivered");
    brevo.report("opened", { email: "person2@example.org" });
    const synced = await client.ask("sync_delivery_events", { communication });
    // A request and a delivery each, and one opened.
    expect(synced).toMatchObject({ fetched: 33, applied: 33, duplicates: 0, unmatched: 0 });
    const after = await client.ask("query_recipients", { communication });
    expect(after.by_status).toMatchObject({ delivered: 15, opened: 1 });
    expect(after.events_synced_to).toBe(synced.synced_to);
    expect(after.tracked).toBe(true);
    expect(await client.ask("sync_delivery_events", {})).toMatchObject({
      applied: 0,
      duplicates: 33,
    });

    const again = await client.ask("confirm_send", { communication });
    expect(again).toMatchObject({ accepted: 16, replay: true, status: "sent" });
    expect(questions).toHaveLength(1);
    expect(brevo.accepted()).toHaveLength(16);
    expect(client.stderr()).toBe("");
    await client.close();
  });

  it("sends nothing when the person declines, and asks anew when told to", async () => {
    let answer: "accept" | "decline" | "cancel" = "cancel";
    const client = await world.connect({ generation, person: () => answer });
    const { send } = await client.ask("prepare_send", world.invitation);
    const { communication_id: communication } = send;
    expect(await client.refused("confirm_send", { communication })).toMatch(
      /no answer.*nothing was sent/u,
    );
    answer = "decline";
    const { facts, text } = await client.call("confirm_send", { communication });
    expect(facts).toMatchObject({
      declined: true,
      accepted: 0,
      status: "draft",
      confirmed_by: null,
    });
    expect(text).toMatch(/^The person said no, so nothing was sent.*stays prepared/u);
    answer = "accept";
    expect(await client.refused("confirm_send", { communication })).toMatch(
      /said no.*prepare_send/u,
    );
    expect(world.brevo.accepted()).toHaveLength(0);
    const [recipients] = await world.database.sql`
      SELECT count(*)::int AS n FROM communication_recipients WHERE status = 'queued'`;
    expect(recipients).toEqual({ n: 16 });
    const anew = await client.ask("prepare_send", { communication });
    expect(anew.recipients.total).toBe(16);
    expect(await client.ask("confirm_send", { communication })).toMatchObject({ accepted: 16 });
    await client.close();
  });

  it("gives the code to the assistant where the environment says so", async () => {
    const client = await world.connect({ generation, env: { OUTREACH_CONFIRM: "assistant" } });
    const { send } = await client.ask("prepare_send", world.invitation);
    expect(send.confirm_page).toBeNull();
    const { communication_id: communication, confirmation_code } = send;
    expect(await client.refused("confirm_send", { communication })).toMatch(
      /confirmation_code is needed/u,
    );
    expect(await client.ask("confirm_send", { communication, confirmation_code })).toMatchObject({
      accepted: 16,
      confirmed_by: "assistant",
    });
    expect(await client.ask("confirm_send", { communication, confirmation_code })).toMatchObject({
      accepted: 16,
      replay: true,
    });
    expect(world.brevo.accepted()).toHaveLength(16);
    await client.close();
  });

  it("lists templates with what they ask for", async () => {
    world.brevo.addTemplate({
      id: 7,
      name: "Old news",
      isActive: false,
      htmlContent: "{{firstName}}",
    });
    const client = await world.connect({ generation });
    const { templates } = await client.ask("list_templates", { text: "cfp" });
    expect(templates).toMatchObject([
      { brevo_template_id: TEMPLATE, name: "CFP Invitation", active: true },
    ]);
    expect(templates[0].parameters).toContainEqual({
      name: "cfpDeadline",
      description: "last day to submit",
      source: null,
      required: true,
    });
    const all = await client.ask("list_templates");
    expect(all.templates[0]).toMatchObject({ brevo_template_id: 7, active: false });
    expect(all.templates[0].warnings.join(" ")).toContain("{{firstName}}");
    expect(CFP.subject).toContain("params.eventName");
    await client.close();
  });
});
