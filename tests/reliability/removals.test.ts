import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { whileRemoving } from "../support/blocked.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** Enough to meet each other at every step: a pair that could end badly did so in one of five. */
const ROUNDS = 20;

type Call = [tool: string, args: Record<string, unknown>];

/** What a round begins with, made anew for each. */
interface Entries {
  campaign: number;
  mail: number;
  title: string;
  recipient: number;
  asset: number;
  distribution: number;
  contact: number;
}

const WRITES: Record<string, (entries: Entries) => Call> = {
  "log_send of a mail": ({ campaign, title, contact }) => [
    "log_send",
    { campaign, title: `${title} again`, recipients: [{ contact }] },
  ],
  "log_send to a mail": ({ campaign, title, mail, contact }) => [
    "log_send",
    { campaign, title, communication: mail, recipients: [{ contact }] },
  ],
  "log_send once more": ({ campaign, title }) => [
    "log_send",
    { campaign, title, recipients: [{ email: "kept@example.org" }] },
  ],
  log_post: ({ campaign, title }) => ["log_post", { campaign, title, channel: "linkedin_post" }],
  create_asset: ({ campaign, title }) => [
    "create_asset",
    { campaign, title: `${title} poster`, asset_type: "poster" },
  ],
  record_distribution: ({ asset }) => [
    "record_distribution",
    { asset, channel: "print", notes: "b" },
  ],
  update_campaign: ({ campaign, title }) => ["update_campaign", { campaign, description: title }],
  "update_entry of a mail": ({ mail }) => [
    "update_entry",
    { kind: "communication", id: mail, changes: { content_summary: "New" } },
  ],
  "update_entry of an asset": ({ asset }) => [
    "update_entry",
    { kind: "asset", id: asset, changes: { description: "New" } },
  ],
  "update_entry of a distribution": ({ distribution }) => [
    "update_entry",
    { kind: "distribution", id: distribution, changes: { notes: "New" } },
  ],
  record_delivery_events: ({ title }) => [
    "record_delivery_events",
    { events: [{ message_id: title, event: "opened", date: "2026-03-01T10:00:00Z" }] },
  ],
  set_suppression: ({ contact }) => ["set_suppression", { contact, suppressed: true }],
};

const REMOVED = [
  "campaign",
  "communication",
  "recipient",
  "asset",
  "distribution",
  "contact",
] as const;

describe("a write while what it names is removed", () => {
  let database: TestDatabase;
  let clients: TestClient[];
  let event: number;
  let kept: number;

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    const env = { DATABASE_URL: database.url };
    clients = await Promise.all([connectInProcess({ env }), connectInProcess({ env })]);
    const [row] = await sql`
      INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15') RETURNING id`;
    const [person] = await sql`
      INSERT INTO contacts (first_name, last_name, email)
      VALUES ('Kept', 'Person', 'kept@example.org') RETURNING id`;
    event = row!["id"] as number;
    kept = person!["id"] as number;
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await database.drop();
  });

  let number = 0;
  const entries = async (): Promise<Entries> => {
    number += 1;
    const title = `Title${String(number)}`;
    const [made] = await database.sql<Entries[]>`
      WITH campaign AS (
        INSERT INTO campaigns (name, event_id, campaign_type, status)
        VALUES (${title}, ${event}, 'cfp', 'active') RETURNING id
      ), contact AS (
        INSERT INTO contacts (first_name, last_name, email)
        VALUES ('Somebody', ${title}, ${`${title}@example.org`}) RETURNING id
      ), mail AS (
        INSERT INTO communications (campaign_id, channel, title, status, sent_at)
        SELECT id, 'email', ${title}, 'sent', now() FROM campaign RETURNING id
      ), asset AS (
        INSERT INTO marketing_assets (event_id, campaign_id, asset_type, title)
        SELECT ${event}, id, 'flyer', ${title} FROM campaign RETURNING id
      )
      SELECT ${title}::text AS title, campaign.id AS campaign, mail.id AS mail, asset.id AS asset,
             contact.id AS contact
      FROM campaign, mail, asset, contact`;
    const [more] = await database.sql`
      WITH recipient AS (
        INSERT INTO communication_recipients (communication_id, contact_id, status, brevo_message_id)
        VALUES (${made!.mail}, ${kept}, 'sent', ${title}) RETURNING id
      ), distribution AS (
        INSERT INTO asset_distributions (asset_id, channel) VALUES (${made!.asset}, 'print') RETURNING id
      )
      SELECT recipient.id AS recipient, distribution.id AS distribution FROM recipient, distribution`;
    return { ...made!, ...more };
  };

  const remove = async (sql: postgres.Sql, kind: (typeof REMOVED)[number], of: Entries) => {
    if (kind === "recipient" || kind === "communication" || kind === "campaign") {
      await sql`DELETE FROM communication_recipients WHERE id = ${of.recipient}`;
    }
    if (kind === "communication" || kind === "campaign") {
      await sql`DELETE FROM communications WHERE id = ${of.mail}`;
    }
    if (kind === "campaign") {
      await sql`UPDATE marketing_assets SET campaign_id = NULL WHERE id = ${of.asset}`;
      await sql`DELETE FROM campaigns WHERE id = ${of.campaign}`;
    }
    if (kind === "distribution" || kind === "asset") {
      await sql`DELETE FROM asset_distributions WHERE id = ${of.distribution}`;
    }
    if (kind === "asset") await sql`DELETE FROM marketing_assets WHERE id = ${of.asset}`;
    if (kind === "contact") await sql`DELETE FROM contacts WHERE id = ${of.contact}`;
  };

  it.each(Object.keys(WRITES).flatMap((name) => REMOVED.map((kind) => [name, kind] as const)))(
    "%s, of which the %s goes while the call waits for it, is answered in a sentence",
    async (name, kind) => {
      const of = await entries();
      const [tool, args] = WRITES[name]!(of);
      const { text } = await whileRemoving(
        database.sql,
        (sql) => remove(sql, kind, of),
        () => clients[0]!.call(tool, args),
      );
      expect(text).not.toContain("Internal error");
      if (kind === "contact" && name.startsWith("log_send") && "recipients" in args) {
        const isOfContact = JSON.stringify(args["recipients"]).includes(String(of.contact));
        if (isOfContact) expect(text).toContain("Nothing was written");
      }
    },
  );

  it.each(["log_send of a mail", "log_send to a mail", "log_send once more"])(
    "%s beside remove_entry is answered in a sentence, whoever is first",
    async (name) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const of = await entries();
        const [tool, args] = WRITES[name]!(of);
        const ids = { communication: of.mail, recipient: of.recipient };
        const kind = round % 2 === 0 ? "communication" : "recipient";
        const answers = await Promise.all([
          sleep((round % 3) * 2).then(() => clients[0]!.call(tool, args)),
          sleep((round % 7) * 2).then(() =>
            clients[1]!.call("remove_entry", { kind, id: String(ids[kind]) }),
          ),
        ]);
        for (const { text } of answers) expect(text).not.toContain("Internal error");
      }
    },
  );
});
