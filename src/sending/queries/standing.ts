import type { Queryable } from "../../database/connect.ts";

/** When a batch that was perhaps taken may be sent again. */
export interface Repeating {
  /** Minutes after its first attempt. */
  minutes: number;
  /** The mail service's clock: a UTC instant; null where it is not known. */
  there: string | null;
}

/** A batch that is not settled. */
interface OpenBatch {
  id: string;
  /**
   * Perhaps taken, so that only the same bytes with the same key may go, and too long ago for that by the
   * database's clock or the mail service's. A first attempt that lies ahead of a clock means that it was
   * set back, so that nobody knows how long ago it was.
   */
  too_late: boolean;
}

interface BatchStanding extends OpenBatch {
  mails: number;
  /** Taken or perhaps taken. */
  tried: boolean;
  outcome: string | null;
  applied: boolean;
  /** Mails of the whole send. */
  total: number;
}

/** How far a send's batches are. */
export interface Standing {
  /** Those not settled: first those of which it is not certain that they left. */
  open: OpenBatch[];
  /** The outcome of some is not in the recipients' rows, as a version before left it. */
  isUnapplied: boolean;
  /** Mails of a batch that was taken or perhaps taken, or that failed. */
  done: number;
  accepted: number;
  /** All on the list, those included that are in no batch. */
  total: number;
}

/** How far a send's batches are, without looking at their people one by one. */
export async function standingOf(
  sql: Queryable,
  communication: number,
  { minutes, there }: Repeating,
): Promise<Standing> {
  const batches = await sql<BatchStanding[]>`
    SELECT batch.id::text AS id, batch.outcome, batch.applied, batch.attempts > batch.refused AS tried,
           coalesce(batch.attempts > batch.refused AND (
             clock_timestamp() - batch.first_attempted_at
               NOT BETWEEN interval '-1 min' AND make_interval(mins => ${minutes})
             OR ${there}::timestamptz - batch.first_attempted_there
               NOT BETWEEN interval '-1 min' AND make_interval(mins => ${minutes})), false) AS too_late,
           coalesce(last.place, 0) AS mails,
           CASE WHEN send.per_session
                THEN coalesce((SELECT count(*)::int FROM outreach.send_recipients AS listed
                               WHERE listed.communication_id = batch.communication_id), 0)
                ELSE communication.recipient_count END AS total
    FROM outreach.send_batches AS batch
    JOIN outreach.sends AS send ON send.communication_id = batch.communication_id
    JOIN communications AS communication ON communication.id = batch.communication_id
    CROSS JOIN LATERAL (
      -- Of so many mails, as their places have no gaps.
      SELECT max(listed.position)::int AS place FROM outreach.send_recipients AS listed
      WHERE listed.batch_id = batch.id
    ) AS last
    WHERE batch.communication_id = ${communication}
    ORDER BY batch.attempts > batch.refused DESC, batch.number`;
  const mailsOf = (counted: readonly BatchStanding[]) =>
    counted.reduce((sum, { mails }) => sum + mails, 0);
  return {
    open: batches.filter(({ outcome }) => outcome === null),
    isUnapplied: batches.some(({ outcome, applied }) => outcome !== null && !applied),
    done: mailsOf(batches.filter(({ outcome, tried }) => outcome !== null || tried)),
    accepted: mailsOf(batches.filter(({ outcome }) => outcome === "accepted")),
    total: batches[0]?.total ?? 0,
  };
}
