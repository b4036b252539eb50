import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCatalog } from "../../workbench/catalog.ts";
import { emptyDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo, rollBack, rollBackTo } from "../support/migrations.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
  expect(await migrateTo(database.url, 2)).toBeNull();
  await database.sql`
    INSERT INTO events (name, event_date) VALUES ('Data Day 2024', '2024-08-17'), ('Data Day 2025', '2025-08-16')`;
});
afterEach(() => database.drop());

const carried = async () => [
  ...(await database.sql`
    SELECT campaign.event_id, campaign.name, campaign.campaign_type, mail.channel, mail.title,
           mail.brevo_template_id, mail.content_summary, mail.recipient_count, mail.status, mail.sent_at
    FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
    ORDER BY mail.id`),
];
const mail = {
  name: "E-mail log",
  campaign_type: "general",
  channel: "email",
  brevo_template_id: null,
  content_summary: null,
  recipient_count: 0,
  status: "sent",
};

test("each row becomes a communication of one campaign per event", async () => {
  await database.sql`
    INSERT INTO email_log (event_id, subject, recipient_count, template_used, sent_at) VALUES
      (2, 'Register now', 120, '17', '2025-07-01T08:00:00Z'),
      (1, 'Thank you', 80, 'thank-you', '2024-08-20T08:00:00Z'),
      (2, 'Last call', 118, '17', '2025-08-01T08:00:00Z'),
      (1, '  ', NULL, '', NULL)`;
  expect(await migrateTo(database.url, 3)).toBeNull();
  expect(await carried()).toEqual([
    {
      ...mail,
      event_id: 1,
      title: "Thank you",
      content_summary: "thank-you",
      recipient_count: 80,
      sent_at: "2024-08-20 08:00:00+00",
    },
    { ...mail, event_id: 1, title: "(no subject)", content_summary: "", sent_at: null },
    {
      ...mail,
      event_id: 2,
      title: "Register now",
      brevo_template_id: 17,
      recipient_count: 120,
      sent_at: "2025-07-01 08:00:00+00",
    },
    {
      ...mail,
      event_id: 2,
      title: "Last call",
      brevo_template_id: 17,
      recipient_count: 118,
      sent_at: "2025-08-01 08:00:00+00",
    },
  ]);
  const [campaigns] = await database.sql`SELECT count(*)::int AS n FROM campaigns`;
  expect(campaigns).toEqual({ n: 2 });
});

test("later migrations accept what was carried over", async () => {
  await database.sql`INSERT INTO email_log (event_id, subject, recipient_count) VALUES (1, 'Hello', 7)`;
  expect(await migrateTo(database.url, Infinity)).toBeNull();
  expect(await carried()).toMatchObject([{ title: "Hello", recipient_count: 7 }]);
});

describe("a log of another shape", () => {
  const remake = async (columns: string, rows: string) => {
    await database.sql`DROP TABLE email_log`;
    await database.sql.unsafe(`CREATE TABLE email_log (${columns})`);
    await database.sql.unsafe(`INSERT INTO email_log VALUES ${rows}`);
  };

  test("with an integer template and columns of its own", async () => {
    await remake(
      `log_id uuid DEFAULT gen_random_uuid(), event_id bigint, subject text, recipient_count numeric,
       template_used integer, "Sent By" text`,
      `(DEFAULT, 1, 'Hello', 12, 42, 'Naledi')`,
    );
    expect(await migrateTo(database.url, 3)).toBeNull();
    expect(await carried()).toEqual([
      {
        ...mail,
        event_id: 1,
        title: "Hello",
        brevo_template_id: 42,
        recipient_count: 12,
        sent_at: null,
      },
    ]);
  });

  test("without any column but the event", async () => {
    await remake("event_id integer", "(1)");
    expect(await migrateTo(database.url, 3)).toBeNull();
    expect(await carried()).toEqual([
      { ...mail, event_id: 1, title: "(no subject)", sent_at: null },
    ]);
  });

  test("without a column for the event, and empty", async () => {
    await database.sql`DROP TABLE email_log`;
    await database.sql`CREATE TABLE email_log (subject text, recipient_count integer)`;
    expect(await migrateTo(database.url, 3)).toBeNull();
    expect(await carried()).toEqual([]);
  });

  test("without a column for the event, and with a row", async () => {
    await remake("subject text, recipient_count integer", "('Hello', 3)");
    expect(await migrateTo(database.url, 3)).toMatchObject({
      message: expect.stringMatching(
        /^1 row\(s\) of email_log name no event.*Nothing was changed\.$/,
      ),
    });
  });

  test("comes back as it was", async () => {
    await remake(
      `id integer GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY, event_id integer REFERENCES events (id),
       subject text NOT NULL CHECK (subject <> ''), template_used integer, "Sent By" text DEFAULT 'me'`,
      `(DEFAULT, 1, 'Hello', 42, DEFAULT), (DEFAULT, 2, 'Again', NULL, NULL)`,
    );
    await database.sql`CREATE INDEX "Odd index" ON email_log (lower(subject))`;
    const rows = () => database.sql`SELECT * FROM email_log ORDER BY id`;
    const before = {
      rows: [...(await rows())],
      catalog: await readCatalog(database.sql, ["public"]),
    };
    expect(await migrateTo(database.url, Infinity)).toBeNull();
    expect(await rollBackTo(database.url, 2)).toBeNull();
    expect({
      rows: [...(await rows())],
      catalog: await readCatalog(database.sql, ["public"]),
    }).toEqual(before);
    await database.sql`INSERT INTO email_log (subject) VALUES ('New')`;
    expect((await rows()).map(({ id }) => id as number)).toEqual([5, 6, 7]);
  });
});

test("a row without an event stops the migration, which says what to do and changes nothing", async () => {
  await database.sql`INSERT INTO email_log (event_id, subject) VALUES (1, 'Kept'), (NULL, 'Lost'), (NULL, 'Lost too')`;
  const before = await readCatalog(database.sql, ["public", "outreach"]);
  const failure = await migrateTo(database.url, 3);
  expect(failure?.message).toMatch(
    /^2 row\(s\) of email_log name no event.*Set event_id.*Nothing was changed\.$/,
  );
  expect(await readCatalog(database.sql, ["public", "outreach"])).toEqual(before);

  await database.sql`UPDATE email_log SET event_id = 2 WHERE event_id IS NULL`;
  expect(await migrateTo(database.url, 3)).toBeNull();
  expect(await carried()).toHaveLength(3);
});

test("a subject longer than a title stops the migration", async () => {
  await database.sql`ALTER TABLE email_log ALTER subject TYPE text`;
  await database.sql`INSERT INTO email_log (event_id, subject) VALUES (1, ${"x".repeat(501)})`;
  const failure = await migrateTo(database.url, 3);
  expect(failure?.message).toMatch(
    /^1 row\(s\) of email_log have a subject of more than 500 characters/,
  );
});

test("going back restores the rows, and refuses while other campaign rows exist", async () => {
  await database.sql`
    INSERT INTO email_log (event_id, subject, recipient_count, template_used, sent_at)
    VALUES (1, 'Hello', 80, 'thanks', '2024-08-20T08:00:00Z'), (1, 'Again', 3, '9', NULL)`;
  const rows = () => database.sql`SELECT * FROM email_log ORDER BY id`;
  const before = [...(await rows())];
  expect(await migrateTo(database.url, 3)).toBeNull();
  await database.sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP', 1, 'cfp'), ('More', 1, 'general')`;
  await database.sql`
    INSERT INTO communications (campaign_id, channel, title)
    SELECT id, 'linkedin_post', 'Post' FROM campaigns WHERE name = 'CFP'`;
  expect(await rollBack(database.url)).toMatch(
    /Going back would delete 2 campaigns, 1 communications\. Nothing was changed\./,
  );

  await database.sql`DELETE FROM communications WHERE channel = 'linkedin_post'`;
  await database.sql`DELETE FROM campaigns WHERE name IN ('CFP', 'More')`;
  expect(await rollBack(database.url)).toBeNull();
  expect([...(await rows())]).toEqual(before);
});
