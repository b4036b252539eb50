import { afterEach, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { whileRemoving } from "../support/blocked.ts";
import { makeWorld, type World } from "./helpers.ts";

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

it("mails an address without the blanks that it was stored with, and leaves out what is none", async () => {
  const stored = [
    "tab@example.org\t",
    "\u00a0space@example.org\u00a0",
    "\u200bzero@example.org\u2060",
    "\ufeff\u202atwice@example.org\u202c\r\n",
    "\t\u00a0\u200b",
    "no address",
    "in\u00a0side@example.org",
    "in\u200bside@example.org",
    "plain@example.org",
  ];
  const mailed = ["tab", "space", "zero", "twice", "plain"].map((name) => `${name}@example.org`);
  world = await makeWorld({ people: stored.length });
  const { database, speakers, invitation } = world;
  await database.sql`
    UPDATE contacts SET email = given.email
    FROM unnest(${speakers}::int[], ${stored}::text[]) AS given (id, email)
    WHERE contacts.id = given.id`;
  client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });

  const audience = await client.ask("find_audience", { event: "Data & AI Day 2025" });
  const found = audience.contacts as { email: string }[];
  expect(found.map(({ email }) => email)).toEqual([
    ...mailed.slice(0, 4),
    ...stored.slice(5, 8),
    "plain@example.org",
  ]);
  expect(audience.excluded).toMatchObject([
    { reason: "no_email", contacts: [{ id: speakers[4] }] },
  ]);

  const prepared = await client.ask("prepare_send", invitation);
  expect(prepared).toMatchObject({
    recipients: { total: mailed.length },
    quota: { needed: mailed.length },
    excluded: expect.arrayContaining([
      {
        reason: "no_email",
        count: 1,
        contacts: [expect.objectContaining({ id: speakers[4] })],
      },
      expect.objectContaining({ reason: "invalid_email", count: 3 }),
    ]),
  });
  const { send } = prepared;
  await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  expect(
    world.brevo
      .box()
      .map(({ email }) => email)
      .sort(),
  ).toEqual([...mailed].sort());
  const rows = await database.sql<{ email: string }[]>`
    SELECT metadata ->> 'email' AS email FROM communication_recipients ORDER BY contact_id`;
  expect(rows.map(({ email }) => email)).toEqual(mailed);

  for (const email of mailed) world.brevo.report("opened", { email });
  expect(await client.ask("sync_delivery_events", {})).toMatchObject({ unmatched: 0 });
  expect(
    await client.ask("query_recipients", { communication: send.communication_id }),
  ).toMatchObject({
    people: mailed.length,
    by_status: { opened: mailed.length },
  });
});

it("answers in a sentence when campaign or people go while a mail is prepared", async () => {
  world = await makeWorld();
  client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
  const { database, speakers, campaign, invitation } = world;
  const prepare = () => client.call("prepare_send", invitation);
  const person = speakers[0]!;
  const people = await whileRemoving(
    database.sql,
    async (sql) => {
      await sql`DELETE FROM contact_roles WHERE contact_id = ${person}`;
      await sql`DELETE FROM contacts WHERE id = ${person}`;
    },
    prepare,
  );
  expect(people.text).toContain("by another call meanwhile");
  const gone = await whileRemoving(
    database.sql,
    (sql) => sql`DELETE FROM campaigns WHERE id = ${campaign}`,
    prepare,
  );
  expect(gone.text).toContain("was removed by another call meanwhile");
  const [row] = await database.sql`SELECT count(*)::int AS mails FROM communications`;
  expect(row).toEqual({ mails: 0 });
});
