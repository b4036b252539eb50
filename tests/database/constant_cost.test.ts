import { afterAll, beforeAll, expect, test } from "vitest";
import { statementsOf } from "../../bench/replay.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

// What a question reads must not depend on what the planner happens to believe of the tables.

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Person', 'Number ' || n, 'person' || n || '@example.org' FROM generate_series(1, 1500) AS n`;
});
afterAll(() => database.drop());

test("words of a name are looked up in their index, also before the table was ever analysed", async () => {
  const [statements] = await statementsOf(database.sql, {
    tool: "query_contact_history",
    what: "an exact name",
    args: { contact: "Person Number 77" },
    overEverything: false,
  });
  expect(await planOf(statements![0]!)).toContain("contacts_outreach_words_idx");
});

test("a list of campaigns reads their recipients once for people and statuses, and once for what was tracked", async () => {
  const [statements] = await statementsOf(database.sql, {
    tool: "list_campaigns",
    what: "all",
    args: {},
    overEverything: true,
  });
  const plan = await planOf(statements![0]!);
  expect(plan.match(/"Relation Name":"communication_recipients"/gu)).toHaveLength(2);
});

test("an audience is joined to its mails once, as a plan for few people would compare each of thousands with all", async () => {
  const [statements] = await statementsOf(database.sql, {
    tool: "find_audience",
    what: "everybody",
    args: { text: "person" },
    overEverything: true,
  });
  const plan = await planOf(statements!.at(-1)!);
  expect(plan).toContain('"Relation Name":"communication_recipients"');
  expect(plan).not.toMatch(/"CTE Name":"(?:page|mailed)"/u);
});

test("who was contacted since is the same looked up by person and gathered over all", async () => {
  const { sql } = database;
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day 2026', '2026-11-14')`;
  await sql`INSERT INTO campaigns (name, event_id, campaign_type) SELECT 'CFP', id, 'cfp' FROM events`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at, created_at)
    SELECT campaign.id, 'email', 'Part ' || n, CASE WHEN n = 4 THEN 'draft' ELSE 'sent' END,
           CASE WHEN n < 4 THEN '2026-03-01Z'::timestamptz + n * interval '1 day' END, '2026-02-01Z'
    FROM campaigns AS campaign CROSS JOIN generate_series(1, 4) AS n`;
  // Some have a time of their own, some take their mail's, some bounced, and the draft's are queued.
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
    SELECT mail.id, contact.id,
           CASE WHEN mail.status = 'draft' THEN 'queued' WHEN contact.id % 5 = 0 THEN 'bounced' ELSE 'sent' END,
           CASE WHEN mail.status = 'sent' AND contact.id % 2 = 0 THEN mail.sent_at + interval '1 hour' END
    FROM communications AS mail JOIN contacts AS contact ON contact.id % 4 = mail.id % 4`;
  const [row] = await sql<Record<string, number>[]>`
    WITH wanted AS (
      SELECT DISTINCT contact_id FROM outreach.mailed_or_under_way WHERE at >= '2026-03-03Z'
    ), gathered AS (
      SELECT contact_id FROM outreach.contacted_since('2026-03-03Z', NULL)
    ), looked_up AS (
      SELECT contact_id FROM outreach.contacted_since('2026-03-03Z', ARRAY(SELECT id FROM contacts))
    )
    SELECT (SELECT count(*)::int FROM wanted) AS wanted, (SELECT count(*)::int FROM gathered) AS gathered,
           (SELECT count(*)::int FROM looked_up) AS looked_up,
           (SELECT count(*)::int FROM (
             (TABLE gathered EXCEPT TABLE wanted) UNION ALL (TABLE looked_up EXCEPT TABLE wanted)) AS other) AS other,
           (SELECT count(*)::int FROM outreach.contacted_since(NULL, NULL)) AS at_no_time`;
  expect(row).toEqual({ wanted: 600, gathered: 600, looked_up: 600, other: 0, at_no_time: 0 });
});

/** A statement's plan as JSON without blanks. */
async function planOf({ strings, values }: Statement): Promise<string> {
  const [first = "", ...rest] = strings;
  const explained = [`EXPLAIN (FORMAT JSON) ${first}`, ...rest];
  const template = Object.assign(explained, { raw: explained });
  const [row] = await database.sql<{ "QUERY PLAN": unknown }[]>(template, ...values);
  return JSON.stringify(row?.["QUERY PLAN"]);
}

type Statement = Awaited<ReturnType<typeof statementsOf>>[number][number];
