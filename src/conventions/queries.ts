import type { Queryable } from "../database/connect.ts";

/** What a claimed call records. */
export type RecordedKind = "communication" | "asset" | "distribution" | "removal" | "note";

/**
 * Claims a key in the running transaction; a transaction that claims the same key waits for this one.
 *
 * @param minutes how long a call holds its key
 * @returns the entry that the call which holds the key recorded, or null: the key is ours
 */
export async function claimCall(
  sql: Queryable,
  key: string,
  kind: RecordedKind,
  minutes: number,
): Promise<number | null> {
  const claimed = await sql<{ key: string }[]>`
    INSERT INTO outreach.recorded_calls AS call (key, kind) VALUES (${key}, ${kind})
    ON CONFLICT (key) DO UPDATE SET claimed_at = now(), entry_id = NULL, call = EXCLUDED.call
      WHERE call.claimed_at < now() - make_interval(mins => ${minutes})
    RETURNING key`;
  if (claimed.length > 0) return null;
  const [held] = await sql<{ entry_id: number | null }[]>`
    SELECT entry_id FROM outreach.recorded_calls WHERE key = ${key}`;
  return held?.entry_id ?? null;
}

/**
 * Notes what a claimed call recorded, and forgets calls that nobody can repeat any more, also not in a
 * transaction that began a while ago.
 *
 * @param minutes how long a call holds its key
 */
export async function completeCall(
  sql: Queryable,
  key: string,
  entry: number,
  minutes: number,
): Promise<void> {
  await Promise.all([
    sql`UPDATE outreach.recorded_calls SET entry_id = ${entry} WHERE key = ${key}`,
    sql`
      DELETE FROM outreach.recorded_calls WHERE key IN (
        SELECT key FROM outreach.recorded_calls WHERE claimed_at < now() - 6 * make_interval(mins => ${minutes})
        LIMIT 100 FOR UPDATE SKIP LOCKED)`,
  ]);
}

/** Gives a claimed key back that recorded nothing. */
export async function releaseCall(sql: Queryable, key: string): Promise<void> {
  await sql`DELETE FROM outreach.recorded_calls WHERE key = ${key} AND entry_id IS NULL`;
}

/** Lets calls be recorded anew after what they recorded was removed. */
export async function forgetCalls(
  sql: Queryable,
  kind: RecordedKind,
  entries: readonly number[],
): Promise<void> {
  await sql`DELETE FROM outreach.recorded_calls WHERE kind = ${kind} AND entry_id = ANY(${entries}::int[])`;
}
