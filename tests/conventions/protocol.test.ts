import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { byName } from "../support/by_name.ts";
import { GENERATIONS, connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";

interface Definition {
  name: string;
  description: string;
  inputSchema: { properties?: Record<string, unknown> };
  outputSchema: object;
  annotations: Record<string, unknown>;
}

/** Roughly what a model's tokenizer makes of JSON. */
const CHARACTERS_PER_TOKEN = 4;

describe.each(GENERATIONS)("the protocol over %s", (generation) => {
  let database: TestDatabase;
  let client: TestClient;
  let tools: Definition[];

  beforeAll(async () => {
    database = await freshDatabase();
    await seedPeople(database.sql);
    client = await connect({ generation, env: { DATABASE_URL: database.url } });
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
    const tokens =
      shown.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0) / CHARACTERS_PER_TOKEN;
    expect(tokens).toBeLessThan(8000);
    for (const tool of shown) {
      const own = JSON.stringify(tool).length / CHARACTERS_PER_TOKEN;
      expect([tool.name, own < 600]).toEqual([tool.name, true]);
    }
    expect((client.instructions() ?? "").length / CHARACTERS_PER_TOKEN).toBeLessThan(400);
    for (const tool of tools)
      expect([tool.name, tool.description.length < 400]).toEqual([tool.name, true]);
  });

  it("states every effect of every tool", () => {
    for (const { name, annotations } of tools) {
      expect([name, Object.keys(annotations).sort()]).toEqual([
        name,
        ["destructiveHint", "idempotentHint", "openWorldHint", "readOnlyHint", "title"],
      ]);
    }
  });

  it("refuses unknown arguments by name, for every tool", async () => {
    for (const { name } of tools) {
      const message = await client.refused(name, { surely_unknown: 1 });
      expect([name, message]).toEqual([name, expect.stringContaining('"surely_unknown"')]);
    }
  });

  it("refuses every wrong type of every argument and lives on", async () => {
    for (const { name, inputSchema } of tools) {
      for (const argument of Object.keys(inputSchema.properties ?? {})) {
        for (const wrong of [{ nested: { deep: [] } }, [[[]]], 1e308, ""]) {
          const answer = await client.call(name, { [argument]: wrong });
          expect(answer.text).not.toMatch(/Internal error/u);
        }
      }
    }
    expect((await client.ask("list_events")).total).toBe(2);
  });

  it("answers an unknown tool with a protocol error", async () => {
    await expect(client.call("drop_everything")).rejects.toThrow(/no such tool|list_events/u);
  });

  it("wrote nothing but protocol to stdout, and no fault to stderr", () => {
    expect(client.stderr()).not.toContain("Internal error");
  });
});

describe("before a database is touched", () => {
  it("answers initialize and tools/list, and a call says in a sentence what is wrong", async () => {
    const client = await connect({
      env: { DATABASE_URL: "postgres://u:topsecret@127.0.0.1:1/none" },
    });
    expect((await client.tools()).length).toBeGreaterThan(5);
    const message = await client.refused("list_events");
    expect(message).not.toContain("topsecret");
    expect(message).toMatch(/No database accepts connections/u);
    await client.close();
  });
});

describe("read-only mode", () => {
  it("lists no write tool, and the connection refuses a write", async () => {
    const database = await freshDatabase();
    await seedPeople(database.sql);
    const client = await connect({ env: { DATABASE_URL: database.url, OUTREACH_READ_ONLY: "1" } });
    const tools = (await client.tools()) as unknown as Definition[];
    expect(tools.every((tool) => tool.annotations.readOnlyHint === true)).toBe(true);
    expect(tools.map((tool) => tool.name)).toContain("list_events");
    await expect(
      client.call("create_event", { name: "x", event_date: "2026-01-01" }),
    ).rejects.toThrow();
    expect((await client.ask("list_events")).total).toBe(2);
    await client.close();
    await database.drop();
  });

  it("runs even a write's statements in a transaction that refuses them", async () => {
    const { Database } = await import("../../src/database/connect.ts");
    const database = await freshDatabase();
    const readOnly = new Database({
      url: database.url,
      dataDirectory: undefined,
      timeZone: undefined,
      readOnly: true,
      actor: "tester",
    });
    await expect(
      readOnly.write((sql) => sql`INSERT INTO interest_topics (name) VALUES ('x')`, {
        call: randomUUID(),
        tool: "none",
        client: null,
      }),
    ).rejects.toThrow(/read-only transaction/u);
    await readOnly.close();
    await database.drop();
  });
});
