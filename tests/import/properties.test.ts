import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCaged } from "../../src/import/cage/read.ts";
import { readExport } from "../../src/import/formats/export.ts";
import { reader } from "../../src/import/procedure/reading.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { label, ratings, sessions, walkIns } from "./support/forms.ts";
import { TOOL_OF, numbersOf, previewed, toolsOn } from "./support/in_process.ts";
import { meaning, snapshot, type Snapshot } from "./support/snapshot.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data Day";
/** For each type; IMPORT_PROPERTY_SECONDS looks longer. */
const SECONDS = Number(process.env["IMPORT_PROPERTY_SECONDS"] ?? 1.5);

type ImportType = keyof typeof TOOL_OF;
type Cells = Record<string, string>;

// Few people, numbers and words, so that rows meet each other and what is in the database.
const person = fc.constantFrom(
  { first: "Thabo", last: "Nkosi", email: "nkosi@example.org" },
  { first: "Nomsa", last: "Nkosi", email: "nkosi@example.org" },
  { first: "THABO", last: "nkosi ", email: "Nkosi@Example.org " },
  { first: "Zoë", last: "van der Merwe", email: "zoe@example.org" },
  { first: "zoë", last: "Van der Merwe", email: "ZOE@example.org" },
  { first: "Sipho", last: "Dlamini", email: "" },
  { first: "Sipho", last: "dlamini", email: "sipho@example.org" },
  // Half a name, of somebody on that mailbox, or of two.
  { first: "zoe", last: "", email: "zoe@example.org" },
  { first: "", last: "Nkosi", email: "nkosi@example.org" },
  { first: "Lerato", last: "O’Connor", email: "lerato@example.org" },
);
const maybe = (...values: string[]) => fc.constantFrom("", ...values);

const quicketRow = fc
  .record({
    who: person,
    number: fc.constantFrom("501", "502", "503", "504"),
    date: fc.constantFrom("2026-03-02 08:15:30.1234567", "2026-03-05 19:00:00.0000000"),
    buyer: maybe("-", "nkosi@example.org", "zoe@example.org", "buyer@example.org"),
    type: fc.constantFrom("General", "Workshop"),
    source: maybe("-", "cfp-2026", "LinkedIn"),
    phone: maybe("-", "+27821234567", "+27837654321"),
    profession: maybe("-", "Engineer", "Analyst"),
    interests: maybe("-", "Streaming &amp; Queues", "Cloud, streaming & queues"),
    valid: fc.constantFrom("Yes", "Yes", "Yes", "No"),
    transferred: maybe("", "-", "9005"),
    merchandise: fc.constantFrom("No", "No", "No", "No", "Yes"),
    complimentary: maybe("", "Complimentary"),
    came: fc.constantFrom("Yes", "No"),
    when: maybe("-", "2026-11-14 08:31:07.9876543", "2026-11-14 09:00:00.0000000"),
  })
  .map((row): Cells => ({
    "Ticket Number": row.number,
    "Purchase Date": row.date,
    "Purchaser Email": row.buyer,
    "Ticket Type": row.type,
    "Link Campaign": row.source,
    Cellphone: row.phone,
    "Profession:": row.profession,
    "Area of Interest": row.interests,
    Valid: row.valid,
    "Transferred to Order Number": row.transferred,
    "Is Merchandise": row.merchandise,
    Complimentary: row.complimentary,
    "Checked In": row.came,
    "Checked In Date": row.came === "Yes" ? row.when : "-",
    Email: row.who.email,
    "First name": row.who.first,
    Surname: row.who.last,
  }));

const walkInRow = fc
  .record({
    who: person,
    at: fc.constantFrom("2026-11-14 08:05:00", "2026-11-14 08:50:00"),
    phone: maybe("0821234567", "+27 83 765 4321"),
  })
  .map((row): Cells => ({
    "Completion time": row.at,
    "First Name": row.who.first,
    "Last Name": row.who.last,
    "Email Address": row.who.email,
    "Cell Phone Number (Optional)": row.phone,
  }));

const TITLES: Record<string, string> = {
  1: "Streams that never sleep",
  2: "Queues, again",
  3: "Two heads",
};
const sessionRow = fc
  .record({
    who: person,
    session: fc.constantFrom("1", "2", "3"),
    speaker: maybe("sp-1", "sp-2", "sp-3"),
    description: maybe("Short", "A longer description"),
    room: maybe("Hall A", "Hall B"),
    at: maybe("2026-11-14 10:00", "2026-11-14 11:30"),
    duration: maybe("30", "45"),
    bio: maybe("Bio", "A longer biography"),
    tagline: maybe("Speaks"),
    shirt: maybe("M", "XL"),
  })
  .map((row): Cells => ({
    "Session Id": row.session,
    Title: TITLES[row.session]!,
    Description: row.description,
    Room: row.room,
    "Scheduled At": row.at,
    "Scheduled Duration": row.duration,
    "Speaker Id": row.speaker,
    FirstName: row.who.first,
    LastName: row.who.last,
    Email: row.who.email,
    Bio: row.bio,
    TagLine: row.tagline,
    "Speaker Shirt Size": row.shirt,
  }));

const ratingRow = fc.record({
  id: fc.constantFrom("1", "2", "3", "4"),
  label: fc.oneof(
    fc
      .tuple(fc.constantFrom("1", "2", "3"), person)
      .map(([session, who]) =>
        label(Number(session), TITLES[session]!, [`${who.first} ${who.last}`.trim()]),
      ),
    fc.constantFrom("Something else entirely", ""),
  ),
  topic: fc.constantFrom("1", "7", ""),
  delivery: fc.constantFrom("3", "4"),
  better: maybe("Speak up", "Nothing"),
});

/** How a file of each type is made of rows. */
const FILES: {
  [Type in ImportType]: { row: fc.Arbitrary<unknown>; write: (rows: readonly never[]) => string };
} = {
  quicket_registrations: { row: quicketRow, write: (rows: readonly Cells[]) => quicket(rows) },
  quicket_checkins: { row: quicketRow, write: (rows: readonly Cells[]) => quicket(rows) },
  walkup: { row: walkInRow, write: walkIns },
  sessionize: { row: sessionRow, write: sessions },
  ratings: { row: ratingRow, write: ratings },
};

function quicket(rows: readonly Cells[]): string {
  return csv([QUICKET_COLUMNS, ...rows.map(ticket)]);
}

/** What is in the database before: imports of other files, and what other hands wrote. */
const history = fc.record({
  registrations: fc.array(quicketRow, { maxLength: 5 }),
  checkins: fc.array(quicketRow, { maxLength: 3 }),
  sessions: fc.array(sessionRow, { maxLength: 5 }),
  strategy: fc.constantFrom("skip", "update"),
  /** An earlier tool's doubles, odd spaces and unknown ids. */
  isMessy: fc.boolean(),
  ratings: fc.array(ratingRow, { maxLength: 3 }),
  walkIns: fc.array(walkInRow, { maxLength: 2 }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

describe.each(Object.keys(TOOL_OF) as ImportType[])("any file of %s", (type) => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;

  beforeAll(async () => {
    reader.read = ({ source, type, zone }, signal) => readExport(source, type, { zone, signal });
    database = await freshDatabase();
    await database.sql`
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`;
    await database.sql`
      INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14'), ('Other', '2025-11-14')`;
    tools = toolsOn(database.url);
  });
  afterAll(async () => {
    reader.read = readCaged;
    await tools.leave();
    await database.drop();
  });

  async function run(kind: ImportType, path: string, strategy: string) {
    return tools.call(TOOL_OF[kind], {
      file_path: path,
      event: EVENT,
      duplicate_strategy: strategy,
    });
  }

  async function begin(past: History): Promise<void> {
    const { sql } = database;
    // In one round trip; TRUNCATE would take longer with so few rows.
    await sql`
      WITH ratings AS (DELETE FROM speaker_ratings), sessions AS (DELETE FROM speaker_sessions),
           speakers AS (DELETE FROM speakers), roles AS (DELETE FROM contact_roles),
           links AS (DELETE FROM contact_interests), topics AS (DELETE FROM interest_topics),
           tickets AS (DELETE FROM tickets)
      DELETE FROM contacts`;
    if (past.isMessy) {
      const people = await sql<{ id: number }[]>`
        INSERT INTO contacts (first_name, last_name, email, phone) VALUES
          ('Zoë', 'van der Merwe', ' ZOE@example.org', '+27830000000'),
          ('Zoë', 'Van Der Merwe', 'zoe@example.org', NULL),
          ('Sipho', 'Dlamini', NULL, NULL), ('Sipho', 'DLAMINI', '  ', NULL)
        RETURNING id`;
      const [zoe, otherZoe, sipho, otherSipho] = people.map(({ id }) => id);
      await sql`
        INSERT INTO tickets
          (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, registration_date)
        VALUES (501, 2, ${zoe!}, ${zoe!}, '2025-01-01'), (504, 1, ${otherZoe!}, ${otherZoe!}, '2026-01-01'),
               (504, 1, ${sipho!}, ${sipho!}, '2026-01-01'), (-1, 1, ${otherSipho!}, ${otherSipho!}, '2026-01-01')`;
      await sql`
        INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title)
        VALUES (1, ${zoe!}, NULL, 'queues, AGAIN'), (1, ${zoe!}, NULL, 'queues, AGAIN'),
               (2, ${zoe!}, '1', 'Streams that never sleep')`;
    }
    const steps = [
      ["quicket_registrations", past.registrations, quicket(past.registrations)],
      ["quicket_checkins", past.checkins, quicket(past.checkins)],
      ["walkup", past.walkIns, walkIns(past.walkIns)],
      ["sessionize", past.sessions, sessions(past.sessions)],
      ["ratings", past.ratings, ratings(past.ratings)],
    ] as const;
    for (const [kind, rows, content] of steps) {
      if (rows.length === 0) continue;
      const answer = await run(kind, await files.write("before.csv", content), past.strategy);
      expect(answer.text).not.toContain("Internal error");
    }
  }

  it(
    "is previewed as it is imported, twice is once, order does not matter, nothing is lost",
    async () => {
      const { row, write } = FILES[type];
      let runs = 0;
      const rows = fc.array(row, { minLength: 1, maxLength: 7 });
      const property = fc.asyncProperty(
        history,
        rows.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        fc.constantFrom("skip", "update", "fail"),
        (past, [inOrder, shuffled], strategy) =>
          holds(past, inOrder as never[], shuffled as never[], strategy),
      );
      // fast-check's own limit of time leaves the case that is running to itself.
      const end = Date.now() + SECONDS * 1000;
      const { seed: first = Date.now() } = fc.readConfigureGlobal();
      for (let seed = first; Date.now() < end; seed += 1) {
        await fc.assert(property, { seed, numRuns: 5 });
      }
      // A machine so slow that nothing was tried would prove nothing.
      expect(runs).toBeGreaterThan(3);

      async function holds(
        past: History,
        inOrder: readonly never[],
        shuffled: readonly never[],
        strategy: string,
      ): Promise<void> {
        runs += 1;
        await begin(past);
        const path = await files.write("file.csv", write(inOrder));
        const before = await snapshot(database.sql);
        const preview = await tools.call("preview_import", {
          file_path: path,
          event: EVENT,
          import_type: type,
          duplicate_strategy: strategy,
        });
        expect(preview.text).not.toContain("Internal error");
        expect(await snapshot(database.sql)).toEqual(before);

        const first = await run(type, path, strategy);
        const after = await snapshot(database.sql);
        expect(first.text).not.toContain("Internal error");
        expect(first.isError).toBe(preview.facts.would_be_refused !== null);
        if (first.isError) {
          expect(after).toEqual(before);
        } else {
          const numbers = numbersOf(type, first.facts);
          expect(previewed(preview.facts.summary as never, numbers)).toEqual(numbers);
          expect(added(before, after)).toMatchObject(created(numbers));
          if (strategy !== "update" && type !== "quicket_checkins")
            expect(changed(before, after)).toEqual([]);
          expect(lost(before, after)).toEqual([]);

          // Once more: nothing changes. Under `fail` it is refused, or there was nothing to write.
          await run(type, path, strategy);
          expect(await snapshot(database.sql)).toEqual(after);
        }

        const meant = meaning(await snapshot(database.sql));
        await begin(past);
        const other = await run(type, await files.write("file.csv", write(shuffled)), strategy);
        expect(other.isError).toBe(first.isError);
        expect(meaning(await snapshot(database.sql))).toEqual(meant);
      }
    },
    SECONDS * 1000 + 60_000,
  );
});

/** Rows that are new, by table. */
function added(before: Snapshot, after: Snapshot): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([table, rows]) => [
      table,
      Object.keys(rows).filter((id) => !Object.hasOwn(before[table]!, id)).length,
    ]),
  );
}

/** What an import says it created, by table; sessions are rows per speaker, and so not compared. */
function created(numbers: Record<string, any>): Record<string, number> {
  const tables = {
    contacts: "contacts",
    tickets: "tickets",
    topics: "interest_topics",
    interests: "contact_interests",
    speakers: "speakers",
    roles: "contact_roles",
    ratings: "speaker_ratings",
  };
  return Object.fromEntries(
    Object.entries(tables).flatMap(([type, table]) =>
      numbers[type] === undefined ? [] : [[table, numbers[type].create as number]],
    ),
  );
}

function changed(before: Snapshot, after: Snapshot): string[] {
  return differences(before, after).map(({ where }) => where);
}

/** Rows that are gone, and values that were emptied. */
function lost(before: Snapshot, after: Snapshot): string[] {
  return differences(before, after)
    .filter(
      ({ was, is }) =>
        was !== null &&
        was !== false &&
        was !== "" &&
        (is === null || is === undefined || is === ""),
    )
    .map(({ where }) => where);
}

function differences(before: Snapshot, after: Snapshot) {
  return Object.entries(before).flatMap(([table, rows]) =>
    Object.entries(rows).flatMap(([id, row]) =>
      Object.entries(row).flatMap(([column, was]) => {
        const is = after[table]?.[id]?.[column];
        return is === was ? [] : [{ where: `${table} ${id} ${column}`, was, is }];
      }),
    ),
  );
}
