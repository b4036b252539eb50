import { setTimeout as delay } from "node:timers/promises";
import { ALL_FAULTS, DEFAULT_SWITCHES, UNKIND_SWITCHES, type Fault } from "../../stand_in/index.ts";
import type { TestClient } from "../../workbench/client.ts";
import type postgres from "postgres";
import { CFP, PARAMS, type World } from "./helpers.ts";
import { falsehoods, truthOf, type Answer } from "./oracle.ts";

/** How many people: three to a mailbox, so that a list makes three batches: no batch holds a mailbox twice. */
export const CROWD = 30;
const TO_A_MAILBOX = 3;

/** Milliseconds for which an answer is waited that is not to be missed, however slow the machine is. */
export const PATIENCE = 170_000;

/** Faults that a run may meet; those that stop a send for good would only make it short. */
const FAULTS: readonly Fault[] = ALL_FAULTS.filter(
  (fault) => !["401", "403", "account_under_validation", "redirect", "html 403"].includes(fault),
);

/** What may happen to a list while it is sent. */
const CHANGES = ["template", "campaign", "suppression", "taken back"] as const;
type Change = (typeof CHANGES)[number];

/** An attempt that was noted before a change is made after it: its mails may arrive so many ms later. */
const UNDER_WAY = 3_000;

/** How a run ended: how many mails are how far, and what is wrong with it. */
export interface Run {
  accepted: number;
  unknown: number;
  failed: number;
  held: number;
  /** Left out on the way, or taken back. */
  out: number;
  kills: number;
  /** Answers of confirm_send and cancel_send that were compared with the truth. */
  answers: number;
  change: Change | null;
  wrong: string[];
}

/** What a run sends. */
export interface Mailing {
  template: typeof CFP;
  /** How many mails that makes. */
  mails: number;
}
const INVITATION: Mailing = { template: CFP, mails: CROWD };

/** A mail for each session of somebody. */
const THANKS: typeof CFP = {
  id: 53,
  name: "Thanks for each session",
  subject: "Thank you for {{params.title}}",
  htmlContent: "<p>{{params.firstName}}, {{params.title}}, {{params.cfpDeadline}}</p>",
};

/** The organiser's words on a template that is sent for each session. */
export const ABOUT_SESSIONS = {
  templates: [
    {
      brevo_template_id: THANKS.id,
      name: THANKS.name,
      parameters: {
        firstName: { source: "contacts.first_name", required: true },
        title: { source: "session.title", required: true },
        cfpDeadline: { source: null, required: true },
      },
    },
  ],
};

/** Gives the people of {@link CROWD} one to three sessions each, some of them two by two. */
export async function giveSessions(world: World): Promise<Mailing> {
  world.brevo.addTemplate(THANKS);
  const rows = await world.database.sql`
    INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title)
    SELECT event.id, contact.id, talk.key, 'Talk ' || talk.key
    FROM events AS event, contacts AS contact, generate_series(1, 3) AS n
    CROSS JOIN LATERAL (
      SELECT CASE WHEN n = 1 THEN 'of two ' || contact.id / 2 ELSE n || ' of ' || contact.id END AS key
    ) AS talk
    WHERE event.name = 'Data & AI Day 2026' AND n <= 1 + contact.id % 3
    RETURNING id`;
  return { template: THANKS, mails: rows.length };
}

/** Puts the people of {@link CROWD} on shared mailboxes. */
export async function shareMailboxes(world: World): Promise<void> {
  await world.database.sql`
    UPDATE contacts SET first_name = 'Person' || id,
           email = 'box' || ((id - 1) / ${TO_A_MAILBOX}::int) || '@example.org'`;
}

/**
 * Prepares a list, confirms it again and again with servers that are killed at random moments while
 * the stand-in makes random faults and something may change under it, and then lets one server finish.
 * Tells where somebody got the mail twice, in other words than were agreed to or after it was taken back,
 * is said to have it and has not, or where any answer says what is not so.
 */
export async function killedRun(
  world: World,
  preparing: TestClient,
  seed: number,
  { template, mails: total }: Mailing = INVITATION,
): Promise<Run> {
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
    template: template.id,
    params: { ...(template === CFP && PARAMS), cfpDeadline: name },
  });
  const { communication_id: communication, confirmation_code } = send;
  const call = { communication, confirmation_code };
  const wrong: string[] = [];
  let answers = 0;
  const check = async (answer: Answer, what: string): Promise<void> => {
    answers += 1;
    const truth = await truthOf(brevo, database, communication, name);
    for (const falsehood of falsehoods(answer, truth)) wrong.push(`${what} ${falsehood}`);
  };

  brevo.faults.byChance(seed, 0.35, FAULTS, "send");
  const change = random() < 0.5 ? CHANGES[Math.floor(random() * CHANGES.length)]! : null;
  let changedAt = Infinity;
  const kills = 2 + Math.floor(random() * 5);
  for (let kill = 0; kill < kills; kill += 1) {
    const client = await world.connect({
      env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" },
    });
    const told = client.call("confirm_send", call).then(
      (answer) => check(answer, "confirm_send"),
      () => undefined,
    );
    if (change !== null && kill === 0) {
      await delay(20 + random() * 700);
      await makeChange(world, preparing, change, call.communication, name, template);
      changedAt = brevo.now();
    }
    await delay(20 + random() * random() * 1500);
    process.kill(client.pid, "SIGKILL");
    await client.close().catch(() => undefined);
    await told;
  }
  brevo.faults.clear();
  brevo.faults.byChance(seed, 0);

  const client = await world.connect({
    env: { OUTREACH_CONFIRM: "assistant", BREVO_TIMEOUT: "1" },
    patience: PATIENCE,
  });
  let agreedAnewAt = Infinity;
  const confirm = async (): Promise<Answer> => {
    const answer = await client.call("confirm_send", call);
    await check(answer, "confirm_send");
    return answer;
  };
  let { isError, facts: state } = await confirm();
  for (let more = 0; more < 4; more += 1) {
    if (!isError && !(state["held_for_quota"] > 0 || state["waiting"] > 0)) break;
    if (isError || state["held_for_quota"] > 0) {
      const anew = await client.call("prepare_send", { communication });
      // The campaign was cancelled, or the send taken back.
      if (anew.isError) break;
      agreedAnewAt = Math.min(agreedAnewAt, brevo.now());
      call.confirmation_code = anew.facts["send"].confirmation_code;
    }
    ({ isError, facts: state } = await confirm());
  }
  brevo.advance(3_600_000);
  await client.ask("sync_delivery_events", { communication });
  ({ isError, facts: state } = await confirm());
  await client.close();
  brevo.addTemplate(template);
  if (change === "suppression") {
    await preparing.ask("set_suppression", { email: SUPPRESSED, suppressed: false });
  }

  const { got, states } = await truthOf(brevo, database, communication, name);
  if (isError && got.size > 0) wrong.push("what has left cannot be asked for");
  for (const [mail, times] of got) {
    if (times > 1) wrong.push(`${mail} arrived ${String(times)} times`);
    if (!states.has(mail)) wrong.push(`${mail} was left out, and has arrived`);
  }
  for (const person of await misread(database.sql, communication)) {
    wrong.push(`the row of ${String(person)} does not say what became of their mails`);
  }
  const inOtherWords = new Set<number>();
  for (const mail of brevo.box()) {
    if (mail.params["cfpDeadline"] !== name) continue;
    const late = mail.acceptedAt - changedAt;
    const isOther = mail.subject.startsWith(OTHER_WORDS);
    if (isOther && mail.acceptedAt < agreedAnewAt) {
      inOtherWords.add(mail.acceptedAt);
      if (late > UNDER_WAY) wrong.push("a mail left in other words");
    }
    if (late <= UNDER_WAY) continue;
    if (change === "taken back" || change === "campaign") wrong.push("a mail left after that");
    if (change === "suppression" && mail.email === SUPPRESSED) {
      wrong.push("a mail left to somebody who was suppressed");
    }
  }
  // The template may change between the look before a batch and its sending; the next look sees it.
  if (inOtherWords.size > 1) wrong.push("several batches left in other words");
  const told = (count: unknown): number => (isError ? 0 : Number(count));
  const unknown = told(state["unknown"]?.length);
  const accepted = told(state["accepted"]);
  const held = isError ? states.size : Number(state["held_for_quota"]) + Number(state["waiting"]);
  const failed = told(state["failed"]?.length);
  const out = total - states.size;
  if (out > 0 && change !== "suppression" && change !== "taken back") {
    wrong.push(`${String(out)} were forgotten`);
  }
  if (accepted + failed + unknown + held + out !== total) {
    wrong.push(
      `${String(accepted + failed + unknown + held + out)} of ${String(total)} accounted for`,
    );
  }
  return { accepted, unknown, failed, held, out, kills, answers, change, wrong };
}

/**
 * The people of a send whose row among the recipients does not fit their mails: it has received as soon as
 * one has left, waits while any is open, and has failed once all have.
 */
async function misread(sql: postgres.Sql, communication: number): Promise<number[]> {
  const rows = await sql<{ contact_id: number }[]>`
    SELECT recipient.contact_id
    FROM communication_recipients AS recipient
    LEFT JOIN outreach.send_states AS stated
      ON stated.communication_id = recipient.communication_id AND stated.contact_id = recipient.contact_id
    WHERE recipient.communication_id = ${communication}
    GROUP BY recipient.id
    HAVING count(stated.mail) = 0 OR recipient.status NOT IN ('failed', 'queued') <> bool_or(stated.state = 'accepted')
           OR (recipient.status = 'failed') <> bool_and(stated.state = 'failed')`;
  return rows.map(({ contact_id }) => contact_id);
}

/** How the subject begins once the template was changed. */
const OTHER_WORDS = "Other words";
const SUPPRESSED = "box9@example.org";

async function makeChange(
  world: World,
  client: TestClient,
  change: Change,
  communication: number,
  campaign: string,
  template: typeof CFP,
): Promise<void> {
  switch (change) {
    case "template":
      world.brevo.addTemplate({ ...template, subject: `${OTHER_WORDS}: ${template.subject}` });
      return;
    case "campaign":
      await client.ask("update_campaign", { campaign, status: "cancelled" });
      return;
    case "suppression":
      await client.ask("set_suppression", { email: SUPPRESSED, suppressed: true });
      return;
    case "taken back":
      await client.ask("cancel_send", { communication });
  }
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}
