import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, type ClientOptions, type TestClient } from "../../workbench/client.ts";
import { startBrevo, type BrevoStandIn, type StandInOptions } from "../../stand_in/index.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** The speakers of last year: nobody's names but made up, each on a mailbox of their own. */
export const SPEAKERS = [
  "Thabo Nkosi",
  "Zoë van der Merwe",
  "Lerato Mokoena",
  "Sipho Dlamini",
  "Anika Naidoo",
  "Pieter Botha",
  "Nomvula Khumalo",
  "Yusuf Patel",
  "Refilwe Molefe",
  "Johan Pretorius",
  "Ayanda Zulu",
  "Priya Govender",
  "Kagiso Tau",
  "Emma Jacobs",
  "Bongani Mthembu",
  "Fatima Adams",
];

export const TEMPLATE = 49;

const REGISTRY = {
  templates: [
    {
      brevo_template_id: TEMPLATE,
      name: "CFP Invitation",
      description: "Invites last year's speakers",
      parameters: {
        firstName: { description: "", source: "contacts.first_name", required: true },
        eventName: { description: "", source: "events.name", required: true },
        eventDate: { description: "", source: "events.event_date", required: true },
        venue: { description: "", source: "events.location", required: true },
        cfpDeadline: { description: "last day to submit", required: true },
        submitLink: { description: "where to submit", required: true },
        bannerImageUrl: { description: "", required: false },
      },
    },
  ],
};

export const CFP = {
  id: TEMPLATE,
  name: "CFP 2026",
  subject: "Speak at {{params.eventName}}",
  htmlContent:
    '<p>Hello {{params.firstName}}, {{params.eventName}} is on {{params.eventDate}} in {{params.venue}}.</p><p>By {{params.cfpDeadline}}: <a href="{{params.submitLink}}">submit</a></p><img src="{{params.bannerImageUrl|default:"https://example.org/b.png"}}">',
};

/** What the call gives for {@link CFP}. */
export const PARAMS = { cfpDeadline: "31 May 2096", submitLink: "https://example.org/cfp" };

/** A database with speakers and a campaign, a stand-in for Brevo, and clients of the server between. */
export interface World {
  database: TestDatabase;
  brevo: BrevoStandIn;
  campaign: number;
  /** Ids of {@link SPEAKERS}, in their order, then of whoever was added. */
  speakers: number[];
  env: Record<string, string>;
  connect(options?: ClientOptions): Promise<TestClient>;
  /** What prepare_send takes to invite all speakers. */
  invitation: Record<string, unknown>;
  close(): Promise<void>;
}

/** Makes a world of its own for a test. */
export async function makeWorld(
  options: StandInOptions & {
    people?: number;
    /** The organiser's own list of templates; one that describes {@link CFP} unless given. */
    registry?: object;
    env?: Record<string, string>;
    /** Makes its database; one like the others unless given. */
    makeDatabase?: () => Promise<TestDatabase>;
  } = {},
): Promise<World> {
  const {
    people = SPEAKERS.length,
    env = {},
    makeDatabase = freshDatabase,
    registry: described = REGISTRY,
    ...standIn
  } = options;
  const [database, brevo, folder] = await Promise.all([
    makeDatabase(),
    startBrevo({ templates: [CFP], ...standIn }),
    mkdtemp(path.join(tmpdir(), "outreach-sending-")),
  ]);
  const registry = path.join(folder, "templates.json");
  await writeFile(registry, JSON.stringify(described));
  const { sql } = database;
  const events = await sql<{ id: number }[]>`
    INSERT INTO events (name, event_date, year, location, status) VALUES
      ('Data & AI Day 2025', '2025-11-15', 2025, 'Durban', 'completed'),
      ('Data & AI Day 2026', '2026-11-14', 2026, 'Johannesburg', 'registration_open')
    RETURNING id`;
  const names = Array.from({ length: people }, (_, n) => SPEAKERS[n] ?? `Guest${String(n)} Number`);
  const rows = names.map((name, n) => {
    const [first = "", ...rest] = name.split(" ");
    return { first, last: rest.join(" "), email: `person${String(n + 1)}@example.org`, n };
  });
  const speakers = await sql<{ id: number }[]>`
    INSERT INTO contacts (first_name, last_name, email)
    SELECT first, last, email FROM jsonb_to_recordset(${sql.json(rows)}) AS r (first text, last text, email text, n int)
    ORDER BY n RETURNING id`;
  await sql`
    INSERT INTO contact_roles (contact_id, event_id, role_type)
    SELECT id, ${events[0]!.id}, 'speaker' FROM contacts`;
  const [campaign] = await sql<{ id: number }[]>`
    INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP 2026', ${events[1]!.id}, 'cfp')
    RETURNING id`;
  const all = {
    DATABASE_URL: database.url,
    BREVO_API_KEY: brevo.apiKey,
    BREVO_BASE_URL: brevo.url,
    OUTREACH_TEMPLATES: registry,
    OUTREACH_TIMEZONE: "Africa/Johannesburg",
    ...env,
  };
  return {
    database,
    brevo,
    campaign: campaign!.id,
    speakers: speakers.map(({ id }) => id),
    env: all,
    connect: (given = {}) => connect({ ...given, env: { ...all, ...given.env } }),
    invitation: {
      campaign: "CFP 2026",
      template: TEMPLATE,
      audience: { event: "Data & AI Day 2025", role: "speaker" },
      params: PARAMS,
    },
    close: async () => {
      await brevo.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
