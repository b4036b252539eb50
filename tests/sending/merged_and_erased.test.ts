import { afterEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { allRows } from "../support/all_rows.ts";
import { makeWorld, type World } from "./helpers.ts";
import { thanks, worldOfTalks } from "./talks.ts";

const ASSISTANT = { env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" } };

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

async function begin(made: Promise<World>): Promise<void> {
  world = await made;
  client = await world.connect(ASSISTANT);
}

async function sent(call: Record<string, unknown>): Promise<number> {
  const { send } = await client.ask("prepare_send", call);
  const { status } = await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  expect(status).toBe("sent");
  return send.communication_id;
}

async function undone(before: Record<string, string[]>): Promise<void> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  await client.ask("undo_change", { change: changes[0].id });
  expect(await allRows(world.database.sql)).toEqual(before);
}

/** All texts of the database, the history's too, for a search in them. */
async function everyText(): Promise<string> {
  return JSON.stringify(await allRows(world.database.sql, new Set()));
}

describe("a merge of people to whom mails were sent", () => {
  it("keeps both mails of one send as one, and is undone to the row", async () => {
    await begin(makeWorld({ people: 4 }));
    const communication = await sent(world.invitation);
    const [keep, duplicate] = world.speakers;
    const before = await allRows(world.database.sql);
    const merge = { keep, duplicate };
    expect(await client.ask("merge_contacts", merge)).toMatchObject({
      combined: { recipients: 1 },
    });
    await undone(before);
    await client.ask("merge_contacts", merge);
    expect(await client.ask("query_recipients", { communication })).toMatchObject({ total: 3 });
    world.brevo.report("opened", { email: "person2@example.org" });
    expect(await client.ask("sync_delivery_events", {})).toMatchObject({ unmatched: 0 });
    expect(await client.ask("query_recipients", { communication, status: "opened" })).toMatchObject(
      {
        recipients: [{ name: "Thabo Nkosi" }],
      },
    );
  });

  it("of which only one was mailed moves the mail, and is undone to the row", async () => {
    await begin(makeWorld({ people: 4 }));
    const { speakers } = world;
    await sent({ ...world.invitation, audience: undefined, contacts: speakers.slice(1) });
    const before = await allRows(world.database.sql);
    expect(
      await client.ask("merge_contacts", { keep: speakers[0], duplicate: speakers[1] }),
    ).toMatchObject({ moved: { recipients: 1 } });
    await undone(before);
  });

  it("keeps the mail about each session once, with the numbers of all", async () => {
    await begin(worldOfTalks());
    const [thabo, zoe, lerato] = world.speakers;
    await sent(thanks(world));
    const before = await allRows(world.database.sql);
    // Zoë's is about the session of Thabo's; Lerato's two are about others.
    await client.ask("merge_contacts", { keep: thabo, duplicate: zoe });
    await client.ask("merge_contacts", { keep: thabo, duplicate: lerato });
    const mails = await world.database.sql`
      SELECT mail, about FROM outreach.send_recipients WHERE contact_id = ${thabo!} ORDER BY mail`;
    expect(mails).toEqual([
      { mail: 1, about: "Data for two" },
      { mail: 2, about: "Maps by hand" },
      { mail: 3, about: "Maps by machine" },
    ]);
    for (const email of ["person1@example.org", "person2@example.org", "person3@example.org"]) {
      world.brevo.report("opened", { email });
    }
    const synced = await client.ask("sync_delivery_events", {});
    expect(synced).toMatchObject({ unmatched: 0 });
    expect(before["outreach.send_recipients"]).toHaveLength(5);
  });

  it("about sessions is undone to the row, one merge after the other", async () => {
    await begin(worldOfTalks());
    const [thabo, zoe, lerato] = world.speakers;
    await sent(thanks(world));
    const before = await allRows(world.database.sql);
    await client.ask("merge_contacts", { keep: thabo, duplicate: zoe });
    const between = await allRows(world.database.sql);
    await client.ask("merge_contacts", { keep: thabo, duplicate: lerato });
    const { changes } = await client.ask("list_changes", { limit: 2 });
    await client.ask("undo_change", { change: changes[0].id });
    expect(await allRows(world.database.sql)).toEqual(between);
    await client.ask("undo_change", { change: changes[1].id });
    expect(await allRows(world.database.sql)).toEqual(before);
  });
});

describe("an erasure of somebody to whom mails were sent", () => {
  it.each([
    ["one mail", () => makeWorld({ people: 4 }), () => world.invitation, 1],
    ["a mail for each session", () => worldOfTalks(), () => thanks(world), 2],
  ] as const)("leaves no word of them: %s", async (_, make, call, mails) => {
    await begin(make());
    const communication = await sent(call());
    const figures = () => client.ask("get_campaign", { campaign: "CFP 2026" });
    const { people_reached: before } = (await figures()) as { people_reached: unknown };
    const person = world.speakers[2]!;
    expect(
      await client.ask("erase_contact", { contact: person, confirm_name: "Lerato Mokoena" }),
    ).toMatchObject({ erased: { mails } });
    const left = await everyText();
    for (const word of ["Lerato", "Mokoena", "person3@example.org"]) {
      expect(left.toLowerCase()).not.toContain(word.toLowerCase());
    }
    expect(((await figures()) as { people_reached: unknown }).people_reached).toEqual(before);
    expect(await client.ask("query_recipients", { communication })).toMatchObject({ total: 4 });
    world.brevo.report("opened", { email: "person3@example.org" });
    await client.ask("sync_delivery_events", {});
    expect((await everyText()).toLowerCase()).not.toContain("person3@example.org");
  });

  it("writes to their co-speaker without them, with what was said to both", async () => {
    await begin(worldOfTalks());
    const [thabo, zoe] = world.speakers;
    const { send } = await client.ask("prepare_send", thanks(world, { contacts: [zoe] }));
    await client.ask("erase_contact", { contact: thabo, confirm_name: "Thabo Nkosi" });
    const { communication_id: communication } = send;
    expect(
      await client.refused("confirm_send", {
        communication,
        confirmation_code: send.confirmation_code,
      }),
    ).toMatch(/^The list is not the one that was shown/u);
    const again = await client.ask("prepare_send", { communication });
    const { params } = again["recipients"].sample[0];
    expect(params).not.toHaveProperty("partners");
    expect(params).toMatchObject({
      title: "Data for two",
      answers: 2,
      comments: "“Two voices, one story” “Fewer slides”",
    });
    const { sessions } = await client.ask("list_sessions", {
      text: "Data for two",
      comments: true,
    });
    expect(sessions).toMatchObject([{ comments: ["Two voices, one story", "Fewer slides"] }]);
  });
});
