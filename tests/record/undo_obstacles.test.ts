import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";
import { seedRecord, ZONE, type Record2026 } from "../support/record.ts";

let database: TestDatabase;
let client: TestClient;
let people: People;
let record: Record2026;
beforeEach(async () => {
  database = await freshDatabase();
  people = await seedPeople(database.sql);
  record = await seedRecord(database.sql, people);
  client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
});
afterEach(async () => {
  await client.close();
  await database.drop();
});

async function latest() {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0] as { id: number; what: string; why_not: string | null };
}

describe("undo_change", () => {
  it("says in words that something else stands where a row was", async () => {
    const { jane, events } = people;
    const role = { role: "speaker", event: events.day2025 };
    const spare = { name: "Spare", event: events.day2026, campaign_type: "general" };
    const theme = (value: string | null) => ({ event: events.day2026, facts: { theme: value } });
    const mail = (title: string) => ({
      campaign: record.campaigns.cfp,
      title,
      recipients: [{ contact: jane, brevo_message_id: "<a@x>" }],
    });
    await client.ask("create_campaign", spare);
    await client.ask("update_event", theme("Trust"));
    await client.ask("log_send", mail("Wrong"));
    const replaced = [
      [
        "save_contact",
        { contact: jane, roles_remove: [role] },
        "save_contact",
        { contact: jane, roles_add: [role] },
        "contact_roles",
      ],
      ["remove_entry", { kind: "campaign", id: "Spare" }, "create_campaign", spare, "campaigns"],
      ["update_event", theme(null), "update_event", theme("Scale"), "event_facts"],
      [
        "remove_entry",
        { kind: "communication", id: "Wrong" },
        "log_send",
        mail("Right"),
        "communication_recipients",
      ],
    ] as const;
    for (const [tool, args, other, then, table] of replaced) {
      await client.ask(tool, args);
      const { id } = await latest();
      await client.ask(other, then);
      expect(await client.refused("undo_change", { change: id })).toBe(
        `Change ${String(id)} cannot be undone: a row of ${table} that it would put back has its place taken by another since; undo or remove that one first. Nothing was written.`,
      );
      await client.ask("undo_change", { change: (await latest()).id });
      await client.ask("undo_change", { change: id });
    }
  });

  it("names the caller's last change that stands where it is given words for one", async () => {
    const undo = (change: string) => client.refused("undo_change", { change });
    const NUMBER = "change is the id of a change, a number; list_changes gives them.";
    expect(await undo("last")).toBe(`${NUMBER} Nothing was written.`);
    await client.ask("save_note", { about: { campaign: record.campaigns.cfp }, text: "Mine" });
    const mine = await latest();
    const other = await connectInProcess({
      env: { DATABASE_URL: database.url, ...ZONE, OUTREACH_ACTOR: "Somebody else" },
    });
    await other.ask("save_contact", { contact: people.zoe, phone: "082 555 0101" });
    await other.close();
    expect(await undo("last")).toMatch(
      new RegExp(`The last of yours that stands is change ${String(mine.id)}, which added 1 note`),
    );
    await client.ask("erase_contact", { contact: people.zoe, confirm_name: "Zoë van der Merwe" });
    expect(await undo("the last one")).toMatch(/which erased a person.*; it cannot be undone: /u);
    await client.ask("undo_change", { change: mine.id });
    // Neither what was undone nor what undid it is offered again.
    expect(await undo("last")).toContain("which erased a person");
  });

  it("says that what a row belongs to was removed since", async () => {
    const [share] = await database.sql<{ id: number }[]>`
      SELECT id FROM asset_distributions WHERE asset_id = ${record.flyer} ORDER BY id LIMIT 1`;
    await client.ask("remove_entry", { kind: "distribution", id: share!.id });
    const { id } = await latest();
    await client.ask("remove_entry", { kind: "asset", id: record.flyer });
    const removal = await latest();
    expect(await client.refused("undo_change", { change: id })).toContain(
      "what a row of asset_distributions that it would put back belongs to was removed since; undo that first",
    );
    await client.ask("undo_change", { change: removal.id });
    await client.ask("undo_change", { change: id });
  });

  it("does not send to an erasure that wrote the rows later, as that stays", async () => {
    await client.ask("save_contact", { contact: people.zoe, phone: "082 555 0101", note: "First" });
    const { id } = await latest();
    await client.ask("erase_contact", { contact: people.zoe, confirm_name: "Zoë van der Merwe" });
    const erasure = await latest();
    expect(erasure.what).toBe("erased a person");
    const { contact } = await client.ask("save_contact", { first_name: "Neo", last_name: "Zulu" });
    const added = await latest();
    await client.ask("erase_contact", { contact: contact.id, confirm_name: "Neo Zulu" });
    expect(await client.refused("undo_change", { change: id })).toContain(
      "erased of a person since",
    );
    expect(await client.refused("undo_change", { change: added.id })).toMatch(
      /wrote the same rows later and stays: what was erased cannot be brought back\. Nothing/u,
    );
  });
});
