import { deepStrictEqual } from "node:assert/strict";
import postgres from "postgres";
import { connectionOptions } from "../src/database/address.ts";
import { connectBare, type BareClient } from "./bare_client.ts";
import type { Ground } from "./ground.ts";
import { constantOf, sized } from "./history/index.ts";
import { allInTurns, median, timed, yesOrNo, type Row } from "./measure.ts";
import { connectDbhub } from "./peers.ts";
import { tenQuestions, type Names, type Pair } from "./questions/ten.ts";

/** The history that the questions are asked of. */
export const RECIPIENTS = 10_000;

/** A way to the history, and how often it is gone. */
export interface Course {
  url: string;
  rounds: number;
  /** How many times as long as dbhub an answer may take: at the median, and at worst. */
  aim: { median: number; worst: number };
  /** Counts the round trips of a call, where they are worth telling. */
  tripsOf?: (work: () => Promise<unknown>) => Promise<number>;
}

/** Asks the ten questions of our server, of dbhub and of the database itself in turns. */
export async function sideBySide(ground: Ground, course: Course): Promise<Row[]> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const sql = postgres({ ...connectionOptions(course.url), max: 1 });
    undo.unshift(() => sql.end({ timeout: 5 }));
    const ours = await connectBare("outreach", { DATABASE_URL: course.url });
    undo.unshift(() => ours.close());
    const dbhub = await connectDbhub(ground, course.url);
    if (dbhub) undo.unshift(() => dbhub.close());
    const rows: Row[] = [];
    for (const pair of tenQuestions(await namesIn(sql)))
      rows.push(await compared(ground, course, pair, { ours, dbhub, sql }));
    return [...rows, medianOf(rows, course)];
  } finally {
    for (const step of undo) await step();
  }
}

interface Sides {
  ours: BareClient;
  dbhub: BareClient | null;
  sql: postgres.Sql;
}

async function compared(
  ground: Ground,
  { rounds, aim, tripsOf }: Course,
  { what, tool, args, sql: text, ...ours }: Pair,
  sides: Sides,
): Promise<Row> {
  const ask = () => sides.ours.ask(tool, args);
  const query = () => sides.sql.unsafe<{ total: number }[]>(text);
  const execute = () => sides.dbhub?.ask("execute_sql", { sql: text }) ?? Promise.resolve();
  const facts = await ask();
  const rows = await query();
  deepStrictEqual(
    [ours.total(facts), ours.list(facts).length],
    [rows[0]?.total, rows.length],
    what,
  );
  if (sides.dbhub) deepStrictEqual(rowsOf(await execute()), rows.length, what);
  // What is learned of a statement is learned by now.
  const trips = tripsOf && {
    trips: await tripsOf(ask),
    dbhub_trips: sides.dbhub && (await tripsOf(execute)),
  };
  const asked = [ask, query, ...(sides.dbhub ? [execute] : [])];
  const times = await allInTurns(
    ground,
    rounds,
    asked.map((one) => () => timed(one)),
  );
  const [time, alone, theirs] = times.map(median);
  const ratio = theirs === undefined ? null : time! / theirs;
  return {
    question: what,
    rounds: times[0]!.length,
    ...trips,
    ours_ms: time!,
    dbhub_ms: theirs ?? null,
    sql_alone_ms: alone!,
    ratio,
    aim: `<= ${String(aim.worst)} x`,
    met: ratio === null ? null : yesOrNo(ratio <= aim.worst),
  };
}

/** How many rows dbhub answered. */
function rowsOf(answer: unknown): unknown {
  const { data } = answer as { data: { statements: { rows: unknown[] }[] } };
  return data.statements[0]?.rows.length;
}

function medianOf(rows: readonly Row[], { aim }: Course): Row {
  const ratios = rows.map(({ ratio }) => ratio).filter((ratio) => typeof ratio === "number");
  const middle = ratios.length === 0 ? null : median(ratios);
  const columns = Object.keys(rows[0]!).map((column) => [column, ""] as const);
  return {
    ...Object.fromEntries(columns),
    question: "the median of these ratios",
    ratio: middle,
    aim: `<= ${String(aim.median)} x`,
    met: middle === null ? null : yesOrNo(middle <= aim.median),
  };
}

/** The names of what every history holds in the same size, and of two people who share theirs. */
async function namesIn(sql: postgres.Sql): Promise<Names> {
  const { event } = constantOf(sized(RECIPIENTS));
  const events = await sql<{ name: string }[]>`
    SELECT name FROM events WHERE id IN (${event}, ${event + 1}) ORDER BY id`;
  const [campaign] = await sql<{ name: string }[]>`
    SELECT name FROM campaigns WHERE event_id = ${event} AND campaign_type = 'cfp' ORDER BY id OFFSET 1 LIMIT 1`;
  const [person] = await sql<{ first: string; last: string }[]>`
    SELECT contact.first_name AS first, contact.last_name AS last
    FROM communication_recipients AS recipient
    JOIN communications AS mail ON mail.id = recipient.communication_id
    JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    WHERE campaign.event_id = ${event}
      AND 2 = (SELECT count(*) FROM contacts AS namesake
               WHERE namesake.first_name = contact.first_name AND namesake.last_name = contact.last_name)
    GROUP BY contact.first_name, contact.last_name
    HAVING count(DISTINCT contact.id) = 2 ORDER BY 2, 1 LIMIT 1`;
  return {
    event: events[0]!.name,
    nextEvent: events[1]!.name,
    campaign: campaign!.name,
    person: person!,
  };
}
