import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";
import { seedPeople, type People } from "../../support/people.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
beforeAll(async () => {
  database = await freshDatabase();
  client = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});
beforeEach(async () => {
  await database.sql`TRUNCATE contacts, events, outreach.known_as, outreach.erased RESTART IDENTITY CASCADE`;
  people = await seedPeople(database.sql);
});

interface Saved {
  contact: Record<string, unknown> & { id: number; roles: unknown[] };
  created: boolean;
  changed: Record<string, [unknown, unknown]>;
  similar: { id: number }[];
  shares_mailbox_with: { id: number }[];
  warnings: string[];
}

async function save(args: Record<string, unknown>) {
  return (await client.ask("save_contact", args)) as unknown as Saved;
}

describe("save_contact", () => {
  it("adds a person with fields and roles, once", async () => {
    const given = {
      first_name: "Ayanda",
      last_name: "Zulu",
      email: "ayanda@example.org",
      phone: "082 555 0404",
      company: "Acme",
      job_title: "Analyst",
      profession: "Data scientist",
      roles_add: [{ role: "speaker", event: "2026" }, { role: "sponsor" }],
    };
    const first = await save(given);
    expect([first.created, first.changed]).toEqual([true, {}]);
    expect(first.contact).toMatchObject({
      name: "Ayanda Zulu",
      first_name: "Ayanda",
      email: "ayanda@example.org",
      phone: "082 555 0404",
      company: "Acme",
      job_title: "Analyst",
      profession: "Data scientist",
      roles: [
        { role: "sponsor", event: null },
        { role: "speaker", event: { id: people.events.day2026, name: "Data & AI Day 2026" } },
      ],
    });
    const again = await save(given);
    expect([again.created, again.changed, again.contact]).toEqual([false, {}, first.contact]);
    const [row] = await database.sql`SELECT count(*)::int AS n FROM contacts`;
    expect(row).toEqual({ n: 8 });
  });

  it("corrects a person; null empties, roles come and go", async () => {
    await save({ contact: people.jane, company: "Acme", roles_add: { role: "speaker", event: 2 } });
    const { contact, created, changed, warnings } = await save({
      contact: "jane.smith@example.org",
      email: "jane@new.example.org",
      company: null,
      roles_remove: [{ role: "speaker", event: people.events.day2026 }, { role: "sponsor" }],
    });
    expect(created).toBe(false);
    expect(contact).toMatchObject({
      id: people.jane,
      email: "jane@new.example.org",
      company: null,
    });
    expect(changed).toMatchObject({
      email: ["jane.smith@example.org", "jane@new.example.org"],
      company: ["Acme", null],
    });
    expect(contact.roles).toEqual([]);
    expect(warnings).toEqual(["There was no role sponsor without an event to remove."]);
    // What was known of them under the former address still means them.
    const found = await client.ask("query_contact_history", { contact: "jane.smith@example.org" });
    expect(found).toMatchObject({
      resolved: { contact: { id: people.jane, formerly: "jane.smith@example.org" } },
    });
  });

  it("calls somebody without a name by their address, as every list does", async () => {
    const { contact } = await save({ email: "no.name@example.org" });
    const called = { id: contact.id, name: "no.name@example.org" };
    expect(contact).toMatchObject(called);
    expect(await client.ask("find_contacts", { text: "no.name" })).toMatchObject({
      contacts: [called],
    });
    const { changes } = await client.ask("list_changes", { contact: contact.id });
    expect(changes[0].about).toEqual([{ kind: "contact", ...called }]);
    await client.ask("save_contact", { contact: contact.id, first_name: "Nox" });
    expect((await save({ contact: contact.id })).contact["name"]).toBe("Nox");
  });

  it("says that a note was added, once", async () => {
    const given = { contact: people.zoe, note: "Vegan" };
    const { text, facts } = await client.call("save_contact", given);
    expect(text.split("\n")[0]).toBe(
      `Added a note about Zoë van der Merwe (${String(people.zoe)}, zoe@example.org).`,
    );
    const noted = [{ id: expect.any(Number), text: "Vegan" }];
    expect(facts).toMatchObject({ created: false, changed: { notes: [[], noted] } });
    expect((await save(given)).changed).toEqual({});
    const both = await client.call("save_contact", { ...given, note: "Sings", phone: "082" });
    expect(both.text).toMatch(/^Changed phone of Zoë van der Merwe \(.*\), and added a note\./u);
  });

  it("refuses a new person whose name or e-mail somebody has, until that is said to be right", async () => {
    expect(
      await client.refused("save_contact", {
        first_name: "Zoe",
        last_name: "Van der Merwe",
        email: "zoe@work.example.org",
      }),
    ).toBe(
      `Somebody similar is there: ${String(people.zoe)} Zoë van der Merwe (zoe@example.org; the same name). If one of them is meant, give contact; if it is somebody else, call again with even_if_similar. Nothing was written.`,
    );
    expect(
      await client.refused("save_contact", { first_name: "Sizwe", email: "nkosi@example.org" }),
    ).toContain("Thabo Nkosi (nkosi@example.org; the same e-mail)");
    const added = await save({
      first_name: "Sizwe",
      last_name: "Nkosi",
      email: "nkosi@example.org",
      even_if_similar: true,
    });
    expect(added.created).toBe(true);
    expect(added.similar.map(({ id }) => id)).toEqual([people.thabo, people.nomsa]);
    expect(added.shares_mailbox_with.map(({ id }) => id)).toEqual([people.thabo, people.nomsa]);
  });

  it("takes a known name and e-mail for that person, and fills what was given besides", async () => {
    const { contact, created, changed } = await save({
      first_name: "ZOE",
      last_name: "van der merwe",
      email: "ZOE@example.org",
      phone: "082 555 0505",
    });
    expect([contact.id, created]).toEqual([people.zoe, false]);
    expect(changed["phone"]).toEqual([null, "082 555 0505"]);
    // Without an e-mail: Sipho has none either.
    expect((await save({ first_name: "Sipho", last_name: "Dlamini" })).contact.id).toBe(
      people.sipho,
    );
  });

  it("refuses who would be nobody, what is no address, and unknown arguments", async () => {
    expect(await client.refused("save_contact", { phone: "082" })).toBe(
      "A contact needs a name or an e-mail. Nothing was written.",
    );
    expect(
      await client.refused("save_contact", {
        contact: people.jane,
        first_name: null,
        last_name: null,
        email: null,
      }),
    ).toBe("A contact needs a name or an e-mail. Nothing was written.");
    expect(
      await client.refused("save_contact", { first_name: "Jane", email: "jane at home" }),
    ).toBe('email "jane at home" is not an e-mail address. Nothing was written.');
    expect(await client.refused("save_contact", { name: "Jane" })).toContain(
      'Unknown argument "name"',
    );
  });

  it("says when somebody of that address was erased, and mails nothing to it", async () => {
    await database.sql`INSERT INTO outreach.erased (digest) SELECT outreach.erased_digest('gone@example.org')`;
    expect(
      await client.refused("save_contact", { first_name: "A", email: "Gone@example.org" }),
    ).toContain("was erased because they asked for it");
    const { warnings } = await save({
      first_name: "A",
      email: "Gone@example.org",
      even_if_similar: true,
    });
    expect(warnings[0]).toContain("no mail goes to it until set_suppression lifts that");
    expect(await client.ask("find_contacts", { text: "gone@" })).toMatchObject({
      contacts: [{ deliverability: "unsubscribed" }],
    });
    await client.ask("set_suppression", { email: "gone@example.org", suppressed: false });
    expect(await client.ask("find_contacts", { text: "gone@" })).toMatchObject({
      contacts: [{ deliverability: "ok" }],
    });
  });
});

describe("whom words were taken to mean", () => {
  it.each([
    ["save_contact", { contact: "zoe", phone: "082 555 0101" }, "Changed phone of ZOE."],
    ["save_note", { about: { contact: "zoe" }, text: "Vegan" }, "Noted about the contact ZOE."],
    ["set_suppression", { contact: "merwe", suppressed: true }, "ZOE gets no more mails."],
    [
      "merge_contacts",
      { keep: "zoe", duplicate: "lerato" },
      "LERATO is one with ZOE now: 0 rows moved, 0 combined.",
    ],
    [
      "merge_contacts",
      { keep: "zoe", duplicate: "lerato", not_the_same: true },
      "ZOE and LERATO are two people; the pair is not proposed again.",
    ],
    [
      "erase_contact",
      { contact: "lerato", confirm_name: "Lerato Mokoena" },
      'Erased LERATO; what is counted stays under "Erased person".',
    ],
  ])("is said in full by %s: %j", async (tool, args, words) => {
    const { text } = await client.call(tool, args);
    const expected = words
      .replaceAll("ZOE", `Zoë van der Merwe (${String(people.zoe)}, zoe@example.org)`)
      .replaceAll("LERATO", `Lerato Mokoena (${String(people.lerato)}, lerato@example.org)`);
    expect((text.split("\n")[0] ?? "").slice(0, expected.length)).toBe(expected);
  });
});
