import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCatalog, readOtherObjects, type Relation } from "../../workbench/catalog.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo } from "../support/migrations.ts";

const FOURTEEN = [
  "asset_distributions",
  "campaigns",
  "communication_recipients",
  "communications",
  "contact_interests",
  "contact_roles",
  "contacts",
  "events",
  "interest_topics",
  "marketing_assets",
  "speaker_ratings",
  "speaker_sessions",
  "speakers",
  "tickets",
];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

describe("the plan's verification steps", () => {
  test("1. public holds 14 tables and nothing else", async () => {
    const relations = await readCatalog(database.sql, ["public"]);
    expect(relations.map(({ name, kind }) => [name, kind])).toEqual(
      FOURTEEN.map((name) => [name, "table"]),
    );
    expect(await readOtherObjects(database.sql, "public")).toEqual([]);
  });

  test("2. a campaign, a communication and its recipients can be inserted", async () => {
    const { sql } = database;
    const [event] = await sql<{ id: number }[]>`
      INSERT INTO events (name, event_date) VALUES ('Data & AI Day 2026', '2026-08-15') RETURNING id`;
    const contacts = await sql<{ id: number }[]>`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Jane', 'Smith', 'jane@example.org'), ('Sipho', 'Ndlovu', 'sipho@example.org') RETURNING id`;
    const [campaign] = await sql<{ id: number }[]>`
      INSERT INTO campaigns (name, event_id, campaign_type)
      VALUES ('CFP 2026', ${event!.id}, 'cfp') RETURNING id`;
    const [communication] = await sql<{ id: number }[]>`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      VALUES (${campaign!.id}, 'email', 'Speak at Data & AI Day', 'sent', now()) RETURNING id`;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status)
      SELECT ${communication!.id}, id, 'sent' FROM unnest(${contacts.map(({ id }) => id)}::int[]) AS id`;
    await sql`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      VALUES (${campaign!.id}, 'linkedin_post', 'Call for speakers', 'published', now())`;
    await sql`
      INSERT INTO marketing_assets (campaign_id, event_id, asset_type, title)
      VALUES (${campaign!.id}, ${event!.id}, 'flyer', 'CFP flyer')`;
    const [counted] =
      await sql`SELECT recipient_count FROM communications WHERE id = ${communication!.id}`;
    expect(counted).toEqual({ recipient_count: 2 });
  });

  test("3. what a contact has been sent is a join away", async () => {
    const rows = await database.sql`
      SELECT communications.title, communication_recipients.status
      FROM communication_recipients
      JOIN communications ON communications.id = communication_id
      JOIN contacts ON contacts.id = contact_id
      WHERE contacts.email = 'jane@example.org'`;
    expect([...rows]).toEqual([{ title: "Speak at Data & AI Day", status: "sent" }]);
  });

  test("4. what outreach an event had is seen across channels", async () => {
    const rows = await database.sql`
      SELECT channel, communications.title
      FROM events JOIN campaigns ON event_id = events.id
      JOIN communications ON campaign_id = campaigns.id
      WHERE events.name = 'Data & AI Day 2026'
      UNION ALL
      SELECT asset_type, title FROM marketing_assets JOIN events ON events.id = event_id
      WHERE events.name = 'Data & AI Day 2026'
      ORDER BY 1`;
    expect(rows.map(({ channel }) => channel as string)).toEqual([
      "email",
      "flyer",
      "linkedin_post",
    ]);
  });

  test("5. email_log is gone", async () => {
    const [found] = await database.sql`SELECT to_regclass('public.email_log') AS name`;
    expect(found).toEqual({ name: null });
  });
});

describe("the five tables are the plan's", () => {
  const text = (length: number) => `character varying(${length})`;
  const oneOf = (column: string, ...values: string[]) =>
    `CHECK (((${column})::text = ANY ((ARRAY[${values
      .map((value) => `'${value}'::character varying`)
      .join(", ")}])::text[])))`;
  const to = (column: string, table: string) => `FOREIGN KEY (${column}) REFERENCES ${table}(id)`;

  const PLAN: Record<
    string,
    {
      columns: [string, string, boolean, string | null][];
      constraints: string[];
      indexes: string[];
    }
  > = {
    campaigns: {
      columns: [
        ["id", "integer", false, "serial"],
        ["name", text(200), false, null],
        ["event_id", "integer", false, null],
        ["campaign_type", text(50), false, null],
        ["description", "text", true, null],
        ["status", text(20), true, "'draft'"],
        ["created_at", "timestamp with time zone", true, "now()"],
        ["updated_at", "timestamp with time zone", true, "now()"],
      ],
      constraints: [
        "PRIMARY KEY (id)",
        to("event_id", "events"),
        oneOf(
          "campaign_type",
          "cfp",
          "registration",
          "reminder",
          "thank_you",
          "sponsor",
          "general",
        ),
        oneOf("status", "draft", "active", "completed", "cancelled"),
      ],
      indexes: ["(event_id)", "(campaign_type)", "(status)"],
    },
    communications: {
      columns: [
        ["id", "integer", false, "serial"],
        ["campaign_id", "integer", false, null],
        ["channel", text(30), false, null],
        ["title", text(500), true, null],
        ["brevo_template_id", "integer", true, null],
        ["post_url", "text", true, null],
        ["content_summary", "text", true, null],
        ["recipient_count", "integer", true, "0"],
        ["status", text(20), true, "'draft'"],
        ["sent_at", "timestamp with time zone", true, null],
        ["created_at", "timestamp with time zone", true, "now()"],
      ],
      constraints: [
        "PRIMARY KEY (id)",
        to("campaign_id", "campaigns"),
        oneOf("channel", "email", "linkedin_post", "marketing_material"),
        oneOf("status", "draft", "sending", "sent", "published", "failed"),
      ],
      indexes: ["(campaign_id)", "(channel)", "(sent_at)"],
    },
    communication_recipients: {
      columns: [
        ["id", "integer", false, "serial"],
        ["communication_id", "integer", false, null],
        ["contact_id", "integer", false, null],
        ["status", text(20), true, "'queued'"],
        ["brevo_message_id", text(100), true, null],
        ["sent_at", "timestamp with time zone", true, null],
        ["metadata", "jsonb", true, null],
      ],
      constraints: [
        "PRIMARY KEY (id)",
        to("communication_id", "communications"),
        to("contact_id", "contacts"),
        oneOf("status", "queued", "sent", "delivered", "opened", "clicked", "bounced", "failed"),
        "UNIQUE (communication_id, contact_id)",
      ],
      indexes: ["(contact_id)", "(status)"],
    },
    marketing_assets: {
      columns: [
        ["id", "integer", false, "serial"],
        ["campaign_id", "integer", true, null],
        ["event_id", "integer", false, null],
        ["asset_type", text(50), false, null],
        ["title", text(200), false, null],
        ["description", "text", true, null],
        ["file_url", "text", true, null],
        ["created_at", "timestamp with time zone", true, "now()"],
      ],
      constraints: [
        "PRIMARY KEY (id)",
        to("campaign_id", "campaigns"),
        to("event_id", "events"),
        oneOf("asset_type", "social_graphic", "flyer", "banner", "poster", "video", "presentation"),
      ],
      indexes: ["(event_id)", "(campaign_id)"],
    },
    asset_distributions: {
      columns: [
        ["id", "integer", false, "serial"],
        ["asset_id", "integer", false, null],
        ["channel", text(50), false, null],
        ["distributed_at", "timestamp with time zone", true, "now()"],
        ["reach_estimate", "integer", true, null],
        ["notes", "text", true, null],
      ],
      constraints: [
        "PRIMARY KEY (id)",
        to("asset_id", "marketing_assets"),
        oneOf("channel", "linkedin", "whatsapp", "twitter", "print", "email", "website"),
      ],
      indexes: ["(asset_id)"],
    },
  };

  let third: TestDatabase;
  let afterThird: Relation[];
  let afterAllOfThem: Relation[];
  beforeAll(async () => {
    third = await emptyDatabase();
    expect(await migrateTo(third.url, 3)).toBeNull();
    afterThird = await readCatalog(third.sql, ["public"]);
    afterAllOfThem = await readCatalog(database.sql, ["public"]);
  });
  afterAll(() => third.drop());

  const table = (relations: Relation[], name: string) =>
    relations.find((relation) => relation.name === name)!;
  const columnsOf = (relation: Relation) =>
    relation.columns.map(({ name, type, nullable, default: value }) => [
      name,
      type,
      nullable,
      value?.startsWith("nextval(")
        ? "serial"
        : (value?.replace("::character varying", "") ?? null),
    ]);
  const indexedBy = (relation: Relation) =>
    relation.indexes.map(({ definition }) => definition.replace(/^.* USING btree /, ""));

  test.each(Object.entries(PLAN))(
    "%s after migration 003",
    (name, { columns, constraints, indexes }) => {
      const relation = table(afterThird, name);
      expect(columnsOf(relation)).toEqual(columns);
      expect(relation.constraints.map(({ definition }) => definition).sort()).toEqual(
        constraints.sort(),
      );
      expect(indexedBy(relation).sort()).toEqual(indexes.sort());
      expect(relation.triggers).toEqual([]);
    },
  );

  test.each(Object.entries(PLAN))(
    "%s keeps columns, constraints and indexes in later migrations",
    (name, { columns, constraints, indexes }) => {
      const relation = table(afterAllOfThem, name);
      const names = (list: unknown[][]) =>
        list.map(([column, type, , value]) => [column, type, value]);
      expect(names(columnsOf(relation))).toEqual(names(columns));
      const definitions = relation.constraints.map(({ definition }) => definition);
      const isList = (definition: string) => definition.includes("= ANY ((ARRAY[");
      expect(definitions).toEqual(
        expect.arrayContaining(constraints.filter((definition) => !isList(definition))),
      );
      // A list of words may get longer.
      for (const list of constraints.filter(isList)) {
        const [column, ...words] = list.match(/(?<=CHECK \(\(\()\w+|'\w+'/gu)!;
        const now = definitions.find(
          (definition) => isList(definition) && definition.includes(`((${column})`),
        );
        for (const word of words) expect(now).toContain(word);
      }
      expect(indexedBy(relation)).toEqual(expect.arrayContaining(indexes));
    },
  );
});
