import { afterAll, beforeAll, expect, it } from "vitest";
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

const SPAN = { from: "2026-01-01", to: "2026-12-31" };
const MEANT_SPAN = { from: "2026-01-01T00:00:00+02:00", to: "2026-12-31T23:59:59+02:00" };

it.each([
  ["list_events", { text: "day", year: 2026 }, { text: "day", year: 2026 }],
  [
    "list_campaigns",
    { campaign_type: "cfp", text: "2026" },
    { campaign_type: "cfp", text: "2026" },
  ],
  ["find_contacts", { text: "jane", role: "speaker" }, { text: "jane", role: "speaker" }],
  ["list_assets", { asset_type: "flyer", text: "cfp" }, { asset_type: "flyer", text: "cfp" }],
  [
    "query_outreach_timeline",
    { kinds: ["email"], channels: ["email"], status: "sent", ...SPAN, order: "desc" },
    { kinds: ["email"], channels: ["email"], status: ["sent"], ...MEANT_SPAN, order: "desc" },
  ],
  [
    "query_recipients",
    { campaign_type: "cfp", role: "speaker", status: ["opened"], text: "jane", ...SPAN },
    { campaign_type: "cfp", role: "speaker", status: ["opened"], text: "jane", ...MEANT_SPAN },
  ],
  ["query_registrations", { ...SPAN, list: true }, { ...MEANT_SPAN, list: true }],
  ["list_events", { limit: 1 }, {}],
] as const)("%s says by which filters it was narrowed: %j", async (name, given, applied) => {
  const { filter } = await client.ask(name, given);
  expect(filter).toEqual(applied);
});

it("says which rows the references of a filter were taken to mean", async () => {
  const event = { id: people.events.day2026, name: "Data & AI Day 2026" };
  const campaign = { id: record.campaigns.cfp, name: "CFP 2026" };
  const communication = { id: record.mails.call, name: "Call for speakers" };
  const given = { event: "data ai day 2026", campaign: "cfp 2026" };
  for (const name of ["query_recipients", "query_outreach_timeline", "list_assets"]) {
    expect((await client.ask(name, given)).filter).toEqual({ event, campaign });
  }
  const { filter } = await client.ask("query_recipients", { communication: "Call for speakers" });
  expect(filter).toEqual({ communication });
});

it("find_audience says every filter: flags, lists and numbers too", async () => {
  const { filter } = await client.ask("find_audience", {
    event: "Data & AI Day 2025",
    role: "speaker",
    opened: false,
    received_status: ["opened", "clicked"],
    min_mails: 2,
    mails_from: "CFP 2026",
    not_contacted_since: "2026-11-01",
    text: "jane",
    include_undeliverable: true,
    limit: 5,
  });
  expect(filter).toEqual({
    event: { id: people.events.day2025, name: "Data & AI Day 2025" },
    role: "speaker",
    opened: false,
    received_status: ["opened", "clicked"],
    min_mails: 2,
    mails_from: { id: record.campaigns.cfp, name: "CFP 2026" },
    not_contacted_since: "2026-11-01T00:00:00+02:00",
    text: "jane",
    include_undeliverable: true,
  });
});
