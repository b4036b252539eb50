import { describe, expect, test } from "vitest";
import { mapColumns } from "../../../src/import/formats/reading/columns.ts";
import { readExport } from "../../../src/import/formats/export.ts";
import { ratings } from "../../../src/import/formats/ratings.ts";
import { walkUp } from "../../../src/import/formats/walkup.ts";
import { csv, QUICKET_COLUMNS, ticket } from "../../../workbench/exports.ts";
import { tempFiles } from "../support/temp_files.ts";

const files = tempFiles();
const SYSTEM = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"];

describe("questions are known by what they ask", () => {
  /** In the order label, topic, delivery, speaker's comment, event's rating, event's comment, prize. */
  const KEYS = [
    "label",
    "topic_rating",
    "presentation_rating",
    "speaker_comment",
    "event_rating",
    "event_comment",
    "prize",
  ];
  const WORDINGS = [
    [
      "Which session did you attend?",
      "How informative was the session?",
      "How was the speaker's delivery?",
      "What is one thing the speaker could have done better?",
      "Was the event a good investment of your time?",
      "What is one thing you would change about the event?",
      "Your name, for the prize draw (optional)",
    ],
    [
      "Please select the session you attended (title - speaker)",
      "How informative was the session you attended?",
      "Rate the speaker's delivery of the session you attended",
      "One thing the presenter could have done better in this session",
      "The event was a good investment of my time",
      "If you could change one thing about the event, what would it be?",
      "Enter your name to win!",
    ],
    [
      "Session attended",
      "Informative",
      "Delivery",
      "Speaker: one thing to improve",
      "Was attending the conference worth it?",
      "One thing to improve about the conference",
      "Name for the lucky draw",
    ],
    [
      "SESSION\u00a0attended: ",
      "How useful was the content of the talk?",
      "How would you rate the speaker?",
      "What could the speaker have done differently?",
      "How would you rate the event overall?",
      "What could we do better at the next event?",
      "Raffle: your name",
    ],
  ];
  const orders = [0, 3, 5].map((shift) => (list: string[]) => [
    ...list.slice(shift),
    ...list.slice(0, shift),
  ]);
  test.each(
    WORDINGS.flatMap((wording) => orders.map((order) => [wording[0], wording, order] as const)),
  )("%s", (_first, wording, order) => {
    for (const turned of [order(wording), order(wording).reverse()]) {
      const header = [...SYSTEM, ...turned];
      const { at, missing, extra } = mapColumns(header, ratings.columns);
      expect(KEYS.map((key) => header[at.get(key) ?? -1])).toEqual(wording);
      expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    }
  });

  test("at the door", () => {
    const header = [
      ...SYSTEM,
      "What is your surname?",
      "Your e-mail address",
      "Mobile",
      "What is your first name?",
    ];
    const { at, missing } = mapColumns(header, walkUp.columns);
    expect(missing).toEqual([]);
    expect([at.get("last_name"), at.get("email"), at.get("phone"), at.get("first_name")]).toEqual([
      6, 7, 8, 9,
    ]);
    expect(at.get("account_email")).toBe(3);
  });
});

test("names of columns are known whatever their case, spaces and colons; their order does not matter", async () => {
  const odd = QUICKET_COLUMNS.map((name, index) =>
    name === "Ticket Number"
      ? index === 2
        ? "\ufeffticket  number "
        : "Ticket Number1"
      : name === "Profession:"
        ? "profession"
        : `\u00a0${name.toUpperCase()} `,
  );
  const turn = (cells: readonly string[]) => [...cells.slice(20), ...cells.slice(0, 20)];
  // Then the second of the two comes first, and must not be taken for it.
  const path = await files.write(
    "odd.csv",
    csv([turn(odd), turn(ticket({ "Profession:": "Analyst" }))]),
  );
  const read = await readExport(path, "quicket_registrations");
  expect(read).toMatchObject({ missing_columns: [], extra_columns: [], errors: [], warnings: [] });
  expect(read.rows).toMatchObject([{ ticket_number: "810001", profession: "Analyst" }]);
});

test("of two columns of one name the first counts", async () => {
  const header = [...QUICKET_COLUMNS, "Email"];
  const path = await files.write("twice.csv", csv([header, [...ticket({}), "other@example.org"]]));
  const read = await readExport(path, "quicket_registrations");
  expect(read.rows).toMatchObject([{ ticket_number: "810001", email: "thabo@example.org" }]);
  expect(read.warnings).toMatchObject([{ row: 1, field: "Email" }]);
});

test("unknown columns are named, missing ones that matter are told", async () => {
  const without = (cells: readonly string[]) =>
    cells.filter(
      (_, index) => !["Valid", "Link Campaign", "Vended"].includes(QUICKET_COLUMNS[index]!),
    );
  const path = await files.write(
    "other.csv",
    csv([
      [...without(QUICKET_COLUMNS), "Dietary needs", ""],
      [...without(ticket({})), "none", ""],
    ]),
  );
  const read = await readExport(path, "quicket_registrations");
  expect(read.extra_columns).toEqual(["Dietary needs"]);
  expect(read.info.columns.at(-1)).toBe("Dietary needs");
  expect(read.warnings.map(({ row, field }) => [row, field])).toEqual([
    [1, "Link Campaign"],
    [1, "Valid"],
  ]);
  expect(read.rows).toMatchObject([{ marketing_source: null, status: "registered" }]);
});

test("check-ins need their own columns", async () => {
  const without = (cells: readonly string[]) =>
    cells.filter((_, index) => QUICKET_COLUMNS[index] !== "Checked In");
  const path = await files.write("plain.csv", csv([without(QUICKET_COLUMNS), without(ticket({}))]));
  expect((await readExport(path, "quicket_checkins")).missing_columns).toEqual(["Checked In"]);
  expect((await readExport(path, "quicket_registrations")).missing_columns).toEqual([]);
});
