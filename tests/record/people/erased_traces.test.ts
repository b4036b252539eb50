import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { allRows } from "../../support/all_rows.ts";
import { collatedDatabase, freshDatabase, type TestDatabase } from "../../support/database.ts";
import { seedPeople, type People } from "../../support/people.ts";
import { seedRecord, ZONE, type Record2026 } from "../../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;
beforeEach(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterEach(async () => {
  await client.close();
  await database.drop();
});

/** Which of these words any row still holds, the history's rows included. */
async function left(...words: string[]): Promise<string[]> {
  const history = await database.sql<{ row: string }[]>`
    SELECT entry::text AS row FROM outreach.changed_rows AS entry`;
  const rows = [...Object.values(await allRows(database.sql)).flat(), ...history.map((r) => r.row)];
  const all = rows.join("\n").toLowerCase();
  return words.filter((word) => all.includes(word.toLowerCase()));
}

async function isErased(email: string, name: string): Promise<boolean> {
  const [row] = await database.sql<{ is: boolean }[]>`
    SELECT outreach.is_erased(${email}, ${name}) AS is`;
  return row!.is;
}

const erase = (contact: number, confirm_name: string) =>
  client.ask("erase_contact", { contact, confirm_name });

describe("what an erasure finds", () => {
  it("is what the history keeps of entries that were merged, and phones of before", async () => {
    const { jane, otherJane, thabo } = people;
    await client.ask("save_contact", { contact: otherJane, phone: "082 111 2222", company: "Old" });
    await client.ask("save_contact", { contact: otherJane, phone: "082 333 4444", company: "New" });
    await client.ask("save_contact", { contact: jane, phone: "082 555 6666" });
    await client.ask("save_contact", { contact: thabo, note: "Jane: 0821112222, +27823334444" });
    await client.ask("merge_contacts", { keep: jane, duplicate: otherJane });
    await erase(jane, "Jane Smith");
    const phones = ["111 2222", "1112222", "333 4444", "3334444", "555 6666"];
    expect(await left(...phones, '"Old"', '"New"')).toEqual([]);
  });

  it("is a name however it is written", async () => {
    const ways = [
      "Zoë\u00a0van\u00a0der\u00a0Merwe",
      "ZOË VAN DER MERWE",
      "Zoe\u0308 van der Merwe",
      "16.Zoë van der Merwe",
      "van der Merwe, Zoë",
      "https://example.org/card_zoe-van-der-merwe.png",
      "zoe%20van%20der%20merwe",
    ];
    const text = `Ask ${ways.join("; ")}; Zoë van der Merwes`;
    await client.ask("save_note", { about: { event: people.events.day2026 }, text });
    await client.ask("create_asset", {
      title: "Card",
      asset_type: "social_graphic",
      event: people.events.day2026,
      file_url: "https://example.org/zoe-van-der-merwe.png",
    });
    await erase(people.zoe, "Zoë van der Merwe");
    expect(await database.sql`SELECT text FROM outreach.notes`).toEqual([
      {
        text: "Ask Erased person; Erased person; Erased person; 16.Erased person; Erased person; https://example.org/card_Erased-person.png; Erased-person; Zoë van der Merwes",
      },
    ]);
    expect(await database.sql`SELECT file_url FROM marketing_assets WHERE title = 'Card'`).toEqual([
      { file_url: "https://example.org/Erased-person.png" },
    ]);
  });

  it("is a name joined or with initials, and where a part of it stands alone is said", async () => {
    const { sql } = database;
    const { day2026 } = people.events;
    await sql`
      INSERT INTO contacts (first_name, last_name) VALUES
        ('Leratomokoena', 'Khumalo'), ('Thabo X.', 'Nkosi'), ('Conor', 'O\u2019Brien')`;
    const post = async (title: string) => {
      const { communication } = await client.ask("log_post", {
        campaign: record.campaigns.cfp,
        channel: "linkedin_post",
        title,
      });
      return communication.id as number;
    };
    const titles = async () =>
      (
        await sql<{ title: string }[]>`
        SELECT title FROM communications WHERE channel = 'linkedin_post' ORDER BY id DESC LIMIT 5`
      )
        .map(({ title }) => title)
        .reverse();
    for (const title of [
      "#SiphoDlamini on stage",
      "ask @siphodlamini7",
      "Dr. Sipho N. Dlamini\u2019s keynote",
      "Sipho A B Dlamini; Dlamini, Sipho J.; card-sipho.n.dlamini.png",
      "Sipholdlamini, NomsiphoDlaminis",
    ])
      await post(title);
    await erase(people.sipho, "Sipho Dlamini");
    expect(await titles()).toEqual([
      "#Erased-person on stage",
      "ask @Erased-person",
      "Dr. Erased person\u2019s keynote",
      "Erased person; Erased person J.; card-Erased-person.png",
      "Sipholdlamini, NomsiphoDlaminis",
    ]);

    const ids = [await post("L. Mokoena"), await post("Lerato M."), await post("a lerato")];
    const { note } = await client.ask("save_note", {
      about: { event: day2026 },
      text: "Lerato's stand and Mokoena's car",
    });
    await client.ask("update_event", { event: day2026, facts: { theme: "Mokoena-Preis" } });
    await post("#LeratoMokoena");
    await post("Moleratong, Mokoenas");
    const { warnings } = await erase(people.lerato, "Lerato Mokoena");
    expect(warnings).toEqual([
      `Their first or last name alone still stands in 6 texts, which may be about somebody else: communication ${[ids[0], ids[1], (ids[2] ?? 0) + 1, ids[2]].join(", ")}; event ${String(day2026)}; note ${String(note.id)}. Look at them, and change what is about this person.`,
    ]);
    // Somebody else is called so in one word, and with an initial between.
    expect((await titles()).at(-2)).toBe("#LeratoMokoena");
    await post("Thabo X. Nkosi and Thabo Nkosi");
    await erase(people.thabo, "Thabo Nkosi");
    expect((await titles()).at(-1)).toBe("Thabo X. Nkosi and Erased person");
    const [conor] = await sql<{ id: number }[]>`SELECT id FROM contacts WHERE first_name = 'Conor'`;
    await post("Conor O'Brien's #ConorOBrien");
    await erase(conor!.id, "Conor O'Brien");
    expect((await titles()).at(-1)).toBe("Erased person's #Erased-person");
  });

  it("is a name with a quotation mark within what JSON holds", async () => {
    await client.ask("save_contact", { contact: people.sipho, first_name: 'Sipho "Jazz"' });
    await client.ask("update_event", {
      event: people.events.day2026,
      facts: { contact_person: 'Sipho "Jazz" Dlamini' },
    });
    await erase(people.sipho, 'Sipho "Jazz" Dlamini');
    expect(await left("jazz", "dlamini")).toEqual([]);
  });

  it("is theirs in a removed mail, also where a namesake was sent it", async () => {
    const { jane, otherJane } = people;
    const recipients = [{ contact: jane, brevo_message_id: "<a@x>" }, { contact: otherJane }];
    await client.ask("log_send", { campaign: record.campaigns.cfp, title: "Wrong", recipients });
    await client.ask("remove_entry", { kind: "communication", id: "Wrong" });
    await erase(jane, "Jane Smith");
    const [kept] = await database.sql`
      SELECT jsonb_path_query_array(cascaded, '$.recipients[*].contact.name') AS names,
             cascaded::text ~ 'a@x' AS message
      FROM outreach.removed_entries`;
    expect(kept).toEqual({ names: ["Erased person", "Jane Smith"], message: false });
  });

  it("leaves titles apart that nothing but a name told apart", async () => {
    const { sql } = database;
    const { day2025, day2026 } = people.events;
    for (const name of ["Zoë van der Merwe", "Lerato Mokoena"]) {
      await client.ask("create_campaign", {
        name: `Invite ${name}`,
        event: day2026,
        campaign_type: "general",
      });
      await sql`
        INSERT INTO outreach.rating_labels (event_id, label, skipped)
        VALUES (${day2025}, ${`Panel - ${name}`}, true)`;
    }
    await client.ask("merge_contacts", { keep: people.zoe, duplicate: people.thabo });
    await erase(people.zoe, "Zoë van der Merwe");
    await erase(people.lerato, "Lerato Mokoena");
    const names = await sql`SELECT name FROM campaigns WHERE name LIKE 'Invite %' ORDER BY id`;
    expect(names.map(({ name }) => name as string)).toEqual([
      "Invite Erased person",
      `Invite Erased person ${String(people.lerato)}`,
    ]);
  });

  it("leaves two titles apart that hold two names of one person", async () => {
    const { sql } = database;
    for (const name of ["Zoë van der Merwe", "Lerato Mokoena", "Sipho Dlamini"]) {
      await sql`
        INSERT INTO outreach.rating_labels (event_id, label, skipped)
        VALUES (${people.events.day2025}, ${`Panel - ${name}`}, true)`;
    }
    await client.ask("merge_contacts", { keep: people.zoe, duplicate: people.lerato });
    await client.ask("merge_contacts", { keep: people.zoe, duplicate: people.sipho });
    await erase(people.zoe, "Zoë van der Merwe");
    const labels = await sql`SELECT label FROM outreach.rating_labels`;
    expect(new Set(labels.map(({ label }) => label as string)).size).toBe(3);
    expect(await left("merwe", "mokoena", "dlamini")).toEqual([]);
  });
});

describe("what an erasure says", () => {
  it("is which rule of the organiser's own stands against it, and then nothing is erased", async () => {
    await database.sql`
      ALTER TABLE contacts ADD COLUMN kind text NOT NULL DEFAULT 'person'
        CONSTRAINT known_kind CHECK (kind IN ('person', 'firm'))`;
    expect(
      await client.refused("erase_contact", {
        contact: people.zoe,
        confirm_name: "Zoë van der Merwe",
      }),
    ).toBe(
      "The rule known_kind of the table contacts does not let what it holds of them be emptied; change that rule, then erase. Nothing was written.",
    );
    expect(await left("merwe")).toEqual(["merwe"]);
  });

  it("is that nothing tells an import whom no address was known of", async () => {
    const { warnings } = await erase(people.sipho, "Sipho Dlamini");
    expect(warnings).toEqual([
      "No address of theirs was known, so an import of a file that names them adds them.",
    ]);
    expect(await erase(people.zoe, "Zoë van der Merwe")).toMatchObject({ warnings: [] });
  });
});

describe("what an erasure leaves to others", () => {
  it("is the address of somebody who bought tickets for several", async () => {
    const { sql } = database;
    await sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, purchaser_email)
      SELECT number, ${people.events.day2026}, person, person, 'boss@corp.example.org'
      FROM (VALUES (21, ${people.zoe}::int), (22, ${people.lerato}::int)) AS ticket (number, person)`;
    await erase(people.zoe, "Zoë van der Merwe");
    expect(await isErased("boss@corp.example.org", "The Boss")).toBe(false);
    const bought = await sql`
      SELECT purchaser_email FROM tickets WHERE ticket_number IN (21, 22) ORDER BY ticket_number`;
    expect(bought.map(({ purchaser_email }) => purchaser_email as unknown)).toEqual([
      null,
      "boss@corp.example.org",
    ]);
  });

  it.each([
    ["bounced", { event: "hard_bounce" }],
    ["unsubscribed", null],
  ])("is that their mailbox %s", async (state, event) => {
    await (event === null
      ? client.ask("set_suppression", { contact: people.thabo, suppressed: true, reason: "Thabo" })
      : client.ask("record_delivery_events", {
          events: [
            {
              ...event,
              at: "2026-03-21T07:00:00Z",
              communication: record.mails.lastCall,
              contact: people.thabo,
            },
          ],
        }));
    const nomsas = async () =>
      (await client.ask("find_contacts", { text: "nomsa" }))["contacts"][0]
        .deliverability as string;
    expect(await nomsas()).toBe(state);
    await erase(people.thabo, "Thabo Nkosi");
    expect(await nomsas()).toBe(state);
    expect(await left("thabo")).toEqual([]);
  });

  it("is a name of which theirs is a part", async () => {
    const { sql } = database;
    const [surname] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name) VALUES ('', 'van der Merwe') RETURNING id`;
    const [first] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name) VALUES ('Anne-Marie', '') RETURNING id`;
    const text = "Zoë van der Merwe and Anne-Marie Botha";
    await client.ask("save_note", { about: { event: people.events.day2026 }, text });
    const { warnings } = await erase(surname!.id, "van der Merwe");
    expect(warnings).toContain(
      "Another contact bears the same name; texts that name it were left as they are.",
    );
    await erase(first!.id, "Anne-Marie");
    expect(await sql`SELECT text FROM outreach.notes`).toEqual([{ text }]);
  });

  it("is a mailbox that somebody else read before", async () => {
    await client.ask("save_contact", { contact: people.nomsa, email: "nomsa@example.org" });
    await erase(people.thabo, "Thabo Nkosi");
    expect(await isErased("nkosi@example.org", "Thabo Nkosi")).toBe(true);
    expect(await isErased("nkosi@example.org", "Nomsa Nkosi")).toBe(false);
    expect(await database.sql`SELECT name, email FROM outreach.known_as`).toEqual([
      { name: "Nomsa Nkosi", email: "NKOSI@example.org" },
    ]);
  });
});

describe.each(["C", "ICU tr"] as const)("an erasure under the collation %s", (collation) => {
  it("finds names and addresses in capitals", async ({ skip }) => {
    const made = await collatedDatabase(collation);
    if (typeof made === "string") return skip(made);
    const { sql, url } = made;
    await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    const [contact] = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Iris', 'Brontë', 'iris@example.org') RETURNING id`;
    const its = await connectInProcess({ env: { DATABASE_URL: url, ...ZONE } });
    await its.ask("save_note", {
      about: { event: "Data Day" },
      text: "IRIS BRONTË (IRIS@EXAMPLE.ORG), Iris Brontë, iris bronte",
    });
    await its.ask("erase_contact", { contact: contact!.id, confirm_name: "Iris Brontë" });
    expect(await sql`SELECT text FROM outreach.notes`).toEqual([
      { text: "Erased person (erased@example.invalid), Erased person, Erased person" },
    ]);
    await its.close();
    await made.drop();
  });
});
