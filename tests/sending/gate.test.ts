import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { casesOf } from "../support/matrix.ts";
import { CFP, PARAMS, TEMPLATE, makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const nothingSent = () => expect(world.brevo.accepted()).toHaveLength(0);

describe.each(casesOf(GENERATIONS, ["2026-07-28"]))("the gate over %s", (generation) => {
  let client: TestClient;
  beforeEach(async () => {
    client = await world.connect({ generation, env: ASSISTANT });
  });
  afterEach(() => client.close());

  it("refuses codes that are tampered with, of another send, replaced, and expired", async () => {
    const { send: first } = await client.ask("prepare_send", world.invitation);
    const { send: second } = await client.ask("prepare_send", {
      ...world.invitation,
      title: "The same under another title",
    });
    const { communication_id: communication, confirmation_code: code } = first;
    expect(code).toMatch(/^[A-Z2-9]{4}(-[A-Z2-9]{4}){2}$/u);
    const tampered = code.replace(/.$/u, (last: string) => (last === "A" ? "B" : "A"));
    const confirm = (confirmation_code: string) =>
      client.refused("confirm_send", { communication, confirmation_code });
    expect(await confirm(tampered)).toMatch(/is not the code of this send.*Nothing was written/u);
    expect(await confirm(second.confirmation_code)).toContain(
      `belongs to communication ${String(second.communication_id)}`,
    );
    const { send: anew } = await client.ask("prepare_send", { communication });
    expect(await confirm(code)).toMatch(/replaced by a newer one/u);
    const { sql } = world.database;
    await sql`UPDATE outreach.send_confirmations SET expires_at = now() - interval '1 second' WHERE ended_at IS NULL`;
    expect(await confirm(anew.confirmation_code)).toMatch(/expired.*prepare_send/u);
    nothingSent();
    // No code is kept.
    const [kept] = await sql<{ text: string }[]>`
      SELECT string_agg(to_jsonb(c)::text, '') AS text FROM outreach.send_confirmations AS c`;
    for (const one of [code, anew.confirmation_code]) expect(kept!.text).not.toContain(one);
  });

  it("prepares nothing twice when the same call is repeated, unless what it means has changed", async () => {
    const first = await client.ask("prepare_send", world.invitation);
    const again = await client.ask("prepare_send", world.invitation);
    expect(first.replay).toBe(false);
    expect(again).toMatchObject({
      replay: true,
      send: { communication_id: first.send.communication_id },
    });
    await client.ask("set_suppression", { contact: "Thabo Nkosi", suppressed: true });
    const changed = await client.ask("prepare_send", world.invitation);
    expect(changed).toMatchObject({ replay: false, recipients: { total: 15 } });
    expect(changed.send.communication_id).not.toBe(first.send.communication_id);
  });

  it("starts a list once by its code, however often it is given", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    const call = {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    };
    expect(await client.ask("confirm_send", call)).toMatchObject({ accepted: 16, replay: false });
    const { send: next } = await client.ask("prepare_send", {
      ...world.invitation,
      allow_resend: true,
    });
    expect(
      await client.refused("confirm_send", { ...call, communication: next.communication_id }),
    ).toContain("belongs to communication");
    expect(await client.ask("confirm_send", call)).toMatchObject({ accepted: 16, replay: true });
    expect(world.brevo.accepted()).toHaveLength(16);
  });

  it("keeps the list: changing it behind the code's back is refused by the database or the code", async () => {
    const { send } = await client.ask("prepare_send", {
      ...world.invitation,
      audience: undefined,
      contacts: ["Thabo Nkosi", "Lerato Mokoena"],
    });
    const { sql } = world.database;
    const { communication_id: communication, confirmation_code } = send;
    const other = world.speakers[5]!;
    const attempts = [
      () =>
        sql`INSERT INTO communication_recipients (communication_id, contact_id) VALUES (${communication}, ${other})`,
      () => sql`DELETE FROM communication_recipients WHERE communication_id = ${communication}`,
      () => sql`UPDATE communications SET status = 'sending' WHERE id = ${communication}`,
      () => sql`UPDATE communications SET brevo_template_id = 7 WHERE id = ${communication}`,
      () => sql`UPDATE outreach.send_recipients SET email = 'else@example.org'`,
      () => sql`UPDATE outreach.sends SET params = '{}'`,
      () =>
        sql`INSERT INTO outreach.send_recipients VALUES (${communication}, ${other}, 'a@example.org', 'A', '{}')`,
      () => sql`
        INSERT INTO outreach.send_batches (id, communication_id, confirmation_id, number, tag, body)
        SELECT gen_random_uuid(), communication_id, id, 1, 'x', '{}' FROM outreach.send_confirmations`,
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toThrow(/list|prepared|confirmed|stay|violates/u);
    // By force: the code no longer fits the list.
    await sql`ALTER TABLE outreach.send_recipients DISABLE TRIGGER USER`;
    await sql`UPDATE outreach.send_recipients SET email = 'else@example.org' WHERE contact_id = ${world.speakers[0]!}`;
    await sql`ALTER TABLE outreach.send_recipients ENABLE TRIGGER USER`;
    expect(await client.refused("confirm_send", { communication, confirmation_code })).toMatch(
      /not the one that was shown/u,
    );
    nothingSent();
  });

  it("sends to the address and with the values that were shown", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    await world.database
      .sql`UPDATE contacts SET email = 'new' || id || '@example.org', first_name = 'Other'`;
    await client.ask("confirm_send", {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    });
    const mail = world.brevo.box().find(({ email }) => email === "person1@example.org");
    expect(mail?.html).toContain(
      "Hello Thabo, Data &amp; AI Day 2026 is on November 14, 2026 in Johannesburg.",
    );
    expect(mail?.name).toBe("Thabo Nkosi");
  });

  it("refuses a template that was switched off or changed in between", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    const call = {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    };
    world.brevo.switchTemplate(TEMPLATE, false);
    expect(await client.refused("confirm_send", call)).toMatch(/switched off/u);
    expect(await client.refused("prepare_send", world.invitation)).toMatch(/switched off/u);
    world.brevo.addTemplate({ ...CFP, htmlContent: `${CFP.htmlContent} PS` });
    expect(await client.refused("confirm_send", call)).toMatch(/changed in Brevo/u);
    nothingSent();
    const { send: anew } = await client.ask("prepare_send", {
      communication: send.communication_id,
    });
    call.confirmation_code = anew.confirmation_code;
    expect(await client.ask("confirm_send", call)).toMatchObject({ accepted: 16 });
  });

  it("creates nothing while parameters are missing, and names unknown ones", async () => {
    const answer = await client.ask("prepare_send", { ...world.invitation, params: {} });
    expect(answer).toMatchObject({
      send: null,
      missing_params: ["cfpDeadline", "submitLink"],
      recipients: { total: 16 },
    });
    const [made] = await world.database.sql`SELECT count(*)::int AS n FROM communications`;
    expect(made).toEqual({ n: 0 });
    expect(
      await client.refused("prepare_send", {
        ...world.invitation,
        params: { ...PARAMS, deadline: "x" },
      }),
    ).toMatch(/no parameter "deadline".*cfpDeadline/u);
    expect(
      await client.refused("prepare_send", {
        ...world.invitation,
        params: { ...PARAMS, eventName: "Day\r\nBcc: all@example.org" },
      }),
    ).toMatch(/one line/u);
  });

  it("leaves out who cannot or need not get it, and remembers why", async () => {
    const { sql } = world.database;
    const [thabo, zoe, lerato, sipho, anika, pieter, nomvula] = world.speakers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    await sql`UPDATE contacts SET email = NULL WHERE id = ${thabo}`;
    await sql`UPDATE contacts SET email = E'zoe@example.org\r\nBcc: all@example.org' WHERE id = ${zoe}`;
    await sql`UPDATE contacts SET email = 'PIETER@example.org' WHERE id IN (${pieter}, ${nomvula})`;
    await client.ask("set_suppression", {
      contact: "Lerato Mokoena",
      suppressed: true,
      reason: "asked",
    });
    world.brevo.block("PERSON4@example.org", "hardBounce");
    const first = await client.ask("prepare_send", {
      ...world.invitation,
      audience: undefined,
      contacts: [anika],
    });
    await client.ask("confirm_send", {
      communication: first.send.communication_id,
      confirmation_code: first.send.confirmation_code,
    });
    const both = await client.ask("prepare_send", world.invitation);
    expect(both.shared_mailboxes).toEqual([
      { email: "pieter@example.org", contact_ids: [pieter, nomvula] },
    ]);
    const prepared = await client.ask("prepare_send", {
      ...world.invitation,
      one_per_mailbox: true,
    });
    const reasons = Object.fromEntries(
      prepared.excluded.map((entry: { reason: string; contacts: { id: number }[] }) => [
        entry.reason,
        entry.contacts.map(({ id }) => id),
      ]),
    );
    expect(reasons).toEqual({
      no_email: [thabo],
      invalid_email: [zoe],
      unsubscribed: [lerato],
      bounced: [sipho],
      already_received: [anika],
      shared_mailbox: [nomvula],
    });
    expect(prepared.recipients.total).toBe(10);
    const { communication_id: communication, confirmation_code } = prepared.send;
    await client.ask("confirm_send", { communication, confirmation_code });
    for (const [name, reason] of [
      ["Thabo Nkosi", "no_email"],
      ["Zoë van der Merwe", "invalid_email"],
      ["Lerato Mokoena", "unsubscribed"],
    ]) {
      const { people } = await client.ask("query_contact_history", { contact: name });
      expect(people[0].left_out).toMatchObject([
        { communication_id: communication, reason, campaign: { name: "CFP 2026" } },
      ]);
    }
    await client.ask("set_suppression", { contact: thabo, suppressed: true, scope: "person" });
    const kept = { ...world.invitation, audience: undefined, contacts: [thabo, anika] };
    expect(await client.ask("prepare_send", { ...kept, allow_resend: true })).toMatchObject({
      excluded: [{ reason: "unsubscribed", contacts: [{ id: thabo }] }],
    });
  });

  it("drops at the last moment who received it or was suppressed meanwhile, and says so", async () => {
    const { send: one } = await client.ask("prepare_send", world.invitation);
    const { send: two } = await client.ask("prepare_send", {
      ...world.invitation,
      audience: undefined,
      contacts: ["Thabo Nkosi"],
    });
    await client.ask("confirm_send", {
      communication: two.communication_id,
      confirmation_code: two.confirmation_code,
    });
    await client.ask("set_suppression", { email: "PERSON2@example.org", suppressed: true });
    const call = {
      communication: one.communication_id,
      confirmation_code: one.confirmation_code,
    };
    const state = await client.ask("confirm_send", call);
    expect(state).toMatchObject({
      accepted: 14,
      dropped: [
        { name: "Thabo Nkosi", reason: "already_received" },
        { name: "Zoë van der Merwe", reason: "unsubscribed" },
      ],
    });
    expect([...world.brevo.perMailbox().values()]).toEqual(Array.from({ length: 15 }, () => 1));
    const again = await client.call("confirm_send", call);
    expect(again.facts).toEqual({ ...state, replay: true });
    expect(again.text).toContain("2 left out at the last moment");
  });

  it("takes back what has not left", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    const { communication_id: communication, confirmation_code } = send;
    expect(await client.ask("cancel_send", { communication })).toMatchObject({
      cancelled: 16,
      already_left: 0,
      status: "failed",
      replay: false,
    });
    const again = await client.call("cancel_send", { communication });
    expect(again.facts).toMatchObject({ cancelled: 0, status: "failed", replay: true });
    expect(again.text).toMatch(
      /was taken back before, on \d{4}-\d\d-\d\dT[^;]*; 0 mails had left\./u,
    );
    expect(await client.refused("prepare_send", { communication })).toMatch(/cancelled/u);
    expect(await client.ask("confirm_send", { communication, confirmation_code })).toMatchObject({
      accepted: 0,
      status: "failed",
    });
    nothingSent();
    const { people } = await client.ask("query_contact_history", { contact: "Thabo Nkosi" });
    expect(people[0].left_out).toMatchObject([{ reason: "cancelled" }]);
  });

  it("says that nothing was sent where the sending was refused after the block list was looked at", async () => {
    const { send } = await client.ask("prepare_send", world.invitation);
    const { communication_id: communication, confirmation_code } = send;
    await client.ask("update_campaign", { campaign: CFP.name, status: "cancelled" });
    expect(await client.refused("confirm_send", { communication, confirmation_code })).toMatch(
      /is cancelled.* Nothing was sent\./u,
    );
    nothingSent();
  });

  it("says what to set without a key, and the record keeps working", async () => {
    const without = await world.connect({ generation, env: { BREVO_API_KEY: "" } });
    for (const [tool, args] of [
      ["prepare_send", world.invitation],
      ["confirm_send", { communication: 1 }],
      ["sync_delivery_events", {}],
      ["list_templates", {}],
    ] as const) {
      expect(await without.refused(tool, args)).toContain("BREVO_API_KEY");
    }
    expect((await without.ask("list_campaigns")).total).toBe(1);
    await without.close();
  });
});
