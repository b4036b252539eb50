import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { fixture } from "./support/fixture.ts";

const EVENT = "Data Day 2026";

describe("an organiser's exports, one after the other", () => {
  let database: TestDatabase;
  let imports: TestClient;
  let outreach: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    const env = { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" };
    [imports, outreach] = await Promise.all([
      connectInProcess({ server: "import", env }),
      connectInProcess({ server: "outreach", env }),
    ]);
    await outreach.ask("create_event", { name: EVENT, event_date: "2026-11-14" });
    await outreach.ask("create_campaign", { name: "CFP 2026", event: EVENT, campaign_type: "cfp" });
  });
  afterAll(async () => {
    await Promise.all([imports.close(), outreach.close()]);
    await database.drop();
  });

  it("brings registrations in, each person and ticket once", async () => {
    const { warnings, ...facts } = await imports.ask("import_quicket_registrations", {
      file_path: fixture("quicket_registrations.csv"),
      event: EVENT,
    });
    // Rows 6 (merchandise) and 11 (row 2 again) are skipped; Thabo holds the tickets of rows 2 and 4.
    expect(facts).toEqual({
      event: { id: 1, name: EVENT },
      rows: 11,
      imported: 9,
      unread_columns: [],
      contacts: { created: 8, updated: 0, matched: 0 },
      tickets: { created: 9, updated: 0, skipped: 2 },
      // Thabo: streaming, cloud, machine learning; Nomsa: machine learning.
      interests: { topics_created: 3, links_created: 4 },
      by_marketing_source: { "cfp-2026": 2, "CFP 2026": 1, LinkedIn: 1, Email: 1 },
      // Neither Lerato, whose ticket is cancelled, nor Ayanda, whose ticket went to somebody else.
      roles: { created: 6 },
      skipped: [
        { row: 6, reason: "merchandise, not a seat" },
        { row: 11, reason: "the ticket number is in row 2 too, which counts" },
      ],
      skipped_total: 2,
      warnings_total: 4,
    });
    expect((warnings as { row: number }[]).map(({ row }) => row)).toEqual([6, 11, 12, 12]);

    const tickets = await database.sql`
      SELECT ticket_number, attendee.first_name, purchaser.first_name AS purchaser, ticket.status,
             registration_date, checked_in, registration_source, is_complimentary, marketing_source
      FROM tickets AS ticket
      JOIN contacts AS attendee ON attendee.id = attendee_contact_id
      JOIN contacts AS purchaser ON purchaser.id = purchaser_contact_id
      ORDER BY ticket_number`;
    expect(
      tickets.map((row) => [row.ticket_number, row.first_name, row.purchaser, row.status]),
    ).toEqual([
      ["810001", "Thabo", "Thabo", "registered"],
      ["810002", "Nomsa", "Nomsa", "registered"],
      ["810003", "Thabo", "Thabo", "registered"],
      ["810004", "Zoë", "Zoë", "registered"],
      ["810006", "Lerato", "Lerato", "cancelled"],
      ["810007", "Ayanda", "Ayanda", "transferred"],
      ["810008", "Pieter", "Pieter", "registered"],
      ["810009", "Sipho", "Sipho", "registered"],
      ["810010", "Michael", "Michael", "registered"],
    ]);
    expect(tickets[0]).toMatchObject({
      registration_date: "2026-03-02 08:15:30.123456",
      checked_in: false,
      registration_source: "quicket",
      is_complimentary: false,
      marketing_source: "cfp-2026",
    });
    expect(tickets[3]).toMatchObject({ is_complimentary: true, marketing_source: "LinkedIn" });
    expect(tickets[6]).toMatchObject({ marketing_source: null });
  });

  it("traces registrations to their campaign by slug and name; channels stay channels", async () => {
    const answer = await outreach.ask("query_registrations", { campaign: "CFP 2026" });
    // Row 7 names the campaign too, but was cancelled.
    expect(answer).toMatchObject({ total: 7, cancelled: 1, without_source: 3 });
    expect(answer.campaigns[0]).toMatchObject({ by_marketing_source: 2 });
    expect(answer.by_source).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ marketing_source: "LinkedIn", campaign: null, registrations: 1 }),
        expect.objectContaining({ marketing_source: "Email", campaign: null, registrations: 1 }),
      ]),
    );
  });

  it("checks in who came, and adds who was late", async () => {
    const args = { file_path: fixture("quicket_checkins.csv"), event: EVENT };
    const first = await imports.ask("import_quicket_checkins", args);
    expect(first).toMatchObject({
      rows: 6,
      tickets: {
        checked_in: 3,
        already_checked_in: 0,
        not_checked_in: 1,
        created: 1,
        updated: 0,
        skipped: 1,
      },
      // The curly apostrophe of row 5 makes no other Michael.
      contacts: { created: 1, updated: 0, matched: 3 },
    });
    expect(first.warnings).toContainEqual(
      expect.objectContaining({ row: 6, warning: expect.stringContaining("Late") }),
    );
    const came = await database.sql`
      SELECT ticket_number, check_in_time FROM tickets WHERE checked_in ORDER BY ticket_number`;
    expect(came.map((row) => [row.ticket_number, row.check_in_time])).toEqual([
      ["810001", "2026-11-14 08:31:07.987654"],
      ["810004", "2026-11-14 08:40:00"],
      ["810010", null],
      ["810020", "2026-11-14 09:02:00"],
    ]);
    const again = await imports.ask("import_quicket_checkins", args);
    expect(again).toMatchObject({
      tickets: { checked_in: 0, already_checked_in: 4, not_checked_in: 1, created: 0 },
      contacts: { created: 0, updated: 0, matched: 4 },
    });
  });

  it("adds walk-ins once, from CSV and from the same workbook", async () => {
    const first = await imports.ask("import_walkup_registrations", {
      file_path: fixture("walkup.csv"),
      event: EVENT,
    });
    expect(first).toMatchObject({
      rows: 5,
      contacts: { created: 4, updated: 0, matched: 0 },
      tickets: { created: 4, skipped: 1 },
    });
    const again = await imports.ask("import_walkup_registrations", {
      file_path: fixture("walkup.xlsx"),
      event: EVENT,
    });
    expect(again).toMatchObject({
      contacts: { created: 0, updated: 0, matched: 4 },
      tickets: { created: 0, skipped: 5 },
    });
    const tickets = await database.sql`
      SELECT ticket_number, registration_source, status, checked_in, check_in_time = registration_date AS same
      FROM tickets WHERE registration_source = 'walk-in'`;
    expect(tickets).toHaveLength(4);
    for (const ticket of tickets) {
      expect(ticket).toEqual({
        ticket_number: "-1",
        registration_source: "walk-in",
        status: "registered",
        checked_in: true,
        same: true,
      });
    }
  });

  it("brings sessions in, and finds speakers among the people who are known", async () => {
    const args = { file_path: fixture("sessionize.xlsx"), event: EVENT };
    expect(await imports.ask("import_sessionize_data", args)).toMatchObject({
      rows: 4,
      sessions: { created: 3, updated: 0, unchanged: 0 },
      speakers: { created: 3, updated: 0, unchanged: 0 },
      // Thabo has a ticket, Priya and Johan walked in.
      contacts: { created: 0, updated: 0, matched: 3 },
      roles: { created: 3 },
      warnings: [],
    });
    expect(await imports.ask("import_sessionize_data", args)).toMatchObject({
      sessions: { created: 0, updated: 0, unchanged: 3 },
      speakers: { created: 0, updated: 0, unchanged: 3 },
      roles: { created: 0 },
    });
    const rows = await database.sql`
      SELECT title, first_name, room, scheduled_at, duration_minutes FROM speaker_sessions
      JOIN contacts AS contact ON contact.id = contact_id ORDER BY sessionize_session_id, first_name`;
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["Streams that never sleep", "Thabo", "Hall A", "2026-11-14 09:30:00", 45],
      ["Two heads - one model", "Johan", null, null, null],
      ["Two heads - one model", "Priya", null, null, null],
      ["Queues, again", "Thabo", "Hall A", "2026-11-14 14:00:00", 15],
    ]);
    const speakers = await outreach.ask("find_contacts", { event: EVENT, role: "speaker" });
    expect(speakers.total).toBe(3);
  });

  it("gives every speaker of a session the rating, and lists the label that is none", async () => {
    const args = { file_path: fixture("ratings.xlsx"), event: EVENT };
    const first = await imports.ask("import_speaker_ratings", args);
    expect(first).toMatchObject({
      rows: 5,
      // Row 2: 1; rows 3 and 4: two speakers each; row 5: 1.
      ratings: { created: 6, updated: 0, skipped: 0 },
      sessions_matched: 3,
      unmatched: [{ row: 6, label: "", best_match: null, score: 0 }],
    });
    expect(await imports.ask("import_speaker_ratings", args)).toMatchObject({
      ratings: { created: 0, updated: 0, skipped: 6 },
    });
    const johan = await database.sql`
      SELECT response_id, topic_rating, presentation_rating, event_comment FROM speaker_ratings AS rating
      JOIN speaker_sessions AS session ON session.id = speaker_session_id
      JOIN contacts AS contact ON contact.id = session.contact_id
      WHERE first_name = 'Johan' ORDER BY response_id`;
    expect(johan.map((row) => Object.values(row))).toEqual([
      ["2", 5, 4, null],
      ["3", 6, null, "The room\nwas cold"],
    ]);
  });

  it("never touched the campaign's record, and wrote no fault to stderr", async () => {
    const [campaign] =
      await database.sql`SELECT name, status, updated_at = created_at AS untouched FROM campaigns`;
    expect(campaign).toEqual({ name: "CFP 2026", status: "draft", untouched: true });
    const [others] = await database.sql`
      SELECT (SELECT count(*) FROM communications)::int + (SELECT count(*) FROM communication_recipients)::int
           + (SELECT count(*) FROM marketing_assets)::int + (SELECT count(*) FROM asset_distributions)::int AS rows`;
    expect(others).toEqual({ rows: 0 });
    expect(imports.stderr()).toBe("");
  });
});
