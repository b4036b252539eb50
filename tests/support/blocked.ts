import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

/**
 * Calls while a transaction has taken something out that it has not yet told anybody: it ends as soon as
 * the call waits for it, or has been answered.
 *
 * @param remove takes it out; what the call did first may keep it from that
 */
export async function whileRemoving<Answer>(
  sql: Sql,
  remove: (transaction: Sql) => Promise<unknown>,
  call: () => Promise<Answer>,
): Promise<Answer> {
  let answered = false;
  const isWaiting = async () => {
    const [row] = await sql<{ waiting: boolean }[]>`
      SELECT count(*) > 0 AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row?.waiting === true;
  };
  let answer: Promise<Answer> | undefined;
  await sql.begin(async (transaction) => {
    await remove(transaction as unknown as Sql);
    answer = call().finally(() => {
      answered = true;
    });
    while (!answered && !(await isWaiting())) await sleep(5);
  });
  return answer!;
}
