import type { Queryable } from "../../database/connect.ts";

/** What became of a batch. */
export interface Settlement {
  outcome: "accepted" | "unknown" | "rejected";
  /** One for each mail in the order of the body, where they were told. */
  messageIds?: readonly string[];
  /** Accepted by the mail service's word that it had the key already. */
  repeated?: boolean;
  detail?: string;
}

/**
 * Settles a batch; what became of it stands, but for what was unknown. Rejected it is only where no
 * attempt left open whether it was taken.
 *
 * @returns whether it is settled so now
 */
export async function settleBatch(
  sql: Queryable,
  batch: string,
  { outcome, messageIds, repeated = false, detail }: Settlement,
): Promise<boolean> {
  const settled = await sql<{ settled: boolean }[]>`
    UPDATE outreach.send_batches
    SET outcome = ${outcome}, message_ids = ${messageIds === undefined ? null : sql.json(messageIds)},
        repeated = ${repeated}, detail = coalesce(${detail ?? null}, detail), settled_at = clock_timestamp(),
        applied = false
    WHERE id = ${batch}::uuid
      AND (outcome IS NULL OR (outcome = 'unknown' AND ${outcome}::text = 'accepted'))
      AND (${outcome}::text <> 'rejected' OR attempts = refused)
    RETURNING applied AS settled`;
  return settled.length > 0;
}

/**
 * Puts the outcomes of a send's batches into its recipients' rows, each once. The send must be locked.
 *
 * Message ids go to the people in the order of the batch; an id that somebody else has already is left
 * out. They are looked up in one array: the planner would compare every person of a fresh table with
 * every id.
 */
export async function applyBatches(sql: Queryable, communication: number): Promise<void> {
  await Promise.all([applyToOwners(sql, communication), applyToPeople(sql, communication)]);
}

/**
 * As {@link applyBatches}, for mails about sessions, of which a person may get several: their row says sent
 * once one has left, failed once all have, and keeps the first message id. Does not say that it was applied.
 */
async function applyToOwners(sql: Queryable, communication: number): Promise<void> {
  const ids = sql`
    UPDATE outreach.send_recipients AS listed SET message_id = told.id
    FROM outreach.send_batches AS batch
    CROSS JOIN LATERAL jsonb_array_elements_text(batch.message_ids) WITH ORDINALITY AS told (id, position)
    WHERE batch.communication_id = ${communication} AND batch.outcome = 'accepted' AND NOT batch.applied
      AND listed.batch_id = batch.id AND listed.position = told.position
      AND listed.session IS NOT NULL AND NOT listed.told`;
  const people = sql`
    WITH settled AS MATERIALIZED (
      SELECT DISTINCT listed.contact_id
      FROM outreach.send_batches AS batch
      JOIN outreach.send_recipients AS listed ON listed.batch_id = batch.id
      WHERE batch.communication_id = ${communication} AND batch.outcome IN ('accepted', 'rejected')
        AND NOT batch.applied AND listed.session IS NOT NULL
    ), became AS MATERIALIZED (
      SELECT recipient.id, bool_or(batch.outcome = 'accepted') AS has_left,
             min(batch.settled_at) FILTER (WHERE batch.outcome = 'accepted') AS left_at,
             max(batch.detail) FILTER (WHERE batch.outcome = 'rejected') AS reason,
             (array_agg(listed.message_id ORDER BY listed.mail)
                FILTER (WHERE listed.message_id IS NOT NULL))[1] AS message_id
      FROM settled
      JOIN outreach.send_recipients AS listed
        ON listed.communication_id = ${communication} AND listed.contact_id = settled.contact_id
      LEFT JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
      GROUP BY recipient.id
      HAVING bool_or(batch.outcome = 'accepted') OR bool_and(coalesce(batch.outcome = 'rejected', false))
    ), told AS MATERIALIZED (
      SELECT became.*, coalesce(recipient.metadata, '{}') || CASE
               WHEN coalesce(recipient.metadata ->> 'logged_status', recipient.status) <> 'queued' THEN '{}'
               WHEN became.has_left THEN jsonb_build_object('logged_status', 'sent')
               ELSE jsonb_build_object('logged_status', 'failed', 'reason', became.reason) END AS metadata
      FROM became JOIN communication_recipients AS recipient ON recipient.id = became.id
    )
    UPDATE communication_recipients AS recipient
    SET metadata = told.metadata,
        status = CASE WHEN told.metadata -> 'events' IS NULL THEN coalesce(told.metadata ->> 'logged_status', recipient.status)
                      ELSE outreach.recipient_status(told.metadata) END,
        sent_at = coalesce(recipient.sent_at, told.left_at),
        brevo_message_id = CASE
          WHEN recipient.brevo_message_id IS NOT NULL THEN recipient.brevo_message_id
          WHEN EXISTS (SELECT FROM communication_recipients AS other
                       WHERE btrim(other.brevo_message_id, '<>') = btrim(told.message_id, '<>')) THEN NULL
          ELSE told.message_id END
    FROM told
    WHERE recipient.id = told.id`;
  await Promise.all([ids, people]);
}

async function applyToPeople(sql: Queryable, communication: number): Promise<void> {
  await sql`
    WITH settled AS MATERIALIZED (
      SELECT batch.id, batch.outcome, batch.settled_at, batch.detail, told.ids
      FROM outreach.send_batches AS batch
      CROSS JOIN LATERAL (
        SELECT array_agg(message.id ORDER BY message.position) AS ids
        FROM jsonb_array_elements_text(batch.message_ids) WITH ORDINALITY AS message (id, position)
      ) AS told
      WHERE batch.communication_id = ${communication} AND batch.outcome IS NOT NULL AND NOT batch.applied
    ), became AS (
      SELECT recipient.id, settled.outcome, settled.settled_at, settled.ids[listed.position] AS message_id,
             coalesce(recipient.metadata, '{}') || CASE settled.outcome
               WHEN 'accepted' THEN jsonb_build_object('logged_status', 'sent')
               ELSE jsonb_build_object('logged_status', 'failed', 'reason', settled.detail) END AS metadata
      FROM settled
      JOIN outreach.send_recipients AS listed ON listed.batch_id = settled.id AND listed.session IS NULL
      JOIN communication_recipients AS recipient
        ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
      WHERE settled.outcome <> 'unknown'
        AND coalesce(recipient.metadata ->> 'logged_status', recipient.status) = 'queued'
    ), people AS (
      UPDATE communication_recipients AS recipient
      SET metadata = became.metadata,
          status = CASE WHEN became.metadata -> 'events' IS NULL THEN became.metadata ->> 'logged_status'
                        ELSE outreach.recipient_status(became.metadata) END,
          sent_at = CASE WHEN became.outcome = 'accepted' THEN coalesce(recipient.sent_at, became.settled_at)
                         ELSE recipient.sent_at END,
          brevo_message_id = CASE
            WHEN recipient.brevo_message_id IS NOT NULL THEN recipient.brevo_message_id
            WHEN EXISTS (SELECT FROM communication_recipients AS other
                         WHERE btrim(other.brevo_message_id, '<>') = btrim(became.message_id, '<>')) THEN NULL
            ELSE became.message_id END
      FROM became
      WHERE recipient.id = became.id
    )
    UPDATE outreach.send_batches AS batch SET applied = true, body = NULL
    FROM settled WHERE batch.id = settled.id`;
}
