import { afterEach, describe, expect, it } from "vitest";
import { csv, QUICKET_COLUMNS, ticket } from "../../workbench/exports.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

async function send(more: Record<string, unknown> = {}): Promise<number> {
  const { send } = await client.ask("prepare_send", { ...world.invitation, ...more });
  const call = { communication: send.communication_id, confirmation_code: send.confirmation_code };
  expect(await client.ask("confirm_send", call)).toMatchObject({ unknown: [], status: "sent" });
  return send.communication_id as number;
}

describe("what keeps a person out of later mails", () => {
  const files = tempFiles();
  const state = async (contact: string) => {
    const { people } = await client.ask("query_contact_history", { contact });
    return people[0].deliverability.state as string;
  };

  it("are three soft bounces on distinct mails, not two, nor one told thrice", async () => {
    world = await makeWorld({ people: 1 });
    client = await world.connect({ env: ASSISTANT });
    const states: string[] = [];
    for (const title of ["One", "Two", "Three"]) {
      await send({ title, allow_resend: true });
      const { messageId } = world.brevo.box().at(-1)!;
      for (let times = 0; times < 3; times += 1) {
        world.brevo.report("soft_bounce", { messageId }, { reason: "452 mailbox full" });
        world.brevo.advance(2000);
      }
      await client.ask("sync_delivery_events", {});
      states.push(await state("Thabo Nkosi"));
    }
    expect(states).toEqual(["ok", "ok", "bounced"]);
  });

  it("is not cleared by an import", async () => {
    world = await makeWorld({ people: 2 });
    client = await world.connect({ env: ASSISTANT });
    await send();
    world.brevo.report("unsubscribed", { email: "person1@example.org" });
    await client.ask("sync_delivery_events", {});
    await client.ask("set_suppression", { email: "person2@example.org", suppressed: true });
    const rows = ["Thabo Nkosi", "Zoë van der Merwe"].map((name, n) => {
      const [first = "", ...rest] = name.split(" ");
      const email = `Person${String(n + 1)}@Example.org`;
      return ticket({
        "Ticket Number": String(810_001 + n),
        "First name": first,
        Surname: rest.join(" "),
        Email: email,
        "Purchaser Email": email,
      });
    });
    const importing = await connect({
      server: "import",
      env: { DATABASE_URL: world.database.url },
    });
    const imported = await importing.ask("import_quicket_registrations", {
      file_path: await files.write("tickets.csv", csv([[...QUICKET_COLUMNS], ...rows])),
      event: "Data & AI Day 2026",
      duplicate_strategy: "update",
    });
    await importing.close();
    expect(imported.tickets.created).toBe(2);
    expect(imported.contacts.created).toBe(0);
    expect([await state("Thabo Nkosi"), await state("Zoë van der Merwe")]).toEqual([
      "unsubscribed",
      "unsubscribed",
    ]);
    expect(
      await client.ask("prepare_send", { ...world.invitation, allow_resend: true }),
    ).toMatchObject({ send: null, excluded: [{ reason: "unsubscribed", count: 2 }] });
  });
});
