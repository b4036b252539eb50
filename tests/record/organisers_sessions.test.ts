import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { emptyDatabase, type TestDatabase } from "../support/database.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";

describe("sessions and attendance in an organiser's own database", () => {
  const pages = tempFiles();
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await emptyDatabase();
    await makeOrganisersDatabase(database.sql);
    await migrateDatabase({ url: database.url });
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it.each(["list_sessions", "query_speakers"])("%s names the columns it lacks", async (tool) => {
    const message = await client.refused(tool, {});
    expect(message).toContain("speaker_sessions.event_id or speaker_sessions.contact_id");
  });

  it("tells of attendance what the tickets say", async () => {
    const { events } = await client.ask("query_attendance", { event: "1", by: "source" });
    expect(events[0]).toMatchObject({ registered: 2, came: null, show_rate: null });
    expect(await client.refused("query_attendance", { by: "company" })).toContain(
      "contacts.company",
    );
  });

  it("makes a report without the sessions that it does not know", async () => {
    const file_path = pages.path("report.html");
    const { sections } = await client.ask("export_report", { event: "1", file_path });
    expect(sections).toContain("registrations");
    expect(sections).not.toContain("sessions");
  });

  it("knows regulars, and from roles that they spoke, and says what it does not know", async () => {
    const { sql } = database;
    await sql`INSERT INTO events (name, event_date) VALUES ('Data & AI Day 2024', '2024-08-17')`;
    await sql`
      INSERT INTO tickets (event_id, purchaser_contact_id, attendee_contact_id, checked_in)
      VALUES (2, 1, 1, true)`;
    const { regulars, missing_columns } = await client.ask("query_attendance", { regulars: 3 });
    expect(regulars).toMatchObject([{ name: "Thandiwe Dlamini", came: 2, spoke: 1 }]);
    expect(missing_columns).toEqual(["speaker_sessions.event_id", "speaker_sessions.contact_id"]);
  });

  it("lists sessions without ratings where nothing says which one was rated", async () => {
    const { sql } = database;
    await sql`ALTER TABLE speaker_sessions RENAME COLUMN event TO event_id`;
    await sql`ALTER TABLE speaker_sessions RENAME COLUMN speaker TO contact_id`;
    await sql`INSERT INTO speaker_sessions (event_id, contact_id, title) VALUES (1, 1, 'Ubuntu')`;
    await sql`INSERT INTO speaker_ratings (session, topic_rating) VALUES (1, 7)`;
    const { text, facts } = await client.call("list_sessions", { event: "1", comments: true });
    expect(facts.sessions).toMatchObject([{ title: "Ubuntu", ratings: null, scheduled_at: null }]);
    expect(text).toContain("speaker_ratings.speaker_session_id");
    expect(facts.missing_columns).toContain("speaker_sessions.scheduled_at");
    const speakers = await client.ask("query_speakers", { event: "1" });
    expect(speakers.speakers).toMatchObject([{ name: "Thandiwe Dlamini", ratings: null }]);
    expect(speakers.missing_columns).toEqual(["speaker_ratings.speaker_session_id"]);
  });
});
