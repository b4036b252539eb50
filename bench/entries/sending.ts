import { deepStrictEqual } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { startBrevo, type BrevoStandIn } from "../../stand_in/index.ts";
import { connect } from "../../workbench/client.ts";
import type { Ground } from "../ground.ts";
import { inTurns, median, peakMemory, timed, yesOrNo, type Entry } from "../measure.ts";

const RECIPIENTS = 10_000;
const ROUNDS = 3;
/** As many as Brevo takes in a call, and the server puts into one. */
const TO_A_BATCH = 1000;
const TEMPLATE = 49;
const AIM = 7;

/** How fast a mail is prepared and sent to as many people as a call takes. */
export const sending: Entry = {
  name: "sending",
  about:
    "prepare_send and confirm_send for 10,000 people through a client over stdio, to the stand-in for Brevo,\n" +
    "which runs in the client's process; the server has listed the templates before. Floor: ten batches of the\n" +
    "same mails posted bare with fetch by this process, one after another, and one INSERT of the rows with the\n" +
    "ids answered, planned as PostgreSQL does by default: no checking, no frozen list, no note before each\n" +
    "batch. Medians of rounds taken in turns, on fresh databases; memory: the server's peak.",
  async run(ground) {
    const { one: floors, other: taken } = await inTurns(
      ground,
      ROUNDS,
      () => postBare(ground),
      () => sendThroughServer(ground),
    );
    const floor = median(floors);
    const preparing = median(taken.map(({ prepare }) => prepare));
    const confirming = median(taken.map(({ confirm }) => confirm));
    const whole = median(taken.map(({ prepare, confirm }) => prepare + confirm));
    const peaks = taken.map(({ peak }) => peak).filter((peak) => peak !== null);
    return [
      {
        recipients: RECIPIENTS,
        rounds: taken.length,
        prepare_s: preparing / 1000,
        send_s: confirming / 1000,
        sent_per_s: Math.round((RECIPIENTS / confirming) * 1000),
        bare_s: floor / 1000,
        bare_per_s: Math.round((RECIPIENTS / floor) * 1000),
        times_slower: whole / floor,
        aim: `<= ${AIM} x`,
        met: yesOrNo(whole / floor <= AIM),
        peak_memory_MiB: peaks.length === 0 ? null : Math.max(...peaks) / 1024 ** 2,
      },
    ];
  },
};

/** Milliseconds of the calls that prepare and send, and the bytes that the server held at most. */
function sendThroughServer(
  ground: Ground,
): Promise<{ prepare: number; confirm: number; peak: number | null }> {
  return withPeople(ground, async (url, sql, brevo) => {
    const client = await connect({
      env: {
        DATABASE_URL: url,
        BREVO_API_KEY: brevo.apiKey,
        BREVO_BASE_URL: brevo.url,
        OUTREACH_TEMPLATES: await registry(ground),
        OUTREACH_CONFIRM: "assistant",
      },
    });
    try {
      await client.ask("list_templates");
      let send: Record<string, any> = {};
      const prepare = await timed(async () => {
        const prepared = await client.ask("prepare_send", {
          campaign: "CFP",
          template: TEMPLATE,
          audience: { event: "Data Day", role: "speaker" },
          params: { deadline: "31 May" },
        });
        send = prepared["send"];
      });
      let state: Record<string, any> = {};
      const confirm = await timed(async () => {
        const call = {
          communication: send["communication_id"],
          confirmation_code: send["confirmation_code"],
        };
        do {
          ground.goOn();
          state = await client.ask("confirm_send", call);
        } while (state["waiting"] > 0);
      });
      deepStrictEqual([state["accepted"], state["status"]], [RECIPIENTS, "sent"]);
      const peak = await peakMemory(client.pid);
      await check(sql, brevo);
      return { prepare, confirm, peak };
    } finally {
      await client.close();
    }
  });
}

/** Milliseconds of the least that has to happen: the mails posted and their rows written. */
function postBare(ground: Ground): Promise<number> {
  return withPeople(ground, async (_url, sql, brevo) => {
    const people = await sql<{ id: number; email: string; first_name: string }[]>`
      SELECT id, email, first_name FROM contacts ORDER BY id`;
    await sql`SET plan_cache_mode = auto`;
    const [communication] = await sql<{ id: number }[]>`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      SELECT id, 'email', 'Bare', 'sent', now() FROM campaigns RETURNING id`;
    const milliseconds = await timed(async () => {
      const rows: { contact: number; message: string }[] = [];
      for (let from = 0; from < people.length; from += TO_A_BATCH) {
        ground.goOn();
        const batch = people.slice(from, from + TO_A_BATCH);
        const ids = await post(brevo, batch);
        batch.forEach(({ id }, index) => rows.push({ contact: id, message: ids[index]! }));
      }
      await sql`
        INSERT INTO communication_recipients (communication_id, contact_id, brevo_message_id, status, sent_at)
        SELECT ${communication!.id}, contact, message, 'sent', now()
        FROM jsonb_to_recordset(${sql.json(rows)}) AS row (contact int, message text)`;
    });
    await check(sql, brevo);
    return milliseconds;
  });
}

async function post(
  brevo: BrevoStandIn,
  people: readonly { email: string; first_name: string }[],
): Promise<string[]> {
  const answer = await fetch(`${brevo.url}/v3/smtp/email`, {
    method: "POST",
    headers: { "api-key": brevo.apiKey, "content-type": "application/json" },
    body: JSON.stringify({
      templateId: TEMPLATE,
      tags: ["bare"],
      headers: { idempotencyKey: randomUUID() },
      messageVersions: people.map(({ email, first_name }) => ({
        to: [{ email, name: first_name }],
        params: { firstName: first_name, eventName: "Data Day", deadline: "31 May" },
      })),
    }),
  });
  const { messageIds } = (await answer.json()) as { messageIds: string[] };
  return messageIds;
}

/** Fails where not everybody has one mail in the box and one row in the database. */
async function check(sql: postgres.Sql, brevo: BrevoStandIn): Promise<void> {
  const [kept] = await sql`
    SELECT count(*)::int AS rows, count(DISTINCT brevo_message_id)::int AS ids
    FROM communication_recipients WHERE status = 'sent'`;
  deepStrictEqual({ ...kept }, { rows: RECIPIENTS, ids: RECIPIENTS });
  deepStrictEqual([brevo.box().length, brevo.perMailbox().size], [RECIPIENTS, RECIPIENTS]);
}

/** Does a piece of work on a database with a campaign and people, beside a stand-in of its own. */
function withPeople<Result>(
  ground: Ground,
  work: (url: string, sql: postgres.Sql, brevo: BrevoStandIn) => Promise<Result>,
): Promise<Result> {
  return ground.onFreshDatabase(async (url, sql) => {
    await sql`INSERT INTO events (name, event_date, location) VALUES ('Data Day', '2026-11-14', 'Durban')`;
    await sql`INSERT INTO campaigns (name, event_id, campaign_type) SELECT 'CFP', id, 'cfp' FROM events`;
    await sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Person' || n, 'Number', 'person' || n || '@example.org' FROM generate_series(1, ${RECIPIENTS}::int) AS n`;
    await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      SELECT contacts.id, events.id, 'speaker' FROM contacts, events`;
    await sql`ANALYZE`;
    const brevo = await startBrevo({
      templates: [
        {
          id: TEMPLATE,
          name: "CFP",
          subject: "Speak at {{params.eventName}}",
          htmlContent: "<p>Hello {{params.firstName}}, by {{params.deadline}}!</p>",
        },
      ],
    });
    try {
      return await work(url, sql, brevo);
    } finally {
      await brevo.close();
    }
  });
}

/** The file that says where the template's parameters come from. */
async function registry({ folder }: Ground): Promise<string> {
  const path = join(folder, "templates.json");
  const parameter = (source?: string) => ({ description: "", required: true, source });
  const parameters = {
    firstName: parameter("contacts.first_name"),
    eventName: parameter("events.name"),
    deadline: parameter(),
  };
  const template = { brevo_template_id: TEMPLATE, name: "CFP", description: "", parameters };
  await writeFile(path, JSON.stringify({ templates: [template] }));
  return path;
}
