import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "vitest";
import { offeredToolsets, TOOLSETS, type Toolset } from "../../src/environment.ts";
import { ORGANISER } from "../../src/servers/organiser/definition.ts";
import { OUTREACH } from "../../src/servers/outreach/definition.ts";
import { ORGANISER_TOOLS, ORGANISER_TOOLSETS } from "../../src/servers/organiser/tools.ts";
import { connect, type ClientOptions } from "../../workbench/client.ts";
import { freshDatabase } from "../support/database.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const NONE = "postgres://u@127.0.0.1:1/none";

async function namesOf(server: ClientOptions["server"] & string, env: Record<string, string> = {}) {
  const client = await connect({ server, env: { DATABASE_URL: NONE, ...env } });
  const names = (await client.tools()).map(({ name }) => String(name));
  await client.close();
  return names;
}

describe("the server of all tools", () => {
  it("offers what the two others do, and says how in under 400 tokens", async () => {
    const client = await connect({ server: "organiser", env: { DATABASE_URL: NONE } });
    const names = (await client.tools()).map(({ name }) => name);
    const instructions = client.instructions() ?? "";
    await client.close();
    expect(names).toEqual([...(await namesOf("outreach")), ...(await namesOf("import"))]);
    expect(instructions.length / 4).toBeLessThan(400);
    for (const word of instructions.match(/[a-z]+(?:_[a-z]+)+/gu) ?? [])
      expect(names).toContain(word);
  });

  it.each([
    ["organiser", ORGANISER],
    ["outreach", OUTREACH],
  ])("says of the %s server when ask_database is to be used", (_server, { instructions }) => {
    expect(instructions).toContain("What no other tool answers, and only that: ask_database.");
  });

  it("records what one tool tells and answers it by another, in one process", async () => {
    const database = await freshDatabase();
    const client = await connect({ server: "organiser", env: { DATABASE_URL: database.url } });
    await client.ask("create_event", { name: "Data Day", event_date: "2026-11-14" });
    const preview = await client.ask("preview_import", {
      event: "Data Day",
      import_type: "walkup",
      file_path: fileURLToPath(new URL("../import/fixtures/walkup.csv", import.meta.url)),
    });
    expect(preview["summary"]).toHaveProperty("contacts");
    await client.close();
    await database.drop();
  });

  it("is what the command line serves when no half is named", async () => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, "serve"],
      env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: NONE },
    });
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    expect((await client.listTools()).tools).toHaveLength(ORGANISER_TOOLS.length);
    await client.close();
  });
});

describe("a toolset", () => {
  it("is said of a tool nowhere but in the list of its server", async () => {
    const places = new URL("../../src/servers/", import.meta.url);
    const files = await readdir(places, { recursive: true });
    const naming = [];
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const text = await readFile(new URL(file, places), "utf8");
      if (ORGANISER_TOOLS.some(({ name }) => text.includes(`"${name}"`))) naming.push(file);
    }
    expect(naming).toEqual([]);
  });

  it("is what every tool belongs to", () => {
    expect(Object.keys(ORGANISER_TOOLSETS).sort()).toEqual([...TOOLSETS].sort());
    expect(Object.values(ORGANISER_TOOLSETS).every(({ length }) => length > 0)).toBe(true);
    const names = ORGANISER_TOOLS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(["organiser", "outreach", "import"] as const)(
    "narrows what the %s server offers",
    async (server) => {
      const all = await namesOf(server);
      const names = (toolset: Toolset) => ORGANISER_TOOLSETS[toolset].map(({ name }) => name);
      for (const toolset of server === "organiser" ? TOOLSETS : []) {
        expect(await namesOf(server, { OUTREACH_TOOLSETS: toolset })).toEqual(
          all.filter((name) => names(toolset).includes(name)),
        );
      }
      expect(await namesOf(server, { OUTREACH_TOOLSETS: " Ask, import" })).toEqual(
        all.filter((name) => [...names("ask"), ...names("import")].includes(name)),
      );
    },
  );

  it("that is left out cannot be called", async () => {
    const env = { DATABASE_URL: NONE, OUTREACH_TOOLSETS: "ask" };
    const client = await connect({ server: "organiser", env });
    await expect(
      client.call("create_event", { name: "A", event_date: "2026-01-01" }),
    ).rejects.toThrow("There is no such tool");
    await client.close();
  });

  it("that leaves a server no tool is named by every call", async () => {
    const env = { DATABASE_URL: NONE, OUTREACH_TOOLSETS: "ask" };
    const client = await connect({ server: "import", env });
    expect(await client.tools()).toEqual([]);
    await expect(client.call("preview_import", {})).rejects.toThrow(
      'There is no such tool, and no other here. OUTREACH_TOOLSETS is "ask": that leaves this server no tool.',
    );
    await client.close();
  });

  it.each([
    '"ask,people"',
    '["ask", "people"]',
    "'ask' 'people'",
    "\u201cask\u201d, \u201epeople\u201c",
  ])("may be quoted: %s", (value) => {
    expect([...offeredToolsets({ OUTREACH_TOOLSETS: value })]).toEqual(["ask", "people"]);
  });

  it("narrows together with reading only", async () => {
    const names = await namesOf("organiser", {
      OUTREACH_TOOLSETS: "people,send",
      OUTREACH_READ_ONLY: "1",
    });
    expect(names.sort()).toEqual(["find_contacts", "list_templates"]);
  });

  it("that is unknown is refused in a sentence by every call", async () => {
    const env = { DATABASE_URL: NONE, OUTREACH_TOOLSETS: "ask, everything" };
    const client = await connect({ server: "organiser", env });
    expect(await client.refused("list_events")).toMatch(
      /^OUTREACH_TOOLSETS is "ask, everything"; it takes a list of record, ask, people, send, import\./u,
    );
    await client.close();
  });

  it.each([undefined, "", "  ", "${user_config.toolsets}"])("%j is all of them", (value) => {
    expect([...offeredToolsets({ OUTREACH_TOOLSETS: value })]).toEqual([...TOOLSETS]);
  });
});
