import { deepStrictEqual } from "node:assert/strict";
import type postgres from "postgres";
import { connectBare, type BareClient } from "../bare_client.ts";
import { constantOf, sized } from "../history/index.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";

const RECIPIENTS = 100_000;
const MAIL = 10_000;
const ROUNDS = 7;
const AIM = 2;

interface Person {
  id: number;
  name: string;
  email: string;
}

/** How long it takes to record the largest mail that one call takes. */
export const logSend: Entry = {
  name: "log_send",
  about:
    "log_send of 10 thousand recipients over stdio, in a history of 100 thousand;\n" +
    "floor: one INSERT … SELECT FROM unnest of the same rows into the same table, constraints, indexes and\n" +
    "triggers included, by postgres.js in this process, planned as PostgreSQL does by default. It looks\n" +
    "nobody up and answers nothing. Medians of 7 in turns.",
  async run(ground) {
    return ground.onCopyOfHistory(RECIPIENTS, async (url, sql) => {
      const people = await sql<Person[]>`
        SELECT id, outreach.full_name(first_name, last_name) AS name, email FROM contacts
        WHERE email IN (SELECT email FROM contacts GROUP BY email HAVING count(*) = 1)
        ORDER BY id LIMIT ${MAIL}`;
      await sql`SET plan_cache_mode = auto`;
      const client = await connectBare("outreach", { DATABASE_URL: url });
      const rows: Row[] = [];
      try {
        for (const [by, recipients] of formsOf(people)) {
          const { one, other } = await inTurns(
            ground,
            ROUNDS,
            () => insert(sql, people),
            () => logOne(client, recipients),
          );
          const [floor, time] = [median(one), median(other)];
          rows.push({
            recipients_by: by,
            rounds: other.length,
            log_send_ms: time,
            INSERT_ms: floor,
            ratio: time / floor,
            recipients_per_s: Math.round((MAIL / time) * 1000),
            aim: `<= ${AIM} x`,
            met: yesOrNo(time / floor <= AIM),
          });
        }
      } finally {
        await client.close();
      }
      return rows;
    });
  },
};

function formsOf(people: readonly Person[]): [by: string, recipients: object[]][] {
  return [
    ["id", people.map(({ id }) => ({ contact: `${id}` }))],
    ["e-mail", people.map(({ email }) => ({ email }))],
    ["e-mail and name", people.map(({ email, name }) => ({ email, name }))],
    [
      "e-mail and message id",
      people.map(({ email, id }) => ({ email, brevo_message_id: `<{round}.${id}@example.org>` })),
    ],
  ];
}

let round = 0;

/** Milliseconds of a call; every round is another mail, so that none is a repetition. */
async function logOne(client: BareClient, recipients: readonly object[]): Promise<number> {
  round += 1;
  const args = {
    campaign: `${constantOf(sized(RECIPIENTS)).campaign}`,
    title: `To everybody, ${round}`,
    recipients: JSON.parse(
      JSON.stringify(recipients).replaceAll("{round}", `${round}`),
    ) as unknown[],
  };
  let recorded: unknown;
  const taken = await timed(async () => {
    recorded = (await client.ask("log_send", args))["recorded"];
  });
  deepStrictEqual(recorded, MAIL);
  return taken;
}

/** Milliseconds of a bare INSERT of the rows that log_send would write, for a mail that is there. */
async function insert(sql: postgres.Sql, people: readonly Person[]): Promise<number> {
  const { campaign } = constantOf(sized(RECIPIENTS));
  const [mail] = await sql<{ id: number; sent_at: string }[]>`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    VALUES (${campaign}, 'email', 'To everybody', 'sent', now()) RETURNING id, sent_at`;
  if (!mail) throw new Error("INSERT returned no row");
  const ids = people.map(({ id }) => id);
  const metadata = people.map(({ email }) => JSON.stringify({ email, logged_status: "sent" }));
  return timed(
    () => sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, metadata)
      SELECT ${mail.id}, contact_id, 'sent', ${mail.sent_at}, metadata::jsonb
      FROM unnest(${ids}::int[], ${metadata}::text[]) AS entry (contact_id, metadata)`,
  );
}
