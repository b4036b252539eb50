import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { walkIns } from "./support/forms.ts";

const EVENT = "Data Day";
const guest = (n: number, cells: Record<string, string> = {}) =>
  ticket({
    "Ticket Number": String(1000 + n),
    "First name": `Guest ${String(n)}`,
    Email: `guest${String(n)}@example.org`,
    "Purchaser Email": `guest${String(n)}@example.org`,
    ...cells,
  });

describe("who attends", () => {
  let database: TestDatabase;
  let imports: TestClient;
  let outreach: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    // As in organisers' own tables, nothing forbids a role twice.
    await database.sql`ALTER TABLE contact_roles DROP CONSTRAINT contact_roles_contact_id_event_id_role_type_key`;
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14'), ('Other', '2025-01-01')`;
    const env = { DATABASE_URL: database.url };
    imports = await connectInProcess({ server: "import", env });
    outreach = await connectInProcess({ server: "outreach", env });
  });
  afterAll(async () => {
    await Promise.all([imports.close(), outreach.close()]);
    await database.drop();
  });

  const given = (...rows: string[][]) => ({
    file_content: { name: "export.csv", text: csv([QUICKET_COLUMNS, ...rows]) },
    event: EVENT,
  });
  const holders = async () => {
    const rows = await database.sql`
      SELECT first_name FROM contact_roles JOIN contacts ON contacts.id = contact_id
      WHERE event_id = 1 AND role_type = 'attendee' ORDER BY first_name`;
    return rows.map(({ first_name }) => first_name as string);
  };
  const previewed = async (type: string, file: object) =>
    (await imports.ask("preview_import", { ...file, import_type: type })).summary.roles;

  it("has the role once, however many tickets they hold; one that was cancelled gives none", async () => {
    const file = given(
      guest(1),
      guest(2),
      guest(1, { "Ticket Number": "1101" }),
      guest(3, { Valid: "No" }),
      guest(4, { "Transferred to Order Number": "9005" }),
    );
    expect(await previewed("quicket_registrations", file)).toMatchObject({ would_create: 2 });
    const first = await imports.ask("import_quicket_registrations", file);
    expect(first.roles).toEqual({ created: 2 });
    expect(await holders()).toEqual(["Guest 1", "Guest 2"]);
    expect(await previewed("quicket_registrations", file)).toMatchObject({
      would_create: 0,
      would_skip: 2,
    });
    expect((await imports.ask("import_quicket_registrations", file)).roles).toEqual({ created: 0 });
    expect(await holders()).toEqual(["Guest 1", "Guest 2"]);
  });

  it("keeps it where the ticket is cancelled later", async () => {
    const file = given(guest(2, { Valid: "No" }));
    const answer = await imports.ask("import_quicket_registrations", {
      ...file,
      duplicate_strategy: "update",
    });
    expect(answer).toMatchObject({ tickets: { updated: 1 }, roles: { created: 0 } });
    expect(await holders()).toEqual(["Guest 1", "Guest 2"]);
  });

  it("gets it by a check-in, a late ticket and a walk-in, also where an earlier import gave none", async () => {
    await database.sql`DELETE FROM contact_roles WHERE event_id = 1`;
    const came = (n: number) =>
      guest(n, { "Checked In": "Yes", "Checked In Date": "2026-11-14 08:30:00" });
    const checkIns = given(came(1), came(5), guest(6));
    expect(await previewed("quicket_checkins", checkIns)).toMatchObject({ would_create: 2 });
    const first = await imports.ask("import_quicket_checkins", checkIns);
    // Guest 6 did not come, which is counted and not listed.
    expect(first).toMatchObject({
      roles: { created: 2 },
      tickets: { not_checked_in: 1 },
      skipped: [],
      skipped_total: 0,
    });
    expect(await holders()).toEqual(["Guest 1", "Guest 5"]);
    const walkedIn = {
      file_content: {
        name: "door.csv",
        text: walkIns([
          { "First Name": "Guest 1", "Last Name": "Nkosi", "Email Address": "guest1@example.org" },
          { "First Name": "Walker", "Last Name": "In", "Email Address": "w@example.org" },
        ]),
      },
      event: EVENT,
    };
    expect(await previewed("walkup", walkedIn)).toMatchObject({ would_create: 1, would_skip: 1 });
    expect((await imports.ask("import_walkup_registrations", walkedIn)).roles).toEqual({
      created: 1,
    });
    expect(await holders()).toEqual(["Guest 1", "Guest 5", "Walker"]);
    const attendees = await outreach.ask("find_contacts", { event: "1", role: "attendee" });
    expect(attendees.contacts.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["Guest 1 Nkosi", "Guest 5 Nkosi", "Walker In"]),
    );
  });

  it("are listed where they are left out, fifty of them, with the number of all", async () => {
    const file = given(...Array.from({ length: 60 }, (_, n) => guest(300 + n)));
    expect((await imports.ask("import_quicket_registrations", file)).skipped_total).toBe(0);
    const again = await imports.call("import_quicket_registrations", file);
    expect(again.facts["skipped"]).toHaveLength(50);
    expect(again.facts["skipped"][0]).toEqual({ row: 2, reason: "there already" });
    expect(again.facts["skipped_total"]).toBe(60);
    expect(again.text).toContain("there already");
    const preview = await imports.ask("preview_import", {
      ...given(
        ...Array.from({ length: 60 }, (_, n) => guest(300 + n)),
        guest(99),
        guest(98, { "Is Merchandise": "Yes" }),
      ),
      import_type: "quicket_registrations",
      preview_limit: 8,
    });
    expect(preview.skipped_total).toBe(61);
    const kinds = preview.sample_actions.map(
      ({ record_type, action }: Record<string, string>) => `${record_type} ${action}`,
    );
    for (const kind of [
      "tickets create",
      "tickets skip",
      "contacts create",
      "contacts skip",
      "roles create",
      "roles skip",
    ])
      expect(kinds).toContain(kind);
    expect(kinds).toHaveLength(8);
  });

  it("are interested in the topic that is there already, undecoded or not", async () => {
    await database.sql`INSERT INTO interest_topics (name) VALUES ('Streaming &amp; Stream Processing'), ('Women&#39;s talks')`;
    const file = given(
      guest(200, { "Area of Interest": "Streaming &amp; Stream Processing, Women's talks" }),
      guest(201, { "Area of Interest": "streaming & stream processing" }),
    );
    expect((await imports.ask("import_quicket_registrations", file)).interests).toEqual({
      topics_created: 0,
      links_created: 3,
    });
    const [topics] = await database.sql`SELECT count(*)::int AS topics FROM interest_topics`;
    expect(topics).toEqual({ topics: 2 });
    const again = await imports.ask("import_quicket_registrations", {
      ...file,
      duplicate_strategy: "update",
    });
    expect(again.interests).toEqual({ topics_created: 0, links_created: 0 });
    for (const interested_in of [
      "Streaming & Stream Processing",
      "Streaming &amp; Stream Processing",
    ]) {
      const audience = await outreach.ask("find_audience", { interested_in });
      expect(audience.total).toBe(2);
    }
    expect((await outreach.ask("find_audience", { interested_in: "Women's talks" })).total).toBe(1);
  });
});
