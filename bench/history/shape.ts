import type postgres from "postgres";

/** How much a history holds; everything else follows from these. */
export interface Sizes {
  events: number;
  campaigns: number;
  communications: number;
  people: number;
  recipients: number;
  seed: number;
}

/** The history that the benchmarks ask about, with so many recipients. */
export function sized(recipients: number): Sizes {
  return {
    events: 20,
    campaigns: 400,
    communications: 4_000,
    people: 50_000,
    recipients,
    seed: 20_260_401,
  };
}

/**
 * What every history holds in the same size, however many recipients it has in all: an event in the
 * middle of it, one of its campaigns with its mails, and people who received mails of that event only. It
 * lets the same question be asked of a short history and of a long one.
 */
export interface Constant {
  event: number;
  campaign: number;
  /** A mail of that campaign. */
  communication: number;
  /** Got every mail of the campaign, and some others of the event. */
  contact: number;
}

/** People of whom every 33rd belongs to the constant part: 7, 40, 73, … */
export const EVERY = 33;
export const FIRST = 7;

/** Recipients of each mail of the constant campaign, and of each other mail of its event. */
export const CONSTANT_RECIPIENTS = { ofCampaign: 125, ofOthers: 19 };

export function constantOf({ events, campaigns, communications }: Sizes): Constant {
  const event = events / 2;
  const campaign = (event - 1) * (campaigns / events) + campaigns / events / 2;
  return {
    event,
    campaign,
    communication: (campaign - 1) * (communications / campaigns) + 1,
    contact: FIRST,
  };
}

/** Ids of a new database's rows go from 1 upwards, so that what belongs to what can be reckoned. */
export async function restartIds(sql: postgres.ISql): Promise<void> {
  const tables = ["events", "contacts", "campaigns", "communications", "marketing_assets"];
  for (const table of [...tables, "interest_topics", "tickets", "communication_recipients"])
    await sql`SELECT setval(pg_get_serial_sequence(${table}, 'id'), 1, false)`;
}

/**
 * Makes two functions that live as long as the connection: `pg_temp.roll(id, question, sides)` is 0 to
 * `sides - 1`, the same for the same seed in every run; `pg_temp.said(at, minutes)` is a time so much
 * later, as delivery events write it.
 */
export async function makeDice(sql: postgres.ISql, seed: number): Promise<void> {
  await sql.unsafe(`
    CREATE FUNCTION pg_temp.roll(id bigint, question integer, sides integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
      ((hashint8extended(id, ${String(Math.trunc(seed))}::bigint * 1000 + question) & 2147483647) % sides)::integer`);
  await sql`
    CREATE FUNCTION pg_temp.said(at timestamptz, minutes integer) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE RETURN
      to_char((at + minutes * interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}
