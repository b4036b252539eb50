import type postgres from "postgres";

/** Connections, and whether they are given up. */
interface Pool {
  sql: postgres.Sql;
  givenUp: AbortController;
}

/**
 * Runs a transaction. Where its pool is given up before it has begun, it ends as lost at once: the
 * place in which it waits may never be served.
 */
export async function transact<Result>(
  open: Pool,
  mode: string,
  work: (sql: postgres.ISql) => Promise<Result>,
): Promise<Result> {
  const { signal } = open.givenUp;
  signal.throwIfAborted();
  let begun = false;
  const running = open.sql.begin(mode, async (sql) => {
    signal.throwIfAborted();
    begun = true;
    return work(sql);
  }) as Promise<Result>;
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      if (!begun) reject(signal.reason as Error);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    const settle = () => {
      signal.removeEventListener("abort", giveUp);
    };
    running.finally(settle).then(resolve, reject);
  });
}
