import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "postgres";
import { DatabaseUnavailable } from "../src/database/errors.ts";

/** Any advisory lock that the migrations do not use. */
const LOCK = 776_015_099;

/**
 * Leaves the demo's database empty, whatever an earlier or a killed run left, and keeps other runs away
 * for as long as this process lives.
 *
 * @param sql of one connection only, which holds the lock
 * @throws DatabaseUnavailable when another run goes on, or the data are not the demo's
 */
export async function takeOver(sql: Sql): Promise<void> {
  await lock(sql);
  const [found] = await sql<{ filled: boolean; ours: boolean | null }[]>`
    SELECT to_regclass('public.contacts') IS NOT NULL AS filled,
           obj_description(to_regnamespace('public'), 'pg_namespace') = 'demo of event-outreach' AS ours`;
  if (found?.filled && !found.ours) {
    throw new DatabaseUnavailable(
      "The folder of the demo's database holds other data, which were left as they are; set OUTREACH_DATA_DIR to another folder for the demo.",
    );
  }
  await sql.begin(async (sql) => {
    await sql`SET LOCAL lock_timeout = '20s'`;
    await sql`DROP SCHEMA IF EXISTS ask, public, outreach, dbmate CASCADE`;
    await sql`CREATE SCHEMA public`;
    await sql`COMMENT ON SCHEMA public IS 'demo of event-outreach'`;
  });
}

async function lock(sql: Sql): Promise<void> {
  // A run that was killed this moment may hold it a little longer.
  for (let tries = 0; tries < 20; tries += 1) {
    const [answer] = await sql<
      { locked: boolean }[]
    >`SELECT pg_try_advisory_lock(${LOCK}) AS locked`;
    if (answer?.locked) return;
    await pause(250);
  }
  throw new DatabaseUnavailable("The demo runs already, in another window; wait until it ends.");
}
