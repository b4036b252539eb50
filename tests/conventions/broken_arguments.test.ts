import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** A list in a list in a list. */
function nested(levels: number): unknown {
  let value: unknown = "x";
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe.each(GENERATIONS)("arguments that nobody could mean, over %s", (generation) => {
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await freshDatabase();
    client = await connectInProcess({ generation, env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    expect(client.stderr()).toBe("");
    await client.close();
    await database.drop();
  });

  it("are refused in a sentence however deep they are", async () => {
    for (const levels of [51, 3000]) {
      expect(await client.refused("list_events", { text: nested(levels) })).toMatch(
        /^The arguments hold lists or objects more than 50 levels deep/u,
      );
      expect(await client.refused("find_audience", { surplus: nested(levels) })).toMatch(/levels/u);
      expect(await client.refused("prepare_send", { params: { a: nested(levels) } })).toMatch(
        /levels deep; .*Nothing was written\.$/u,
      );
    }
    expect(await client.refused("list_events", { text: nested(40) })).toBe(
      "text must be a string, not a list.",
    );
  });

  it("are quoted on one line and without what a terminal would obey", async () => {
    const words = 'red\u001b[31m\r\n\u202e<b>"';
    const shown = 'red\\u{1b}[31m\\r\\n\\u{202e}&lt;b>"';
    expect(await client.refused("list_events", { [words]: 1 })).toContain(
      `Unknown argument "${shown}"`,
    );
    expect(await client.refused("list_campaigns", { campaign_type: words })).toContain(
      `not "${shown}"`,
    );
    expect(await client.refused("log_send", { recipients: [{ [words]: 1 }] })).toContain(
      `"recipients[0].${shown}"`,
    );
  });

  it("are named five at most", async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${String(n)}`, n]));
    const message = await client.refused("list_templates", many);
    expect(message).toBe(
      'Unknown argument "k0", "k1", "k2", "k3", "k4" and 995 more; the arguments are text.',
    );
  });

  it("are told what would be right", async () => {
    expect(await client.refused("get_campaign", { campaign: [] })).toContain(
      "campaign must be an id or words, not a list.",
    );
    expect(await client.refused("set_suppression", { contact: "1" })).toContain(
      "suppressed is required (true or false).",
    );
  });
});
