import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("list_sessions and query_speakers", () => {
  let database: TestDatabase;
  let client: TestClient;
  const ask = (tool: string, args: Record<string, unknown>) => client.ask(tool, args);

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    await sql`
      INSERT INTO contacts (id, first_name, last_name, email) VALUES
        (1, 'Anna', 'Test', 'anna@example.org'), (2, 'Bongani', 'Test', 'bongani@example.org'),
        (3, 'Chipo', 'Test', NULL), (4, 'Dineo', 'Test', 'dineo@example.org')`;
    await sql`
      INSERT INTO events (id, name, event_date) VALUES
        (1, 'Data Day 2024', '2024-11-15'), (2, 'Data Day 2025', '2025-11-15')`;
    await sql`
      INSERT INTO speaker_sessions
        (id, event_id, contact_id, sessionize_session_id, title, track, level, room, scheduled_at, duration_minutes)
      VALUES
        (1, 1, 1, 's1', 'Streams', 'Data', 'Advanced', 'Hall', '2024-11-15 09:00', 45),
        (2, 2, 1, 's2', 'Cloud costs', 'Cloud', NULL, 'Hall', '2025-11-15 11:00', 45),
        -- One session with two speakers.
        (3, 2, 2, 's3', 'Lakes & warehouses', 'Data', 'Introductory', 'Attic', '2025-11-15 09:00', 30),
        (4, 2, 3, 's3', 'Lakes & warehouses', 'Data', 'Introductory', 'Attic', '2025-11-15 09:00', 30),
        (5, 2, 2, NULL, 'Closing words', NULL, NULL, NULL, NULL, NULL)`;
    await sql`
      INSERT INTO speaker_ratings
        (speaker_session_id, topic_rating, presentation_rating, event_rating, speaker_comment, event_comment, response_id)
      VALUES
        (1, 7, 6, '5', NULL, NULL, 'r1'),
        (2, 5, 5, 'Yes, very', 'Slower, please', 'More coffee', 'r2'), (2, 6, 4, '6', NULL, NULL, 'r3'),
        -- Each answer about the session of two speakers stands for both.
        (3, 7, 7, '7', 'A joy', NULL, 'r4'), (4, 7, 7, '7', 'A joy', NULL, 'r4'),
        (3, 6, NULL, NULL, NULL, NULL, 'r5'), (4, 6, NULL, NULL, NULL, NULL, 'r5')`;
    await sql`INSERT INTO contact_roles (contact_id, event_id, role_type) VALUES
      (4, 1, 'speaker'), (4, NULL, 'speaker'), (1, 1, 'speaker')`;
    client = await connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("lists a session of two speakers once, with each answer counted once", async () => {
    const { sessions, total } = await ask("list_sessions", { event: "2025" });
    expect(total).toBe(3);
    expect(sessions.map(({ title }: any) => title)).toEqual([
      "Lakes & warehouses",
      "Cloud costs",
      "Closing words",
    ]);
    expect(sessions[0]).toEqual({
      title: "Lakes & warehouses",
      event: { id: 2, name: "Data Day 2025" },
      speakers: [
        { contact_id: 2, name: "Bongani Test" },
        { contact_id: 3, name: "Chipo Test" },
      ],
      track: "Data",
      level: "Introductory",
      format: null,
      room: "Attic",
      scheduled_at: "2025-11-15T09:00:00+02:00",
      duration_minutes: 30,
      recording_link: null,
      ratings: { answers: 2, topic: 6.5, presentation: 7, event: 7 },
      few_answers: true,
      comments: [],
    });
    expect(sessions[1].ratings).toEqual({ answers: 2, topic: 5.5, presentation: 4.5, event: 6 });
    expect(sessions[2].ratings).toBeNull();
  });

  it("shows what people said where that is asked for", async () => {
    const { sessions, event_comments } = await ask("list_sessions", {
      event: "2025",
      comments: true,
    });
    expect(sessions.map(({ comments }: any) => comments)).toEqual([
      ["A joy"],
      ["Slower, please"],
      [],
    ]);
    expect(event_comments).toEqual(["More coffee"]);
    const unasked = await client.call("list_sessions", { event: "2025" });
    expect(unasked.text).toContain("2 comments not shown");
    expect(unasked.text).not.toContain("Slower");
  });

  it("narrows by track, level, speaker and words, and orders by rating and title", async () => {
    const titles = async (args: Record<string, unknown>) =>
      (await ask("list_sessions", args)).sessions.map(({ title }: any) => title);
    expect(await titles({ track: "data" })).toEqual(["Lakes & warehouses", "Streams"]);
    expect(await titles({ level: "intro" })).toEqual(["Lakes & warehouses"]);
    expect(await titles({ speaker: "Chipo Test" })).toEqual(["Lakes & warehouses"]);
    expect(await titles({ text: "bong clos" })).toEqual(["Closing words"]);
    expect(await titles({ order: "rating" })).toEqual([
      "Lakes & warehouses",
      "Streams",
      "Cloud costs",
      "Closing words",
    ]);
    expect(await titles({ order: "title" })).toEqual([
      "Closing words",
      "Cloud costs",
      "Lakes & warehouses",
      "Streams",
    ]);
  });

  it.each([["schedule"], ["rating"], ["title"]])(
    "pages sessions in the order of %s",
    async (order) => {
      const all = await ask("list_sessions", { order });
      const seen: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page: any = await ask("list_sessions", {
          order,
          limit: 1,
          ...(cursor && { cursor }),
        });
        seen.push(...page.sessions);
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(all.sessions);
    },
  );

  it("says who spoke how often, about what, and how they were rated", async () => {
    const { speakers } = await ask("query_speakers", {});
    expect(speakers.map(({ name, events }: any) => [name, events])).toEqual([
      ["Anna Test", 2],
      ["Bongani Test", 1],
      ["Chipo Test", 1],
      ["Dineo Test", 1],
    ]);
    expect(speakers[0]).toMatchObject({
      contact_id: 1,
      email: "anna@example.org",
      sessions: [
        { title: "Cloud costs", event: { id: 2, name: "Data Day 2025" } },
        { title: "Streams", event: { id: 1, name: "Data Day 2024" } },
      ],
      ratings: { answers: 3, topic: 6, presentation: 5 },
      few_answers: true,
      last_spoke_at: "2025-11-15",
    });
    expect(speakers[3]).toMatchObject({ sessions: [], ratings: null, few_answers: false });
  });

  it("finds the top-rated of an event, and who spoke at several", async () => {
    const best = await ask("query_speakers", { event: "2025", order: "rating" });
    expect(best.speakers.map(({ name, ratings }: any) => [name, ratings])).toEqual([
      ["Bongani Test", { answers: 2, topic: 6.5, presentation: 7 }],
      ["Chipo Test", { answers: 2, topic: 6.5, presentation: 7 }],
      ["Anna Test", { answers: 2, topic: 5.5, presentation: 4.5 }],
    ]);
    const { text } = await client.call("query_speakers", { event: "2025", order: "rating" });
    expect(text.split("\n")[0]).toBe(
      "3 of 3 speakers shown. Rated best: Bongani Test, by 2 answers; 1 more of those shown just as high.",
    );
    const often = await ask("query_speakers", { min_events: 2 });
    expect(often.speakers.map(({ name }: any) => name)).toEqual(["Anna Test"]);
    expect(often.filter).toEqual({ min_events: 2 });
  });

  it("counts events to come as such, and echoes the speaker as a filter", async () => {
    const { sql } = database;
    await sql`INSERT INTO contacts (id, first_name, last_name) VALUES (9, 'Efua', 'Test')`;
    await sql`INSERT INTO events (id, name, event_date) VALUES (9, 'Data Day 2099', '2099-11-15')`;
    await sql`INSERT INTO speaker_sessions (id, event_id, contact_id, title) VALUES (9, 9, 9, 'Futures')`;
    const { speakers } = await ask("query_speakers", { text: "Efua" });
    expect(speakers).toMatchObject([{ events: 1, upcoming: 1, last_spoke_at: null }]);
    const anna = await ask("query_speakers", { text: "Anna" });
    expect(anna.speakers).toMatchObject([{ events: 2, upcoming: 0 }]);
    const { filter } = await ask("list_sessions", { event: "2099", speaker: "Efua", track: "x" });
    expect(filter).toEqual({
      event: [{ id: 9, name: "Data Day 2099" }],
      track: "x",
      speaker: { id: 9, name: "Efua Test" },
    });
  });

  it("lists labels of ratings that matched no session", async () => {
    await database.sql`
      INSERT INTO outreach.unmatched_answers
        (event_id, label, response_id, best_match, score, topic_rating, presentation_rating)
      VALUES (2, '16. Panel', 'r9', 'Closing words', 0.31, 4, 5), (2, '16. Panel', 'r10', 'Closing words', 0.31, 5, NULL)`;
    const { unmatched_ratings } = await ask("list_sessions", { event: "2025" });
    expect(unmatched_ratings).toEqual([
      {
        event: { id: 2, name: "Data Day 2025" },
        label: "16. Panel",
        best_match: "Closing words",
        score: 0.31,
        answers: 2,
        topic: 4.5,
        presentation: 5,
      },
    ]);
  });
});
