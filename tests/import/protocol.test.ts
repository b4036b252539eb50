import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { byName } from "../support/by_name.ts";
import { GENERATIONS, connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { fixture } from "./support/fixture.ts";

interface Definition {
  name: string;
  description: string;
  inputSchema: { properties?: Record<string, unknown> };
  annotations: Record<string, unknown>;
}

/** Roughly what a model's tokenizer makes of JSON. */
const CHARACTERS_PER_TOKEN = 4;

describe.each(GENERATIONS)("the import server over %s", (generation) => {
  let database: TestDatabase;
  let client: TestClient;
  let tools: Definition[];

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    client = await connect({ generation, server: "import", env: { DATABASE_URL: database.url } });
    tools = (await client.tools()) as unknown as Definition[];
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("shows every tool as it was agreed", async () => {
    await expect(JSON.stringify(tools, byName, 2)).toMatchFileSnapshot("__snapshots__/tools.json");
  });

  it("costs a model few tokens", () => {
    const shown = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema,
    }));
    expect(JSON.stringify(shown).length / CHARACTERS_PER_TOKEN).toBeLessThan(2500);
    expect((client.instructions() ?? "").length / CHARACTERS_PER_TOKEN).toBeLessThan(400);
    for (const { name, description } of tools)
      expect([name, description.length < 400]).toEqual([name, true]);
  });

  it("says truthfully which tools write", () => {
    const effects = Object.fromEntries(
      tools.map(
        ({
          name,
          annotations: { readOnlyHint, destructiveHint, idempotentHint, openWorldHint },
        }) => [name, [readOnlyHint, destructiveHint, idempotentHint, openWorldHint]],
      ),
    );
    const asks = [true, false, true, false];
    // Under update an import overwrites.
    const imports = [false, true, true, false];
    expect(effects).toEqual({
      validate_import_data: asks,
      preview_import: asks,
      import_quicket_registrations: imports,
      import_quicket_checkins: imports,
      import_walkup_registrations: imports,
      import_sessionize_data: imports,
      import_speaker_ratings: imports,
    });
  });

  it("refuses unknown arguments by name, and values that cannot be", async () => {
    for (const { name } of tools) {
      expect(await client.refused(name, { surely_unknown: 1 })).toContain('"surely_unknown"');
    }
    const file_path = fixture("ratings.xlsx");
    const about = { file_path, event: "Data Day" };
    expect(
      await client.refused("import_speaker_ratings", { ...about, fuzzy_match_threshold: 1.01 }),
    ).toContain("0 to 1");
    expect(
      await client.refused("import_speaker_ratings", { ...about, duplicate_strategy: "merge" }),
    ).toMatch(/skip, update or fail/u);
    expect(await client.refused("preview_import", { ...about, import_type: "tickets" })).toContain(
      "quicket_registrations",
    );
    expect(
      await client.refused("preview_import", {
        ...about,
        import_type: "ratings",
        preview_limit: 201,
      }),
    ).toContain("0 to 200");
    expect(
      await client.refused("import_speaker_ratings", { file_path, event: "Jazz Night" }),
    ).toContain('"Jazz Night"');
    expect(client.stderr()).toBe("");
  });

  it("shows as many actions as asked for, the first rows first", async () => {
    const about = { event: "Data Day", import_type: "walkup", file_path: fixture("walkup.csv") };
    const none = await client.ask("preview_import", { ...about, preview_limit: 0 });
    expect(none.sample_actions).toEqual([]);
    const three = await client.ask("preview_import", { ...about, preview_limit: 3 });
    expect(three.sample_actions).toEqual([
      {
        row: 2,
        action: "create",
        record_type: "contacts",
        identifier: "Kagiso Molefe <kagiso@example.org>",
        reason: "not known yet",
      },
      {
        row: 2,
        action: "create",
        record_type: "tickets",
        identifier: "walk-in of Kagiso Molefe <kagiso@example.org>",
        reason: "not known yet",
      },
      {
        row: 2,
        action: "create",
        record_type: "roles",
        identifier: "Kagiso Molefe <kagiso@example.org>",
        reason: "attends the event",
      },
    ]);
    // Row 6 is the only one that is skipped.
    const four = await client.ask("preview_import", { ...about, preview_limit: 4 });
    expect(four.sample_actions.at(-1)).toMatchObject({ row: 6, action: "skip" });
    expect(three).toMatchObject({
      as_of: expect.any(String),
      resolved: { event: { id: 1, name: "Data Day" } },
      summary: {
        total_rows: 5,
        contacts: { total_rows: 5, would_create: 4, would_update: 0, would_skip: 0, would_fail: 0 },
        tickets: { total_rows: 5, would_create: 4, would_update: 0, would_skip: 1, would_fail: 0 },
        roles: { total_rows: 5, would_create: 4, would_update: 0, would_skip: 0, would_fail: 0 },
      },
      would_be_refused: null,
      skipped: [{ row: 6, reason: "the same person as in row 2" }],
      skipped_total: 1,
    });
  });
});

describe("without a database", () => {
  const env = { DATABASE_URL: "postgres://u:topsecret@127.0.0.1:1/none" };

  it("a file is checked all the same, and a preview says what is missing", async () => {
    const client = await connect({ server: "import", env });
    const file_path = fixture("quicket_registrations.csv");
    const checked = await client.ask("validate_import_data", {
      file_path,
      import_type: "quicket_registrations",
    });
    expect(checked).toMatchObject({
      valid: true,
      file_info: { format: "csv", rows: 11, encoding: "utf-8", delimiter: "," },
      validation_results: {
        required_columns_present: true,
        missing_columns: [],
        // The second Ticket Number is there, though by the same name.
        absent_columns: [],
        extra_columns: [],
        duplicate_rows: 1,
        missing_data_percentage: 44.23,
        // 1 - 0.4423
        data_quality_score: 0.558,
        total_errors: 0,
        total_warnings: 4,
      },
      errors: [],
    });
    const wrong = await client.ask("validate_import_data", {
      file_path,
      import_type: "sessionize",
    });
    expect(wrong).toMatchObject({
      valid: false,
      validation_results: { required_columns_present: false, data_quality_score: 0 },
    });
    expect(wrong.validation_results.missing_columns).toContain("Title");
    const message = await client.refused("preview_import", {
      file_path,
      event: "1",
      import_type: "walkup",
    });
    expect(message).not.toContain("topsecret");
    await client.close();
  });
});

describe("read-only mode", () => {
  it("lists the two tools that write nothing", async () => {
    const client = await connect({
      server: "import",
      env: { DATABASE_URL: "postgres://u@127.0.0.1:1/none", OUTREACH_READ_ONLY: "1" },
    });
    expect((await client.tools()).map(({ name }) => name)).toEqual([
      "validate_import_data",
      "preview_import",
    ]);
    await client.close();
  });
});
