import { mkdir } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { fixture } from "./support/fixture.ts";
import { walkIns } from "./support/forms.ts";
import { tempFiles } from "./support/temp_files.ts";

const good = csv([QUICKET_COLUMNS, ticket({}), ticket({ "Ticket Number": "810002" })]);
const secret = "Drop Table Students";

describe("a file that is none of Quicket's", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    client = await connectInProcess({ server: "import", env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const KINDS: [kind: string, make: () => Promise<string>, says: RegExp][] = [
    ["not there", () => Promise.resolve(files.path("none.csv")), /no file at \/.*none\.csv/u],
    [
      "a folder",
      async () => {
        const path = files.path("folder.csv");
        await mkdir(path);
        return path;
      },
      /folder/u,
    ],
    ["of another kind", () => files.write("export.txt", good), /Only \.csv and \.xlsx/u],
    ["empty", () => files.write("empty.csv", ""), /empty/u],
    [
      "no table",
      () => files.write("prose.csv", `${secret} in prose.\nNo table at all.\n`),
      /does not match quicket_registrations/u,
    ],
    ["binary", () => files.write("binary.csv", gzipSync(good)), /binary file/u],
    ["no workbook", () => files.write("text.xlsx", good), /is not a workbook/u],
    [
      "a wrong export",
      () =>
        files.write(
          "walkins.csv",
          walkIns([{ "First Name": secret, "Last Name": "X", "Email Address": "x@example.org" }]),
        ),
      /does not match quicket_registrations/u,
    ],
    ["cut off in its last row", () => files.write("cut.csv", good.slice(0, -60)), /row 3/u],
    [
      "wrong in its last row",
      () =>
        files.write(
          "wrong.csv",
          csv([QUICKET_COLUMNS, ticket({}), ticket({ "Ticket Number": "many" })]),
        ),
      /row 3, Ticket Number/u,
    ],
  ];

  it.each(KINDS)(
    "because it is %s is refused in a sentence, and nothing is written",
    async (_kind, make, says) => {
      const file_path = await make();
      const message = await client.refused("import_quicket_registrations", {
        file_path,
        event: "Data Day",
      });
      expect(message).toMatch(says);
      expect(message).toMatch(/Nothing was written\.$/u);
      expect(message).not.toContain(secret);
      // The path is named where nothing readable is there, and only there.
      expect(message.includes(file_path)).toBe(
        /^There is no file|is a folder|^Only/u.test(message),
      );
      expect(message).not.toContain("Internal error");
      const [left] = await database.sql`
      SELECT (SELECT count(*)::int FROM contacts) AS contacts, (SELECT count(*)::int FROM tickets) AS tickets`;
      expect(left).toEqual({ contacts: 0, tickets: 0 });
      // And the server lives on.
      const answer = await client.call("validate_import_data", {
        file_path: fixture("walkup.csv"),
        import_type: "walkup",
      });
      expect(answer.isError).toBe(false);
    },
  );

  it("previews the refusal of a file with a wrong row, and what the others would do", async () => {
    const file_path = await files.write(
      "wrong.csv",
      csv([QUICKET_COLUMNS, ticket({}), ticket({ "Ticket Number": "many" })]),
    );
    const preview = await client.ask("preview_import", {
      file_path,
      event: "Data Day",
      import_type: "quicket_registrations",
    });
    expect(preview.summary.tickets).toEqual({
      total_rows: 2,
      would_create: 1,
      would_update: 0,
      would_skip: 0,
      would_fail: 1,
    });
    expect(preview.would_be_refused).toMatch(/row 3, Ticket Number/u);
    expect(preview.sample_actions).toContainEqual(
      expect.objectContaining({ row: 3, action: "fail", record_type: "tickets" }),
    );
  });

  it("keeps hostile words as they are, and harmless in the text", async () => {
    const name = "Robert'); DROP TABLE contacts;--";
    const file_path = await files.write(
      "hostile.csv",
      csv([
        QUICKET_COLUMNS,
        ticket({ "First name": name, Surname: "<script>\u202e", "Link Campaign": "<b>x</b>" }),
      ]),
    );
    const answer = await client.call("import_quicket_registrations", {
      file_path,
      event: "Data Day",
    });
    expect(answer.facts).toMatchObject({
      tickets: { created: 1 },
      by_marketing_source: { "<b>x</b>": 1 },
    });
    expect(answer.text).not.toContain("<b>");
    const [stored] = await database.sql`SELECT first_name, last_name FROM contacts`;
    expect(stored).toEqual({ first_name: name, last_name: "<script>\u202e" });
    expect(client.stderr()).toBe("");
  });
});
