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

describe("what is so already", () => {
  const said = async (args: Record<string, unknown>) => {
    const { facts, text } = await client.call("set_suppression", args);
    const { replay, suppressed } = facts;
    return [(text.split("\n")[0] ?? "").replace(/20[^,;]+/u, "TIME"), suppressed, replay];
  };
  const decisions = async () =>
    (await world.database.sql`SELECT FROM outreach.suppressions`).length;

  it("is said to be so, and nothing is written", async () => {
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const thabo = `Thabo Nkosi (${String(world.speakers[0])}, person1@example.org)`;
    const never = [`${thabo} was not kept out of mails; nothing was changed.`, false, false];
    expect(await said({ contact: "thabo", suppressed: false })).toEqual(never);
    expect(await said({ contact: "person1", suppressed: false })).toEqual(never);
    expect(await said({ contact: "thabo", suppressed: false, scope: "person" })).toEqual([
      `${thabo} was not kept out of mails; nothing was changed.`,
      false,
      false,
    ]);
    expect(await said({ email: "nobody@example.org", suppressed: false })).toEqual([
      "nobody@example.org was not kept out of mails; nothing was changed.",
      false,
      false,
    ]);
    expect(await decisions()).toBe(0);

    const block = { contact: "thabo", suppressed: true, reason: "asked" };
    expect(await said(block)).toEqual([`${thabo} gets no more mails.`, true, false]);
    expect(await said(block)).toEqual([
      `${thabo} gets no mails already, since TIME; nothing was changed.`,
      true,
      true,
    ]);
    expect(await said({ ...block, reason: "asked twice" })).toEqual([
      `${thabo} gets no more mails, as before.`,
      true,
      false,
    ]);
    expect(await said({ contact: "thabo", suppressed: false, scope: "person" })).toEqual([
      `${thabo} is not kept out alone; nothing was changed; the mailbox stays blocked (unsubscribed).`,
      false,
      false,
    ]);
    expect(await said({ contact: "thabo", suppressed: false })).toEqual([
      `${thabo} may be mailed again; what was reported before now no longer counts.`,
      false,
      false,
    ]);
    expect(await said({ contact: "thabo", suppressed: false, reason: "came back" })).toEqual([
      `${thabo} may be mailed already, since TIME; nothing was changed.`,
      false,
      true,
    ]);
    expect(await decisions()).toBe(3);
  });

  it("is asked of a person without an address, too, and counts for the one they get", async () => {
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const [thabo] = world.speakers;
    const { sql } = world.database;
    await sql`UPDATE contacts SET email = NULL WHERE id = ${thabo!}`;
    const who = `Thabo Nkosi (${String(thabo)}, no e-mail)`;
    await said({ contact: "thabo", suppressed: true });
    expect(await said({ contact: "thabo", suppressed: false })).toEqual([
      `${who} may be mailed again; what was reported before now no longer counts.`,
      false,
      false,
    ]);
    await sql`UPDATE contacts SET email = 'thabo@example.org' WHERE id = ${thabo!}`;
    expect(await state("Thabo Nkosi")).toBe("ok");
  });

  it("says of nobody on a blocked mailbox that they may be mailed", async () => {
    client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const [thabo, zoe] = world.speakers;
    await world.database
      .sql`UPDATE contacts SET email = 'both@example.org' WHERE id IN (${thabo!}, ${zoe!})`;
    await said({ contact: zoe, suppressed: true });
    expect(await said({ contact: thabo, suppressed: true, scope: "person" })).toEqual([
      `Thabo Nkosi (${String(thabo)}, both@example.org) gets no more mails.`,
      true,
      false,
    ]);
  });
});
