import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { sessions, walkIns } from "./support/forms.ts";
import { numbersOf, previewed, toolsOn, TOOL_OF } from "./support/in_process.ts";

const EVENT = "Data Day";

describe("people whom the record remembers", () => {
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;
  /** Of whoever was known as Tom. */
  let id: number;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });
  beforeEach(async () => {
    for (const table of [
      "speaker_sessions",
      "speakers",
      "contact_roles",
      "tickets",
      "contacts",
      "outreach.known_as",
      "outreach.erased",
    ])
      await database.sql.unsafe(`DELETE FROM ${table}`);
    // Tom, who is now known as Thabo at another address.
    const [thabo] = await database.sql`
      INSERT INTO contacts (first_name, last_name, email) VALUES ('Thabo', 'Nkosi', 'thabo@example.org') RETURNING id`;
    id = thabo!["id"] as number;
    await database.sql`
      INSERT INTO outreach.known_as (contact_id, former_id, first_name, last_name, email)
      VALUES (${id}, 99999, 'Tom', 'Nkosi', 'tom@example.org')`;
  });

  /** Imports a file, after a preview that must say the same. */
  async function bring(type: keyof typeof TOOL_OF, text: string, more: object = {}) {
    const args = { file_content: { name: "export.csv", text }, event: EVENT, ...more };
    const preview = await tools.call("preview_import", { ...args, import_type: type });
    const answer = await tools.call(TOOL_OF[type], args);
    expect(answer.isError, answer.text).toBe(false);
    const numbers = numbersOf(type, answer.facts);
    expect(previewed(preview.facts["summary"], numbers)).toEqual(numbers);
    expect(preview.facts["skipped"]).toEqual(answer.facts["skipped"]);
    return answer.facts;
  }
  const guest = (number: number, first: string, email: string, more: object = {}) =>
    ticket({
      "Ticket Number": String(number),
      "First name": first,
      Surname: "Nkosi",
      Email: email,
      "Purchaser Email": email,
      ...more,
    });
  const guests = (...rows: string[][]) => csv([QUICKET_COLUMNS, ...rows]);
  const people = async () =>
    (
      await database.sql`SELECT first_name || ' ' || coalesce(email, '-') AS who FROM contacts ORDER BY id`
    ).map(({ who }) => who as string);

  it("are the person they are now where a file has their former name or address", async () => {
    const file = guests(
      guest(1, "Tom", "TOM@example.org"),
      guest(2, "Thabo", "tom@example.org"),
      guest(3, "tom", "thabo@example.org"),
      guest(4, "Zanele", "zanele@example.org", { "Purchaser Email": "tom@example.org" }),
    );
    expect(await bring("quicket_registrations", file)).toMatchObject({
      contacts: { created: 1, matched: 1 },
      tickets: { created: 4 },
      roles: { created: 2 },
    });
    const rows = await database.sql`
      SELECT ticket_number::int AS number, purchaser_contact_id = ${id} AS is_bought, attendee_contact_id = ${id} AS is_theirs, purchaser_email
      FROM tickets ORDER BY 1`;
    expect(rows.map((row) => Object.values(row))).toEqual([
      [1, true, true, "tom@example.org"],
      [2, true, true, "tom@example.org"],
      [3, true, true, "thabo@example.org"],
      [4, true, false, "tom@example.org"],
    ]);
    for (const duplicate_strategy of ["skip", "update"])
      expect(await bring("quicket_registrations", file, { duplicate_strategy })).toMatchObject({
        contacts: { created: 0, updated: 0 },
        tickets: { created: 0, updated: 0, skipped: 4 },
        roles: { created: 0 },
        warnings: [],
      });
    const came = guests(guest(1, "Tom", "tom@example.org", { "Checked In": "Yes" }));
    expect(await bring("quicket_checkins", came)).toMatchObject({ tickets: { checked_in: 1 } });
    const door = walkIns([
      { "First Name": "Tom ", "Last Name": "Nkosi", "Email Address": "tom@example.org" },
    ]);
    expect(await bring("walkup", door)).toMatchObject({
      contacts: { created: 0 },
      tickets: { created: 1 },
    });
    expect(await bring("walkup", door)).toMatchObject({ tickets: { created: 0, skipped: 1 } });
    const talk = sessions([
      {
        "Session Id": "7",
        Title: "Streams",
        FirstName: "Tom",
        LastName: "Nkosi",
        Email: "tom@example.org",
      },
    ]);
    expect(await bring("sessionize", talk)).toMatchObject({
      contacts: { created: 0 },
      speakers: { created: 1 },
    });
    expect(await bring("sessionize", talk)).toMatchObject({
      speakers: { created: 0, unchanged: 1 },
      sessions: { unchanged: 1 },
    });
    expect(await people()).toEqual(["Thabo thabo@example.org", "Zanele zanele@example.org"]);
  });

  it("stay another person where somebody of that name and address is there again", async () => {
    await database.sql`INSERT INTO contacts (first_name, last_name, email) VALUES ('Tom', 'Nkosi', 'tom@example.org')`;
    await bring("quicket_registrations", guests(guest(1, "Tom", "tom@example.org")));
    const [row] = await database.sql`SELECT attendee_contact_id > ${id} AS is_other FROM tickets`;
    expect(row).toEqual({ is_other: true });
  });

  it("do not come back once they were erased", async () => {
    await database.sql`
      INSERT INTO outreach.erased (digest) VALUES (outreach.erased_digest('gone@example.org')),
        (outreach.erased_digest('shared@example.org ' || outreach.fold('Neo Nkosi')))`;
    const file = guests(
      guest(1, "Sipho", " Gone@example.org"),
      guest(2, "Neo", "shared@example.org"),
      guest(3, "Lerato", "shared@example.org"),
      guest(4, "Zanele", "zanele@example.org", { "Purchaser Email": "gone@example.org" }),
    );
    const erased = [
      { row: 2, reason: "erased" },
      { row: 3, reason: "erased" },
    ];
    expect(await bring("quicket_registrations", file)).toMatchObject({
      rows: 4,
      contacts: { created: 2 },
      tickets: { created: 2, skipped: 2 },
      skipped: erased,
      skipped_total: 2,
    });
    const door = walkIns([
      { "First Name": "Sipho", "Last Name": "Nkosi", "Email Address": "gone@example.org" },
    ]);
    expect(await bring("walkup", door)).toMatchObject({ tickets: { created: 0, skipped: 1 } });
    const talk = {
      "Session Id": "7",
      Title: "Streams",
      LastName: "Nkosi",
      FirstName: "Sipho",
      Email: "gone@example.org",
    };
    const other = { ...talk, FirstName: "Zanele", Email: "zanele@example.org", Title: "" };
    expect(await bring("sessionize", sessions([talk, other]))).toMatchObject({
      sessions: { created: 1, unchanged: 0 },
      speakers: { created: 1 },
      skipped: [{ row: 2, reason: "erased" }],
    });
    expect(await people()).toEqual([
      "Thabo thabo@example.org",
      "Lerato shared@example.org",
      "Zanele zanele@example.org",
    ]);
    const [left] = await database.sql`
      SELECT count(*)::int AS rows FROM tickets WHERE to_jsonb(tickets)::text ~* 'gone|sipho'`;
    expect(left).toEqual({ rows: 0 });
  });
});
