import { afterEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { PARAMS, makeWorld, type World } from "./helpers.ts";

const ASSISTANT = { OUTREACH_CONFIRM: "assistant" };

let world: World;
let client: TestClient;
afterEach(async () => {
  await client.close();
  await world.close();
});

describe("strangers' words in a mail", () => {
  it("arrive as they are written, and are harmless on the way", async () => {
    world = await makeWorld({ people: 2 });
    const name = `<script>alert("x")</script>\u202e`;
    await world.database
      .sql`UPDATE contacts SET first_name = ${name} WHERE id = ${world.speakers[0]!}`;
    await world.database
      .sql`UPDATE contacts SET first_name = E'Zo\u00eb\r\nBcc: all@example.org' WHERE id = ${world.speakers[1]!}`;
    client = await world.connect({ env: ASSISTANT });
    const prepared = await client.call("prepare_send", world.invitation);
    expect(prepared.text).not.toMatch(/\u202e|\r|\nBcc/u);
    const { send } = prepared.facts;
    await client.ask("confirm_send", {
      communication: send.communication_id,
      confirmation_code: send.confirmation_code,
    });
    const [first, second] = world.brevo.box();
    expect(first?.html).toContain("Hello &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(second?.name).toBe("Zoë Bcc: all@example.org van der Merwe");
    expect(second?.html).toContain("Hello Zoë Bcc: all@example.org,");
    const posted = world.brevo.requests.filter(({ method }) => method === "POST");
    expect(posted[0]?.body).not.toContain("\\r\\n");
  });
});

describe("a parameter that the database lacks for one person", () => {
  it("is named with the person, and the call may give it for all", async () => {
    world = await makeWorld({ people: 3 });
    await world.database
      .sql`UPDATE contacts SET first_name = NULL WHERE id = ${world.speakers[1]!}`.catch(
      () =>
        world.database.sql`UPDATE contacts SET first_name = '' WHERE id = ${world.speakers[1]!}`,
    );
    client = await world.connect({ env: ASSISTANT });
    expect(await client.ask("prepare_send", world.invitation)).toMatchObject({
      send: null,
      missing_params: ["firstName"],
      missing_for: [{ param: "firstName", count: 1, contacts: [{ id: world.speakers[1] }] }],
    });
    const given = await client.ask("prepare_send", {
      ...world.invitation,
      template: "cfp invitation",
      params: { ...PARAMS, firstName: "speaker" },
    });
    expect(given).toMatchObject({ missing_params: [], recipients: { total: 3 } });
  });
});
