import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectInProcess } from "../../workbench/in_process.ts";
import type { TestClient } from "../../workbench/client.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { databaseWithBigintIds } from "../support/bigint_ids.ts";
import type { TestDatabase } from "../support/database.ts";

const EVENT = "Data & AI Day 2025";

describe("on a database whose ids are bigint", () => {
  const pages = tempFiles();
  let database: TestDatabase;
  let client: TestClient;
  beforeAll(async () => {
    database = await databaseWithBigintIds();
    client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  it("people are mailed, and numbers name them in every answer", async () => {
    await client.ask("create_event", { name: "Later", event_date: "2026-11-14" });
    await client.ask("create_campaign", { name: "CFP", event: EVENT, campaign_type: "cfp" });
    const mail = { campaign: "CFP", title: "Speak with us" };
    const sent = await client.ask("log_send", {
      ...mail,
      recipients: [
        { contact: "Thandiwe Dlamini" },
        { email: "new@example.org", name: "New Person" },
      ],
      unknown_contacts: "create",
    });
    expect(sent).toMatchObject({ recorded: 2, created: [{ contact_id: 4, name: "New Person" }] });
    const again = await client.ask("log_send", {
      ...mail,
      communication: String(sent.communication.id),
      recipients: [{ contact: "1" }],
    });
    expect(again.already_recorded).toEqual([{ contact_id: 1, name: "Thandiwe Dlamini" }]);
    expect(
      await client.ask("log_send", { campaign: "CFP", title: "Again", audience: { event: EVENT } }),
    ).toMatchObject({ recorded: 2 });
    await client.ask("record_delivery_events", {
      events: [
        { event: "hard_bounce", at: "today", communication: "Again", contact: "Thandiwe Dlamini" },
      ],
    });
    await client.ask("set_suppression", {
      contact: "Pieter van der Merwe",
      suppressed: true,
      scope: "person",
    });
    const audience = await client.ask("find_audience", { include_undeliverable: true });
    expect(audience.contacts.map(({ id }: { id: number }) => id).sort()).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ["list_events", {}],
    ["find_contacts", { text: "Thandiwe" }],
    ["find_contacts", { event: EVENT, role: "speaker" }],
    ["query_contact_history", { contact: "Thandiwe" }],
    ["query_contact_history", { contact: "home@example.org" }],
    ["query_recipients", { event: EVENT, role: "speaker", text: "thandiwe" }],
    ["query_outreach_timeline", { contact: "Thandiwe Dlamini" }],
    ["find_audience", { event: EVENT, registered: true, not_received_campaign: "CFP" }],
    ["find_audience", { received_campaign: "CFP", min_mails: 1, mails_from: "2020-01-01" }],
    ["find_audience", { not_contacted_since: "-1d", include_undeliverable: true }],
    ["query_registrations", { event: EVENT }],
    ["query_registrations", { event: EVENT, list: true }],
    ["query_registrations", { campaign: "CFP" }],
    ["get_campaign", { campaign: "CFP" }],
    ["list_campaigns", {}],
    ["list_sources", { event: EVENT }],
    ["list_assets", {}],
    ["find_contacts", { duplicates: true }],
    ["get_event", { event: EVENT }],
    ["list_notes", {}],
    ["query_attendance", { event: EVENT, by: "source", regulars: 3 }],
    ["list_changes", { contact: "Thandiwe" }],
    [
      "ask_database",
      {
        sql: "SELECT person.name, count(*) FROM mails JOIN people AS person USING (contact_id) GROUP BY 1",
      },
    ],
  ])("%s %j is answered", async (name, args) => {
    await client.ask(name, args);
  });

  it("a report is made", async () => {
    const file_path = pages.path("report.html");
    await client.ask("export_report", { event: EVENT, people: true, file_path });
  });

  it("saves, merges and erases people, and undoes that", async () => {
    const { contact } = await client.ask("save_contact", {
      first_name: "Thandiwe",
      last_name: "Dlamini",
      email: "thandiwe@work.example.org",
      even_if_similar: true,
      roles_add: [{ role: "speaker", event: EVENT }],
      note: "Met at the door",
    });
    await client.ask("merge_contacts", { keep: "1", duplicate: String(contact.id) });
    const { changes } = await client.ask("list_changes", { limit: 1 });
    await client.ask("undo_change", { change: changes[0].id });
    await client.ask("erase_contact", {
      contact: String(contact.id),
      confirm_name: "Thandiwe Dlamini",
    });
    await client.ask("update_event", { event: EVENT, location: "Durban", facts: { capacity: 9 } });
  });
});
