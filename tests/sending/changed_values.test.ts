import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientOptions, TestClient } from "../../workbench/client.ts";
import { visit } from "../support/visits.ts";
import { CROWD, shareMailboxes } from "./killing.ts";
import { CFP, makeWorld, PARAMS, TEMPLATE, type World } from "./helpers.ts";
import { thanks, worldOfTalks } from "./talks.ts";

const ASSISTANT = { env: { OUTREACH_CONFIRM: "assistant" } };
const EVENT = "Data & AI Day 2026";

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

const telling = (facts: Record<string, unknown>) =>
  client.ask("update_event", { event: EVENT, facts });

/** A world whose invitation takes its deadline from the event. */
async function invited(people: number, given: ClientOptions = ASSISTANT): Promise<void> {
  const source = (name: string) => ({ source: name, required: true });
  world = await makeWorld({
    people,
    registry: {
      templates: [
        {
          brevo_template_id: TEMPLATE,
          name: CFP.name,
          parameters: {
            firstName: source("contacts.first_name"),
            eventName: source("events.name"),
            eventDate: source("events.event_date"),
            venue: source("events.location"),
            cfpDeadline: source("facts.cfp_closes"),
            submitLink: { source: null, required: true },
          },
        },
      ],
    },
  });
  client = await world.connect(given);
  await telling({ cfp_closes: "2096-05-31" });
}

async function prepared(args: Record<string, unknown>) {
  const { send } = await client.ask("prepare_send", args);
  return {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
    page: send.confirm_page,
  };
}

const invitation = () => ({
  ...world.invitation,
  params: { submitLink: PARAMS.submitLink },
});

describe("a mail whose fact changed after it was prepared", () => {
  it("is not sent: the answer says what changed, and the values are taken anew and asked about", async () => {
    await invited(3);
    const { communication, confirmation_code } = await prepared(invitation());
    await telling({ cfp_closes: "2096-06-15" });
    const refused = await client.refused("confirm_send", { communication, confirmation_code });
    expect(refused).toContain(
      'cfpDeadline: "May 31, 2096" is now "June 15, 2096". prepare_send with this communication alone takes the values anew and asks about them. Nothing was sent.',
    );
    expect(world.brevo.box()).toHaveLength(0);
    const again = await client.ask("prepare_send", { communication });
    expect(again.recipients.sample[0].params).toMatchObject({
      firstName: "Thabo",
      cfpDeadline: "June 15, 2096",
      submitLink: PARAMS.submitLink,
    });
    expect(again.sources).toMatchObject({
      firstName: "contacts.first_name",
      cfpDeadline: "facts.cfp_closes",
      submitLink: "given",
    });
    // The code for the list as it was shown before is worth nothing.
    await client.refused("confirm_send", { communication, confirmation_code });
    await client.ask("confirm_send", {
      communication,
      confirmation_code: again.send.confirmation_code,
    });
    expect(world.brevo.box().map(({ params }) => params["cfpDeadline"])).toEqual(
      Array.from({ length: 3 }, () => "June 15, 2096"),
    );
  });

  it("is sent where the fact is again what was shown", async () => {
    await invited(2);
    const { communication, confirmation_code } = await prepared(invitation());
    await telling({ cfp_closes: "2096-06-15" });
    await client.refused("confirm_send", { communication, confirmation_code });
    await telling({ cfp_closes: "2096-05-31" });
    expect(await client.ask("confirm_send", { communication, confirmation_code })).toMatchObject({
      accepted: 2,
    });
  });

  it("is not asked about, by a form or on the page", async () => {
    let asked = 0;
    await invited(2, {
      person: () => {
        asked += 1;
        return "accept";
      },
    });
    const { communication } = await prepared(invitation());
    await telling({ cfp_closes: "2096-06-15" });
    expect(await client.refused("confirm_send", { communication })).toContain("is now");
    expect(asked).toBe(0);

    const other = await world.connect();
    const { send } = await other.ask("prepare_send", { ...invitation(), title: "On a page" });
    await telling({ cfp_closes: "2096-07-01" });
    const page = await visit(send.confirm_page);
    expect(page.text).toContain("is now");
    expect(page.text).not.toContain("Yes, send it");
    await other.close();
  });

  it("is refused anew once the deadline has passed", async () => {
    await invited(2);
    const { communication } = await prepared(invitation());
    await telling({ cfp_closes: "2024-05-31" });
    expect(await client.refused("prepare_send", { communication })).toContain(
      "The time has passed of cfpDeadline",
    );
    const meant = await client.ask("prepare_send", { communication, allow_past: true });
    expect(meant.recipients.sample[0].params.cfpDeadline).toBe("May 31, 2024");
  });

  it("stops between two batches, and the rest is asked about anew", async () => {
    await invited(CROWD);
    await shareMailboxes(world);
    const { communication, confirmation_code } = await prepared(invitation());
    world.brevo.faults.plan("slow", { milliseconds: 1 });
    world.brevo.faults.plan("429", { resetSeconds: 3 });
    const answer = client.ask("confirm_send", { communication, confirmation_code });
    while (world.brevo.requests.filter(({ path }) => path === "/v3/smtp/email").length < 2) {
      await delay(10);
    }
    await telling({ cfp_closes: "2096-06-15" });
    const state = await answer;
    expect(state).toMatchObject({ accepted: CROWD / 3, held_for_quota: (2 * CROWD) / 3 });
    expect(state.paused).toContain('"May 31, 2096" is now "June 15, 2096"');
    const again = await client.ask("prepare_send", { communication });
    await client.ask("confirm_send", {
      communication,
      confirmation_code: again.send.confirmation_code,
    });
    const told = world.brevo.box().map(({ params }) => params["cfpDeadline"]);
    expect(told.filter((deadline) => deadline === "June 15, 2096")).toHaveLength((2 * CROWD) / 3);
    expect(told).toHaveLength(CROWD);
  });
});

describe("a mail about a session that changed after it was prepared", () => {
  it.each([
    [
      "a room",
      "UPDATE speaker_sessions SET room = 'Hall Z' WHERE sessionize_session_id = 'first'",
      /room \(Lerato Mokoena, Maps by hand\): "Hall B" is now "Hall Z"/u,
    ],
    [
      "a rating",
      "DELETE FROM speaker_ratings WHERE speaker_comment = 'Loved the demo'",
      /topic \(Lerato Mokoena, Maps by hand\): "7" is now nothing/u,
    ],
  ])("is asked about anew: %s", async (_, change, words) => {
    world = await worldOfTalks();
    client = await world.connect(ASSISTANT);
    const { communication, confirmation_code } = await prepared(thanks(world));
    await world.database.sql.unsafe(change);
    expect(await client.refused("confirm_send", { communication, confirmation_code })).toMatch(
      words,
    );
    const again = await client.ask("prepare_send", { communication });
    expect(
      await client.ask("confirm_send", {
        communication,
        confirmation_code: again.send.confirmation_code,
      }),
    ).toMatchObject({ accepted: 5, status: "sent" });
  });
});
