import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { personsPath } from "../../src/words/paths.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { fixture } from "./support/fixture.ts";
import { toolsOn } from "./support/in_process.ts";
import { tempFiles } from "./support/temp_files.ts";

describe("a path as people write it", () => {
  const meant = path.resolve("/data/My export.csv");
  test.each([
    ["/data/My export.csv"],
    ["  /data/My export.csv \n"],
    ['"/data/My export.csv"'],
    ["'/data/My export.csv'"],
    ["“/data/My export.csv”"],
    ["„/data/My export.csv“"],
    ["«/data/My export.csv»"],
    ['" /data/My export.csv "'],
    ["`/data/My export.csv`"],
    [pathToFileURL(meant).href],
    [`"${pathToFileURL(meant).href}"`],
  ])("%s", (text) => {
    expect(personsPath(text)).toBe(meant);
  });

  test("at home, and beside this process", () => {
    expect(personsPath("~/x.csv")).toBe(path.join(homedir(), "x.csv"));
    expect(personsPath('"~/x.csv"')).toBe(path.join(homedir(), "x.csv"));
    expect(personsPath("~")).toBe(homedir());
    expect(personsPath("~other/x.csv")).toBe(path.resolve("~other/x.csv"));
    expect(personsPath("x.csv")).toBe(path.resolve("x.csv"));
    expect(personsPath("/it's/x.csv")).toBe(path.resolve("/it's/x.csv"));
    expect(personsPath('"')).toBe(path.resolve('"'));
  });
});

describe("the file of a call", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;
  const content = csv([QUICKET_COLUMNS, ticket({ Surname: "Müller" })]);
  const about = { event: "Data Day" };

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });

  it("is found where the path has quotation marks, and named where it is not there", async () => {
    const file_path = await files.write("with space.csv", content);
    const check = (given: string) =>
      tools.call("validate_import_data", {
        file_path: given,
        import_type: "quicket_registrations",
      });
    expect((await check(` "${file_path}" `)).facts).toMatchObject({ valid: true });
    expect((await check(pathToFileURL(file_path).href)).facts).toMatchObject({ valid: true });
    const gone = path.join(path.dirname(file_path), "gone.csv");
    expect(await check(`“${gone}”`)).toMatchObject({
      isError: true,
      text: `There is no file at ${gone}.`,
    });
    expect((await check("~/surely/not there.csv")).text).toBe(
      `There is no file at ${path.join(homedir(), "surely/not there.csv")}.`,
    );
  });

  it("may come with it, as text or in base64, to every tool", async () => {
    const text = { file_content: { name: "export.csv", text: content } };
    const workbook = await readFile(fixture("walkup.xlsx"));
    const base64 = {
      file_content: { name: "Walk-ins.XLSX", base64: workbook.toString("base64") },
    };
    expect(
      (
        await tools.call("validate_import_data", {
          ...text,
          import_type: "quicket_registrations",
        })
      ).facts,
    ).toMatchObject({ valid: true, file_info: { format: "csv", encoding: "utf-8", rows: 1 } });
    const preview = await tools.call("preview_import", {
      ...about,
      ...text,
      import_type: "quicket_registrations",
    });
    expect(preview.facts["summary"].tickets).toMatchObject({ would_create: 1 });
    const first = await tools.call("import_quicket_registrations", { ...about, ...text });
    expect(first.facts).toMatchObject({ rows: 1, tickets: { created: 1 } });
    const walkIns = await tools.call("import_walkup_registrations", { ...about, ...base64 });
    expect(walkIns.facts).toMatchObject({ rows: 5, tickets: { created: 4, skipped: 1 } });
    const [stored] = await database.sql`SELECT last_name FROM contacts WHERE first_name = 'Thabo'`;
    expect(stored).toEqual({ last_name: "Müller" });
  });

  it.each([
    ["none", {}, /Give either file_path or file_content/u],
    ["two", { file_path: "/x.csv", file_content: { name: "x.csv", text: "A" } }, /only one/u],
    ["neither text nor base64", { file_content: { name: "x.csv" } }, /text .* or base64/u],
    ["both", { file_content: { name: "x.csv", text: "A", base64: "QQ==" } }, /only one/u],
    ["the text of a workbook", { file_content: { name: "x.xlsx", text: "A" } }, /as base64/u],
    ["another kind", { file_content: { name: "x.pdf", base64: "QQ==" } }, /Only \.csv and \.xlsx/u],
    ["no base64", { file_content: { name: "x.csv", base64: "A b?" } }, /is not base64/u],
    ["nothing", { file_content: { name: "x.csv", text: "" } }, /The file is empty/u],
    [
      "too much",
      { file_content: { name: "x.csv", text: "x".repeat(5 * 1024 * 1024 + 1) } },
      /at most 5 MB/u,
    ],
    [
      "unknown words",
      { file_content: { name: "x.csv", words: "A" } },
      /Unknown argument "file_content\.words"/u,
    ],
  ])("refuses %s", async (_what, file, says) => {
    const answer = await tools.call("import_walkup_registrations", { ...about, ...file });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(says);
    expect(answer.text).toMatch(/Nothing was written\.$/u);
  });
});
