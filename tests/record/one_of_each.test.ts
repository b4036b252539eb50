import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await freshDatabase();
  client = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

/** One of what is said in the plural. */
const WRONG =
  /(?<![\d.,]|change |event )\b1 (?:(?!(?:was|is|does|has|names|says|counts|matches)\b)\w*[^\Ws]s|people|entries|are|were|do|name|say|count|match)\b/u;

it("says one of a thing as one, whatever is asked and written", async () => {
  const said: [string, string][] = [];
  const call = async (tool: string, args: Record<string, unknown> = {}) => {
    const { text, isError } = await client.call(tool, args);
    expect([tool, isError ? text : ""]).toEqual([tool, ""]);
    said.push([tool, text.split("\n")[0] ?? ""]);
  };
  const event = "Data Day";
  const contact = "Jane Smith";
  const campaign = "CFP";
  await call("create_event", { name: event, event_date: "2025-11-15" });
  await call("save_contact", { first_name: "Jane", last_name: "Smith", email: "jane@example.org" });
  await call("create_campaign", { name: campaign, event, campaign_type: "cfp" });
  await call("log_send", { campaign, title: "Call", recipients: [{ contact }] });
  await call("log_post", { campaign, channel: "linkedin_post", title: "Post" });
  await call("create_asset", {
    campaign,
    title: "Flyer",
    asset_type: "flyer",
    distributions: [{ channel: "print" }],
  });
  const communication = "Call";
  const opened = [{ event: "opened", at: "today", communication, contact }];
  await call("record_delivery_events", { events: opened });
  await call("record_delivery_events", { events: opened });
  await call("save_note", { about: { event }, text: "Thank the venue", due: "2025-12-01" });
  await call("save_segment", { name: "All", audience: { event } });
  await database.sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, checked_in, marketing_source)
    SELECT 1, event.id, contact.id, contact.id, true, 'cfp' FROM events AS event, contacts AS contact`;
  await database.sql`
    INSERT INTO speaker_sessions (event_id, contact_id, title) SELECT 1, id, 'A talk' FROM contacts`;
  for (const tool of [
    "list_events",
    "find_contacts",
    "list_campaigns",
    "query_outreach_timeline",
    "query_recipients",
    "list_assets",
    "find_audience",
    "query_registrations",
    "list_notes",
    "list_segments",
    "list_sessions",
    "query_speakers",
    "query_attendance",
  ])
    await call(tool);
  await call("list_sources", { event });
  await call("query_registrations", { campaign });
  await call("get_event", { event });
  await call("get_campaign", { campaign });
  await call("query_contact_history", { contact });
  await call("list_changes", { tool: "log_send" });
  await database.sql`UPDATE tickets SET marketing_source = NULL`;
  await call("list_sources", { event });
  await call("query_registrations");
  await call("query_attendance", { by: "source" });
  expect(said.filter(([, headline]) => WRONG.test(headline))).toEqual([]);
  expect(WRONG.test("1 of 1 people shown")).toBe(true);
});
