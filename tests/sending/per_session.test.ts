import { afterEach, describe, expect, it } from "vitest";
import type { ClientOptions, TestClient } from "../../workbench/client.ts";
import type { World } from "./helpers.ts";
import { refusingProxy } from "./refusing.ts";
import { SAID, thanks, THANKS, worldOfTalks } from "./talks.ts";

const ASSISTANT = { env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" } };

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

async function begin(
  options: Parameters<typeof worldOfTalks>[0] = {},
  given: ClientOptions = ASSISTANT,
): Promise<void> {
  world = await worldOfTalks(options);
  client = await world.connect(given);
}

async function prepared(): Promise<{ communication: number; confirmation_code: string }> {
  const { send } = await client.ask("prepare_send", thanks(world));
  return { communication: send.communication_id, confirmation_code: send.confirmation_code };
}

const arrived = () =>
  world.brevo.box().map(({ email, params }) => `${email} ${String(params["title"])}`);

const EVERY_MAIL = [
  "person1@example.org Data for two",
  "person2@example.org Data for two",
  "person3@example.org Maps by hand",
  "person3@example.org Maps by machine",
  "person4@example.org Silence",
];

const rowOf = async (person: number) => {
  const [row] = await world.database.sql<
    { status: string; brevo_message_id: string | null; metadata: any }[]
  >`SELECT status, brevo_message_id, metadata FROM communication_recipients
    WHERE contact_id = ${world.speakers[person]!}`;
  return row;
};

describe("a template about sessions", () => {
  it("makes a mail for each person and session, with that session's values", async () => {
    await begin({ required: [] });
    const all = { contacts: world.speakers };
    const { facts, text } = await client.call("prepare_send", thanks(world, all));
    expect(facts).toMatchObject({
      mails: 5,
      recipients: {
        total: 4,
        names: ["Thabo Nkosi", "Zoë van der Merwe", "Lerato Mokoena", "Sipho Dlamini"],
      },
      excluded: [{ reason: "no_session", count: 1, contacts: [{ name: "Anika Naidoo" }] }],
      shared_mailboxes: [],
      quota: { needed: 5 },
      sources: { firstName: "contacts.first_name", title: "session.title", topic: "rating.topic" },
    });
    expect(text.split("\n")[0]).toMatch(/5 mails "Speaker thank-you" to 4 people, 1 left out/u);
    expect(facts.recipients.sample.map(({ params }: any) => params)).toEqual([
      {
        firstName: "Thabo",
        title: "Data for two",
        starts: "November 14, 2026 at 9:30 AM",
        room: "Hall A",
        track: "Science",
        partners: "Zoë van der Merwe",
        topic: 6.5,
        presentation: 6,
        answers: 2,
        comments: "“Two voices, one story” “Fewer slides”",
      },
      expect.objectContaining({ firstName: "Zoë", partners: "Thabo Nkosi", answers: 2 }),
      {
        firstName: "Lerato",
        title: "Maps by hand",
        starts: "November 14, 2026 at 11:00 AM",
        room: "Hall B",
        track: "Craft",
        topic: 7,
        presentation: 6,
        answers: 1,
        comments: "“Loved the demo”",
      },
    ]);
  });

  it("names who lacks what it requires", async () => {
    await begin({ required: ["title", "answers"] });
    expect(
      await client.ask("prepare_send", thanks(world, { contacts: world.speakers })),
    ).toMatchObject({
      send: null,
      missing_params: ["title", "answers"],
      missing_for: [
        { param: "title", count: 1, contacts: [{ name: "Anika Naidoo" }] },
        {
          param: "answers",
          count: 2,
          contacts: [{ name: "Sipho Dlamini" }, { name: "Anika Naidoo" }],
        },
      ],
    });
  });

  it("goes out once for each of them, and no mail holds another session's comments", async () => {
    await begin();
    const call = await prepared();
    const { facts, text } = await client.call("confirm_send", call);
    expect(facts).toMatchObject({ accepted: 5, mails: 5, people: 4, status: "sent" });
    expect(text.split("\n")[0]).toContain(
      'Brevo accepted 5 of 5 mails "Speaker thank-you" to 4 people',
    );
    expect(arrived().sort()).toEqual(EVERY_MAIL);
    const own: Record<string, string[]> = {
      "Data for two": SAID.pair,
      "Maps by hand": SAID.first,
      "Maps by machine": SAID.second,
      Silence: [],
    };
    for (const mail of world.brevo.box()) {
      const mine = own[String(mail.params["title"])]!;
      for (const comment of Object.values(SAID).flat()) {
        const holds = [mail.html, mail.subject, JSON.stringify(mail.params)].some((words) =>
          words.includes(comment),
        );
        expect({ to: mail.email, comment, holds }).toEqual({
          to: mail.email,
          comment,
          holds: mine.includes(comment),
        });
      }
    }
    const rows = await world.database.sql`SELECT id FROM communication_recipients`;
    expect(rows).toHaveLength(4);
    // Nobody gets it again.
    expect((await client.ask("prepare_send", thanks(world))).recipients.total).toBe(0);
  });

  it("keeps every mail's id, and an event of any reaches the person", async () => {
    await begin();
    await client.ask("confirm_send", await prepared());
    const [first, second] = world.brevo.box().filter(({ email }) => email.startsWith("person3"));
    const bare = (id: string) => id.replace(/^<|>$/gu, "");
    expect(bare((await rowOf(2))!.brevo_message_id!)).toBe(bare(first!.messageId));
    const kept = await world.database.sql<{ message_id: string }[]>`
      SELECT message_id FROM outreach.send_recipients WHERE contact_id = ${world.speakers[2]!} ORDER BY mail`;
    expect(kept.map(({ message_id }) => bare(message_id))).toEqual([
      bare(first!.messageId),
      bare(second!.messageId),
    ]);
    const told = await client.ask("record_delivery_events", {
      events: [{ event: "opened", at: "today", brevo_message_id: second!.messageId }],
    });
    expect(told).toMatchObject({ applied: 1, changed: [{ name: "Lerato Mokoena", to: "opened" }] });
    world.brevo.report("click", { messageId: second!.messageId });
    await client.ask("sync_delivery_events", {});
    expect(await rowOf(2)).toMatchObject({ status: "clicked" });
    expect(bare((await rowOf(2))!.brevo_message_id!)).toBe(bare(first!.messageId));
  });
});

describe("of a person whose mails come to different ends", () => {
  it("one is held: they are not done, and get it once the rest may go", async () => {
    await begin({ plan: { type: "free", credits: 3 } });
    const call = await prepared();
    const state = await client.ask("confirm_send", call);
    expect(state).toMatchObject({ accepted: 3, held_for_quota: 2, mails: 5, people: 4 });
    expect(state.status).toBe("sending");
    world.brevo.advance(24 * 3_600_000);
    const again = await client.ask("prepare_send", { communication: call.communication });
    expect(again).toMatchObject({ mails: 2, recipients: { total: 2 } });
    const rest = await client.ask("confirm_send", {
      communication: call.communication,
      confirmation_code: again.send.confirmation_code,
    });
    expect(rest).toMatchObject({ accepted: 5, held_for_quota: 0, status: "sent" });
    expect(arrived().sort()).toEqual(EVERY_MAIL);
  });

  it("one is held and taken back: what they have stays in the record", async () => {
    await begin({ plan: { type: "free", credits: 3 } });
    const call = await prepared();
    await client.ask("confirm_send", call);
    expect(await client.ask("cancel_send", { communication: call.communication })).toMatchObject({
      cancelled: 2,
      people: 2,
      already_left: 3,
      status: "sent",
    });
    expect(await rowOf(2)).toMatchObject({ status: "sent" });
    expect(await rowOf(3)).toBeUndefined();
  });

  it("one is unknown: it is told by its session, is not sent again, and events settle it", async () => {
    await begin({ switches: { feedDelayMinutes: 30 } });
    const call = await prepared();
    world.brevo.faults.plan("slow", { milliseconds: 1 });
    world.brevo.faults.plan("drop after", { times: 3 });
    const state = await client.ask("confirm_send", call);
    expect(state).toMatchObject({
      accepted: 4,
      unknown: [{ name: "Lerato Mokoena", about: "Maps by machine" }],
      status: "sending",
    });
    expect(await rowOf(2)).toMatchObject({ status: "sent" });
    world.brevo.advance(3_600_000);
    await client.ask("sync_delivery_events", { communication: call.communication });
    expect(await client.ask("confirm_send", call)).toMatchObject({
      accepted: 5,
      unknown: [],
      status: "sent",
    });
    expect(arrived().sort()).toEqual(EVERY_MAIL);
  });

  it("the first failed and the second left: they have received it, and the failed one is told", async () => {
    await begin();
    const proxy = await refusingProxy(world, 1);
    const refused = await world.connect({ env: { ...ASSISTANT.env, BREVO_BASE_URL: proxy.url } });
    const state = await refused.ask("confirm_send", await prepared());
    expect(state).toMatchObject({ accepted: 1, mails: 5, people: 4, status: "sent" });
    expect(state.failed).toHaveLength(4);
    expect(state.failed[2]).toMatchObject({ name: "Lerato Mokoena", about: "Maps by hand" });
    expect(arrived()).toEqual(["person3@example.org Maps by machine"]);
    expect((await rowOf(2))!.status).toBe("sent");
    expect((await rowOf(1))!.status).toBe("failed");
    await refused.close();
    await proxy.close();
  });

  it("the first failed and the second is taken back: they have received nothing", async () => {
    await begin({ plan: { type: "free", credits: 3 } });
    const proxy = await refusingProxy(world, 1);
    const refused = await world.connect({ env: { ...ASSISTANT.env, BREVO_BASE_URL: proxy.url } });
    const call = await prepared();
    expect(await refused.ask("confirm_send", call)).toMatchObject({
      accepted: 0,
      held_for_quota: 2,
      status: "sending",
    });
    expect(await rowOf(2)).toMatchObject({ status: "queued" });
    await refused.close();
    await proxy.close();
    const { communication } = call;
    expect(await client.ask("cancel_send", { communication })).toMatchObject({
      cancelled: 2,
      people: 2,
      already_left: 0,
      status: "failed",
    });
    expect(await rowOf(2)).toMatchObject({ status: "failed" });
    expect(await rowOf(3)).toBeUndefined();
  });

  it("ids told in another order are put right by the events, each mail's", async () => {
    await begin({ switches: { idOrder: "shuffled" } });
    await client.ask("confirm_send", await prepared());
    await client.ask("sync_delivery_events", {});
    const right = new Map(
      world.brevo.box().map((mail) => [`${mail.email} ${String(mail.params["title"])}`, mail]),
    );
    const kept = await world.database.sql<{ mail: string; id: string }[]>`
      SELECT email || ' ' || about AS mail, message_id AS id FROM outreach.send_recipients`;
    for (const { mail, id } of kept) expect([mail, id]).toEqual([mail, right.get(mail)?.messageId]);
    const rows = await world.database.sql`
      SELECT id FROM communication_recipients AS recipient WHERE NOT EXISTS (
        SELECT FROM outreach.send_recipients AS listed
        WHERE listed.contact_id = recipient.contact_id AND listed.message_id = recipient.brevo_message_id)`;
    expect(rows).toEqual([]);
  });

  it("somebody is suppressed between them: the second is not sent, the first stays recorded", async () => {
    await begin({ plan: { type: "free", credits: 3 } });
    const call = await prepared();
    await client.ask("confirm_send", call);
    await client.ask("set_suppression", { email: "person3@example.org", suppressed: true });
    world.brevo.advance(24 * 3_600_000);
    const again = await client.ask("prepare_send", { communication: call.communication });
    const rest = await client.ask("confirm_send", {
      communication: call.communication,
      confirmation_code: again.send.confirmation_code,
    });
    expect(rest).toMatchObject({ accepted: 4, mails: 4, people: 4, status: "sent" });
    expect(arrived().sort()).toEqual(EVERY_MAIL.filter((mail) => !mail.endsWith("machine")));
    expect(await rowOf(2)).toMatchObject({ status: "sent" });
  });
});

it("the person who is asked reads how many mails go to whom", async () => {
  const asked: string[] = [];
  await begin(
    {},
    {
      person: (question) => {
        asked.push(question);
        return "accept";
      },
    },
  );
  const { send } = await client.ask("prepare_send", thanks(world));
  await client.ask("confirm_send", { communication: send.communication_id });
  expect(asked[0]).toContain("Send 5 mails to 4 people?");
  expect(asked[0]).toContain("One mail for each session");
  expect(world.brevo.box().filter(({ templateId }) => templateId === THANKS)).toHaveLength(5);
});
