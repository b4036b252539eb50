import type { Queryable } from "../../database/connect.ts";

/** A question whether a list may be sent, and how far it came. */
export interface Confirmation {
  id: number;
  code_digest: string;
  list_digest: string;
  template_digest: string;
  /** Shown in the given zone. */
  expires_at: string;
  expired: boolean;
  confirmed_by: string | null;
  started: boolean;
  /** Started within the last hour. */
  is_recent: boolean;
  /** declined, replaced or cancelled; null while it is open or was started. */
  ended_because: string | null;
}

/** The last question about a send. */
export async function lastConfirmation(
  sql: Queryable,
  communication: number,
  zone: string,
): Promise<Confirmation | undefined> {
  const [row] = await sql<Confirmation[]>`
    SELECT id, code_digest, list_digest, template_digest,
           coalesce(outreach.local_time(expires_at, ${zone})::text, '') AS expires_at,
           coalesce(expires_at < clock_timestamp(), true) AS expired, confirmed_by,
           started_at IS NOT NULL AS started,
           coalesce(started_at > clock_timestamp() - interval '1 hour', false) AS is_recent, ended_because
    FROM outreach.send_confirmations
    WHERE communication_id = ${communication}
    ORDER BY id DESC LIMIT 1`;
  return row;
}

/** Which send a code was given for; undefined for a code that never was one. */
export async function sendOfCode(
  sql: Queryable,
  codeDigest: string,
): Promise<{ communication_id: number } | undefined> {
  const [row] = await sql<{ communication_id: number }[]>`
    SELECT communication_id FROM outreach.send_confirmations WHERE code_digest = ${codeDigest}`;
  return row;
}

/**
 * Asks anew whether a list may be sent as it is now; an open question about it is replaced.
 *
 * @param asked what else it is bound to, and for how many minutes
 * @returns the question's id, and when it ends, shown in the given zone
 */
export async function askAnew(
  sql: Queryable,
  communication: number,
  asked: Pick<Confirmation, "code_digest" | "template_digest"> & { minutes: number },
  zone: string,
): Promise<Pick<Confirmation, "id" | "expires_at">> {
  const ended = endConfirmation(sql, communication, "replaced");
  const added = sql<Pick<Confirmation, "id" | "expires_at">[]>`
    WITH added AS (
      INSERT INTO outreach.send_confirmations
        (communication_id, code_digest, list_digest, template_digest, expires_at)
      VALUES (${communication}, ${asked.code_digest}, outreach.list_digest(${communication}),
              ${asked.template_digest}, now() + make_interval(mins => ${asked.minutes}))
      RETURNING id, expires_at
    )
    SELECT id, coalesce(outreach.local_time(expires_at, ${zone})::text, '') AS expires_at FROM added`;
  const [, [row]] = await Promise.all([ended, added]);
  if (!row) throw new Error("INSERT answered no row");
  return row;
}

/** Ends the open question about a send, if there is one. */
export async function endConfirmation(
  sql: Queryable,
  communication: number,
  because: "declined" | "replaced",
): Promise<void> {
  await sql`
    UPDATE outreach.send_confirmations SET ended_at = now(), ended_because = ${because}
    WHERE communication_id = ${communication} AND started_at IS NULL AND ended_at IS NULL`;
}

/**
 * Notes who said yes, if the question is open and in time; a yes holds for some minutes more.
 *
 * @returns whether it was noted
 */
export async function noteYes(
  sql: Queryable,
  confirmation: number,
  by: "person" | "assistant",
  minutes: number,
): Promise<boolean> {
  const noted = await sql<{ id: number }[]>`
    UPDATE outreach.send_confirmations
    SET confirmed_at = now(), confirmed_by = ${by},
        expires_at = greatest(expires_at, now() + make_interval(mins => ${minutes}))
    WHERE id = ${confirmation} AND confirmed_at IS NULL AND started_at IS NULL AND ended_at IS NULL
      AND expires_at >= now()
    RETURNING id`;
  return noted.length > 0;
}

/** Starts a confirmed list, once; `mailsLeft` is what the account said may still be sent. */
export async function startConfirmed(
  sql: Queryable,
  confirmation: number,
  mailsLeft: number | null,
): Promise<void> {
  await sql`
    UPDATE outreach.send_confirmations SET started_at = now(), mails_left_before = ${mailsLeft}
    WHERE id = ${confirmation} AND started_at IS NULL AND ended_at IS NULL`;
}

/** Notes what the account says may still be sent after a list went out, the first time. */
export async function noteMailsLeft(
  sql: Queryable,
  communication: number,
  mailsLeft: number,
): Promise<void> {
  await sql`
    UPDATE outreach.send_confirmations SET mails_left_after = ${mailsLeft}
    WHERE communication_id = ${communication} AND started_at IS NOT NULL
      AND mails_left_before IS NOT NULL AND mails_left_after IS NULL`;
}

/** What is known of how the account counts. */
export interface QuotaEvidence {
  /** Mails that left, or perhaps left, since midnight UTC. */
  sent_today: number;
  /** Whether the account's number fell when mails were sent; null where that was not seen yet. */
  falls: boolean | null;
}

/** What was sent today, and whether the account counts it. */
export async function quotaEvidence(sql: Queryable): Promise<QuotaEvidence> {
  const [row] = await sql<QuotaEvidence[]>`
    SELECT coalesce((
             SELECT count(*)::int FROM outreach.send_recipients AS listed
             JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id
             WHERE batch.first_attempted_at >= date_trunc('day', now(), 'UTC')
               AND batch.outcome IS DISTINCT FROM 'rejected' AND batch.attempts > batch.refused
           ), 0) AS sent_today,
           (SELECT mails_left_after < mails_left_before FROM outreach.send_confirmations
            WHERE mails_left_after IS NOT NULL ORDER BY id DESC LIMIT 1) AS falls`;
  return row ?? { sent_today: 0, falls: null };
}
