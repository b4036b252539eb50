import { setTimeout as delay } from "node:timers/promises";
import { ALL_FAULTS, DEFAULT_SWITCHES, UNKIND_SWITCHES, type Fault } from "../../stand_in/index.ts";
import type { TestClient } from "../../workbench/client.ts";
import { PARAMS, TEMPLATE, type World } from "./helpers.ts";

/** Three to a mailbox, so that a list makes three batches: no batch holds a mailbox twice. */
export const CROWD = 30;
const TO_A_MAILBOX = 3;

/** Faults that a run may meet; those that stop a send for good would only make it short. */
const FAULTS: readonly Fault[] = ALL_FAULTS.filter(
  (fault) => !["401", "403", "account_under_validation", "redirect", "html 403"].includes(fault),
);

/** How a run ended: how many people are how far, and what is wrong with it. */
export interface Run {
  accepted: number;
  unknown: number;
  failed: number;
  held: number;
  kills: number;
  wrong: string[];
}

/** Puts the people of {@link CROWD} on shared mailboxes. */
export async function shareMailboxes(world: World): Promise<void> {
  await world.database.sql`
    UPDATE contacts SET first_name = 'Person' || id,
           email = 'box' || ((id - 1) / ${TO_A_MAILBOX}::int) || '@example.org'`;
}

/**
 * Prepares a list, confirms it again and again with servers that are killed at random moments while
 * the stand-in makes random faults, and then lets one server finish. Tells where somebody got the mail
 * twice, or is said to have it and has not.
 */
export async function killedRun(world: World, preparing: TestClient, seed: number): Promise<Run> {
  const random = randomFrom(seed);
  const { brevo, database } = world;
  Object.assign(brevo.switches, seed % 2 === 0 ? DEFAULT_SWITCHES : UNKIND_SWITCHES);
  const name = `Run ${String(seed)}`;
  await preparing.ask("create_campaign", {
    name,
    event: "Data & AI Day 2026",
    campaign_type: "cfp",
  });
  const { send } = await preparing.ask("prepare_send", {
    ...world.invitation,
    campaign: name,
    template: TEMPLATE,
    params: { ...PARAMS, cfpDeadline: name },
  });
  const { communication_id: communication, confirmation_code } = send;
  const call = { communication, confirmation_code };

  brevo.faults.byChance(seed, 0.35, FAULTS, "send");
  const kills = 1 + Math.floor(random() * 3);
  for (let kill = 0; kill < kills; kill += 1) {
    const client = await world.connect({
      env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" },
    });
    void client.call("confirm_send", call).catch(() => undefined);
    await delay(20 + random() * random() * 1500);
    process.kill(client.pid, "SIGKILL");
    await client.close().catch(() => undefined);
  }
  brevo.faults.clear();
  brevo.faults.byChance(seed, 0);

  const client = await world.connect({
    env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" },
  });
  let state = await client.ask("confirm_send", call);
  for (let more = 0; more < 3 && (state.held_for_quota > 0 || state.waiting > 0); more += 1) {
    if (state.held_for_quota > 0) {
      const anew = await client.ask("prepare_send", { communication });
      call.confirmation_code = anew.send.confirmation_code;
    }
    state = await client.ask("confirm_send", call);
  }
  brevo.advance(3_600_000);
  await client.ask("sync_delivery_events", { communication });
  state = await client.ask("confirm_send", { communication });
  await client.close();

  const box = new Map<string, number>();
  for (const mail of brevo.box()) {
    if (mail.params["cfpDeadline"] !== name) continue;
    const person = String(mail.params["firstName"]);
    box.set(person, (box.get(person) ?? 0) + 1);
  }
  const unknown = new Set<number>(
    state.unknown.map((one: { contact_id: number }) => one.contact_id),
  );
  const rows = await database.sql<{ contact_id: number; first_name: string; state: string }[]>`
    SELECT contact_id, first_name, state FROM outreach.send_states
    JOIN contacts ON contacts.id = contact_id WHERE communication_id = ${communication}`;
  const wrong: string[] = [];
  for (const row of rows) {
    const mails = box.get(row.first_name) ?? 0;
    const said = unknown.has(row.contact_id) ? "unknown" : row.state;
    if (mails > 1) wrong.push(`${row.first_name} got ${String(mails)} mails`);
    if (said === "accepted" && mails !== 1) wrong.push(`${row.first_name} is said to have it`);
    if (said !== "accepted" && said !== "unknown" && mails > 0) {
      wrong.push(`${row.first_name} is ${said} and has it`);
    }
  }
  const accepted = Number(state.accepted);
  const held = Number(state.held_for_quota);
  const failed = Number(state.failed.length);
  const total = accepted + failed + unknown.size + held + Number(state.waiting);
  if (rows.length !== CROWD || total !== CROWD)
    wrong.push(`${String(total)} of ${String(CROWD)} accounted for`);
  return { accepted, unknown: unknown.size, failed, held, kills, wrong };
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}
