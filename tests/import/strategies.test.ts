import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { label, ratings, sessions, walkIns } from "./support/forms.ts";
import { TOOL_OF, toolsOn } from "./support/in_process.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data Day";

describe("what the database holds already", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    database = await freshDatabase();
    tools = toolsOn(database.url);
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });
  beforeEach(async () => {
    await database.sql`
      TRUNCATE contacts, tickets, interest_topics, contact_interests, speakers, speaker_sessions,
        contact_roles, speaker_ratings RESTART IDENTITY CASCADE`;
    await database.sql`
      INSERT INTO contacts (first_name, last_name, email, phone, profession) VALUES
        ('Thabo', 'Nkosi', 'thabo@example.org', '+27820000001', 'Engineer'),
        ('Nomsa', 'Nkosi', 'nomsa@example.org', NULL, NULL)`;
    await database.sql`
      INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, ticket_type,
        registration_date, order_number, marketing_source)
      VALUES (810001, 1, 1, 1, 'General Admission', '2026-03-02 08:15:30', '9001', 'LinkedIn')`;
  });

  async function run(
    type: keyof typeof TOOL_OF,
    content: string,
    args: Record<string, unknown> = {},
  ) {
    const file_path = await files.write("file.csv", content);
    return tools.call(TOOL_OF[type], { file_path, event: EVENT, ...args });
  }
  const quicket = (...rows: Record<string, string>[]) =>
    csv([QUICKET_COLUMNS, ...rows.map(ticket)]);
  const theTicket = async () => {
    const [row] = await database.sql`
      SELECT attendee_contact_id AS attendee, purchaser_contact_id AS purchaser, ticket_type, status,
             marketing_source, order_number FROM tickets WHERE ticket_number = 810001`;
    return row;
  };

  describe("a known ticket", () => {
    const changed = {
      "Ticket Type": "Workshop",
      "Link Campaign": "-",
      Cellphone: "+27831111111",
      "Order Number": "9001",
    };

    it("stays as it is under skip", async () => {
      const { facts } = await run("quicket_registrations", quicket(changed));
      expect(facts).toMatchObject({
        tickets: { created: 0, updated: 0, skipped: 1 },
        contacts: { created: 0, updated: 0, matched: 1 },
      });
      expect(await theTicket()).toMatchObject({ ticket_type: "General Admission" });
    });

    it("takes what the file says under update, and keeps what the file leaves empty", async () => {
      const { facts } = await run("quicket_registrations", quicket(changed), {
        duplicate_strategy: "update",
      });
      expect(facts).toMatchObject({
        tickets: { created: 0, updated: 1, skipped: 0 },
        contacts: { created: 0, updated: 1, matched: 0 },
      });
      expect(await theTicket()).toMatchObject({
        ticket_type: "Workshop",
        marketing_source: "LinkedIn",
      });
      const [thabo] = await database.sql`
        SELECT phone, profession, updated_at > created_at AS touched FROM contacts WHERE id = 1`;
      expect(thabo).toEqual({ phone: "+27831111111", profession: "Engineer", touched: true });
    });

    it("counts as updated only where something changes", async () => {
      const same = { "Purchase Date": "2026-03-02 08:15:30.0000000", "Purchaser Email": "-" };
      const { facts } = await run("quicket_registrations", quicket(same), {
        duplicate_strategy: "update",
      });
      expect(facts.tickets).toEqual({ created: 0, updated: 0, skipped: 1 });
    });

    it("stops the import under fail, which lists it and writes nothing of the other rows", async () => {
      const other = { "Ticket Number": "810002", "First name": "Nomsa", Email: "new@example.org" };
      const answer = await run("quicket_registrations", quicket(other, {}), {
        duplicate_strategy: "fail",
      });
      expect(answer.isError).toBe(true);
      expect(answer.text).toContain("row 3: ticket 810001 of Thabo Nkosi");
      expect(answer.text).toContain("Nothing was written.");
      const [counts] = await database.sql`
        SELECT (SELECT count(*)::int FROM contacts) AS people, (SELECT count(*)::int FROM tickets) AS tickets`;
      expect(counts).toEqual({ people: 2, tickets: 1 });
    });

    const nomsas = { "First name": "Nomsa", Email: "nomsa@example.org", "Purchaser Email": "-" };

    it("that is somebody else's stays theirs under skip, with a warning", async () => {
      const { facts } = await run("quicket_registrations", quicket(nomsas));
      expect(facts).toMatchObject({ tickets: { created: 0, updated: 0, skipped: 1 } });
      expect(facts.warnings).toEqual([
        {
          row: 2,
          field: "Ticket Number",
          warning: expect.stringMatching(
            /ticket 810001 is Thabo Nkosi <thabo@example.org>'s in the database, Nomsa/u,
          ),
        },
      ]);
      expect(await theTicket()).toMatchObject({ attendee: 1, purchaser: 1 });
    });

    it("that is somebody else's moves under update, and with it who bought it for themselves", async () => {
      const { facts } = await run("quicket_registrations", quicket(nomsas), {
        duplicate_strategy: "update",
      });
      expect(facts.tickets).toEqual({ created: 0, updated: 1, skipped: 0 });
      expect(await theTicket()).toMatchObject({ attendee: 2, purchaser: 2 });
    });

    it("of another event is another ticket", async () => {
      await database.sql`INSERT INTO events (name, event_date) VALUES ('Other Day', '2025-11-14')`;
      const { facts } = await run("quicket_registrations", quicket({}), { event: "Other Day" });
      expect(facts.tickets).toEqual({ created: 1, updated: 0, skipped: 0 });
    });
  });

  describe("people", () => {
    it("are one for every spelling, and two on one mailbox", async () => {
      const { facts } = await run(
        "quicket_registrations",
        quicket(
          {
            "Ticket Number": "1",
            "First name": " THABO",
            Surname: "nkosi ",
            Email: "Thabo@Example.org ",
          },
          { "Ticket Number": "2", "First name": "Nomsa", Email: "thabo@example.org" },
          { "Ticket Number": "3", "First name": "nomsa", Email: "THABO@example.org" },
        ),
      );
      // Nomsa Nkosi of thabo@example.org is not the Nomsa Nkosi of nomsa@example.org.
      expect(facts).toMatchObject({
        contacts: { created: 1, updated: 0, matched: 1 },
        tickets: { created: 3 },
      });
    });

    it("buy for others where their mailbox is known, also by this very file", async () => {
      const guest = { "First name": "Lerato", Surname: "Mokoena", Email: "lerato@example.org" };
      await run(
        "quicket_registrations",
        quicket(
          { ...guest, "Ticket Number": "11", "Purchaser Email": "nomsa@example.org" },
          { ...guest, "Ticket Number": "12", "Purchaser Email": "zed@example.org" },
          { ...guest, "Ticket Number": "13", "Purchaser Email": "nobody@example.org" },
          {
            "Ticket Number": "14",
            "First name": "Zed",
            Surname: "Zulu",
            Email: "zed@example.org",
            "Purchaser Email": "-",
          },
        ),
      );
      const rows = await database.sql`
        SELECT ticket_number, purchaser.first_name FROM tickets
        JOIN contacts AS purchaser ON purchaser.id = purchaser_contact_id
        WHERE ticket_number < 100 ORDER BY ticket_number`;
      expect(rows.map((row) => [row.ticket_number, row.first_name])).toEqual([
        ["11", "Nomsa"],
        ["12", "Zed"],
        ["13", "Lerato"],
        ["14", "Zed"],
      ]);
    });

    it("who are known keep their interests and get those of a new ticket, or under update all", async () => {
      await database.sql`INSERT INTO interest_topics (name) VALUES ('cloud')`;
      await database.sql`INSERT INTO contact_interests (contact_id, topic_id) VALUES (1, 1)`;
      const known = quicket({ "Area of Interest": "Cloud, Streaming" });
      const skipped = await run("quicket_registrations", known);
      expect(skipped.facts.interests).toEqual({ topics_created: 0, links_created: 0 });
      const another = await run(
        "quicket_registrations",
        quicket({ "Ticket Number": "2", "Area of Interest": "CLOUD, Queues" }),
      );
      expect(another.facts.interests).toEqual({ topics_created: 1, links_created: 1 });
      const updated = await run("quicket_registrations", known, { duplicate_strategy: "update" });
      expect(updated.facts.interests).toEqual({ topics_created: 1, links_created: 1 });
    });
  });

  it("one number for two people in one file: one row counts, whichever comes first, and a warning says so", async () => {
    const early = { "Ticket Number": "77", "Purchase Date": "2026-01-01 10:00:00.0" };
    const late = {
      "Ticket Number": "77",
      "Purchase Date": "2026-02-01 10:00:00.0",
      "First name": "Nomsa",
      Email: "nomsa@example.org",
    };
    for (const rows of [
      [early, late],
      [late, early],
    ]) {
      await database.sql`DELETE FROM tickets WHERE ticket_number = 77`;
      const { facts } = await run("quicket_registrations", quicket(...rows));
      expect(facts.tickets).toEqual({ created: 1, updated: 0, skipped: 1 });
      expect(facts.warnings).toContainEqual(
        expect.objectContaining({
          row: rows.indexOf(early) + 2,
          warning: expect.stringContaining("Left out"),
        }),
      );
      const [row] =
        await database.sql`SELECT attendee_contact_id AS attendee FROM tickets WHERE ticket_number = 77`;
      expect(row).toEqual({ attendee: 2 });
    }
  });

  describe("check-ins", () => {
    const came = { "Checked In": "Yes", "Checked In Date": "2026-11-14 08:30:00.0000000" };

    it("correct a time under update only", async () => {
      await run("quicket_checkins", quicket(came));
      const later = quicket({ ...came, "Checked In Date": "2026-11-14 08:35:00.0000000" });
      expect((await run("quicket_checkins", later)).facts.tickets).toMatchObject({
        already_checked_in: 1,
        updated: 0,
      });
      const updated = await run("quicket_checkins", later, { duplicate_strategy: "update" });
      expect(updated.facts.tickets).toMatchObject({ already_checked_in: 0, updated: 1 });
      expect(updated.text).toContain(
        "0 checked in, 0 were already, 1 was already and took a correction, 0 did not come",
      );
      const [row] = await database.sql`SELECT check_in_time FROM tickets`;
      expect(row).toEqual({ check_in_time: "2026-11-14 08:35:00" });
    });

    it("under fail refuse who is checked in already, not who is known", async () => {
      const file = quicket(came);
      expect(
        (await run("quicket_checkins", file, { duplicate_strategy: "fail" })).facts.tickets,
      ).toMatchObject({ checked_in: 1 });
      const again = await run("quicket_checkins", file, { duplicate_strategy: "fail" });
      expect(again.text).toContain("ticket 810001 of Thabo Nkosi");
      expect(again.text).toContain("checked in already");
    });
  });

  describe("walk-ins", () => {
    it("count the first time somebody came, fill in a phone under update, and warn of a ticket beside it", async () => {
      const nomsa = {
        "First Name": "Nomsa",
        "Last Name": "Nkosi",
        "Email Address": "nomsa@example.org",
      };
      const thabo = {
        "First Name": "Thabo",
        "Last Name": "Nkosi",
        "Email Address": "thabo@example.org",
      };
      const file = walkIns([
        {
          ...nomsa,
          "Completion time": "2026-11-14 09:00:00",
          "Cell Phone Number (Optional)": "082 111 1111",
        },
        { ...nomsa, "Completion time": "2026-11-14 08:00:00" },
        thabo,
      ]);
      const first = await run("walkup", file);
      expect(first.facts).toMatchObject({
        contacts: { created: 0, updated: 0, matched: 2 },
        tickets: { created: 2, skipped: 1 },
      });
      expect(first.facts.warnings).toContainEqual(
        expect.objectContaining({
          row: 4,
          warning: expect.stringContaining("holds a ticket for the event as well"),
        }),
      );
      const [row] =
        await database.sql`SELECT check_in_time FROM tickets WHERE attendee_contact_id = 2`;
      expect(row).toEqual({ check_in_time: "2026-11-14 08:00:00" });
      const updated = await run("walkup", file, { duplicate_strategy: "update" });
      expect(updated.facts).toMatchObject({
        contacts: { created: 0, updated: 1, matched: 1 },
        tickets: { created: 0, skipped: 3 },
      });
      const refused = await run("walkup", file, { duplicate_strategy: "fail" });
      expect(refused.text).toContain("walk-in of Nomsa Nkosi");
    });
  });

  describe("sessions", () => {
    const talk = {
      "Session Id": "7",
      Title: "Streams",
      Description: "A description of some length",
      Room: "Hall A",
      "Speaker Id": "sp-1",
      FirstName: "Thabo",
      LastName: "Nkosi",
      Email: "thabo@example.org",
      Bio: "A biography of some length",
    };

    it("fill only what is richer, and only under update", async () => {
      await run("sessionize", sessions([talk]));
      const poorer = sessions([
        { ...talk, Description: "Short", Bio: "Short", Room: "Hall B", TagLine: "Speaks" },
      ]);
      const skipped = await run("sessionize", poorer);
      expect(skipped.facts).toMatchObject({
        sessions: { unchanged: 1 },
        speakers: { unchanged: 1 },
      });
      const updated = await run("sessionize", poorer, { duplicate_strategy: "update" });
      expect(updated.facts).toMatchObject({ sessions: { updated: 1 }, speakers: { updated: 1 } });
      const [row] = await database.sql`
        SELECT room, description, bio, tagline FROM speaker_sessions JOIN speakers USING (contact_id)`;
      expect(row).toEqual({
        room: "Hall B",
        description: talk.Description,
        bio: talk.Bio,
        tagline: "Speaks",
      });
    });

    it("know a speaker by Sessionize's id under another name and mailbox, and say so", async () => {
      await run("sessionize", sessions([talk]));
      const married = { ...talk, LastName: "Dube", Email: "thabo.dube@example.org" };
      const { facts } = await run("sessionize", sessions([married]));
      expect(facts).toMatchObject({
        contacts: { created: 0, matched: 1 },
        sessions: { unchanged: 1 },
      });
      expect(facts.warnings).toContainEqual(expect.objectContaining({ field: "Speaker Id" }));
    });

    it("get a speaker more without doubling the others", async () => {
      await run("sessionize", sessions([talk]));
      const second = {
        ...talk,
        Title: "",
        "Speaker Id": "sp-2",
        FirstName: "Nomsa",
        Email: "nomsa@example.org",
      };
      const { facts } = await run("sessionize", sessions([talk, second]));
      expect(facts).toMatchObject({
        sessions: { created: 0, updated: 1, unchanged: 0 },
        roles: { created: 1 },
      });
      const rows = await database.sql`SELECT contact_id FROM speaker_sessions ORDER BY contact_id`;
      expect(rows.map((row) => row.contact_id)).toEqual([1, 2]);
    });

    it("that an earlier tool recorded without an id are found by their title", async () => {
      await database.sql`INSERT INTO speaker_sessions (event_id, contact_id, title) VALUES (1, 1, 'STREAMS')`;
      const { facts } = await run("sessionize", sessions([talk]), { duplicate_strategy: "update" });
      expect(facts.sessions).toEqual({ created: 0, updated: 1, unchanged: 0 });
      const rows = await database.sql`SELECT sessionize_session_id, title FROM speaker_sessions`;
      expect(rows).toEqual([{ sessionize_session_id: "7", title: "Streams" }]);
    });
  });

  describe("ratings", () => {
    const talk = {
      "Session Id": "7",
      Title: "Streams that sleep",
      FirstName: "Thabo",
      LastName: "Nkosi",
      Email: "thabo@example.org",
    };
    const answer = { id: "1", label: label(1, "Streams that sleep", ["Thabo Nkosi"]) };

    it("are matched as far as the threshold says, and listed with their best score otherwise", async () => {
      await run("sessionize", sessions([talk]));
      const file = ratings([
        { id: "1", label: "Streams that sweep" },
        { id: "2", label: "Streams that" },
      ]);
      const usual = await run("ratings", file);
      // One letter of 18 differs; six letters of 18 are missing.
      expect(usual.facts).toMatchObject({
        ratings: { created: 1 },
        unmatched: [
          { row: 3, label: "Streams that", best_match: "Streams that sleep", score: 0.666 },
        ],
      });
      const strict = await run("ratings", file, { fuzzy_match_threshold: 1 });
      expect(strict.facts.unmatched.map(({ row, score }: never) => [row, score])).toEqual([
        [2, 0.944],
        [3, 0.666],
      ]);
      const loose = await run("ratings", file, { fuzzy_match_threshold: 0.6 });
      expect(loose.facts).toMatchObject({ ratings: { created: 1, skipped: 1 }, unmatched: [] });
    });

    it("are never guessed where two sessions fit equally", async () => {
      const other = { ...talk, "Session Id": "8", FirstName: "Nomsa", Email: "nomsa@example.org" };
      await run("sessionize", sessions([talk, other]));
      const { facts } = await run(
        "ratings",
        ratings([
          { id: "1", label: "1. Streams that sleep" },
          { id: "2", label: label(2, "Streams that sleep", ["Nomsa Nkosi"]) },
        ]),
      );
      expect(facts).toMatchObject({
        ratings: { created: 1 },
        unmatched: [{ row: 2, score: 1, reason: "matches several sessions equally" }],
      });
      const [row] = await database.sql`
        SELECT contact_id FROM speaker_ratings JOIN speaker_sessions AS session ON session.id = speaker_session_id`;
      expect(row).toEqual({ contact_id: 2 });
    });

    it("take an answer that was changed under update, and leave no answer empty", async () => {
      await run("sessionize", sessions([talk]));
      await run("ratings", ratings([{ ...answer, topic: "3", better: "Speak up" }]));
      const changed = ratings([{ ...answer, topic: "4" }]);
      expect((await run("ratings", changed)).facts.ratings).toEqual({
        created: 0,
        updated: 0,
        skipped: 1,
      });
      const updated = await run("ratings", changed, { duplicate_strategy: "update" });
      expect(updated.facts.ratings).toEqual({ created: 0, updated: 1, skipped: 0 });
      const [row] = await database.sql`SELECT topic_rating, speaker_comment FROM speaker_ratings`;
      expect(row).toEqual({ topic_rating: 4, speaker_comment: "Speak up" });
    });
  });
});
