import { writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { valuesOf } from "../../src/sending/prepare/values.ts";
import { quotaFor } from "../../src/sending/quota.ts";
import { parseRegistry } from "../../src/sending/templates/registry.ts";
import { PARAMS, SPEAKERS, TEMPLATE, makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

let world: World;
afterEach(() => world.close());

describe("what prepare_send shows of a list", () => {
  it("is every name of a short one, in the headline the first ten", async () => {
    world = await makeWorld();
    const client = await world.connect({ env: ASSISTANT });
    const { facts, text } = await client.call("prepare_send", world.invitation);
    expect(facts.recipients.names).toEqual(SPEAKERS);
    expect(facts.recipients.sample).toHaveLength(3);
    const [headline] = text.split("\n");
    expect(headline).toContain(`to 16 people: ${SPEAKERS.slice(0, 10).join(", ")} and 6 more.`);
    await client.close();
  });

  it("is twenty names of a long one", async () => {
    world = await makeWorld({ people: 51 });
    const client = await world.connect({ env: ASSISTANT });
    const { recipients } = await client.ask("prepare_send", world.invitation);
    expect(recipients.names).toHaveLength(20);
    expect(recipients.total).toBe(51);
    await client.close();
  });
});

describe("credits that were bought in advance", () => {
  const prepare = async (people: number, credits: number) => {
    world = await makeWorld({ people, plan: { type: "payAsYouGo", credits } });
    const client = await world.connect({ env: ASSISTANT });
    const answer = await client.call("prepare_send", world.invitation);
    await client.close();
    return answer;
  };

  it("are named with what a list takes of them", async () => {
    const { text, facts } = await prepare(16, 1438);
    expect(text.split("\n")[0]).toContain("1,438 credits, this takes 16.");
    expect(facts).toMatchObject({ credits: 1438, warnings: [] });
    expect(facts.quota).toEqual({ remaining_today: 1438, needed: 16, days: 1 });
  });

  it("are warned of where less than a tenth would remain", async () => {
    expect((await prepare(16, 17)).facts.warnings).toEqual([
      "Only 1 of 17 credits would remain in Brevo.",
    ]);
    await world.close();
    // Exactly a tenth is no less than a tenth.
    expect((await prepare(9, 10)).facts.warnings).toEqual([]);
  });

  it("refuse a list that is longer, when it is prepared and when it is asked about anew", async () => {
    const { text, isError } = await prepare(16, 15);
    expect(isError).toBe(true);
    expect(text).toBe(
      "Brevo has 15 credits left and this list takes 16. Buy credits in Brevo, or prepare a shorter list. Nothing was written.",
    );
    const { sql } = world.database;
    expect(await sql`SELECT id FROM communications`).toHaveLength(0);
  });

  it("are not what a number that is renewed every day is", async () => {
    world = await makeWorld({ people: 16, plan: { type: "free", credits: 10 } });
    const client = await world.connect({ env: ASSISTANT });
    expect(await client.ask("prepare_send", world.invitation)).toMatchObject({
      credits: null,
      warnings: [],
      quota: { remaining_today: 10, needed: 16, days: 2 },
    });
    await client.close();
  });

  it.each([
    [10, 16, 2],
    [0, 4, 2],
    [0, 11, 3],
    [4, 4, 1],
    [3, 24, 4],
  ])("%i left of 10 a day and %i needed: done on day %i, today counted", (left, needed, days) => {
    const account = { perDay: 10, mailsLeft: left };
    expect(quotaFor(account, left, needed).days).toBe(days);
  });
});

describe("the date of an event", () => {
  const event = {
    name: "Day",
    event_date: "2026-03-14",
    location: "",
    year: "2026",
    description: "",
    status: "",
  };
  const written = (more: object, event_date = event.event_date) => {
    const [template] = parseRegistry(
      JSON.stringify({
        templates: [
          {
            brevo_template_id: 1,
            name: "A",
            parameters: { d: { source: "events.event_date", ...more } },
          },
        ],
      }),
    );
    const parameters = template!.parameters.map((parameter) => ({
      ...parameter,
      required: true,
      in_subject: false,
    }));
    return valuesOf(
      parameters,
      {},
      {
        event: { ...event, event_date },
        facts: [],
        zone: "UTC",
      },
    ).common["d"];
  };

  it.each([
    [{}, "March 14, 2026"],
    [{ locale: "en-GB" }, "14 March 2026"],
    [{ locale: "de" }, "14. März 2026"],
    [{ format: "d MMMM yyyy" }, "14 March 2026"],
    [{ format: "cccc d LLL", locale: "fr" }, "samedi 14 mars"],
    [{ format: null, locale: null }, "March 14, 2026"],
  ])("is written readably: %o", (more, expected) => {
    expect(written(more)).toBe(expected);
  });

  it("stays as it is where it is none, and is read from a time as well", () => {
    expect(written({}, "in spring")).toBe("in spring");
    expect(written({}, "")).toBeUndefined();
    expect(written({}, "2026-03-14 09:00:00+02")).toBe("March 14, 2026");
  });

  it("is refused in a language that is none", () => {
    const parameters = { d: { locale: "not a language" } };
    const template = { brevo_template_id: 1, name: "A", parameters };
    expect(parseRegistry(JSON.stringify({ templates: [template] }))[0]?.fault).toBe(
      'templates.json: template 1, parameter d: the locale "not a language" is not known; it may be written like en-GB.',
    );
    expect(() => written({ format: "" })).toThrow(/format has a value that is not allowed/u);
  });

  it("goes into the mail as it was shown, and a list that was frozen keeps it", async () => {
    world = await makeWorld({ people: 1 });
    const client = await world.connect({ env: ASSISTANT });
    const { send, recipients } = await client.ask("prepare_send", world.invitation);
    expect(recipients.sample[0].params.eventDate).toBe("November 14, 2026");
    await writeFile(
      world.env["OUTREACH_TEMPLATES"]!,
      JSON.stringify({
        templates: [
          {
            brevo_template_id: TEMPLATE,
            name: "CFP Invitation",
            parameters: {
              firstName: { source: "contacts.first_name" },
              eventName: { source: "events.name" },
              eventDate: { source: "events.event_date", format: "d MMMM yyyy" },
              venue: { source: "events.location" },
              ...Object.fromEntries(Object.keys(PARAMS).map((name) => [name, { source: null }])),
            },
          },
        ],
      }),
    );
    const { communication_id: communication } = send;
    const again = await client.ask("prepare_send", { communication });
    expect(again.recipients.sample[0].params.eventDate).toBe("November 14, 2026");
    const other = await client.ask("prepare_send", { ...world.invitation, title: "Another" });
    expect(other.recipients.sample[0].params.eventDate).toBe("14 November 2026");
    await client.ask("confirm_send", {
      communication,
      confirmation_code: again.send.confirmation_code,
    });
    expect(world.brevo.box()[0]?.html).toContain("is on November 14, 2026 in");
    await client.close();
  });
});
