import { DateTime } from "luxon";
import { afterEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

const inDays = (days: number) => DateTime.now().setZone("Africa/Johannesburg").plus({ days });

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

/** A world with one template that names parameters with these sources. */
async function worldWith(
  parameters: Record<string, object>,
  people = 3,
  subject = "Hello",
): Promise<void> {
  const used = Object.keys(parameters).map((name) => `{{params.${name}}}`);
  world = await makeWorld({
    people,
    templates: [{ id: 7, name: "Told", subject, htmlContent: used.join(" | ") }],
    registry: { templates: [{ brevo_template_id: 7, name: "Told", parameters }] },
  });
  client = await world.connect({ env: ASSISTANT });
}

const prepare = (more: Record<string, unknown> = {}) =>
  client.call("prepare_send", {
    campaign: "CFP 2026",
    template: 7,
    contacts: world.speakers,
    ...more,
  });

const telling = (facts: Record<string, unknown>) =>
  client.ask("update_event", { event: "Data & AI Day 2026", facts });

describe("facts of the event", () => {
  it("fill a template without a question, times readably, and say where they come from", async () => {
    await worldWith({
      closes: { source: "facts.cfp_closes" },
      doors: { source: "facts.doors_open_at" },
      british: { source: "facts.doors_open_at", format: "cccc d MMMM, HH:mm", locale: "en-GB" },
      link: { source: "facts.submit_url" },
      seats: { source: "facts.capacity" },
      when: { source: "events.event_date" },
      name: { source: "contacts.first_name" },
      hint: {},
    });
    await telling({
      cfp_closes: "2096-06-30",
      doors_open_at: "2096-11-14T08:15",
      submit_url: "https://example.org/cfp",
      capacity: 300,
    });
    const { facts } = await prepare({ params: { hint: "Bring a friend" } });
    expect(facts.recipients.sample[0].params).toEqual({
      closes: "June 30, 2096",
      doors: "November 14, 2096 at 8:15 AM",
      british: "Wednesday 14 November, 08:15",
      link: "https://example.org/cfp",
      seats: 300,
      when: "November 14, 2026",
      name: "Thabo",
      hint: "Bring a friend",
    });
    expect(facts.sources).toEqual({
      closes: "facts.cfp_closes",
      doors: "facts.doors_open_at",
      british: "facts.doors_open_at",
      link: "facts.submit_url",
      seats: "facts.capacity",
      when: "events.event_date",
      name: "contacts.first_name",
      hint: "given",
    });
  });

  it("that nobody told are asked for, and what the call gives comes before them", async () => {
    await worldWith({ closes: { source: "facts.cfp_closes" } });
    expect((await prepare()).facts).toMatchObject({ send: null, missing_params: ["closes"] });
    await telling({ cfp_closes: "2096-06-30" });
    const { facts } = await prepare({ params: { closes: "mid July" } });
    expect(facts).toMatchObject({ sources: { closes: "given" }, missing_params: [] });
    expect(facts.recipients.sample[0].params).toEqual({ closes: "mid July" });
  });
});

describe("a time that has passed", () => {
  it.each([
    [{ applyBy: { source: "facts.cfp_closes" } }, { cfp_closes: "2024-06-30" }, {}],
    [
      { answerTo: { source: "facts.speakers_notified_by" } },
      { speakers_notified_by: "2024-06-30T12:00" },
      {},
    ],
    [{ cfpDeadline: {} }, {}, { cfpDeadline: "30 June 2024" }],
    [{ cfpDeadline: {} }, {}, { cfpDeadline: "Sunday, June 30th, 2024 at noon" }],
    [{ cfpDeadline: {} }, {}, { cfpDeadline: "2024-06-30" }],
    [{ cfpDeadline: { format: "dd.MM.yyyy" } }, {}, { cfpDeadline: "30.06.2024" }],
    [{ talkDeadline: { source: "facts.talks_due_at" } }, { talks_due_at: "2024-06-30T12:00" }, {}],
    [
      { applyBy: { source: "facts.cfp_closes" } },
      { cfp_closes: "2096-06-30" },
      { applyBy: "2024-06-30" },
    ],
  ])("is refused of %o", async (parameters, facts, params) => {
    await worldWith(parameters);
    if (Object.keys(facts).length > 0) await telling(facts);
    const { text, isError } = await prepare({ params });
    expect(isError).toBe(true);
    expect(text).toMatch(
      /^The time has passed of \w+.*2024.*allow_past: true\. Nothing was written\.$/u,
    );
    const meant = await prepare({ params, allow_past: true });
    expect(meant.facts.send).not.toBeNull();
  });

  it.each([
    [{ opened: { source: "facts.cfp_opens" } }, { cfp_opens: "2024-06-30" }, {}],
    [{ cfpDeadline: {} }, {}, { cfpDeadline: inDays(3).toFormat("d MMMM") }],
    [{ cfpDeadline: {} }, {}, { cfpDeadline: "soon" }],
    [{ applyBy: { source: "facts.cfp_closes" } }, { cfp_closes: "today" }, {}],
    [{ day: {} }, {}, { day: "30 June 2024" }],
  ])("is not what %o tells", async (parameters, facts, params) => {
    await worldWith(parameters);
    if (Object.keys(facts).length > 0) await telling(facts);
    expect((await prepare({ params })).facts.send).not.toBeNull();
  });
});

describe("a deadline as people write it", () => {
  it("is refused where it has passed, and said where it cannot be read", async () => {
    await worldWith({ submitDeadline: {} });
    const { text, isError } = await prepare({ params: { submitDeadline: "31/05/2024" } });
    expect(isError).toBe(true);
    expect(text).toContain("The time has passed of submitDeadline: 31/05/2024.");
    const { facts } = await prepare({ params: { submitDeadline: "end of term" } });
    expect(facts.warnings).toEqual([
      'submitDeadline "end of term" could not be read as a time, so whether it has passed was not checked; look at it before the mail is confirmed.',
    ]);
  });
});

describe("a template that the organiser's list says wrongly", () => {
  it("cannot be used, and all others can", async () => {
    world = await makeWorld({
      people: 1,
      templates: [
        { id: 7, name: "Told", subject: "Hello", htmlContent: "{{params.x}}" },
        { id: 8, name: "Plain", subject: "Hello", htmlContent: "Hi" },
      ],
      registry: {
        templates: [
          { brevo_template_id: 7, name: "Told", parameters: { x: { source: "facts.Bad Key" } } },
        ],
      },
    });
    client = await world.connect({ env: ASSISTANT });
    const { text, isError } = await prepare({ params: { x: "1" } });
    expect(isError).toBe(true);
    expect(text).toContain('template 7, parameter x: the source "facts.Bad Key" is not known');
    expect((await prepare({ template: 8 })).facts.send).not.toBeNull();
    const { templates } = await client.ask("list_templates", {});
    expect(templates[0].warnings[0]).toContain('the source "facts.Bad Key" is not known');
    expect(templates[1].warnings).toEqual([]);
  });
});

describe("tickets", () => {
  it("tell their type and number, and who has none is named", async () => {
    await worldWith({
      type: { source: "ticket.type", required: true },
      number: { source: "ticket.number", required: false },
    });
    const [thabo, zoe, lerato] = world.speakers;
    await world.database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, ticket_type, status,
                           registration_source)
      SELECT held.number, event.id, held.person, held.person, held.type, held.status, held.source
      FROM (VALUES (71, ${thabo!}::int, 'General', 'registered', 'quicket'),
                   (72, ${thabo!}, 'Workshop', 'registered', 'quicket'),
                   (73, ${zoe!}, 'VIP', 'cancelled', 'quicket'),
                   (-1, ${lerato!}, 'Door', 'registered', 'walk-in')) AS held (number, person, type, status, source),
           events AS event
      WHERE event.name = 'Data & AI Day 2026'`;
    const { facts } = await prepare();
    expect(facts).toMatchObject({
      send: null,
      missing_params: ["type"],
      missing_for: [{ param: "type", count: 1, contacts: [{ name: "Zoë van der Merwe" }] }],
    });
    const stoodInFor = await prepare({ params: { type: "none yet" } });
    expect(stoodInFor.facts.recipients.sample.map((mail: any) => mail.params)).toEqual([
      { type: "General, Workshop", number: "71, 72" },
      { type: "none yet" },
      { type: "Door" },
    ]);
    expect(stoodInFor.facts.sources).toEqual({
      type: "ticket.type, else given",
      number: "ticket.number",
    });
  });
});
