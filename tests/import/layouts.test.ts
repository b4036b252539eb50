import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { ratings, sessions } from "./support/forms.ts";
import { toolsOn } from "./support/in_process.ts";

const EVENT = "Data Day";

describe("a file with fewer columns", () => {
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

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
    await database.sql`DELETE FROM speaker_ratings`;
    await database.sql`DELETE FROM speaker_sessions`;
    await database.sql`DELETE FROM speakers`;
    await database.sql`DELETE FROM contact_roles`;
    await database.sql`DELETE FROM tickets`;
    await database.sql`DELETE FROM contacts`;
  });

  const given = (...rows: string[][]) => ({
    file_content: { name: "export.csv", text: csv(rows) },
    event: EVENT,
  });

  it.each([
    [["First Name", "Last Name", "Email", "Phone", "Time"]],
    [["Time of arrival", "E-mail address", "Surname", "Cell number", "First name"]],
    [["Timestamp", "Name", "Surname", "Email", "Mobile"]],
  ])("of walk-ins: %j", async (header) => {
    const cell = (column: string) =>
      /sur|last/iu.test(column)
        ? "Nkosi"
        : /mail/iu.test(column)
          ? "Thabo@example.org "
          : /time/iu.test(column)
            ? "2026-11-14 08:31:00"
            : /phone|cell|mobile/iu.test(column)
              ? "0821234567"
              : "Thabo ";
    const file = given(header, header.map(cell));
    const first = await tools.call("import_walkup_registrations", file);
    expect(first.facts).toMatchObject({ tickets: { created: 1 }, roles: { created: 1 } });
    const [person] = await database.sql`
      SELECT first_name, last_name, email, phone, check_in_time FROM contacts
      JOIN tickets ON attendee_contact_id = contacts.id`;
    expect(person).toEqual({
      first_name: "Thabo",
      last_name: "Nkosi",
      email: "thabo@example.org",
      phone: "0821234567",
      check_in_time: "2026-11-14 08:31:00",
    });
    const again = await tools.call("import_walkup_registrations", file);
    expect(again.facts).toMatchObject({
      tickets: { created: 0, skipped: 1 },
      roles: { created: 0 },
      skipped: [{ row: 2, reason: "there already" }],
    });
  });

  it("of walk-ins needs a name only", async () => {
    const answer = await tools.call(
      "import_walkup_registrations",
      given(["Full name"], ["Thabo van der Merwe"]),
    );
    expect(answer.facts).toMatchObject({ tickets: { created: 1 } });
    const [person] = await database.sql`
      SELECT first_name, last_name, checked_in, check_in_time FROM contacts
      JOIN tickets ON attendee_contact_id = contacts.id`;
    expect(person).toEqual({
      first_name: "Thabo",
      last_name: "van der Merwe",
      checked_in: true,
      check_in_time: null,
    });
  });

  const TALK = [
    "Streams that never sleep",
    "Zanele",
    "Khumalo",
    "zanele@example.org",
    "Data",
    "Hall A",
  ];
  const TALKS = [
    ["Title", "FirstName", "LastName", "Email", "Track", "Room"],
    TALK,
    ["Two heads", "Neo", "Smith", "neo@example.org", "AI", ""],
    ["Two heads", "Zanele", "Khumalo", "ZANELE@example.org", "AI", ""],
  ];

  it("of sessions knows people by e-mail and name, and sessions by their titles", async () => {
    const first = await tools.call("import_sessionize_data", given(...TALKS));
    expect(first.facts).toMatchObject({
      sessions: { created: 2 },
      speakers: { created: 2 },
      contacts: { created: 2 },
      roles: { created: 2 },
    });
    const again = await tools.call("import_sessionize_data", {
      ...given(...TALKS),
      duplicate_strategy: "update",
    });
    expect(again.facts).toMatchObject({
      sessions: { created: 0, updated: 0, unchanged: 2 },
      speakers: { created: 0, updated: 0 },
      roles: { created: 0 },
    });
    // The whole export afterwards is of the same sessions, and gives them their ids.
    const whole = sessions([
      {
        "Session Id": "71",
        Title: TALK[0]!,
        "Speaker Id": "sp-1",
        FirstName: "Zanele",
        LastName: "Khumalo",
        Email: "zanele@example.org",
      },
    ]);
    const later = await tools.call("import_sessionize_data", {
      file_content: { name: "all.csv", text: whole },
      event: EVENT,
      duplicate_strategy: "update",
    });
    expect(later.facts).toMatchObject({ sessions: { created: 0, updated: 1 } });
    const third = await tools.call("import_sessionize_data", given(...TALKS));
    expect(third.facts).toMatchObject({ sessions: { created: 0, unchanged: 2 } });
  });

  it("of ratings has no ids, and a second run adds nothing all the same", async () => {
    await tools.call("import_sessionize_data", given(...TALKS));
    const header = [
      "Session",
      "Informative",
      "Delivery",
      "Speaker could improve",
      "Worth your time",
      "Change about the event",
      "Name for the draw",
    ];
    const file = given(
      header,
      ["01. Streams that never sleep - Zanele Khumalo", "7", "6", "Louder", "Yes", "", ""],
      ["01. Streams that never sleep - Zanele Khumalo", "5", "5", "", "", "", "Thabo"],
      // The same words of two people.
      ["01. Streams that never sleep - Zanele Khumalo", "5", "5", "", "", "", "Neo"],
    );
    const first = await tools.call("import_speaker_ratings", file);
    expect(first.facts).toMatchObject({ rows: 3, ratings: { created: 3 }, sessions_matched: 1 });
    const again = await tools.call("import_speaker_ratings", file);
    expect(again.facts).toMatchObject({ ratings: { created: 0, skipped: 3 } });
    const kept = await database.sql`
      SELECT topic_rating, presentation_rating, speaker_comment, event_rating FROM speaker_ratings ORDER BY topic_rating DESC`;
    expect(kept[0]).toEqual({
      topic_rating: 7,
      presentation_rating: 6,
      speaker_comment: "Louder",
      event_rating: "Yes",
    });
  });

  it.each([
    [
      [
        "Session attended",
        "How informative",
        "Speaker delivery",
        "Could have done better",
        "Good investment",
        "Change",
        "Name",
      ],
    ],
    [
      [
        "Session Title",
        "Content",
        "Delivery",
        "To improve",
        "Worth it",
        "Change one thing",
        "Prize draw",
      ],
    ],
  ])("of ratings has questions cut short: %j", async (header) => {
    await tools.call("import_sessionize_data", given(...TALKS));
    const answers = ["Two heads", "6", "5", "Louder", "Yes", "More tea", ""];
    const { facts } = await tools.call("import_speaker_ratings", given(header, answers));
    expect(facts).toMatchObject({ ratings: { created: 2 }, warnings: [] });
    const [kept] = await database.sql`
      SELECT topic_rating, presentation_rating, speaker_comment, event_rating, event_comment FROM speaker_ratings`;
    expect(Object.values(kept!)).toEqual([6, 5, "Louder", "Yes", "More tea"]);
  });

  it("of sessions may call them the session's and the speaker's", async () => {
    const header = [
      "Session Title",
      "Session format",
      "Level",
      "Speaker First Name",
      "Speaker Last Name",
      "Speaker Email",
    ];
    const { facts } = await tools.call(
      "import_sessionize_data",
      given(header, ["Streams", "Talk", "Beginner", "Thabo", "Nkosi", "thabo@example.org"]),
    );
    expect(facts).toMatchObject({ sessions: { created: 1 }, contacts: { created: 1 } });
  });

  it("of tickets needs a number, a name and a date", async () => {
    const answer = await tools.call(
      "import_quicket_registrations",
      given(
        ["Ticket Number", "Purchase Date", "First name"],
        ["810001", "2026-03-02 08:15:30.0000000", "Thabo Nkosi"],
      ),
    );
    expect(answer.facts).toMatchObject({ tickets: { created: 1 }, contacts: { created: 1 } });
    const without = await tools.call(
      "import_quicket_registrations",
      given(["Purchase Date", "First name"], ["2026-03-02", "Thabo"]),
    );
    expect(without.text).toContain("it has no column Ticket Number");
  });

  it("says which columns are absent without failing", async () => {
    const { event: _event, ...file } = given(...TALKS);
    const { facts } = await tools.call("validate_import_data", {
      ...file,
      import_type: "sessionize",
    });
    expect(facts).toMatchObject({
      valid: true,
      validation_results: { required_columns_present: true, missing_columns: [] },
    });
    const { absent_columns: absent } = facts["validation_results"];
    expect(absent).toEqual(expect.arrayContaining(["Session Id", "Speaker Id", "Description"]));
    expect(absent).not.toContain("Title");
  });

  it("says of a file without rows that there is nothing to import", async () => {
    const { event: _event, ...file } = given(TALKS[0] ?? []);
    const { text } = await tools.call("validate_import_data", {
      ...file,
      import_type: "sessionize",
    });
    expect(text).toContain("has no rows below its header: there is nothing to import.");
  });

  it("of another type is still refused, though a walk-in needs but a name", async () => {
    const wrong = {
      tickets: csv([QUICKET_COLUMNS, ticket({})]),
      sessions: sessions([{ "Session Id": "1", Title: "A", FirstName: "T", LastName: "N" }]),
      answers: ratings([{ id: "1", label: "A" }]),
    };
    for (const [name, text] of Object.entries(wrong)) {
      const answer = await tools.call("import_walkup_registrations", {
        file_content: { name: `${name}.csv`, text },
        event: EVENT,
      });
      expect(answer.text).toMatch(/does not match walkup.* It looks like/u);
    }
  });
});
