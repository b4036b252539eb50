import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { csv } from "../../workbench/exports.ts";
import { readCaged } from "../../src/import/cage/read.ts";
import { readExport } from "../../src/import/formats/export.ts";
import { reader } from "../../src/import/procedure/reading.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { TOOL_OF, toolsOn } from "./support/in_process.ts";

const EVENT = "Data Day";
const BOUGHT = "2026-03-02 08:15:30.0000000";
const CAME = "2026-11-14 08:31:00";

type ImportType = keyof typeof TOOL_OF;

/** What a file of the type needs beside a name and an address. */
const NEEDED: Record<Exclude<ImportType, "ratings">, [header: string[], cells: string[]]> = {
  quicket_registrations: [
    ["Ticket Number", "Purchase Date"],
    ["501", BOUGHT],
  ],
  quicket_checkins: [
    ["Ticket Number", "Purchase Date", "Checked In", "Checked In Date"],
    ["501", BOUGHT, "Yes", CAME],
  ],
  walkup: [["Completion time"], [CAME]],
  sessionize: [["Title"], ["Streams that never sleep"]],
};
const OF_PEOPLE = Object.keys(NEEDED) as (keyof typeof NEEDED)[];

describe("a file whose header differs", () => {
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    reader.read = ({ source, type, zone }, signal) => readExport(source, type, { zone, signal });
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    reader.read = readCaged;
    await tools.leave();
    await database.drop();
  });
  beforeEach(async () => {
    await database.sql`
      WITH ratings AS (DELETE FROM speaker_ratings), sessions AS (DELETE FROM speaker_sessions),
           speakers AS (DELETE FROM speakers), roles AS (DELETE FROM contact_roles),
           tickets AS (DELETE FROM tickets)
      DELETE FROM contacts`;
  });

  function file(type: keyof typeof NEEDED, header: string[], ...rows: string[][]) {
    const [columns, cells] = NEEDED[type];
    const lines = rows.map((row, index) => [
      ...cells.map((cell) => (/^\d+$/u.test(cell) ? String(Number(cell) + index) : cell)),
      ...row,
    ]);
    return { file_content: { name: "export.csv", text: csv([[...columns, ...header], ...lines]) } };
  }
  const bring = (type: ImportType, given: object) =>
    tools.call(TOOL_OF[type], { ...given, event: EVENT });
  const people = async () => {
    const rows = await database.sql`SELECT first_name, last_name, email FROM contacts ORDER BY id`;
    return rows.map((row) => [row["first_name"], row["last_name"], row["email"]].join("|"));
  };
  const know = async (...known: [first: string, last: string, email: string][]) => {
    for (const [first, last, email] of known)
      await database.sql`INSERT INTO contacts (first_name, last_name, email) VALUES (${first}, ${last}, ${email})`;
  };

  const HEADERS = [
    ["First Name", "Last name", "E-mail"],
    ["Given name", "Family Name", "Email Address"],
    ["Vorname", "Nachname", "E-Mail"],
    ["Attendee First Name", "Attendee Surname", "Attendee Email"],
    ["Name", "Surname", "Email"],
  ];
  it.each(OF_PEOPLE.flatMap((type) => HEADERS.map((header) => [type, header] as const)))(
    "is read by what its columns obviously are: %s, %j",
    async (type, header) => {
      const answer = await bring(type, file(type, header, ["Thabo", "Nkosi", "thabo@example.org"]));
      expect(await people()).toEqual(["Thabo|Nkosi|thabo@example.org"]);
      expect(answer.facts).toMatchObject({ imported: 1, unread_columns: [] });
      expect(answer.text).not.toContain("is empty");
    },
  );

  it.each([
    [["Name", "Email"], ["Thabo van der Merwe"], "Thabo|van der Merwe"],
    [["First name", "Name", "Email"], ["Thabo", "Thabo Nkosi"], "Thabo|Nkosi"],
    [["First name", "Name", "Email"], ["Thabo", "Nkosi"], "Thabo|Nkosi"],
    [["Full Name", "Surname", "Email"], ["Thabo Nkosi", "Nkosi"], "Thabo|Nkosi"],
    [
      ["Full Name", "First name", "Surname", "Email"],
      ["T. Nkosi", "Thabo", "Nkosi"],
      "Thabo|Nkosi",
    ],
  ])("takes whole names apart: %j %j", async (header, cells, expected) => {
    const given = file("quicket_registrations", header, [...cells, "thabo@example.org"]);
    await bring("quicket_registrations", given);
    expect(await people()).toEqual([`${expected}|thabo@example.org`]);
  });

  it("of a form that asks for Name and Email anew is not read by who was signed in", async () => {
    const system = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"];
    const given = (header: string[], cells: string[]) => ({
      file_content: {
        name: "door.csv",
        text: csv([
          [...system, ...header],
          ["1", CAME, CAME, "anonymous", "", "", ...cells],
        ]),
      },
    });
    await bring(
      "walkup",
      given(["Name", "Last Name", "Email"], ["Thabo", "Nkosi", "thabo@example.org"]),
    );
    const lone = csv([
      ["ID", "Start time", "Completion time", "Last modified time", "Name", "Email"],
      ["1", CAME, CAME, "", "Zoë Botha", "zoe@example.org"],
    ]);
    await bring("walkup", { file_content: { name: "door.csv", text: lone } });
    expect(await people()).toEqual(["Thabo|Nkosi|thabo@example.org", "Zoë|Botha|zoe@example.org"]);
  });

  it.each(OF_PEOPLE)(
    "is refused, by the header to be renamed, where a name would be lost: %s",
    async (type) => {
      const given = file(
        type,
        ["First Name", "Lst Name", "Email"],
        ["Thabo", "Nkosi", "thabo@example.org"],
      );
      const answers = [
        await bring(type, given),
        await tools.call("preview_import", { ...given, event: EVENT, import_type: type }),
        await tools.call("validate_import_data", { ...given, import_type: type }),
      ];
      for (const { text } of answers)
        expect(text).toMatch(/"Lst Name" seems to be (?:Surname|Last ?Name): rename it/u);
      expect(answers.map(({ isError }) => isError)).toEqual([true, true, false]);
      expect(answers[2]!.facts["valid"]).toBe(false);
      expect(await people()).toEqual([]);
    },
  );

  it("names the columns that were not read, and what each may be, in every answer", async () => {
    await bring("sessionize", file("sessionize", ["Name"], ["Neo Smith"]));
    const odd = { column: "Dietary needs", expected: null };
    const files: [ImportType, object, object[]][] = [
      ...OF_PEOPLE.slice(0, 2).map((type): [ImportType, object, object[]] => [
        type,
        file(type, ["Full Name", "Dietary needs", "Cellphones"], ["Thabo Nkosi", "none", "-"]),
        [odd, { column: "Cellphones", expected: "Cellphone" }],
      ]),
      ["walkup", file("walkup", ["Full Name", "Dietary needs"], ["Thabo Nkosi", "none"]), [odd]],
      [
        "sessionize",
        file("sessionize", ["Name", "Dietary needs", "Tracks"], ["Neo Smith", "none", "AI"]),
        [odd, { column: "Tracks", expected: "Track" }],
      ],
      [
        "ratings",
        {
          file_content: {
            name: "ratings.csv",
            text: csv([
              ["Session", "Informative", "Delivery", "Dietary needs"],
              ["Streams that never sleep", "6", "5", "none"],
            ]),
          },
        },
        [odd],
      ],
    ];
    for (const [type, given, unread] of files) {
      const answers = [
        await tools.call("validate_import_data", { ...given, import_type: type }),
        await tools.call("preview_import", { ...given, event: EVENT, import_type: type }),
        await bring(type, given),
      ];
      for (const { text, facts } of answers) {
        expect([type, facts["unread_columns"]]).toEqual([type, unread]);
        expect(text.split("\n")[0]).toContain('Not read: "Dietary needs"');
      }
    }
  });

  it("is told once of a column that is missing, not once a row", async () => {
    const given = file("quicket_registrations", ["First name"], ["Thabo"], ["Zoë"], ["Neo"]);
    const { facts } = await bring("quicket_registrations", given);
    const told = (facts["warnings"] as { row: number; field: string; warning: string }[]).filter(
      ({ field }) => /name|^Email/iu.test(field),
    );
    expect(told).toEqual([
      {
        row: 1,
        field: "Email",
        warning: "is missing from the file: people are known by name only",
      },
      {
        row: 1,
        field: "Surname",
        warning:
          "is missing from the file: names are taken whole from First name, and part at the first space",
      },
    ]);
  });

  it.each(OF_PEOPLE)("makes no second person of half a name: %s", async (type) => {
    await know(
      ["Thabo", "Nkosi", "thabo@example.org"],
      ["Zoë", "van der Merwe", "zoe@example.org"],
      ["Sipho", "Dlamini", "family@example.org"],
    );
    const given = file(
      type,
      ["First Name", "Email"],
      ["THABO", "Thabo@example.org "],
      ["Zoe", "zoe@example.org"],
      // Somebody else of that mailbox.
      ["Lerato", "family@example.org"],
    );
    const before = await people();
    const answer = await bring(type, given);
    expect(await people()).toEqual([...before, "Lerato||family@example.org"]);
    expect(answer.facts).toMatchObject({ contacts: { created: 1 } });
    expect(answer.text).toContain(
      "taken to be Thabo Nkosi, who is on that mailbox; the same goes for 1 more row",
    );
    await bring(type, given);
    expect(await people()).toHaveLength(4);
  });

  it("takes half a name for whom the file itself names whole, and for who was known by it", async () => {
    await know(["Zoë", "Botha", "zoe@example.org"]);
    await database.sql`UPDATE contacts SET last_name = 'Smit'`;
    const header = ["First name", "Surname", "Email"];
    await bring(
      "quicket_registrations",
      file(
        "quicket_registrations",
        header,
        ["Thabo", "-", "thabo@example.org"],
        ["Thabo", "Nkosi", "thabo@example.org"],
        ["-", "Smit", "zoe@example.org"],
      ),
    );
    expect(await people()).toEqual(["Zoë|Smit|zoe@example.org", "Thabo|Nkosi|thabo@example.org"]);
  });

  it("leaves out half a name that fits two of one mailbox, but for who is checked in", async () => {
    await know(["Thabo", "Nkosi", "nkosi@example.org"], ["Nomsa", "Nkosi", "nkosi@example.org"]);
    const header = ["First name", "Surname", "Email"];
    const whole = ["Thabo", "Nkosi", "nkosi@example.org"];
    const half = ["-", "Nkosi", "nkosi@example.org"];
    const registered = await bring(
      "quicket_registrations",
      file("quicket_registrations", header, whole, half),
    );
    expect(registered.facts).toMatchObject({
      imported: 1,
      skipped: [
        {
          row: 3,
          reason:
            "names its person only in part, which fits several on the mailbox: Nomsa Nkosi, Thabo Nkosi",
        },
      ],
    });
    const came = await bring("quicket_checkins", file("quicket_checkins", header, half));
    expect(came.facts).toMatchObject({ tickets: { checked_in: 1, created: 0 } });
    expect(await people()).toHaveLength(2);
  });
});
