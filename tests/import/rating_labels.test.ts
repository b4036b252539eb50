import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { label, ratings, sessions, type Answer } from "./support/forms.ts";
import { numbersOf, previewed, toolsOn } from "./support/in_process.ts";

const EVENT = "Data Day";
const PANEL = "16.\u00a0Panel Discussion";
const LUNCH = "17. Lunch";

const speaker = (first: string) => ({
  FirstName: first,
  LastName: "Nkosi",
  Email: `${first.toLowerCase()}@example.org`,
});
const TALKS = [
  { "Session Id": "71", Title: "Streams that sleep", ...speaker("Thabo") },
  { "Session Id": "72", Title: "Who pays for the cloud", ...speaker("Zanele") },
  { "Session Id": "72", ...speaker("Neo") },
];
const STREAMS = { id: "1", label: label(1, "Streams that sleep", ["Thabo Nkosi"]) };
const ANSWERS: Answer[] = [
  STREAMS,
  { id: "2", label: PANEL, topic: "6", delivery: "5", better: "Louder" },
  { id: "3", label: "16. panel discussion", topic: "7", delivery: "6" },
  { id: "4", label: LUNCH, topic: "3", delivery: "3" },
];

describe("labels that match no session", () => {
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14'), ('Other Day', '2027-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });
  beforeEach(async () => {
    await database.sql`DELETE FROM outreach.rating_labels`;
    await database.sql`DELETE FROM outreach.unmatched_answers`;
    await database.sql`DELETE FROM speaker_ratings`;
    await database.sql`DELETE FROM speaker_sessions`;
    await bring("import_sessionize_data", sessions(TALKS));
  });

  const given = (text: string, more: object = {}) => ({
    file_content: { name: "export.csv", text },
    event: EVENT,
    ...more,
  });
  async function bring(name: string, text: string, more: object = {}) {
    const answer = await tools.call(name, given(text, more));
    expect(answer.isError, answer.text).toBe(false);
    return answer;
  }
  /** Imports ratings, after a preview that must say the same. */
  async function rate(answers: readonly Answer[], more: object = {}) {
    const file = ratings(answers);
    const preview = await bring("preview_import", file, { import_type: "ratings", ...more });
    const answer = await bring("import_speaker_ratings", file, more);
    const numbers = numbersOf("ratings", answer.facts);
    expect(previewed(preview.facts["summary"], numbers)).toEqual(numbers);
    expect(preview.facts["mapped"]).toEqual(answer.facts["mapped"]);
    expect(preview.facts["warnings"]).toEqual(answer.facts["warnings"]);
    return answer;
  }
  const refused = async (label_mappings: unknown, answers = ANSWERS) => {
    const file = ratings(answers);
    const answer = await tools.call("import_speaker_ratings", given(file, { label_mappings }));
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/Nothing was written\.$/u);
    const preview = await tools.call(
      "preview_import",
      given(file, { label_mappings, import_type: "ratings" }),
    );
    expect(preview.isError).toBe(true);
    return answer.text;
  };
  const kept = async () => [
    ...(await database.sql`
      SELECT label, best_match, score, answers, topic_rating, presentation_rating
      FROM outreach.unmatched_ratings WHERE event_id = 1 ORDER BY answers DESC`),
  ];
  const rated = async () =>
    (
      await database.sql`
        SELECT first_name, response_id, topic_rating, speaker_comment FROM speaker_ratings AS rating
        JOIN speaker_sessions AS session ON session.id = speaker_session_id
        JOIN contacts ON contacts.id = contact_id ORDER BY response_id, first_name DESC`
    ).map((row) => Object.values(row));

  it("are kept for the event with their figures, once however often the file comes", async () => {
    const first = await rate(ANSWERS);
    expect(first.facts).toMatchObject({ ratings: { created: 1 }, unmatched_total: 3, mapped: [] });
    const panel = {
      label: "16. panel discussion",
      best_match: expect.any(String),
      answers: 2,
      topic_rating: 6.5,
      presentation_rating: 5.5,
    };
    const lunch = { label: LUNCH, answers: 1, topic_rating: 3, presentation_rating: 3 };
    expect(await kept()).toMatchObject([panel, lunch]);
    const before =
      await database.sql`SELECT *, xmin::text FROM outreach.unmatched_answers ORDER BY id`;
    await rate(ANSWERS);
    expect(
      await database.sql`SELECT *, xmin::text FROM outreach.unmatched_answers ORDER BY id`,
    ).toEqual(before);
    // Others of another file come beside them; one that was answered anew takes the place of the old.
    await rate([
      { id: "2", label: PANEL, topic: "1", delivery: "5" },
      { id: "9", label: PANEL, topic: "1", delivery: "5" },
    ]);
    expect(await kept()).toMatchObject([{ answers: 3, topic_rating: 3 }, lunch]);
    // Names and comments stay in the file.
    const columns = await database.sql`
      SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'unmatched_answers'`;
    expect(columns.map(({ name }) => name as string).sort()).toEqual([
      "best_match",
      "event_id",
      "id",
      "label",
      "presentation_rating",
      "response_id",
      "score",
      "topic_rating",
    ]);
  });

  it("mean from then on what they were mapped to, each speaker of it being rated", async () => {
    await rate(ANSWERS);
    const [cloud] = await database.sql`
      SELECT min(id) AS id FROM speaker_sessions WHERE sessionize_session_id = '72'`;
    const first = await rate(ANSWERS, {
      label_mappings: [
        { label: PANEL, session: "pays cloud neo" },
        { label: LUNCH, skip: true },
      ],
    });
    const session = { id: cloud!["id"] as number, name: "Who pays for the cloud" };
    const mapped = [
      { label: PANEL, session, skipped: false, from_memory: false, rows: 2 },
      { label: LUNCH, session: null, skipped: true, from_memory: false, rows: 1 },
    ];
    expect(first.facts).toMatchObject({
      ratings: { created: 4, skipped: 2 },
      sessions_matched: 2,
      unmatched_total: 0,
      mapped,
      skipped: [
        { row: 2, reason: "there already" },
        { row: 5, reason: "the label is left out, as was said" },
      ],
    });
    const all = [
      ["Thabo", "1", 5, null],
      ["Zanele", "2", 6, "Louder"],
      ["Neo", "2", 6, "Louder"],
      ["Zanele", "3", 7, null],
      ["Neo", "3", 7, null],
    ];
    expect(await rated()).toEqual(all);
    expect(await kept()).toEqual([]);

    const again = await rate(ANSWERS);
    expect(again.facts).toMatchObject({
      ratings: { created: 0, skipped: 6 },
      unmatched_total: 0,
      mapped: mapped.map((one) => ({ ...one, from_memory: true })),
    });
    expect(again.text).toMatch(/2 labels as mapped earlier/u);
    expect(await rated()).toEqual(all);
    // At another event the label means nothing.
    const other = await tools.call("import_speaker_ratings", {
      ...given(ratings(ANSWERS)),
      event: "Other Day",
    });
    expect(other.facts).toMatchObject({ mapped: [], unmatched_total: 4 });
  });

  it("outlast an import that is taken back and done again", async () => {
    await rate(ANSWERS, { label_mappings: { label: PANEL, session: "Who pays for the cloud" } });
    await database.sql`DELETE FROM speaker_ratings`;
    await database.sql`DELETE FROM speaker_sessions`;
    const without = await rate(ANSWERS);
    expect(without.facts).toMatchObject({
      mapped: [],
      unmatched: expect.arrayContaining([
        expect.objectContaining({
          row: 3,
          reason: "mapped to Who pays for the cloud, which the event does not have",
        }),
      ]),
    });
    await bring("import_sessionize_data", sessions(TALKS));
    const then = await rate(ANSWERS);
    expect(then.facts).toMatchObject({ ratings: { created: 5 }, mapped: [{ label: PANEL }] });
  });

  it("can be mapped anew, which says what stays of the old", async () => {
    const to = (session: string) => ({ label_mappings: [{ label: PANEL, session }] });
    await rate(ANSWERS, to("Who pays for the cloud"));
    const moved = await rate(ANSWERS, to("Streams that sleep"));
    expect(moved.facts["warnings"]).toEqual([
      {
        row: 3,
        field: "The session attended",
        warning:
          "Of its answers, 2 imported earlier for Who pays for the cloud stay there; take that import back if it was wrong.",
      },
    ]);
    expect((await rate(ANSWERS)).facts).toMatchObject({
      mapped: [{ session: { name: "Streams that sleep" } }],
      warnings: [],
    });
    // A label that a session has by likeness can be mapped as well.
    const skipped = await rate([STREAMS], {
      label_mappings: [{ label: STREAMS.label, skip: true }],
    });
    expect(skipped.facts).toMatchObject({ ratings: { created: 0, skipped: 1 } });
    expect(skipped.facts["warnings"]).toHaveLength(1);
  });

  it("are not kept where the session nearest to them has the answer already", async () => {
    const near = [{ id: "1", label: "Streams that sweep" }];
    await rate(near);
    const strict = await rate(near, { fuzzy_match_threshold: 1 });
    expect(strict.facts).toMatchObject({ unmatched_total: 1 });
    expect(await kept()).toEqual([]);
  });

  it("and mappings that say nothing clear are refused", async () => {
    await bring(
      "import_sessionize_data",
      sessions([{ "Session Id": "73", Title: "Who pays for lunch", ...speaker("Sipho") }]),
    );
    expect(await refused([{ label: PANEL, session: "who pays" }])).toMatch(
      /^session "who pays" matches several: \d+ Who pays for the cloud \(Zanele Nkosi, Neo Nkosi\), \d+ Who pays for lunch \(Sipho Nkosi\)\. Give the id/u,
    );
    expect(await refused([{ label: PANEL, session: "Keynote" }])).toMatch(
      /^There is no session "Keynote" at that event\. There are: .*Who pays for lunch.*; list_sessions lists all\./u,
    );
    expect(await refused([{ label: PANEL, session: "Who pais for lunsh" }])).toMatch(
      /^There is no session "Who pais for lunsh" at that event\. The nearest: \d+ Who pays for lunch .*; list_sessions lists all\./u,
    );
    expect(await refused([{ label: PANEL, session: "999999" }])).toContain('no session "999999"');
    for (const wrong of [{ label: PANEL }, { label: PANEL, session: "streams", skip: true }])
      expect(await refused([wrong])).toContain("either session or skip: true");
    expect(
      await refused([
        { label: PANEL, skip: true },
        { label: "16 PANEL discussion", session: "streams" },
      ]),
    ).toContain("twice");
    expect(await refused([{ label: "Panell", skip: true }])).toContain(
      'No row of the file has the label "Panell"',
    );
    expect(await refused([{ label: "–", skip: true }])).toContain("No row of the file has");
    expect(await database.sql`SELECT FROM outreach.rating_labels`).toHaveLength(0);
  });
});
