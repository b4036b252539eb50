import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stopEmbedded } from "../../src/database/embedded/index.ts";
import { PROMPTS } from "../../src/servers/prompts.ts";
import { ORGANISER_TOOLS } from "../../src/servers/organiser/tools.ts";
import { type Installed, installed } from "./from_npm.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/organiser.js", import.meta.url));

let inspector: Installed;
let dataDirectory: string;
beforeAll(() => {
  inspector = installed("@modelcontextprotocol/inspector@2.12.0", "mcp-inspector");
  dataDirectory = path.join(inspector.home, "data");
});
afterAll(async () => {
  await stopEmbedded({ dataDirectory, force: true });
  inspector.remove();
});

/** What the server answers to a question of the Inspector's command line. */
async function asked(...parameters: string[]): Promise<any> {
  const server = [process.execPath, PROGRAM, "-e", `OUTREACH_DATA_DIR=${dataDirectory}`];
  const { code, output, errors } = await inspector.run([
    "--cli",
    ...server,
    "--method",
    ...parameters,
  ]);
  expect([parameters, code, errors]).toEqual([parameters, 0, errors]);
  return JSON.parse(output.slice(output.indexOf("{")));
}

describe("the MCP Inspector, on a new machine,", () => {
  it("lists the tools and the prompts, and fills one in", async () => {
    const { tools } = await asked("tools/list");
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(
      ORGANISER_TOOLS.map(({ name }) => name),
    );
    const { prompts } = await asked("prompts/list");
    expect(prompts.map(({ name }: { name: string }) => name)).toEqual(
      PROMPTS.map(({ name }) => name),
    );
    const { messages } = await asked(
      "prompts/get",
      "--prompt-name",
      "weekly_summary",
      "--prompt-args",
      "event=Data Day",
    );
    expect(messages[0].content.text).toContain('event: "Data Day"');
  });

  it("calls tools, of which the first makes the database", async () => {
    const call = (tool: string, ...pairs: string[]) =>
      asked("tools/call", "--tool-name", tool, ...pairs.flatMap((pair) => ["--tool-arg", pair]));
    const made = await call("create_event", "name=Data Day", "event_date=2026-11-14");
    expect(made.structuredContent).toMatchObject({ created: true, event: { name: "Data Day" } });
    const listed = await call("list_events");
    expect(listed.content[0].text).toContain("Data Day");
    expect(listed.isError ?? false).toBe(false);
  });
});
