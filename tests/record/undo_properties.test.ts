import fc from "fast-check";
import { expect, it } from "vitest";
import { connectInProcess } from "../../workbench/in_process.ts";
import type { TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import "../support/property_seed.ts";

const CAMPAIGNS = ["CFP", "Early bird"];
const PEOPLE = ["Ann Bee", "Bob Cee", "Cid Dee"];

/** A write, whose words its place in the sequence makes its own, or the undoing of an earlier one. */
type Step =
  | { does: "create" | "describe" | "post" | "event"; campaign: number }
  | { does: "mail" | "clicks"; campaign: number; people: number[] }
  | { does: "undo"; which: number };

const campaign = fc.nat({ max: CAMPAIGNS.length - 1 });
const people = fc.uniqueArray(fc.nat({ max: PEOPLE.length - 1 }), { minLength: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constantFrom("create", "describe", "post", "event"),
      campaign,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom("mail", "clicks"), campaign, people }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("undo" as const), which: fc.nat({ max: 30 }) }),
  },
);

function callOf(
  does: Exclude<Step, { does: "undo" }>,
  place: number,
): [tool: string, args: Record<string, unknown>] {
  const of = CAMPAIGNS[does.campaign]!;
  switch (does.does) {
    case "create":
      return ["create_campaign", { name: of, event: "Data Day", campaign_type: "cfp" }];
    case "describe":
      return ["update_campaign", { campaign: of, description: `Description ${String(place)}` }];
    case "post":
      return [
        "log_post",
        { campaign: of, channel: "linkedin_post", title: `Post ${String(place)}` },
      ];
    case "event":
      return ["create_event", { name: `Meetup ${String(place)}`, event_date: "2026-10-10" }];
    case "mail":
      return [
        "log_send",
        {
          campaign: of,
          title: `Mail of ${of}`,
          ...(place % 2 === 0 && { brevo_template_id: place + 1 }),
          recipients: does.people.map((person) => ({ contact: PEOPLE[person] })),
        },
      ];
    case "clicks":
      return [
        "record_delivery_events",
        {
          events: does.people.map((person) => ({
            event: "clicked",
            at: `2026-03-02T09:00:${String(place).padStart(2, "0")}Z`,
            communication: `Mail of ${of}`,
            contact: PEOPLE[person],
          })),
        },
      ];
  }
}

async function world(): Promise<{
  database: TestDatabase;
  client: TestClient;
  close: () => Promise<void>;
}> {
  const database = await freshDatabase();
  const { sql } = database;
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  for (const name of PEOPLE) {
    const [first = "", last = ""] = name.split(" ");
    await sql`INSERT INTO contacts (first_name, last_name, email) VALUES (${first}, ${last}, ${`${first}@example.org`})`;
  }
  const client = await connectInProcess({ env: { DATABASE_URL: database.url } });
  return { database, client, close: async () => (await client.close(), database.drop()) };
}

/** What the record says, without the ids and the times that two databases cannot share. */
async function said({ sql }: TestDatabase) {
  return {
    events: await sql`SELECT name FROM events ORDER BY name`,
    campaigns: await sql`SELECT name, status, description FROM campaigns ORDER BY name`,
    names: await sql`SELECT name FROM outreach.campaign_names ORDER BY name`,
    entries: await sql`
      SELECT campaign.name, title, channel, mail.status, brevo_template_id, recipient_count
      FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = campaign_id
      ORDER BY campaign.name, title, brevo_template_id`,
    recipients: await sql`
      SELECT campaign.name, title, brevo_template_id, contact_id, recipient.status, metadata -> 'events' AS events
      FROM communication_recipients AS recipient
      JOIN communications AS mail ON mail.id = communication_id
      JOIN campaigns AS campaign ON campaign.id = campaign_id
      ORDER BY campaign.name, title, brevo_template_id, contact_id`,
  };
}

async function newest(client: TestClient): Promise<number> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0]?.id ?? 0;
}

it("leaves what the writes that were not undone say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
      const one = await world();
      const other = await world();
      try {
        const written: { change: number; call: ReturnType<typeof callOf> }[] = [];
        for (const [place, next] of steps.entries()) {
          if (next.does === "undo") {
            const [undone] = written.length > 0 ? [written[next.which % written.length]!] : [];
            if (!undone) continue;
            const before = await said(one.database);
            const { isError } = await one.client.call("undo_change", { change: undone.change });
            if (isError) expect(await said(one.database)).toEqual(before);
            else written.splice(written.indexOf(undone), 1);
            continue;
          }
          const call = callOf(next, place);
          const before = await newest(one.client);
          const { isError } = await one.client.call(...call);
          const change = await newest(one.client);
          if (!isError && change !== before) written.push({ change, call });
        }
        for (const { call } of written) await other.client.ask(...call);
        expect(await said(one.database)).toEqual(await said(other.database));
      } finally {
        await one.close();
        await other.close();
      }
    }),
    { numRuns: 6 },
  );
}, 240_000);
