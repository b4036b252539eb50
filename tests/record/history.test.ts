import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database } from "../../src/database/connect.ts";
import { WRITING_TOOLS } from "../../src/record/history/writing_tools.ts";
import { IMPORT_TOOLS } from "../../src/servers/import/tools.ts";
import { OUTREACH_TOOLS } from "../../src/servers/outreach/tools.ts";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let client: TestClient;

beforeAll(async () => {
  database = await freshDatabase();
  const env = { DATABASE_URL: database.url, OUTREACH_ACTOR: "Naledi Khumalo" };
  client = await connectInProcess({ env });
  await client.ask("create_event", { name: "Data Day", event_date: "2026-11-14" });
  await client.ask("create_campaign", { name: "CFP", event: "Data Day", campaign_type: "cfp" });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

async function newest(): Promise<Record<string, any>> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0];
}

describe("who is kept with a write", () => {
  const HOSTILE = {
    quotes: `O'Brien "the '' boss"`,
    "a statement": `'; DROP TABLE outreach.changes; --`,
    backslashes: String.raw`\'; \\ E'\x00'`,
    lines: "one\ntwo\r\nthree\u2028four",
    "no character at all": "a\0b\ud800c",
    dollars: "$$ $1 ${x} $tag$",
    "more letters than anybody's name": "ŋ".repeat(10_000),
    nothing: "",
  };

  it.each(Object.entries(HOSTILE))("is told with %s in it as it is", async (_what, name) => {
    const options = {
      url: database.url,
      dataDirectory: undefined,
      timeZone: "UTC",
      readOnly: false,
    };
    const own = new Database({ ...options, actor: name });
    try {
      const call = randomUUID();
      for (const text of ["one", "two"]) {
        await own.write((sql) => sql`UPDATE campaigns SET description = ${text}`, {
          call,
          tool: "of_a_test",
          client: name,
        });
      }
      const kept = await database.sql`
        SELECT actor, client, tool FROM outreach.changes WHERE call = ${call}`;
      const storable = name.replace("\0", "").replace("\ud800", "\ufffd").slice(0, 200);
      expect([...kept]).toEqual([{ actor: storable, client: storable, tool: "of_a_test" }]);
    } finally {
      await own.close();
    }
  });

  it.each(GENERATIONS)("is the actor and the client of a call (%s)", async (generation) => {
    const env = { DATABASE_URL: database.url, OUTREACH_ACTOR: "Sipho" };
    const other = await connectInProcess({ env, generation });
    await other.ask("create_event", { name: `By ${generation}`, event_date: "2026-11-15" });
    await other.close();
    expect((await newest())["by"]).toEqual({
      name: "Sipho",
      client: expect.stringMatching(/^test/u),
    });
  });
});

describe("list_changes", () => {
  it("keeps no change of a call that wrote nothing", async () => {
    const post = { campaign: "CFP", channel: "linkedin_post", title: "Once" };
    await client.ask("log_post", post);
    const before = await newest();
    expect(await client.ask("log_post", post)).toMatchObject({ replay: true });
    await client.refused("log_post", { ...post, campaign: "None" });
    expect(await newest()).toEqual(before);
    expect(before).toMatchObject({
      tool: "log_post",
      what: expect.stringContaining("added 1 communication"),
    });
  });

  it("narrows by event, campaign, contact, tool, time and who", async () => {
    await client.ask("create_event", { name: "Other", event_date: "2026-12-01" });
    await client.ask("create_campaign", {
      name: "Thanks",
      event: "Other",
      campaign_type: "thank_you",
    });
    await client.ask("log_send", {
      campaign: "Thanks",
      title: "Thank you",
      recipients: [{ email: "ann@example.org", name: "Ann Bee" }],
      unknown_contacts: "create",
    });
    const tools = async (filter: Record<string, unknown>) =>
      (await client.ask("list_changes", filter))["changes"].map(
        ({ tool }: { tool: string }) => tool,
      );
    expect(await tools({ event: "Other" })).toEqual([
      "log_send",
      "create_campaign",
      "create_event",
    ]);
    expect(await tools({ campaign: "Thanks" })).toEqual(["log_send", "create_campaign"]);
    expect(await tools({ contact: "Ann Bee" })).toEqual(["log_send"]);
    expect(await tools({ contact: "Ann Bee", by: "naledi" })).toEqual(["log_send"]);
    expect(await tools({ event: "Other", by: "somebody else" })).toEqual([]);
    expect(await tools({ event: "Other", tool: "create_event" })).toEqual(["create_event"]);
    expect(await tools({ event: "Other", to: "yesterday" })).toEqual([]);
    expect(await newest()).toMatchObject({
      what: "recorded a mail to 1 person, added 1 contact",
      about: [
        { kind: "campaign", name: "Thanks" },
        { kind: "communication", name: "Thank you" },
        { kind: "contact", name: "Ann Bee" },
      ],
    });
  });

  it("refuses a tool that writes nothing, with the nearest that does", async () => {
    const refused = (tool: string) => client.refused("list_changes", { tool });
    expect(await refused("merge_contact")).toBe(
      'No tool "merge_contact" writes to the record, so it made no change; the nearest is merge_contacts.',
    );
    expect(await refused("no such thing")).toMatch(/so it made no change\.$/u);
    const writing = [...OUTREACH_TOOLS, ...IMPORT_TOOLS].filter(
      ({ name, effects }) => !effects.readOnly && !name.startsWith("export_"),
    );
    expect(WRITING_TOOLS.toSorted()).toEqual(writing.map(({ name }) => name).toSorted());
  });

  it("is about a segment by its name, also when it is gone", async () => {
    const segment = { name: "Our speakers", audience: { event: "Data Day", role: "speaker" } };
    const saved = await client.ask("save_segment", segment);
    const about = [
      { kind: "segment", id: (saved["segment"] as { id: number }).id, name: "Our speakers" },
    ];
    const added = await newest();
    expect(added).toMatchObject({ what: "added 1 segment", about });
    await client.ask("save_segment", { ...segment, segment: "Our speakers", name: "Speakers" });
    expect(await newest()).toMatchObject({ about: [{ ...about[0], name: "Speakers" }] });
    await client.ask("undo_change", { change: (await newest())["id"] });
    await client.ask("undo_change", { change: added["id"] });
    expect(await newest()).toMatchObject({ about });
    const { rows } = await client.ask("ask_database", {
      sql: `SELECT about FROM changes WHERE change_id = ${String(added["id"])}`,
    });
    expect(rows).toEqual([["segment Our speakers"]]);
  });

  it("shows each older change exactly once on a walk during which others are made", async () => {
    const { changes: all, total } = await client.ask("list_changes", { limit: 200 });
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Record<string, any> = await client.ask("list_changes", {
        limit: 2,
        ...(cursor && { cursor }),
      });
      seen.push(...page["changes"].map(({ id }: { id: number }) => id));
      cursor = page["next_cursor"];
      await client.ask("create_event", {
        name: `Between ${String(seen.length)}`,
        event_date: "2026-12-02",
      });
    } while (cursor);
    expect(total).toBe(all.length);
    expect(seen).toEqual(all.map(({ id }: { id: number }) => id));
  });
});

describe("undo_change where the client can ask", () => {
  it.each(GENERATIONS)(
    "leaves all as it is after a no, and says what it would undo (%s)",
    async (generation) => {
      await client.ask("create_event", { name: `Asked ${generation}`, event_date: "2026-12-03" });
      const { id } = await newest();
      let answer: "accept" | "decline" = "decline";
      const questions: string[] = [];
      const asking = await connectInProcess({
        env: { DATABASE_URL: database.url },
        generation,
        person: (question) => {
          questions.push(question);
          return answer;
        },
      });
      expect(await asking.ask("undo_change", { change: id })).toEqual({
        undone: null,
        change: null,
        declined: true,
      });
      expect(questions[0]).toContain(`Undo change ${String(id)}, 1 row?`);
      expect(questions[0]).toContain(`event: «Asked ${generation}»`);
      expect(await newest()).toMatchObject({ id, undone_at: null });
      answer = "accept";
      expect(await asking.ask("undo_change", { change: id })).toMatchObject({ undone: { id } });
      await asking.close();
    },
  );
});

it("offers the history and no undoing where nothing may be written", async () => {
  const env = { DATABASE_URL: database.url, OUTREACH_READ_ONLY: "1" };
  const reading = await connectInProcess({ env });
  const names = (await reading.tools()).map(({ name }) => name);
  expect(names).toContain("list_changes");
  expect(names).not.toContain("undo_change");
  await reading.ask("list_changes", { event: "Data Day" });
  await reading.close();
});

it("adds about nothing for each of 10,000 people of a mail", async () => {
  await database.sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Guest', 'Number' || n, 'guest' || n || '@example.org' FROM generate_series(1, 10000) AS n`;
  const people = await database.sql<
    { id: number }[]
  >`SELECT id FROM contacts WHERE first_name = 'Guest'`;
  await client.ask("log_send", {
    campaign: "CFP",
    title: "To everybody",
    recipients: people.map(({ id }) => ({ contact: id })),
  });
  const { id } = await newest();
  const [size] = await database.sql<{ bytes: number }[]>`
    SELECT (pg_column_size(change) + (SELECT sum(pg_column_size(entry)) FROM outreach.changed_rows AS entry
                                      WHERE entry.change_id = change.id))::int AS bytes
    FROM outreach.changes AS change WHERE id = ${id}`;
  console.log(`history of a mail to 10,000 people: ${String(size?.bytes)} bytes`);
  expect(size?.bytes).toBeLessThan(2000);
}, 60_000);
