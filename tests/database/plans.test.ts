import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

// A rule that stands in a function must cost nothing: each question is written once with the rule spelled
// out and once with the function, and PostgreSQL must plan both alike.

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await seed();
});
afterAll(() => database.drop());

const RECEIVED = "IN ('sent', 'delivered', 'opened', 'clicked')";
const COUNTED = "NOT (communication.status = 'draft' AND recipient.status = 'queued')";

/** The view of recipients as it is without functions. */
const RECIPIENTS = `(
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position
  FROM communication_recipients AS recipient
  JOIN communications AS communication ON communication.id = recipient.communication_id
  JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE ${COUNTED})`;

const ARGUMENTS = [
  "communication::int",
  "campaign::int",
  "events::int[]",
  "campaign_type::text",
  "status::text[]",
  "people::text",
  "crowd::text",
  "from_time::timestamptz",
  "to_time::timestamptz",
];

/** What is asked for, by the arguments of `outreach.matching_recipients`; what is not given is NULL. */
const FILTERS: Record<string, Record<string, string>> = {
  "a communication": { communication: "7" },
  "a campaign": { campaign: "3" },
  "an event": { events: "'{2}'" },
  "statuses of a type of campaign": { campaign_type: "'cfp'", status: "'{opened,clicked}'" },
  "some people": { people: "'17,18,400'" },
  "a crowd": { crowd: "'17,18,400'" },
  "a time": { from_time: "'2026-03-01Z'", to_time: "'2026-03-03Z'" },
  everything: {},
};

/** The same with every condition spelled out, as queries had it. */
function spelledOut(filter: Record<string, string>): string {
  const conditions = `
    (communication IS NULL OR recipient.communication_id = communication)
    AND (campaign IS NULL OR recipient.campaign_id = campaign)
    AND (events IS NULL OR recipient.event_id = ANY(events))
    AND (campaign_type IS NULL OR recipient.campaign_type = campaign_type)
    AND (status IS NULL OR recipient.status = ANY(status))
    AND (people IS NULL OR recipient.contact_id = ANY(string_to_array(people, ',')::int[]))
    AND (crowd IS NULL OR recipient.contact_id IN (SELECT unnest(string_to_array(crowd, ',')::int[])))
    AND (from_time IS NULL OR recipient.sent_at >= from_time)
    AND (to_time IS NULL OR recipient.sent_at <= to_time)
    AND (from_time IS NULL AND to_time IS NULL
         OR (recipient.position = '-infinity' AND recipient.status <> 'queued')
         OR recipient.position BETWEEN coalesce(from_time, '-infinity') AND coalesce(to_time, 'infinity'))`;
  const values = new Map(
    ARGUMENTS.map((argument) => {
      const [name = "", type] = argument.split("::");
      return [name, `${filter[name] ?? "NULL"}::${type ?? ""}`];
    }),
  );
  // What is a column follows a dot.
  const filled = conditions.replace(/(?<![.\w])[a-z_]+\b/gu, (word) => values.get(word) ?? word);
  return `(SELECT recipient.* FROM ${RECIPIENTS} AS recipient WHERE ${filled})`;
}

function called(filter: Record<string, string>): string {
  const values = ARGUMENTS.map((argument) => filter[argument.split("::")[0] ?? ""] ?? "NULL");
  return `outreach.matching_recipients(${values.join(", ")})`;
}

const QUESTIONS_OF_RECIPIENTS: Record<string, (from: string) => string> = {
  count: (from) =>
    `SELECT contact_id, status::text, count(*) FROM ${from} GROUP BY contact_id, status`,
  page: (from) => `
    SELECT id, position FROM (SELECT id, position FROM ${from} OFFSET 0) AS fitting
    ORDER BY position DESC, id DESC LIMIT 51`,
  "page in the order of the index": (from) =>
    `SELECT id, position FROM ${from} ORDER BY position DESC, id DESC LIMIT 51`,
  tracked: (from) => `SELECT FROM ${from} WHERE metadata -> 'events' IS NOT NULL LIMIT 1`,
};

test.each(
  Object.entries(QUESTIONS_OF_RECIPIENTS).flatMap(([question, ask]) =>
    Object.entries(FILTERS).map(([name, filter]) => ({ question, ask, name, filter })),
  ),
)("$question of recipients by $name", ({ ask, filter }) =>
  expectAlike(ask(`${spelledOut(filter)} AS recipient`), ask(`${called(filter)} AS recipient`)),
);

const TIMELINE: Record<string, { call: string; conditions: string }> = {
  "of an event": {
    call: "'{2}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    conditions: "entry.event_id = ANY('{2}'::int[]) AND entry.status IS DISTINCT FROM 'draft'",
  },
  "of a campaign": {
    call: "NULL, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    conditions: "entry.campaign_id = 3 AND entry.status IS DISTINCT FROM 'draft'",
  },
  "of a person": {
    call: "NULL, NULL, 17, NULL, NULL, NULL, NULL, NULL, NULL",
    conditions: `entry.kind = 'email' AND entry.status IS DISTINCT FROM 'draft' AND entry.id = ANY(ARRAY(
        SELECT theirs.communication_id FROM ${RECIPIENTS} AS theirs WHERE theirs.contact_id = 17))`,
  },
  "of a channel in a time": {
    call: "NULL, NULL, NULL, NULL, '{linkedin}', NULL, NULL, '2026-03-01Z', '2026-03-03Z'",
    conditions: `(entry.channel = ANY('{linkedin}')
        OR (entry.kind = 'linkedin_post' AND 'linkedin' = ANY('{linkedin}')))
      AND entry.status IS DISTINCT FROM 'draft'
      AND entry.at >= '2026-03-01Z'::timestamptz AND entry.at <= '2026-03-03Z'::timestamptz`,
  },
};

test.each(Object.entries(TIMELINE))("timeline %s", async (_filter, { call, conditions }) => {
  await expectAlike(
    `SELECT entry.kind, entry.id, entry.status FROM outreach.timeline AS entry
     WHERE ${conditions} ORDER BY entry.at, entry.kind, entry.id LIMIT 51`,
    `SELECT entry.kind, entry.id, entry.status FROM outreach.matching_timeline(${call}) AS entry
     ORDER BY entry.at, entry.kind, entry.id LIMIT 51`,
  );
});

test.each([
  [
    "audience: who has not received a campaign",
    `SELECT contact.id FROM contacts AS contact
     WHERE NOT EXISTS (
       SELECT FROM communication_recipients AS recipient
       JOIN communications AS communication ON communication.id = recipient.communication_id
       WHERE recipient.contact_id = contact.id AND communication.campaign_id = 3
         AND (recipient.status ${RECEIVED}
              OR (recipient.status = 'queued' AND (communication.status = 'sending' OR EXISTS (
                    SELECT FROM outreach.send_states AS perhaps
                    WHERE perhaps.communication_id = recipient.communication_id
                      AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')))))`,
    `SELECT contact.id FROM contacts AS contact
     WHERE NOT EXISTS (
       SELECT FROM outreach.mailed_or_under_way AS mail
       WHERE mail.contact_id = contact.id AND mail.campaign_id = 3)`,
  ],
  [
    "audience: who has received a campaign",
    `SELECT contact.id FROM contacts AS contact
     WHERE EXISTS (SELECT FROM ${RECIPIENTS} AS recipient WHERE recipient.contact_id = contact.id
                   AND recipient.campaign_id = 3 AND recipient.status ${RECEIVED})`,
    `SELECT contact.id FROM contacts AS contact
     WHERE EXISTS (SELECT FROM outreach.recipients AS recipient WHERE recipient.contact_id = contact.id
                   AND recipient.campaign_id = 3 AND outreach.received(recipient.status))`,
  ],
  [
    "history of a person",
    `SELECT count(*), count(*) FILTER (WHERE recipient.status ${RECEIVED})
     FROM ${RECIPIENTS} AS recipient WHERE recipient.contact_id = 17`,
    `SELECT count(*), count(*) FILTER (WHERE outreach.received(recipient.status))
     FROM outreach.recipients AS recipient WHERE recipient.contact_id = 17`,
  ],
  [
    "people of a campaign at their best status",
    `SELECT DISTINCT ON (recipient.contact_id) recipient.contact_id, recipient.status
     FROM communications AS communication
     JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
     WHERE communication.campaign_id = 3 AND ${COUNTED}
     ORDER BY recipient.contact_id, array_position(
       ARRAY['clicked', 'opened', 'delivered', 'sent', 'queued', 'bounced', 'failed'], recipient.status::text)`,
    `SELECT DISTINCT ON (recipient.contact_id) recipient.contact_id, recipient.status
     FROM communications AS communication
     JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
     WHERE communication.campaign_id = 3
       AND outreach.is_recipient(communication.status, recipient.status)
     ORDER BY recipient.contact_id,
              array_position(outreach.statuses_best_first(), recipient.status::text)`,
  ],
  [
    "who opened",
    `SELECT count(*) FROM ${RECIPIENTS} AS recipient WHERE recipient.contact_id = 17 AND recipient.status IN ('opened', 'clicked')`,
    `SELECT count(*) FROM outreach.recipients AS recipient WHERE recipient.contact_id = 17 AND outreach.opened(recipient.status)`,
  ],
  [
    "people on a mailbox",
    `SELECT id FROM contacts
     WHERE lower(CASE WHEN email::text ~ '^[!-~](.*[!-~])?$' THEN email::text
                      ELSE btrim(email::text, outreach.blanks()) END COLLATE "C") COLLATE "default"
         = 'person17@example.org'`,
    "SELECT id FROM contacts WHERE outreach.mailbox(email::text) = outreach.mailbox(' Person17@example.org')",
  ],
])("%s", (_question, literal, called) => expectAlike(literal, called));

test("a look-up of a mailbox uses its index", async () => {
  const plan = await planOf(
    "SELECT id FROM contacts WHERE outreach.mailbox(email::text) = 'a@b.c'",
  );
  expect(JSON.stringify(plan)).toContain("contacts_outreach_mailbox_idx");
});

test("what brought an event's registrations is read by the event, with and without mappings", async () => {
  const { sql } = database;
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, marketing_source,
                         registration_date)
    SELECT n, 1 + n % 3, n, n, (ARRAY['Email', 'Web', 'campaign-1', 'campaign-4-linkedin', NULL])[1 + n % 5],
           '2026-01-01'::timestamp + n * interval '1 hour'
    FROM generate_series(1, 3000) AS n`;
  // Of 100 others, so that an event's own registrations are few.
  await sql`
    INSERT INTO events (name, event_date) SELECT 'Other ' || n, '2020-01-01' FROM generate_series(1, 100) AS n`;
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, marketing_source)
    SELECT n, event.id, n, n, 'Web'
    FROM events AS event CROSS JOIN generate_series(1, 100) AS n WHERE event.name LIKE 'Other %'`;
  await sql`ANALYZE`;
  const counted = "SELECT * FROM outreach.counted_sources('{2}', NULL, NULL, 'UTC')";
  const plan = async () => JSON.stringify(await planOf(counted));
  expect(await plan()).toMatch(/tickets_event_id\w*_idx/u);
  expect(await plan()).not.toContain('"Seq Scan",null,"tickets"');
  await sql`
    INSERT INTO outreach.source_mappings (event_id, source, campaign_id, starts, ends)
    VALUES (2, 'email', 1, '2026-02-01', '2026-03-01'), (2, 'email', 4, '2026-03-02', NULL)`;
  await sql`ANALYZE`;
  expect(await plan()).not.toContain('"Seq Scan",null,"tickets"');
  // Counted together they say what is said of each registration.
  const [difference] = await sql.unsafe(`
    WITH together AS (
      SELECT campaign_id, channel, mapped, sum(registrations)::int AS count FROM (${counted}) AS sourced
      GROUP BY 1, 2, 3
    ), each AS (
      SELECT meant.campaign_id, meant.channel, meant.mapped, count(*)::int AS count
      FROM outreach.registrations() AS registration
      CROSS JOIN LATERAL outreach.source_of_registration(registration.event_id,
        outreach.source(registration.marketing_source), registration.registered_at) AS meant
      WHERE registration.event_id = 2 AND outreach.source(registration.marketing_source) IS NOT NULL
      GROUP BY 1, 2, 3
    )
    SELECT (SELECT count(*)::int FROM together) AS groups,
           (SELECT count(*)::int FROM (TABLE together EXCEPT TABLE each) AS other)
           + (SELECT count(*)::int FROM (TABLE each EXCEPT TABLE together) AS other) AS different`);
  expect(difference).toEqual({ groups: 5, different: 0 });
});

test("words that are looked for are read once, and not for every text", async () => {
  const plan = await database.sql`
    EXPLAIN (VERBOSE) SELECT FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
    WHERE outreach.begins_words(concat_ws(' ', mail.title, mail.content_summary, campaign.name), ${"mail camp"})`;
  const text = plan.map((row) => String(row["QUERY PLAN"])).join("\n");
  expect(text).toContain("''mail'':* & ''camp'':*");
  expect(text).not.toContain("begins_words");
});

test.each(["2026-01-01", "2026-02-20", "2026-04-05"])(
  "who was contacted since %s is the same, person by person and of all",
  async (since) => {
    const [compared] = await database.sql`
      WITH each AS (
        SELECT contact_id FROM outreach.contacted_since(${since}, ARRAY(SELECT id::int FROM contacts))
      ), every AS (SELECT contact_id FROM outreach.contacted_since(${since}, NULL))
      SELECT (SELECT count(*)::int FROM each) BETWEEN 1 AND 3999 AS are_some,
             (SELECT count(*)::int FROM (TABLE each EXCEPT ALL TABLE every) AS other)
             + (SELECT count(*)::int FROM (TABLE every EXCEPT ALL TABLE each) AS other) AS different`;
    expect(compared).toEqual({ are_some: true, different: 0 });
  },
);

async function expectAlike(literal: string, called: string): Promise<void> {
  expect(await planOf(called)).toEqual(await planOf(literal));
  const [rows] = await database.sql.unsafe(
    `WITH literal AS MATERIALIZED (${literal}), called AS MATERIALIZED (${called})
     SELECT (SELECT count(*)::int FROM literal) AS literal, (SELECT count(*)::int FROM called) AS called,
            (SELECT count(*)::int FROM (TABLE literal EXCEPT ALL TABLE called) AS other) AS different`,
  );
  expect(rows).toEqual({
    literal: rows?.["called"] as number,
    called: rows?.["called"] as number,
    different: 0,
  });
  expect(rows?.["called"]).toBeGreaterThan(0);
}

interface PlanNode {
  "Node Type": string;
  "Join Type"?: string;
  "Relation Name"?: string;
  "Index Name"?: string;
  Plans?: PlanNode[];
}

/** The nodes of a query's plan, each with what it reads and how. */
async function planOf(query: string): Promise<unknown> {
  const [row] = await database.sql.unsafe(`EXPLAIN (FORMAT JSON) ${query}`);
  const [explained] = row?.["QUERY PLAN"] as [{ Plan: PlanNode }];
  return shapeOf(explained.Plan);
}

function shapeOf(node: PlanNode): unknown {
  const { "Join Type": join, "Relation Name": table, "Index Name": index } = node;
  return [[node["Node Type"], join, table, index], ...(node.Plans ?? []).map(shapeOf)];
}

/** 20 mails of ten campaigns to 1,000 of 4,000 people each; the last mail waits for its confirmation. */
async function seed(): Promise<void> {
  const { sql } = database;
  await sql`
    INSERT INTO events (name, event_date)
    VALUES ('Data Day 2024', '2024-11-14'), ('Data Day 2025', '2025-11-14'), ('Data Day 2026', '2026-11-14')`;
  await sql`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT 'Person', 'Number ' || n, 'person' || n || '@example.org' FROM generate_series(1, 4000) AS n`;
  await sql`
    INSERT INTO campaigns (name, event_id, campaign_type)
    SELECT 'Campaign ' || n, 1 + n % 3, (ARRAY['cfp', 'registration', 'thank_you'])[1 + n % 3]
    FROM generate_series(1, 10) AS n`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    SELECT 1 + n % 10, 'email', 'Mail ' || n, CASE WHEN n < 20 THEN 'sent' ELSE 'draft' END,
           CASE WHEN n < 20 THEN '2026-01-01T08:00:00Z'::timestamptz + n * interval '5 days' END
    FROM generate_series(1, 20) AS n`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    SELECT 1 + n % 10, 'linkedin_post', 'Post ' || n, 'published', '2026-03-01T12:00:00Z'
    FROM generate_series(1, 20) AS n`;
  // What they keep up is asked for by none of these questions.
  await sql`ALTER TABLE communication_recipients DISABLE TRIGGER USER`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, metadata)
    SELECT mail.id, 1 + (mail.id * 173 + n) % 4000, said.status,
           CASE WHEN mail.status = 'sent' AND n % 50 > 0 THEN mail.sent_at + n * interval '1 minute' END,
           CASE WHEN said.status = 'opened'
                THEN jsonb_build_object('logged_status', 'sent', 'events', jsonb_build_array(
                       jsonb_build_object('kind', said.status, 'at', mail.sent_at + n * interval '2 minutes')))
           END
    FROM communications AS mail
    CROSS JOIN generate_series(1, 1000) AS n
    CROSS JOIN LATERAL (
      SELECT CASE WHEN mail.status = 'draft' THEN 'queued'
                  ELSE (ARRAY['sent', 'sent', 'delivered', 'opened', 'clicked', 'bounced'])[1 + n % 6]
             END AS status) AS said
    WHERE mail.channel = 'email'`;
  await sql`ANALYZE`;
}
