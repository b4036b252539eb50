import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { pressOn, visit } from "../support/visits.ts";
import { casesOf } from "../support/matrix.ts";
import { makeWorld, type World } from "./helpers.ts";

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld({ people: 4 });
});
afterEach(async () => {
  await client.close();
  await world.close();
});

const state = async (contact: string) => {
  const { people } = await client.ask("query_contact_history", { contact });
  return people[0].deliverability.state as string;
};

/** A mail to all, of which Brevo then reports one thing. */
async function reported(event: "unsubscribed" | "hard_bounce" | "spam"): Promise<void> {
  const sending = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
  const { send } = await sending.ask("prepare_send", world.invitation);
  await sending.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  world.brevo.report(event, { email: "person1@example.org" });
  await sending.ask("sync_delivery_events", {});
  await sending.close();
}

const LIFT = { contact: "Thabo Nkosi", suppressed: false };

describe.each(casesOf(GENERATIONS, ["2026-07-28"]))(
  "what somebody or Brevo reported, over %s",
  (generation) => {
    it("is lifted when the person in front of the client says so", async () => {
      await reported("unsubscribed");
      const questions: string[] = [];
      let answer: "decline" | "accept" = "decline";
      client = await world.connect({
        generation,
        person: (question) => {
          questions.push(question);
          return answer;
        },
      });
      const no = await client.ask("set_suppression", LIFT);
      expect(no).toMatchObject({ declined: true, suppressed: true });
      expect(await state("Thabo Nkosi")).toBe("unsubscribed");
      answer = "accept";
      expect(await client.ask("set_suppression", LIFT)).toMatchObject({ suppressed: false });
      expect(await state("Thabo Nkosi")).toBe("ok");
      expect(questions).toHaveLength(2);
      expect(questions[0]!.split("\n").slice(0, 3)).toEqual([
        "Let this mailbox get mails again, although somebody or Brevo reported it?",
        "Mailbox: «person1@example.org»",
        "Person: «Thabo Nkosi»",
      ]);
      expect(questions[0]).toMatch(/\nUnsubscribed, 2[^\n]*: «unsubscribed/u);
    });

    it("is lifted on a page where the client cannot ask", async () => {
      await reported("hard_bounce");
      world.brevo.block("person1@example.org", "hardBounce");
      client = await world.connect({ generation });
      await client.ask("sync_delivery_events", {});
      const refused = await client.refused("set_suppression", LIFT);
      expect(refused).toMatch(/A person must say yes first, so nothing was lifted/u);
      expect(await state("Thabo Nkosi")).toBe("bounced");
      const page = /http:\S+[\w-]/u.exec(refused)![0];
      expect((await visit(page)).text).toContain("<dd>person1@example.org</dd>");
      // Looking at it is no yes.
      expect(await client.refused("set_suppression", LIFT)).toContain(page);
      expect((await pressOn(page)).status).toBe(303);
      const { facts, text } = await client.call("set_suppression", LIFT);
      expect(facts).toMatchObject({ suppressed: false, replay: false });
      expect(text).toContain("until it is taken off the block list there");
      expect(await state("Thabo Nkosi")).toBe("ok");
    });

    it("is not what the organiser noted, which is lifted unasked", async () => {
      client = await world.connect({
        generation,
        person: () => {
          throw new Error("nobody is to be asked");
        },
      });
      await client.ask("set_suppression", { ...LIFT, suppressed: true, reason: "asked me" });
      expect(await state("Thabo Nkosi")).toBe("unsubscribed");
      expect(await client.ask("set_suppression", LIFT)).toMatchObject({ suppressed: false });
      expect(await state("Thabo Nkosi")).toBe("ok");
    });
  },
);

describe("a mailbox that two read", () => {
  let zoe: number;
  beforeEach(async () => {
    [, zoe] = world.speakers as [number, number];
    await world.database
      .sql`UPDATE contacts SET email = 'Both@example.org' WHERE id IN (${world.speakers[0]!}, ${zoe})`;
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
  });
  const total = async () =>
    (await client.ask("find_audience", { role: "speaker" })).total as number;

  it("is blocked for both, and the answer says so", async () => {
    const { facts, text } = await client.call("set_suppression", {
      contact: "Thabo Nkosi",
      suppressed: true,
    });
    expect(facts).toMatchObject({
      scope: "address",
      email: "both@example.org",
      also_affects: [{ contact_id: zoe, name: "Zoë van der Merwe" }],
    });
    expect(text.split("\n")[0]).toContain("so this also blocks Zoë van der Merwe");
    expect(await total()).toBe(2);
  });

  it("stays open to the other where one of them alone is meant", async () => {
    const call = { contact: "Thabo Nkosi", suppressed: true, scope: "person", reason: "asked" };
    const { facts, text } = await client.call("set_suppression", call);
    expect(facts).toMatchObject({ scope: "person", also_affects: [], replay: false });
    expect(text.split("\n")[0]).toContain(
      "Zoë van der Merwe on the same mailbox may still be mailed",
    );
    expect(await client.ask("set_suppression", call)).toMatchObject({ replay: true });
    expect([await state("Thabo Nkosi"), await state("Zoë van der Merwe")]).toEqual([
      "unsubscribed",
      "ok",
    ]);
    expect(await client.ask("find_audience", { role: "speaker" })).toMatchObject({
      total: 3,
      excluded: [{ reason: "unsubscribed", count: 1, contacts: [{ name: "Thabo Nkosi" }] }],
    });
    expect(await client.ask("prepare_send", world.invitation)).toMatchObject({
      recipients: { total: 3 },
      excluded: [{ reason: "unsubscribed", count: 1 }],
    });
    // Neither does a new address let them in, nor the mailbox by itself.
    await world.database
      .sql`UPDATE contacts SET email = 'thabo@example.org' WHERE id = ${world.speakers[0]!}`;
    expect(await state("Thabo Nkosi")).toBe("unsubscribed");
    const lifted = { contact: "Thabo Nkosi", suppressed: false, scope: "person" };
    expect(await client.ask("set_suppression", lifted)).toMatchObject({ replay: false });
    expect(await client.ask("set_suppression", lifted)).toMatchObject({ replay: true });
    expect(await state("Thabo Nkosi")).toBe("ok");
  });

  it("is left at the last moment by whom is kept out alone", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    await client.ask("set_suppression", { contact: zoe, suppressed: true, scope: "person" });
    expect(
      await client.ask("confirm_send", {
        communication: send.communication_id,
        confirmation_code: send.confirmation_code,
      }),
    ).toMatchObject({ accepted: 3, dropped: [{ contact_id: zoe, reason: "unsubscribed" }] });
  });

  it("is let in again with the whole mailbox", async () => {
    await client.ask("set_suppression", { contact: zoe, suppressed: true, scope: "person" });
    expect(await client.ask("set_suppression", { contact: zoe, suppressed: false })).toMatchObject({
      replay: false,
    });
    expect(await total()).toBe(4);
    expect(
      await client.refused("set_suppression", {
        email: "both@example.org",
        scope: "person",
        suppressed: true,
      }),
    ).toMatch(/give contact/u);
  });
});
