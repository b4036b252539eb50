import { DateTime } from "luxon";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { ZONE, seedRecord, type Record2026 } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;

beforeAll(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const EVENT = "Data & AI Day 2026";
const save = (args: Record<string, unknown>) => client.ask("save_note", args);
const endOf = (days: number) =>
  DateTime.now()
    .setZone(ZONE.OUTREACH_TIMEZONE)
    .plus({ days })
    .endOf("day")
    .toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");

describe("a note", () => {
  it("is saved about one thing, with its text, its day and who wrote it", async () => {
    const { text, facts } = await client.call("save_note", {
      about: { event: EVENT },
      text: " Order lanyards ",
      due: "30 days",
    });
    expect(facts).toEqual({
      note: {
        id: expect.any(Number),
        about: { kind: "event", id: people.events.day2026, name: EVENT },
        text: "Order lanyards",
        due: endOf(30),
        done: false,
        done_at: null,
        overdue: false,
        created_at: expect.stringMatching(/\+02:00$/u),
        by: expect.any(String),
      },
      changed: {},
      replay: false,
    });
    expect((facts.note as { by: string }).by).not.toBe("");
    expect(text.split("\n")[0]).toBe(`Noted about the event ${EVENT}, due ${endOf(30)}.`);
  });

  it.each([
    ["campaign", "CFP 2026"],
    ["contact", "Zoë van der Merwe"],
    ["communication", "Call for speakers"],
  ])("is about a %s", async (kind, name) => {
    const { note } = await save({ about: { [kind]: name }, text: `Ask about ${kind}` });
    expect(note).toMatchObject({ about: { kind, name }, due: null });
  });

  it("of a repeated call is the first one's, also of two at once", async () => {
    const args = { about: { contact: people.jane }, text: "Vegetarian", due: "2 weeks" };
    const [one, other] = await Promise.all([save(args), save(args)]);
    expect([one.replay, other.replay].sort()).toEqual([false, true]);
    expect(one.note).toEqual(other.note);
    const again = await save({ ...args, text: " Vegetarian" });
    expect(again).toMatchObject({ replay: true, note: one.note });
    expect((await client.ask("list_notes", { text: "vegetarian" })).total).toBe(1);
  });

  it("that was due in the past is taken, and overdue at once", async () => {
    const { note } = await save({ about: { event: EVENT }, text: "Book a hall", due: "-2w" });
    expect(note).toMatchObject({ due: endOf(-14), overdue: true });
    const today = await save({ about: { event: EVENT }, text: "Ring the caterer", due: "today" });
    expect(today.note).toMatchObject({ due: endOf(0), overdue: false });
    expect((await client.ask("list_notes", { open: true })).overdue).toBe(1);
  });

  it("is changed by its id or by words of it", async () => {
    const { note, changed } = await save({ note: "hall", done: true });
    expect(changed).toEqual({ done: [false, true] });
    expect(note).toMatchObject({ text: "Book a hall", done: true, overdue: false });
    expect((note as { done_at: string }).done_at).toMatch(/\+02:00$/u);
    const { id } = note as { id: number };
    const again = await client.call("save_note", { note: id, done: true });
    expect(again.facts).toMatchObject({ changed: {}, note });
    expect(again.text).toContain("says so already; nothing was changed");
    const moved = await save({
      note: id,
      text: "Book the large hall",
      due: null,
      done: false,
      about: { campaign: "CFP 2026" },
    });
    expect(moved.changed).toMatchObject({
      about: [{ kind: "event" }, { kind: "campaign" }],
      text: ["Book a hall", "Book the large hall"],
      due: [endOf(-14), null],
      done: [true, false],
    });
    expect(moved.note).toMatchObject({ done_at: null, overdue: false });
  });

  it("keeps what a change leaves out", async () => {
    const { note } = await save({ about: { event: EVENT }, text: "Print badges", due: "3 days" });
    const after = await save({ note: (note as { id: number }).id, text: "Print the badges" });
    expect(after.note).toMatchObject({ text: "Print the badges", due: endOf(3) });
  });

  it.each([
    [
      { text: "x" },
      "about must name exactly one thing: event, campaign, contact or communication.",
    ],
    [{ about: {}, text: "x" }, "about must name exactly one thing"],
    [{ about: { event: EVENT, contact: 1 }, text: "x" }, "about must name exactly one thing"],
    [{ about: { event: EVENT } }, "text is required (what to remember)."],
    [{ about: { event: EVENT }, text: "  " }, "text must not be empty."],
    [
      { about: { event: EVENT }, text: "x", due: "soon" },
      "due is not a time I can read; give a date like",
    ],
    [{ about: { event: "Nowhere" }, text: "x" }, 'There is no event "Nowhere".'],
    [{ about: { contact: "Jane Smith" }, text: "x" }, 'contact "Jane Smith" matches several'],
    [{ about: { person: "Jane" }, text: "x" }, 'Unknown argument "about.person"'],
    [{ note: 987654, done: true }, 'There is no note "987654". list_notes lists all.'],
    [{ note: "lanyards or so", done: true }, "Order lanyards (Data & AI Day 2026)"],
  ])("is refused with what would be right: %j", async (args, message) => {
    const refused = await client.refused("save_note", args);
    expect(refused).toContain(message);
    expect(refused).toMatch(/Nothing was written\.$/u);
  });

  it("is a change that the history finds by what the note is about, and that can be undone", async () => {
    const args = { about: { contact: "Lerato Mokoena" }, text: "Needs a projector" };
    const { note } = await save(args);
    const { changes } = await client.ask("list_changes", { contact: "Lerato Mokoena", limit: 1 });
    const [change] = changes as { id: number; tool: string; what: string; by: { name: string } }[];
    expect(change).toMatchObject({ tool: "save_note", what: "added 1 note" });
    expect(change!.by.name).toBe((note as { by: string }).by);
    await client.ask("undo_change", { change: change!.id });
    expect((await client.ask("list_notes", { text: "projector" })).total).toBe(0);
    expect(await save(args)).toMatchObject({ replay: false });
  });

  it("is about exactly one thing and not blank for the database as well", async () => {
    const { sql } = database;
    await expect(sql`INSERT INTO outreach.notes (text) VALUES ('x')`).rejects.toThrow(
      "notes_about_one_thing",
    );
    await expect(
      sql`INSERT INTO outreach.notes (event_id, campaign_id, text)
          VALUES (${people.events.day2026}, ${record.campaigns.cfp}, 'x')`,
    ).rejects.toThrow("notes_about_one_thing");
    await expect(
      sql`INSERT INTO outreach.notes (event_id, text) VALUES (${people.events.day2026}, ' ')`,
    ).rejects.toThrow("notes_text_not_blank");
  });
});

describe("list_notes", () => {
  let world: TestDatabase;
  let inWorld: TestClient;
  const list = async (args: Record<string, unknown>) => {
    const { notes } = await inWorld.ask("list_notes", args);
    return (notes as { text: string }[]).map(({ text }) => text);
  };

  beforeAll(async () => {
    world = await freshDatabase();
    const some = await seedPeople(world.sql);
    await seedRecord(world.sql, some);
    inWorld = await connectInProcess({ env: { DATABASE_URL: world.url, ...ZONE } });
    for (const note of [
      { about: { event: EVENT }, text: "of the event", due: "2030-02-02" },
      { about: { campaign: "CFP 2026" }, text: "of the campaign", due: "2020-01-01" },
      { about: { communication: "Call for speakers" }, text: "of the mail" },
      { about: { contact: "Lerato Mokoena" }, text: "of Lerato", due: "2020-01-02", done: true },
      {
        about: { event: "Data & AI Day 2025" },
        text: "of the event before",
        due: "2030-02-01T10:00",
      },
      { about: { campaign: "Thank you 2025" }, text: "of the thanks", due: "2020-01-03" },
    ]) {
      await inWorld.ask("save_note", note);
    }
  });
  afterAll(async () => {
    await inWorld.close();
    await world.drop();
  });

  it("shows the first due first and those without a date last, and counts what is overdue", async () => {
    const { text, facts } = await inWorld.call("list_notes");
    expect((facts.notes as { text: string }[]).map((note) => note.text)).toEqual([
      "of the campaign",
      "of Lerato",
      "of the thanks",
      "of the event before",
      "of the event",
      "of the mail",
    ]);
    expect(facts).toMatchObject({ total: 6, overdue: 2, next_cursor: null });
    expect(text.split("\n")[0]).toBe("6 of 6 notes shown, 2 overdue.");
  });

  it.each([
    [{ event: EVENT }, ["of the campaign", "of the event", "of the mail"]],
    [{ event: "2025" }, ["of the thanks", "of the event before"]],
    [{ campaign: "CFP 2026" }, ["of the campaign", "of the mail"]],
    [{ contact: "Lerato" }, ["of Lerato"]],
    [{ open: false }, ["of Lerato"]],
    [{ open: true, due_before: "today" }, ["of the campaign", "of the thanks"]],
    [
      { due_before: "2030-02-02" },
      ["of the campaign", "of Lerato", "of the thanks", "of the event before"],
    ],
    [
      { due_before: "2030-02-03" },
      ["of the campaign", "of Lerato", "of the thanks", "of the event before", "of the event"],
    ],
    [{ text: "EVENT bef" }, ["of the event before"]],
    [{ text: "lerato" }, ["of Lerato"]],
  ])("is narrowed by %j", async (filter, expected) => {
    expect(await list(filter)).toEqual(expected);
  });

  it("says its filters, and pages", async () => {
    const { filter } = await inWorld.ask("list_notes", { open: true, due_before: "2030-01-01" });
    expect(filter).toEqual({ open: true, due_before: "2030-01-01T00:00:00+02:00" });
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await inWorld.ask("list_notes", { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...(page.notes as { text: string }[]).map(({ text }) => text));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(await list({}));
  });

  it("a removed campaign takes its notes with it, and says so", async () => {
    const { campaign } = await inWorld.ask("create_campaign", {
      name: "Mistake",
      event: EVENT,
      campaign_type: "general",
    });
    await inWorld.ask("log_post", { campaign: "Mistake", channel: "linkedin_post", title: "Oops" });
    await inWorld.ask("save_note", { about: { campaign: "Mistake" }, text: "Wrong" });
    await inWorld.ask("save_note", { about: { communication: "Oops" }, text: "Also wrong" });
    const { text, facts } = await inWorld.call("remove_entry", {
      kind: "campaign",
      id: (campaign as { id: number }).id,
    });
    expect(facts.cascaded).toMatchObject({ communications: 1, notes: 2 });
    expect(text).toContain("with 1 communication and 2 notes");
    expect(await list({ text: "wrong" })).toEqual([]);
    const [kept] = await world.sql`
      SELECT jsonb_array_length(cascaded -> 'notes') AS notes FROM outreach.removed_entries ORDER BY id DESC LIMIT 1`;
    expect(kept).toEqual({ notes: 2 });
  });
});
