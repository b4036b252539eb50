import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { migrateDatabase } from "../../src/database/migrate.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { makeOrganisersDatabase } from "../support/organisers_tables.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord, ZONE } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await freshDatabase();
  await seedRecord(database.sql, await seedPeople(database.sql));
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const ask = (sql: string, limit?: number) =>
  client.ask("ask_database", limit === undefined ? { sql } : { sql, limit });
const refusal = async (sql: string) => {
  const answer = await client.call("ask_database", { sql });
  expect([sql, answer.isError]).toEqual([sql, true]);
  return answer.text;
};

describe("without sql", () => {
  it("names every view with its columns, and gives examples that are answered", async () => {
    const { views, examples } = await client.ask("ask_database", {});
    const mails = views.find((view: any) => view.name === "mails");
    expect(mails.about).toContain("each person");
    expect(mails.columns).toContainEqual({
      name: "received",
      type: "boolean",
      about: "The status is sent, delivered, opened or clicked",
    });
    for (const example of examples) {
      expect(await ask(example)).toMatchObject({ row_count: expect.any(Number) });
    }
  });
});

describe("an answer", () => {
  it("names its columns and types, and says how many rows it has", async () => {
    expect(
      await ask(
        "SELECT title, count(*), count(*) * 1.0 / 4 FROM mails GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2",
      ),
    ).toMatchObject({
      columns: [
        { name: "title", type: "text" },
        { name: "count", type: "bigint" },
        { name: "?column?", type: "numeric" },
      ],
      rows: [
        ["Call for speakers", 3, 0.75],
        ["Last call for speakers", 3, 0.75],
      ],
      row_count: 2,
      truncated: false,
    });
  });

  it("names arrays by what they hold, and echoes the question", async () => {
    const sql = `
      SELECT array[1, 2] AS numbers, array['opened', NULL] AS words,
             array['2026-03-01 09:00+02'::timestamptz] AS times, array[1.5, NULL] AS shares`;
    const { text, facts } = await client.call("ask_database", { sql, limit: 5 });
    expect(facts, text).toMatchObject({
      columns: [
        { name: "numbers", type: "integer[]" },
        { name: "words", type: "text[]" },
        { name: "times", type: "timestamptz[]" },
        { name: "shares", type: "numeric[]" },
      ],
      rows: [["[1,2]", '["opened",null]', '["2026-03-01T09:00:00+02:00"]', "[1.5,null]"]],
      filter: { sql: sql.trim() },
    });
    expect(text).toContain("array['opened', NULL] AS words");
  });

  it("keeps columns of one name apart, and the order that was asked for", async () => {
    const { rows } = await ask(
      "SELECT first_name AS a, last_name AS a FROM people ORDER BY last_name DESC, first_name",
    );
    expect(rows.slice(0, 2)).toEqual([
      ["Zoë", "van der Merwe"],
      ["Jane", "Smith"],
    ]);
  });

  it("tells times with the offset of the organiser's zone, also local ones", async () => {
    const { rows } = await ask(`
      SELECT sent_at, registered_at, sent_at::date, date_trunc('day', registered_at), now() > sent_at, interval '36 hours'
      FROM mails JOIN registrations USING (contact_id)
      WHERE title = 'Call for speakers' AND ticket_type = 'Early bird'`);
    expect(rows).toEqual([
      [
        "2026-03-01T09:00:02+02:00",
        "2026-06-05T10:15:00+02:00",
        "2026-03-01",
        "2026-06-05T00:00:00+02:00",
        true,
        "36:00:00",
      ],
    ]);
  });

  it("holds what has no form of its own as text", async () => {
    const { rows } = await ask(`
      SELECT NULL, 'NaN'::float8, 12345678901234567890::numeric, 'infinity'::timestamptz, '{"a": [1]}'::jsonb,
             ARRAY['x', 'y'], '0044-03-15 BC'::date`);
    expect(rows).toEqual([
      [null, "NaN", "12345678901234567890", "infinity", '{"a":[1]}', '["x","y"]', "0044-03-15 BC"],
    ]);
  });

  it("stops at its limit and says so", async () => {
    expect(await ask("SELECT name FROM people", 2)).toMatchObject({
      row_count: 2,
      truncated: true,
    });
    expect(await ask("SELECT name FROM people", 7)).toMatchObject({
      row_count: 7,
      truncated: false,
    });
    const many = await ask("SELECT i FROM generate_series(1, 1001) AS i", 1000);
    expect(many).toMatchObject({ row_count: 1000, truncated: true });
  });

  it("is cut where it would be too long, and says so", async () => {
    const { text, facts } = await client.call("ask_database", {
      sql: "SELECT string_agg('some words', ' ') FROM generate_series(1, 9000) AS i, generate_series(1, 30) AS copy GROUP BY i % 100, copy",
      limit: 1000,
    });
    expect(facts).toMatchObject({ truncated: true });
    expect(facts["rows"].length).toBeLessThan(250);
    expect(text).toContain("ask for fewer columns");
  });

  it("shows strangers' words harmlessly, and keeps them as they are", async () => {
    await database.sql`UPDATE contacts SET last_name = ${"<b>|\u202e\nx"} WHERE first_name = 'Sipho'`;
    const { text, facts } = await client.call("ask_database", {
      sql: "SELECT last_name AS \"a|<b>\" FROM people WHERE first_name = 'Sipho'",
    });
    expect(facts["rows"]).toEqual([["<b>|\u202e\nx"]]);
    expect(text).toContain(String.raw`| &lt;b>\|\u{202e}\nx |`);
    expect(text).not.toContain("<b>");
  });

  it("takes comments, a last semicolon and umlauts", async () => {
    const { rows } = await ask(
      "-- é first\nSELECT 'ü;' AS a /* ; */ , count(*) FROM ask.people; -- done",
    );
    expect(rows).toEqual([["ü;", 7]]);
  });
});

describe("what is taken", () => {
  it.each([
    "WITH came AS (SELECT contact_id, event_id FROM registrations WHERE came), twice AS (SELECT contact_id FROM came GROUP BY 1 HAVING count(DISTINCT event_id) >= 2) SELECT name, email FROM twice JOIN people USING (contact_id)",
    "SELECT week::date, count(ticket_id), sum(count(ticket_id)) OVER (ORDER BY week) FROM generate_series('2026-06-01'::timestamp, '2026-08-01', '1 week') AS week LEFT JOIN registrations ON date_trunc('week', registered_at) = week GROUP BY week ORDER BY week",
    "SELECT DISTINCT ON (contact_id) person, title, sent_at FROM mails WHERE received ORDER BY contact_id, sent_at DESC NULLS LAST",
    "SELECT coalesce(split_part(email, '@', 2), 'none') AS domain, string_agg(DISTINCT name, ', ' ORDER BY name) FROM people GROUP BY 1",
    "SELECT event, ticket_type, count(*), grouping(event) FROM registrations GROUP BY GROUPING SETS ((event, ticket_type), ())",
    "SELECT title, round(100.0 * count(*) FILTER (WHERE opened) / nullif(count(*) FILTER (WHERE received), 0), 1) AS rate FROM mails GROUP BY title",
    "SELECT p.name, last.title FROM people AS p LEFT JOIN LATERAL (SELECT title FROM mails AS m WHERE m.contact_id = p.contact_id ORDER BY sent_at DESC LIMIT 1) AS last ON true",
    "SELECT name FROM people WHERE contact_id IN (SELECT contact_id FROM roles WHERE role = 'speaker') EXCEPT SELECT person FROM mails WHERE received",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY opened_at - sent_at) FROM mails WHERE opened_at IS NOT NULL",
    "SELECT CASE WHEN came THEN 'came' ELSE 'stayed away' END, count(*) FROM registrations WHERE registered_at BETWEEN '2025-01-01' AND now() AND event_id = ANY(ARRAY[1, 2]) GROUP BY 1",
    "SELECT extract(hour FROM sent_at)::int AS hour, count(DISTINCT (communication_id, contact_id)) FROM mails GROUP BY 1 ORDER BY 1",
    "SELECT person, row_number() OVER w, lag(sent_at) OVER w FROM mails WINDOW w AS (PARTITION BY contact_id ORDER BY sent_at)",
    "SELECT regexp_replace(lower(trim(name)), '[^a-z]+', '-', 'g') || ' <' || email || '>' FROM people WHERE name ILIKE '%smith%' AND NOT EXISTS (SELECT FROM undeliverable AS u WHERE u.contact_id = people.contact_id)",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS given (n, letter) WHERE n <> 2 OR letter IS NOT DISTINCT FROM 'b'",
    "TABLE campaigns",
  ])("%s", async (sql) => {
    expect(await ask(sql)).toMatchObject({ row_count: expect.any(Number), truncated: false });
  });
});

describe("what is refused", () => {
  it.each([
    [
      "SELECT nam FROM people",
      'There is no such column (at "nam"); the nearest is name. people has contact_id, name,',
    ],
    [
      "SELECT p.opend FROM mails p",
      'There is no such column (at "p.opend"); the nearest is opened.',
    ],
    [
      "SELECT * FROM peple",
      'There is no view "peple"; the nearest is people. The views: people, events,',
    ],
    ["SELECT * FROM contacts", 'There is no view "contacts"'],
    [
      "SELECT * FROM public.contacts",
      'Schema "public" is not read here; the views stand without a schema: people,',
    ],
    ["DELETE FROM people", "sql must be a SELECT: ask_database only reads, and takes no DELETE."],
    ["SELECT 1; SELECT 2", "sql holds several statements; give one SELECT"],
    ["SELECT * FROM people FOR UPDATE", "FOR UPDATE and the like lock rows"],
    ["SELECT name INTO x FROM people", "SELECT INTO makes a table"],
    ["SELECT $1", "A parameter such as $1 (write the value itself) is not taken"],
    [
      "SELECT datetrunc('day', now())",
      "The function datetrunc is not taken; the nearest is date_trunc.",
    ],
    [
      "SELECT array_agg(name) FROM people",
      "The function array_agg is not taken; string_agg serves.",
    ],
    ["SELECT '1'::regclass", "The type regclass is not taken"],
    [
      "SELECT FROM WHERE",
      'sql is not a statement that PostgreSQL can read: syntax error at or near "WHERE".',
    ],
    [
      "SELECT name, count(*) FROM people",
      "A column must be named in GROUP BY or stand in an aggregate",
    ],
    ["SELECT contact_id FROM people, mails", "A column of this name is in several of the views"],
    ["SELECT 'x'::int", "A text is not what its type asks for"],
    ["SELECT 1 / 0", "Something is divided by zero"],
    ["SELECT name > 5 FROM people", "No function or operator takes these types"],
    [
      "SELECT x.name FROM people AS p",
      'This is not among what follows FROM; name a view or its other name there (at "x.name").',
    ],
    ["SELECT * FROM generate_series(1, 100000)", "generate_series may have up to 10000 rows."],
    ["WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "WITH RECURSIVE is not taken"],
    [
      "SELECT string_agg(a.name || b.name || c.name, '') FROM people a, people b, people c, people d, people e",
      "A row or a gathered text is longer than 100 kB",
    ],
    [
      "SELECT concat(a, a, a, a) FROM (SELECT string_agg('words and more words', ' ') AS a FROM generate_series(1, 4000)) AS x",
      "A row or a gathered text is longer than 100 kB",
    ],
  ])("%s", async (sql, said) => {
    expect(await refusal(sql)).toContain(said);
  });

  it("is told within ten seconds where a question takes longer", { timeout: 30_000 }, async () => {
    const series = "generate_series(1, 9999)";
    const begun = performance.now();
    expect(
      await refusal(`SELECT count(*) FROM ${series} AS a, ${series} AS b, ${series} AS c`),
    ).toContain("took longer than 10 seconds and was ended");
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(await ask("SELECT count(*) FROM people")).toMatchObject({ rows: [[7]] });
  });

  it("leaves nothing behind: what a question runs under ends with it", async () => {
    await ask("SELECT count(*) FROM people");
    expect(await client.ask("find_contacts", { text: "thabo" })).toMatchObject({ total: 1 });
  });
});

it("reads an organiser's own tables, with the columns that they have", async () => {
  const own = await emptyDatabase();
  try {
    await makeOrganisersDatabase(own.sql);
    await migrateDatabase({ url: own.url });
    await own.sql`ALTER TABLE contacts ADD COLUMN company text`;
    await own.sql`UPDATE contacts SET company = 'Acme' WHERE id = 1`;
    const theirs = await connectInProcess({ env: { DATABASE_URL: own.url } });
    const rows = async (sql: string) => (await theirs.ask("ask_database", { sql }))["rows"];
    expect(await rows("SELECT name, company, phone FROM people WHERE contact_id = 1")).toEqual([
      ["Thandiwe Dlamini", "Acme", null],
    ]);
    expect(await rows("SELECT key, value FROM event_facts")).toEqual([["theme", "Ubuntu"]]);
    expect(await rows("SELECT count(*) FROM registrations")).toEqual([[2]]);
    const { views } = await theirs.ask("ask_database", {});
    for (const { name } of views) await rows(`SELECT * FROM ${String(name)}`);
    // No view stands in the way of what the organiser does with their own tables.
    await own.sql`ALTER TABLE tickets ALTER COLUMN ticket_type TYPE text`;
    await theirs.close();
  } finally {
    await own.drop();
  }
});
