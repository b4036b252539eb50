import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { xlsxRows } from "../../src/import/files/xlsx.ts";
import type { TestClient } from "../../workbench/client.ts";
import { csv, QUICKET_COLUMNS, ticket } from "../../workbench/exports.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { FILES } from "../import/support/rows.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord, ZONE } from "../support/record.ts";

/** Names as strangers give them. */
const HOSTILE = [
  '=HYPERLINK("http://evil.example.org","click")',
  "+27 82 555 1234",
  "-2+3",
  "@SUM(A1)",
  "\t=1+1",
  "\uff1d1+1",
  'a "quoted", one; two\nlines',
  "2026-11-14",
  "0012",
  "_x0041_ \u0007 \u{1f600} <b>&amp;",
  "'quoted",
];

let database: TestDatabase;
let client: TestClient;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "event-outreach-exports-"));
  process.env["OUTREACH_EXPORT_DIR"] = folder;
  database = await freshDatabase();
  const { sql } = database;
  const { mails } = await seedRecord(sql, await seedPeople(sql));
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT name, 'Guest', 'guest' || number || '@example.org'
    FROM unnest(${HOSTILE}::text[]) WITH ORDINALITY AS hostile (name, number)`;
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Crowd', number::text, 'crowd' || number || '@example.org' FROM generate_series(1, 2100) AS number`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
    SELECT ${mails.lastCall}, id, 'sent', '2026-03-20T07:00:00Z' FROM contacts
    WHERE last_name = 'Guest' OR first_name = 'Crowd'`;
  await sql`
    INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, track)
    SELECT id, (SELECT min(id) FROM contacts), 'a', 'Streaming', 'Data' FROM events`;
  client = await connectInProcess({
    server: "organiser",
    env: { DATABASE_URL: database.url, ...ZONE },
  });
  await client.ask("save_note", { about: { event: "last" }, text: "Thank the venue" });
  await client.ask("save_segment", { name: "Regulars", audience: { role: "speaker" } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

type Facts = Record<string, any>;
type Given = Record<string, unknown>;

const save = (tool: string, given: Given, format: string, more: Given = {}) =>
  client.ask("export_answer", { tool, arguments: given, format, ...more });

async function cellsOf({ file }: Facts): Promise<string[][]> {
  if (file.format === "csv") {
    return parse(readFileSync(file.path), { bom: true, record_delimiter: "\r\n" });
  }
  const rows: string[][] = [];
  for await (const { cells } of xlsxRows(readFileSync(file.path))) rows.push(cells);
  return rows;
}

const jsonOf = ({ file }: Facts): Facts[] => JSON.parse(readFileSync(file.path, "utf8"));

/** The rows of all pages of a question, as a client reads them. */
async function paged(tool: string, given: Given, list: string): Promise<Facts[]> {
  const rows: Facts[] = [];
  let cursor: string | undefined;
  do {
    const facts = await client.ask(tool, { ...given, limit: 200, ...(cursor && { cursor }) });
    rows.push(...facts[list]);
    cursor = facts["next_cursor"] ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** Of each question that an organiser may save: what is asked, which list is saved, and what else the answer has. */
const QUESTIONS: Record<string, [given: Given, list: string][]> = {
  list_events: [[{}, "events"]],
  get_event: [[{ event: "Data & AI Day 2026" }, "campaigns"]],
  find_contacts: [
    [{ text: "Guest" }, "contacts"],
    [{ duplicates: true }, "pairs"],
  ],
  list_campaigns: [[{}, "campaigns"]],
  get_campaign: [[{ campaign: "CFP 2026" }, "communications"]],
  query_outreach_timeline: [[{}, "entries"]],
  query_recipients: [[{ status: ["bounced", "delivered"] }, "recipients"]],
  query_contact_history: [[{ contact: "jane.smith@example.org" }, "people.entries"]],
  list_assets: [[{}, "assets"]],
  find_audience: [[{ text: "Guest" }, "contacts"]],
  query_registrations: [
    [{ event: "Data & AI Day 2026" }, "by_source"],
    [{ event: "Data & AI Day 2026", list: true }, "registrations"],
  ],
  list_sources: [[{ event: "Data & AI Day 2026" }, "sources"]],
  list_changes: [[{}, "changes"]],
  list_notes: [[{}, "notes"]],
  list_segments: [[{}, "segments"]],
  list_sessions: [[{}, "sessions"]],
  query_speakers: [[{}, "speakers"]],
  query_attendance: [
    [{}, "events"],
    [{ by: "ticket_type" }, "groups"],
    [{ regulars: 5 }, "regulars"],
  ],
  ask_database: [
    [{ sql: "SELECT contact_id, name FROM people ORDER BY 1 LIMIT 9" }, "rows"],
    [{}, "views"],
  ],
};

/** The rows of a list, or of a list in each row of another. */
function rowsIn(facts: Facts, list: string): Facts[] {
  const [outer = "", inner] = list.split(".");
  return inner === undefined ? facts[outer] : facts[outer].flatMap((row: Facts) => row[inner]);
}

/** The first needs a mail service, of the others more rows are saved than an answer lists. */
const ELSEWHERE = ["list_templates", "validate_import_data", "preview_import"];

describe("the answer of every question", () => {
  it("is tried", async () => {
    const tools = (await client.tools()) as { name: string; annotations: Facts }[];
    const questions = tools.filter(({ annotations }) => annotations["readOnlyHint"]);
    const names = questions.map(({ name }) => name).sort();
    expect([...Object.keys(QUESTIONS), ...ELSEWHERE].sort()).toEqual(names);
  });

  const cases = Object.entries(QUESTIONS).flatMap(([tool, all]) =>
    all.map(([given, list]): [string, string, Given] => [tool, list, given]),
  );
  it.each(cases)("%s: %s", async (tool, list, given) => {
    const expected = rowsIn(await client.ask(tool, given), list);
    expect(expected.length).toBeGreaterThan(0);
    const saved = await save(tool, given, "json");
    expect(saved).toMatchObject({ list, file: { rows: expected.length } });
    const rows = jsonOf(saved);
    expect(list === "rows" ? rows.map(Object.values) : rows).toMatchObject(expected);
    expect(Object.keys(rows[0] ?? {})).toEqual(saved["columns"]);
    for (const format of ["csv", "xlsx"]) {
      const table = await save(tool, given, format);
      const [header, ...cells] = await cellsOf(table);
      expect(header).toEqual(table["columns"]);
      expect(cells).toHaveLength(rows.length);
    }
  });

  it("has all that is wrong with a file, and all that its import would do", async () => {
    const faulty = Array.from({ length: 520 }, () => ticket({ "Ticket Number": "" }));
    const text = csv([QUICKET_COLUMNS, ...faulty]);
    const checked = { import_type: "quicket_registrations", file_content: { name: "a.csv", text } };
    const { errors, validation_results } = await client.ask("validate_import_data", checked);
    const wrong = await save("validate_import_data", checked, "json");
    expect(wrong["file"].rows).toBe(validation_results.total_errors);
    expect(wrong["file"].rows).toBeGreaterThan(errors.length);
    expect(jsonOf(wrong).slice(0, errors.length)).toEqual(errors);

    const file_content = { name: "b.csv", text: FILES.walkup(30) };
    const previewed = { import_type: "walkup", event: "Data & AI Day 2026", file_content };
    const actions = await save("preview_import", previewed, "csv");
    const [header, ...cells] = await cellsOf(actions);
    expect(header).toEqual(["row", "action", "record_type", "identifier", "reason"]);
    const of = (type: string) => cells.filter((row) => row[2] === type);
    expect([of("contacts").length, of("tickets").length]).toEqual([30, 30]);
  });

  it("says in words what one needs that it lacks", async () => {
    const refused = (tool: string, given: Given = {}) =>
      client.refused("export_answer", { tool, arguments: given, format: "csv" });
    expect(await refused("list_templates")).toContain("Sending is not set up");
    expect(await refused("get_campaign")).toBe(
      "campaign is required (an id or words). Nothing was written.",
    );
    expect(await refused("query_recipients", { campaign: "CFP 2099" })).toContain("CFP 2099");
    expect(await refused("ask_database", { sql: "SELECT nme FROM people" })).toMatch(
      /^There is no such column \(at "nme"\)/u,
    );
    expect(await refused("log_send")).toMatch(
      /^tool must be find_contacts, .* or preview_import, not "log_send"/u,
    );
    expect(await refused("export_answer")).toContain("only answers of tools that read");
  });
});

describe("a file", () => {
  const mail = { communication: "Last call for speakers" };

  it("holds every row of all pages, and no row twice", async () => {
    const pages = await paged("query_recipients", mail, "recipients");
    expect(pages).toHaveLength(2114);
    const csv = await save("query_recipients", { ...mail, limit: 1, cursor: "ignored" }, "csv");
    expect(csv["file"].rows).toBe(2114);
    const [header, ...rows] = await cellsOf(csv);
    expect(header).toEqual([
      "contact_id",
      "name",
      "email",
      "status",
      "status_at",
      "reason",
      "opened_at",
      "clicked_at",
      "sent_at",
      "communication.id",
      "communication.title",
      "campaign.id",
      "campaign.name",
    ]);
    expect(rows.map(([id]) => Number(id))).toEqual(pages.map((row) => row["contact_id"]));
    expect(rows.map((row) => row[8])).toEqual(pages.map((row) => row["sent_at"]));
    const sql = "SELECT contact_id FROM mails WHERE title = 'Last call for speakers' ORDER BY 1";
    const asked = await save("ask_database", { sql, limit: 5 }, "json");
    const ids = pages.map((row) => row["contact_id"]).sort((a, b) => a - b);
    expect(jsonOf(asked).map((row) => row["contact_id"])).toEqual(ids);
  });

  it("opens rightly in a spreadsheet: byte order mark, line ends, a right to read for its owner only", async () => {
    const { file } = await save("find_contacts", { text: "Guest" }, "csv");
    const bytes = readFileSync(file.path);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(bytes.toString().replaceAll("\r\n", "").includes("\r")).toBe(false);
    expect(file.bytes).toBe(bytes.length);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it("has names that look like formulas as text", async () => {
    const question = { text: "Guest" };
    const asked = await paged("find_contacts", question, "contacts");
    const trueNames = asked.map((row) => row["name"]);
    expect(trueNames.toSorted()).toEqual(HOSTILE.map((name) => `${name} Guest`).toSorted());
    expect(jsonOf(await save("find_contacts", question, "json")).map((row) => row["name"])).toEqual(
      trueNames,
    );
    const ofColumn = async (format: string) =>
      (await cellsOf(await save("find_contacts", question, format))).slice(1).map((row) => row[1]);
    expect(await ofColumn("xlsx")).toEqual(trueNames);
    expect(await ofColumn("csv")).toEqual(
      trueNames.map((name) => (/^[=+\-@\t\uff1d]/u.test(name) ? `'${name}` : name)),
    );
  });

  it("has numbers as numbers, days and times as a spreadsheet's, also negative ones and none", async () => {
    const sql = `SELECT -5 AS less, 1.5 AS more, date '2026-11-14' AS day, timestamptz '2026-03-01T07:00:00Z' AS at,
                        NULL AS nothing, true AS yes, '-5' AS text, 'a' AS text, '2026-11-14' AS name`;
    const columns = ["less", "more", "day", "at", "nothing", "yes", "text", "text (2)", "name"];
    const csv = await cellsOf(await save("ask_database", { sql }, "csv"));
    const time = "2026-03-01T09:00:00+02:00";
    expect(csv).toEqual([
      columns,
      ["-5", "1.5", "2026-11-14", time, "", "true", "'-5", "a", "2026-11-14"],
    ]);
    const xlsx = await save("ask_database", { sql }, "xlsx");
    const days = ["2026-11-14T00:00:00.000", "2026-03-01T09:00:00.000"];
    expect(await cellsOf(xlsx)).toEqual([
      columns,
      ["-5", "1.5", ...days, "", "Yes", "-5", "a", "2026-11-14"],
    ]);
    expect(jsonOf(await save("ask_database", { sql }, "json"))).toEqual([
      {
        less: -5,
        more: 1.5,
        day: "2026-11-14",
        at: time,
        nothing: null,
        yes: true,
        text: "-5",
        "text (2)": "a",
        name: "2026-11-14",
      },
    ]);
  });

  it("has its columns also where there are no rows, and says what is not in it", async () => {
    for (const format of ["csv", "xlsx"]) {
      const none = await save("query_recipients", { ...mail, status: ["clicked"] }, format);
      expect(none["file"].rows).toBe(1);
      const nobody = await save("find_audience", { text: "Nobody" }, format);
      expect(nobody["file"].rows).toBe(0);
      expect(await cellsOf(nobody)).toEqual([
        ["id", "name", "email", "last_contacted_at", "mails"],
      ]);
    }
    expect(jsonOf(await save("find_audience", { text: "Nobody" }, "json"))).toEqual([]);
    const { text, facts } = await client.call("export_answer", {
      tool: "get_campaign",
      arguments: { campaign: "CFP 2026" },
      format: "csv",
    });
    expect(facts).toMatchObject({
      list: "communications",
      left_out: ["campaign", "people", "assets", "distributions", "registrations"],
      resolved: { campaign: { name: "CFP 2026" } },
      filter: { campaign: { name: "CFP 2026" } },
    });
    expect(text).toContain(
      `Saved 4 rows (communications of get_campaign) to ${facts["file"].path}. Not in it: campaign, people, assets, distributions, registrations.`,
    );
    await client.ask("update_event", { event: "Data & AI Day 2026", facts: { theme: "Trust" } });
    const event = await save("get_event", { event: "Data & AI Day 2026" }, "json");
    expect(event["list"]).toBe("campaigns");
    expect(event["left_out"]).toEqual([
      "event",
      "facts",
      "registrations",
      "sessions",
      "open_notes",
      "outreach",
    ]);
    const asked = await save("ask_database", { sql: "SELECT name FROM people" }, "csv");
    expect(asked["left_out"]).toEqual([]);
    expect((await save("list_campaigns", {}, "csv"))["left_out"]).toEqual([]);
  });

  it("cuts only what a workbook's cell cannot hold, and says so", async () => {
    const everybody = "string_agg(name || email, ' ')";
    const sql = `SELECT ${everybody}, length(${everybody}) FROM people`;
    const xlsx = await save("ask_database", { sql }, "xlsx");
    expect(xlsx["cut_texts"]).toBe(1);
    expect((await cellsOf(xlsx))[1]?.[0]).toHaveLength(32_767);
    const csv = await save("ask_database", { sql }, "csv");
    expect(csv["cut_texts"]).toBe(0);
    const [text, length] = (await cellsOf(csv))[1] ?? [];
    expect(Array.from(text ?? "")).toHaveLength(Number(length));
  });

  it("gets the name that a person gives it, or one of its own, and none replaces another", async () => {
    const at = path.join(folder, "our people.csv");
    const given = await save("list_events", {}, "csv", { file_path: `"${at}"` });
    expect(given["file"].path).toBe(at);
    const before = readdirSync(folder).sort();
    const refused = (file_path: string) =>
      client.refused("export_answer", { tool: "list_events", format: "csv", file_path });
    expect(await refused("our people.csv")).toBe(
      `There is a file at ${at} already, and none is ever replaced; give another name. Nothing was written.`,
    );
    expect(await refused("x.exe")).toContain("file_path must end in .csv");
    expect(await refused("nowhere/x.csv")).toContain("There is no folder");
    expect(readdirSync(folder).sort()).toEqual(before);
    const names = await Promise.all([1, 2].map(() => save("list_sessions", {}, "xlsx")));
    expect(new Set(names.map(({ file }) => file.path)).size).toBe(2);
  });

  it("shows one moment, whatever is written meanwhile", async () => {
    const saving = save("query_recipients", mail, "json");
    await database.sql`
      DELETE FROM communication_recipients WHERE communication_id = (SELECT id FROM communications WHERE title = ${mail.communication})
        AND contact_id = (SELECT max(id) FROM contacts)`;
    const rows = jsonOf(await saving);
    expect([2113, 2114]).toContain(rows.length);
    expect(new Set(rows.map((row) => row["contact_id"])).size).toBe(rows.length);
  });
});

it("leaves nothing in the record", async () => {
  const { changes } = await client.ask("list_changes", {});
  expect(changes.map(({ tool }: Facts) => tool)).not.toContain("export_answer");
});
