import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };
const MINUTE = 60_000;

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

async function send(more: Record<string, unknown> = {}): Promise<number> {
  const { send } = await client.ask("prepare_send", { ...world.invitation, ...more });
  const call = { communication: send.communication_id, confirmation_code: send.confirmation_code };
  let state = await client.ask("confirm_send", call);
  // On a slow machine a call's time ends before its batches do; the same call goes on.
  for (let again = 0; again < 5 && state.status === "sending"; again += 1) {
    expect(state.unknown).toEqual([]);
    state = await client.ask("confirm_send", call);
  }
  expect(state).toMatchObject({ unknown: [], status: "sent" });
  return send.communication_id as number;
}

const feedRequests = () =>
  world.brevo.requests.filter(({ path }) => path.startsWith("/v3/smtp/statistics/events"));

/** Who has which status and which events, as the database keeps it. */
const kept = () => world.database.sql`
  SELECT communication_id, contact_id, status, brevo_message_id,
         (SELECT jsonb_agg(event ORDER BY event::text) FROM jsonb_array_elements(metadata -> 'events') AS event)
           AS events
  FROM communication_recipients ORDER BY communication_id, contact_id`;

describe("what is reported of one of two mails to the same people", () => {
  beforeEach(async () => {
    world = await makeWorld();
    client = await world.connect({ env: ASSISTANT });
  });

  it.each(["sync", "webhook"] as const)("is that mail's, by %s", async (way) => {
    const first = await send({ title: "First" });
    const second = await send({ title: "Second", allow_resend: true });
    const box = world.brevo.box();
    const opened = box.filter(({ email }) => email === "person3@example.org")[1]!;
    world.brevo.report("opened", { messageId: opened.messageId });
    if (way === "sync") await client.ask("sync_delivery_events", {});
    else await client.ask("record_delivery_events", { events: world.brevo.webhooks() });
    expect((await client.ask("query_recipients", { communication: first })).by_status).toEqual({
      sent: 16,
    });
    const { recipients } = await client.ask("query_recipients", {
      communication: second,
      status: ["opened"],
    });
    expect(recipients.map(({ name }: { name: string }) => name)).toEqual(["Lerato Mokoena"]);
    const [ids] = await world.database.sql`
      SELECT count(DISTINCT brevo_message_id)::int AS n FROM communication_recipients`;
    expect(ids).toEqual({ n: 32 });
  });
});

describe("people who share a mailbox", () => {
  it("each have what is reported of their own mail", async () => {
    world = await makeWorld({ people: 3 });
    await world.database.sql`UPDATE contacts SET email = 'home@example.org'`;
    client = await world.connect({ env: ASSISTANT });
    const communication = await send();
    const mailOf = (firstName: string) =>
      world.brevo.box().find(({ params }) => params["firstName"] === firstName)!.messageId;
    world.brevo.report("delivered");
    world.brevo.report("opened", { messageId: mailOf("Zoë") });
    world.brevo.report("click", { messageId: mailOf("Lerato") });
    await client.ask("sync_delivery_events", { communication });
    const { recipients } = await client.ask("query_recipients", { communication });
    expect(
      Object.fromEntries(
        recipients.map((row: { name: string; status: string }) => [row.name, row.status]),
      ),
    ).toEqual({
      "Thabo Nkosi": "delivered",
      "Zoë van der Merwe": "opened",
      "Lerato Mokoena": "clicked",
    });
  });
});

describe("a webhook's payloads and the feed", () => {
  it("leave the same rows, whichever came first", async () => {
    world = await makeWorld();
    client = await world.connect({ env: ASSISTANT });
    await send();
    world.brevo.simulate(11);
    world.brevo.advance(60 * MINUTE);
    const events = world.brevo.webhooks();
    expect(await client.ask("sync_delivery_events", {})).toMatchObject({
      fetched: events.length,
      applied: events.length,
      unmatched: 0,
    });
    const bySync = await kept();
    expect(await client.ask("record_delivery_events", { events })).toMatchObject({
      applied: 0,
      duplicates: events.length,
      unmatched: [],
    });
    expect(await kept()).toEqual(bySync);

    // The same again on a record that knows nothing of it yet, by webhooks alone.
    const { sql } = world.database;
    await sql`ALTER TABLE communication_recipients DISABLE TRIGGER USER`;
    await sql`UPDATE communication_recipients SET status = 'sent', metadata = metadata - 'events'`;
    await sql`ALTER TABLE communication_recipients ENABLE TRIGGER USER`;
    expect(await client.ask("record_delivery_events", { events })).toMatchObject({
      applied: events.length,
      unmatched: [],
    });
    expect(await kept()).toEqual(bySync);
  });
});

describe("more batches than are asked for one by one", () => {
  const PEOPLE = 52;

  it.each([{}, { feedTag: "json" as const, feedOffsetMinutes: 120 }])(
    "are told apart in one reading of the feed: %o",
    async (switches) => {
      // All on one mailbox, which stands in a batch once: as many batches as people.
      world = await makeWorld({ people: PEOPLE, switches });
      await world.database.sql`UPDATE contacts SET email = 'all@example.org'`;
      client = await world.connect({ env: ASSISTANT });
      await send();
      const [batches] = await world.database
        .sql`SELECT count(*)::int AS n FROM outreach.send_batches`;
      expect(batches).toEqual({ n: PEOPLE });
      // What is nobody's of ours: another program's mail to the same address.
      await fetch(`${world.brevo.url}/v3/smtp/email`, {
        method: "POST",
        headers: { "api-key": world.brevo.apiKey, "content-type": "application/json" },
        body: JSON.stringify({
          templateId: 49,
          to: [{ email: "all@example.org" }],
          tags: ["other"],
        }),
      });
      world.brevo.report("delivered");
      const synced = await client.ask("sync_delivery_events", {});
      // A request and a delivery each; the other program's two are not counted.
      expect(synced).toMatchObject({
        fetched: 2 * PEOPLE,
        applied: 2 * PEOPLE,
        duplicates: 0,
        unmatched: 0,
      });
      expect(synced.synced_to).not.toBeNull();
      expect(feedRequests()).toHaveLength(1);
      expect(feedRequests()[0]?.path).not.toContain("tags=");
      const recipients = await client.ask("query_recipients", { limit: 1 });
      expect(recipients).toMatchObject({
        by_status: { delivered: PEOPLE },
        events_synced_to: synced.synced_to,
      });
      const right = new Map(
        world.brevo.box().map(({ messageId, params }) => [messageId, params["firstName"]]),
      );
      const rows = await world.database.sql<{ id: string; name: string }[]>`
        SELECT brevo_message_id AS id, first_name AS name FROM communication_recipients
        JOIN contacts ON contacts.id = contact_id`;
      expect(rows.filter(({ id, name }) => right.get(id) !== name)).toEqual([]);
    },
  );
});

describe("the feed", () => {
  it("is read over several pages, and from where it was left", { timeout: 60_000 }, async () => {
    world = await makeWorld({ people: 900 });
    client = await world.connect({ env: ASSISTANT });
    const communication = await send();
    // Pages hold 2,500: a request, a delivery and an opening each are 2,700.
    world.brevo.report("delivered");
    world.brevo.report("opened");
    expect(await client.ask("sync_delivery_events", { communication })).toMatchObject({
      fetched: 2700,
      applied: 2700,
    });
    expect(feedRequests().map(({ path }) => /offset=(\d+)/u.exec(path)?.[1])).toEqual([
      "0",
      "2500",
    ]);
    const day = (path: string) => /startDate=([\d-]+)/u.exec(path)?.[1] ?? "";
    const { sql } = world.database;
    await sql`ALTER TABLE outreach.send_batches DISABLE TRIGGER guard_batch`;
    await sql`
      UPDATE outreach.send_batches SET first_attempted_at = first_attempted_at - interval '30 days'`;
    await sql`ALTER TABLE outreach.send_batches ENABLE TRIGGER guard_batch`;
    await client.ask("sync_delivery_events", {});
    const overlap = day(feedRequests().at(-1)!.path);
    expect(Date.now() - Date.parse(overlap)).toBeGreaterThan(2 * 86_400_000 - MINUTE);
    expect(Date.now() - Date.parse(overlap)).toBeLessThan(3.1 * 86_400_000);
    const since = new Date(Date.now() - 10 * 86_400_000).toISOString();
    await client.ask("sync_delivery_events", { since });
    expect(day(feedRequests().at(-1)!.path)).toBe(since.slice(0, 10));
  });
});
