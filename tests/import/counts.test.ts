import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { readCaged } from "../../src/import/cage/read.ts";
import { readExport } from "../../src/import/formats/export.ts";
import { reader } from "../../src/import/procedure/reading.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { label, ratings, sessions, walkIns } from "./support/forms.ts";
import { TOOL_OF, toolsOn, type Answer } from "./support/in_process.ts";

const EVENT = "Data Day";
const ROWS = 60;

type ImportType = keyof typeof TOOL_OF;

/** The same numbers in every run: whatever the seed, the sums hold. */
const SEED = Number(process.env["IMPORT_COUNTS_SEED"] ?? 1);

const isMerchandise = (n: number) => n % 13 === 0;

/** Rows of every sort: new, repeated, nameless, merchandise, absent, unmatched, of two speakers. */
const FILES: Record<ImportType, () => { text: string; nameless: number[] }> = {
  quicket_registrations: () => quicket("No"),
  quicket_checkins: () => quicket("Yes"),
  walkup: () =>
    of(walkIns, (n, isNameless) => ({
      "First Name": isNameless ? "" : `Walker ${String(n % 40)}`,
      "Last Name": isNameless ? " " : "In",
      "Email Address": isNameless ? "" : `walker${String(n % 40)}@example.org`,
    })),
  sessionize: () =>
    of(sessions, (n, isNameless) => ({
      "Session Id": String(n % 25),
      Title: `Session ${String(n % 25)}`,
      FirstName: isNameless ? "" : `Speaker ${String(n % 31)}`,
      LastName: isNameless ? "" : "Person",
      Email: isNameless ? "" : `speaker${String(n % 31)}@example.org`,
    })),
  ratings: () =>
    of(ratings, (n) => ({
      id: String(n % 45),
      label: n % 7 === 0 ? "" : label(n, `Session ${String(n % 28)}`, []),
    })),
};

function of<Row>(write: (rows: Row[]) => string, row: (n: number, isNameless: boolean) => Row) {
  const numbers = Array.from({ length: ROWS }, (_, index) => index * 7 + SEED);
  const isNameless = (n: number) => n % 11 === 0 && !isMerchandise(n);
  return {
    text: write(numbers.map((n) => row(n, isNameless(n)))),
    nameless: numbers.flatMap((n, index) => (isNameless(n) ? [index + 2] : [])),
  };
}

function quicket(came: string) {
  const write = (rows: string[][]) => csv([QUICKET_COLUMNS, ...rows]);
  return of(write, (n, isNameless) =>
    ticket({
      "Ticket Number": String(1000 + (n % 50)),
      "First name": isNameless ? "-" : `Guest ${String(n % 50)}`,
      Surname: isNameless ? "" : "Person",
      Email: isNameless ? "" : `guest${String(n % 50)}@example.org`,
      "Is Merchandise": isMerchandise(n) ? "Yes" : "No",
      "Checked In": n % 3 === 0 ? "No" : came,
    }),
  );
}

describe("the counts of an import", () => {
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

  function addsUp({ text, facts }: Answer): void {
    const { rows, imported, skipped_total: skipped, unmatched_total: unmatched = 0 } = facts;
    const { not_checked_in: absent = 0 } = facts["tickets"] ?? {};
    expect(rows).toBe(ROWS);
    expect(sum(imported, skipped, unmatched, absent)).toBe(rows);
    expect(text).toContain(
      imported === rows ? `${rows} rows imported` : `${imported} of ${rows} rows imported`,
    );
  }

  it.each([
    "sessionize",
    "ratings",
    "quicket_registrations",
    "quicket_checkins",
    "walkup",
  ] as const)("add up to its rows, a row that names nobody is skipped: %s", async (type) => {
    const { text, nameless } = FILES[type]();
    const given = { file_content: { name: "file.csv", text }, event: EVENT };
    const preview = await tools.call("preview_import", { ...given, import_type: type });
    const first = await tools.call(TOOL_OF[type], given);
    addsUp(first);
    expect(first.facts["imported"]).toBeGreaterThan(0);
    expect(preview.facts["would_import"]).toBe(first.facts["imported"]);
    expect(preview.facts["skipped"]).toEqual(first.facts["skipped"]);
    if (type !== "ratings") {
      const skipped = first.facts["skipped"] as { row: number; reason: string }[];
      const named = skipped.flatMap(({ row, reason }) =>
        reason === "names nobody: neither a first nor a last name" ? [row] : [],
      );
      expect(named).toEqual(nameless);
    }
    const { tickets } = first.facts;
    if (type !== "quicket_checkins" && tickets)
      expect(sum(tickets.created, tickets.updated ?? 0, tickets.skipped)).toBe(ROWS);
    if (type === "quicket_checkins") {
      expect(sum(...Object.values(tickets as Record<string, number>))).toBe(ROWS);
    }
    const again = await tools.call(TOOL_OF[type], given);
    addsUp(again);
    expect(again.facts["imported"]).toBe(0);
  });

  it("are said in the singular and the plural", async () => {
    const one = {
      quicket_registrations: csv([QUICKET_COLUMNS, ticket({ "Ticket Number": "9001" })]),
      quicket_checkins: csv([
        QUICKET_COLUMNS,
        ticket({ "Ticket Number": "9001", "Checked In": "Yes" }),
      ]),
      walkup: walkIns([{ "First Name": "Neo", "Last Name": "Smith" }]),
      sessionize: sessions([
        { "Session Id": "900", Title: "Queues", FirstName: "Neo", LastName: "Smith" },
      ]),
      ratings: ratings([{ id: "900", label: label(1, "Queues", ["Neo Smith"]) }]),
    };
    for (const [type, text] of Object.entries(one)) {
      const given = { file_content: { name: "one.csv", text } };
      const answers = [
        await tools.call("validate_import_data", { ...given, import_type: type }),
        await tools.call("preview_import", { ...given, event: EVENT, import_type: type }),
        await tools.call(TOOL_OF[type as ImportType], { ...given, event: EVENT }),
      ];
      for (const { text } of answers) {
        expect(text).toMatch(/\b1 row\b/u);
        expect(text).not.toMatch(/\b1 (?:people|[a-z]*[a-rt-z]s)\b/u);
      }
    }
  });
});

function sum(...counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
