import type postgres from "postgres";
import { QuestionCancelled } from "./errors.ts";
import { type Origin, telling } from "./origin.ts";
import type { ParameterTypes } from "./postgres_js/parameter_types.ts";
import { type Queryable, Transaction } from "./postgres_js/transaction.ts";

/** Connections, what is known of the statements on them, and whether they are given up. */
interface Pool {
  sql: postgres.Sql;
  types: ParameterTypes;
  givenUp: AbortController;
}

// Compiling queries as small as ours takes many times as long as running them. Set with BEGIN, as a pooler
// passes that on and not a session's settings.
const NO_JIT = "SET LOCAL jit = off";

// The plans by which a connection checks foreign keys were made when the tables were as large as they were
// then: for a handful of people PostgreSQL reads all of them, and would again for each of thousands of rows.
const FRESH_PLANS = "DISCARD PLANS";

/** How a transaction begins. */
const BEGIN = {
  /** On one snapshot. */
  question: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${NO_JIT}`,
  write: `BEGIN READ WRITE; ${NO_JIT}; ${FRESH_PLANS}`,
  /** A write where nothing may be written: PostgreSQL refuses it. */
  refused: `BEGIN READ ONLY; ${NO_JIT}`,
};

/**
 * Runs a transaction. Where its pool is given up before it has begun, it ends as lost at once: the
 * place in which it waits may never be served.
 *
 * @param origin where what is written comes from, for the history
 * @param progress `hasBegun` is set once something may have been written
 * @param cancelling aborts when nobody waits for a question any more; what becomes of a write must be known
 * @throws QuestionCancelled
 */
export async function transact<Result>(
  open: Pool,
  mode: keyof typeof BEGIN,
  work: (sql: Queryable) => Promise<Result>,
  origin: Origin | null = null,
  progress: { hasBegun: boolean } = { hasBegun: false },
  cancelling?: AbortSignal,
): Promise<Result> {
  const { signal } = open.givenUp;
  signal.throwIfAborted();
  if (cancelling?.aborted) throw new QuestionCancelled();
  const begin = origin === null ? BEGIN[mode] : `${BEGIN[mode]}; ${telling(origin)}`;
  const transaction = new Transaction(open.sql, open.types, begin);
  const giveUp = () => {
    if (!transaction.hasBegun) transaction.giveUp(signal.reason as Error);
  };
  signal.addEventListener("abort", giveUp, { once: true });
  const cancel = () => {
    transaction.cancel(new QuestionCancelled()).catch(abandoning(open));
  };
  cancelling?.addEventListener("abort", cancel, { once: true });
  try {
    const result = await transaction.run(work);
    progress.hasBegun = true;
    const committed = transaction.commit();
    // A question has its answer; whether its connection is still well shows later.
    if (mode === "question") committed.catch(abandoning(open));
    else await committed;
    return result;
  } catch (error) {
    progress.hasBegun ||= transaction.hasBegun;
    const rolledBack = transaction.rollback().catch(abandoning(open));
    if (mode !== "question") await rolledBack;
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
    cancelling?.removeEventListener("abort", cancel);
  }
}

function abandoning({ givenUp }: Pool): (error: unknown) => void {
  return (error) => {
    givenUp.abort(error);
  };
}
