import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "../../src/database/migrate.ts";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { fixture } from "./support/fixture.ts";
import { sessions } from "./support/forms.ts";
import { toolsOn } from "./support/in_process.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data & AI Day 2025";

describe("the organiser's own database", () => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await emptyDatabase();
    await makeOrganisersDatabase(database.sql);
    await migrateDatabase({ url: database.url });
    client = await connectInProcess({ server: "import", env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const counted = async () => {
    const [rows] = await database.sql`
      SELECT (SELECT count(*)::int FROM contacts) AS contacts, (SELECT count(*)::int FROM tickets) AS tickets,
             (SELECT count(*)::int FROM speakers) AS speakers`;
    return rows;
  };

  it.each([
    [
      "import_quicket_registrations",
      "quicket_registrations.csv",
      ["contacts has no column phone", "contacts has no column profession"],
    ],
    ["import_quicket_checkins", "quicket_checkins.csv", ["contacts has no column phone"]],
    ["import_walkup_registrations", "walkup.csv", ["contacts has no column phone"]],
    [
      "import_sessionize_data",
      "sessionize.xlsx",
      [
        "speakers.sessionize_id is uuid, and text is needed",
        "speaker_sessions has no column event_id",
        "speaker_sessions has no column scheduled_at",
      ],
    ],
    ["import_speaker_ratings", "ratings.xlsx", ["speaker_ratings has no column response_id"]],
  ])("%s names what is missing before anything is written", async (tool, file, faults) => {
    const before = await counted();
    const message = await client.refused(tool, { file_path: fixture(file), event: EVENT });
    for (const fault of faults) expect(message).toContain(fault);
    expect(message).toContain("Nothing was written.");
    expect(await counted()).toEqual(before);
  });

  it("takes registrations, check-ins and walk-ins once the columns are there", async () => {
    await database.sql`ALTER TABLE contacts ADD phone text, ADD profession text`;
    const about = (file: string) => ({ file_path: fixture(file), event: EVENT });
    const registered = await client.ask(
      "import_quicket_registrations",
      about("quicket_registrations.csv"),
    );
    expect(registered).toMatchObject({
      contacts: { created: 8 },
      tickets: { created: 9 },
      interests: { topics_created: 3, links_created: 4 },
    });
    const again = await client.ask("import_quicket_registrations", {
      ...about("quicket_registrations.csv"),
      duplicate_strategy: "update",
    });
    expect(again).toMatchObject({
      contacts: { created: 0, updated: 0 },
      tickets: { created: 0, updated: 0 },
      interests: { links_created: 0 },
    });
    expect(
      (await client.ask("import_quicket_checkins", about("quicket_checkins.csv"))).tickets,
    ).toMatchObject({ checked_in: 3, created: 1 });
    expect((await client.ask("import_walkup_registrations", about("walkup.csv"))).tickets).toEqual({
      created: 4,
      skipped: 1,
    });
    const [stray] = await database.sql`SELECT count(checked_in_at)::int AS filled FROM tickets`;
    expect(stray).toEqual({ filled: 0 });
    expect(client.stderr()).toBe("");
  });
});

describe("tables that differ from ours", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2025-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });

  async function registrations(...rows: Record<string, string>[]) {
    const file_path = await files.write("file.csv", csv([QUICKET_COLUMNS, ...rows.map(ticket)]));
    return tools.call("import_quicket_registrations", { file_path, event: EVENT });
  }

  it("that are narrower refuse the row that is too long, by its number", async () => {
    await database.sql`ALTER TABLE contacts ALTER profession TYPE varchar(10)`;
    const answer = await registrations(
      {},
      { "Ticket Number": "2", "Profession:": "Data Engineer" },
    );
    expect(answer.text).toContain(
      "row 3, Profession:, is longer than contacts.profession holds (10 characters)",
    );
    expect(answer.text).toContain("Nothing was written.");
  });

  it("that need a value of their own are named", async () => {
    await database.sql`ALTER TABLE tickets ADD seat text NOT NULL`;
    expect((await registrations({})).text).toContain("tickets.seat needs a value");
    await database.sql`ALTER TABLE tickets DROP seat`;
  });

  it("that require an e-mail refuse whoever has none, by row", async () => {
    await database.sql`ALTER TABLE contacts ALTER email SET NOT NULL`;
    expect((await registrations({ Email: "" })).text).toContain(
      "row 2, Email, is empty, and contacts.email must not be",
    );
    await database.sql`ALTER TABLE contacts ALTER email DROP NOT NULL`;
  });

  it("with a rule that only writing finds: a failure in the last row leaves no trace", async () => {
    await database.sql`ALTER TABLE tickets ADD CONSTRAINT no_unlucky_number CHECK (ticket_number <> 13)`;
    const rows = Array.from({ length: 40 }, (_, n) => ({
      "Ticket Number": String(100 + n),
      "First name": `Guest ${String(n)}`,
      "Area of Interest": "Queues",
    }));
    const answer = await registrations(...rows, { "Ticket Number": "13" });
    expect(answer.text).toBe(
      "A rule of the organiser's database forbids this import: table tickets, rule no_unlucky_number. Nothing was written.",
    );
    const [left] = await database.sql`
      SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM tickets) + (SELECT count(*) FROM interest_topics) AS rows`;
    expect(left).toEqual({ rows: "0" });
  });

  it("without our optional columns, or without our unique indexes, take sessions all the same", async () => {
    await database.sql`ALTER TABLE speakers DROP shirt_size, DROP profile_picture`;
    await database.sql`ALTER TABLE speakers DROP CONSTRAINT speakers_contact_id_key`;
    await database.sql`ALTER TABLE speaker_sessions DROP CONSTRAINT speaker_sessions_event_id_sessionize_session_id_contact_id_key`;
    await database.sql`ALTER TABLE contact_roles DROP CONSTRAINT contact_roles_contact_id_event_id_role_type_key`;
    const talk = {
      "Session Id": "1",
      Title: "Queues",
      FirstName: "Thabo",
      LastName: "Nkosi",
      Email: "t@example.org",
      "Speaker Shirt Size": "M",
    };
    const file_path = await files.write("sessions.csv", sessions([talk]));
    const first = await tools.call("import_sessionize_data", { file_path, event: EVENT });
    expect(first.facts).toMatchObject({
      sessions: { created: 1 },
      warnings: [
        {
          row: 2,
          field: "Speaker Shirt Size",
          warning: expect.stringContaining("speakers.shirt_size"),
        },
      ],
    });
    const again = await tools.call("import_sessionize_data", {
      file_path,
      event: EVENT,
      duplicate_strategy: "update",
    });
    expect(again.facts).toMatchObject({
      sessions: { unchanged: 1 },
      speakers: { unchanged: 1 },
      roles: { created: 0 },
    });
    const [rows] = await database.sql`
      SELECT (SELECT count(*)::int FROM speakers) AS speakers, (SELECT count(*)::int FROM speaker_sessions) AS sessions,
             (SELECT count(*)::int FROM contact_roles) AS roles`;
    expect(rows).toEqual({ speakers: 1, sessions: 1, roles: 1 });
  });
});
