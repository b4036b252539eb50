import { afterEach, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { collatedDatabase, type TestDatabase } from "../support/database.ts";
import { makeWorld, type World } from "./helpers.ts";

let made: TestDatabase | undefined;
let world: World | undefined;
let client: TestClient | undefined;
afterEach(async () => {
  await client?.close();
  await (world ?? { close: () => made?.drop() }).close();
});

/** Each of whom something is told about under the other spelling of their address. */
const STORED = [
  "INFO@EXAMPLE.ORG",
  "invite@example.org",
  "INBOX@EXAMPLE.ORG",
  "inquiries@example.org",
  "IRIS@EXAMPLE.ORG",
  "ingrid@example.org",
  "ISHMAEL@EXAMPLE.ORG",
];

const otherCase = (address: string) =>
  address === address.toUpperCase() ? address.toLowerCase() : address.toUpperCase();

it("keeps out whoever is suppressed, blocked or bounced under another case, in a Turkish database", async ({
  skip,
}) => {
  const found = await collatedDatabase("ICU tr");
  if (typeof found === "string") return skip(found);
  made = found;
  const { sql } = found;
  world = await makeWorld({ people: STORED.length, makeDatabase: () => Promise.resolve(found) });
  const { brevo, speakers, invitation } = world;
  const store = (addresses: readonly string[]) =>
    sql`UPDATE contacts SET email = given.email
        FROM unnest(${speakers}::int[], ${[...addresses]}::text[]) AS given (id, email)
        WHERE contacts.id = given.id`;
  await store(STORED);
  client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });

  const { send } = await client.ask("prepare_send", {
    ...invitation,
    audience: undefined,
    contacts: [speakers[4], speakers[5]],
  });
  await client.ask("confirm_send", {
    communication: send.communication_id,
    confirmation_code: send.confirmation_code,
  });
  const [iris = "", ingrid = ""] = STORED.slice(4, 6);
  for (const address of [iris, ingrid]) {
    brevo.report("hard_bounce", { email: address }, { reason: "550 no such user" });
  }
  await store([...STORED.slice(0, 4), otherCase(iris), otherCase(ingrid), ...STORED.slice(6)]);
  for (const address of STORED.slice(0, 2)) {
    await client.ask("set_suppression", { email: otherCase(address), suppressed: true });
  }
  for (const address of STORED.slice(2, 4)) brevo.block(otherCase(address), "adminBlocked");
  expect(await client.ask("sync_delivery_events", {})).toMatchObject({ unmatched: 0 });

  const audience = await client.ask("find_audience", { event: "Data & AI Day 2025" });
  expect(audience.contacts).toMatchObject([{ id: speakers[6] }]);
  const prepared = await client.ask("prepare_send", { ...invitation, allow_resend: true });
  expect(prepared.recipients).toMatchObject({ total: 1, sample: [{ email: STORED[6] }] });
  const reasons = (prepared.excluded as { reason: string; count: number }[]).map(
    ({ reason, count }) => [reason, count],
  );
  expect(Object.fromEntries(reasons)).toEqual({ unsubscribed: 4, bounced: 2 });
  expect(prepared.send).not.toBeNull();
});
