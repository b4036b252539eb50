import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { makeWorld, PARAMS, type World } from "./helpers.ts";
import { cuttableWay, type CuttableWay } from "./cutting.ts";
import { CROWD, shareMailboxes } from "./killing.ts";
import { falsehoods, truthOf } from "./oracle.ts";

/** Every piece that confirm_send sends in the fault suite; here each ninth. */
const STEP = process.env["WHOLE_MATRIX"] === "1" ? 1 : 9;
const ASSISTANT = { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "5" };

describe("the way to the database, cut at a statement of confirm_send", () => {
  let world: World;
  let way: CuttableWay;
  let direct: TestClient;
  let client: TestClient;
  beforeAll(async () => {
    world = await makeWorld({ people: CROWD });
    await shareMailboxes(world);
    way = await cuttableWay(world.database.url);
    direct = await world.connect({ env: ASSISTANT });
    client = await world.connect({ env: { ...ASSISTANT, DATABASE_URL: way.url } });
  });
  afterAll(async () => {
    await client.close();
    await direct.close();
    await way.close();
    await world.close();
  });

  async function prepared(name: string) {
    await direct.ask("create_campaign", {
      name,
      event: "Data & AI Day 2026",
      campaign_type: "cfp",
    });
    const { send } = await direct.ask("prepare_send", {
      ...world.invitation,
      campaign: name,
      params: { ...PARAMS, cfpDeadline: name },
    });
    return { communication: send.communication_id, confirmation_code: send.confirmation_code };
  }

  it.each(["before", "after"] as const)(
    "(%s it arrives) is told truly, and nobody gets the mail twice or is forgotten",
    { timeout: 1_200_000 },
    async (when) => {
      const { brevo, database } = world;
      let call = await prepared(`Whole ${when}`);
      // On a new connection, as after each cut: it asks anew for the types of each statement.
      way.cutAt(1, when);
      await client.call("list_events");
      way.cutAt(null, when);
      await client.ask("confirm_send", call);
      const statements = way.pieces();
      expect(statements).toBeGreaterThan(40);
      let cuts = 0;
      let told = 0;
      for (let piece = 1; piece <= statements; piece += STEP) {
        const name = `Cut ${when} ${String(piece)}`;
        // The account may be asked for a hundred times an hour.
        brevo.advance(300_000);
        call = await prepared(name);
        way.cutAt(piece, when);
        const answer = await client.call("confirm_send", call);
        way.cutAt(null, when);
        const truth = await truthOf(brevo, database, call.communication, name);
        expect({ name, wrong: falsehoods(answer, truth), answer: answer.text }).toMatchObject({
          wrong: [],
        });
        cuts += 1;
        if (!answer.isError) told += 1;
        let state = await client.ask("confirm_send", call);
        for (let more = 0; more < 3 && state["waiting"] > 0; more += 1) {
          state = await client.ask("confirm_send", call);
        }
        const after = await truthOf(brevo, database, call.communication, name);
        expect(falsehoods({ text: "", isError: false, facts: state }, after)).toEqual([]);
        expect([...after.got.values()].filter((mails) => mails !== 1)).toEqual([]);
        expect(after.got.size + Number(state["unknown"].length)).toBeGreaterThanOrEqual(CROWD);
      }
      console.log(
        `cut ${when} it arrives, at ${String(cuts)} of ${String(statements)} statements: ${String(told)} calls went on and told how far they came, ${String(cuts - told)} said that they could not`,
      );
    },
  );

  it("leaves no draft of which prepare_send says that nothing was written", async () => {
    const drafts = async (title: string) => {
      const rows = await world.database.sql<{ id: number }[]>`
        SELECT communication_id AS id FROM outreach.sends
        JOIN communications ON communications.id = communication_id WHERE title = ${title}`;
      return rows.map(({ id }) => id);
    };
    const call = (title: string) => ({ ...world.invitation, title, allow_resend: true });
    way.cutAt(null, "after");
    await client.ask("prepare_send", call("Uncut"));
    const statements = way.pieces();
    for (let piece = 1; piece <= statements; piece += Math.max(1, Math.floor(STEP / 3))) {
      const title = `Draft ${String(piece)}`;
      world.brevo.advance(300_000);
      way.cutAt(piece, "after");
      const { text, isError } = await client.call("prepare_send", call(title));
      way.cutAt(null, "after");
      expect(text).not.toContain("Internal error");
      const [draft] = await drafts(title);
      if (draft !== undefined) expect(text).not.toContain("Nothing was written");
      else expect(isError).toBe(true);
      const again = await client.ask("prepare_send", call(title));
      expect(await drafts(title)).toEqual([again["send"].communication_id]);
    }
  });
});
