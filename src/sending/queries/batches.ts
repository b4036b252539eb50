import type { Queryable } from "../../database/connect.ts";
import type { Repeating } from "./standing.ts";

/** A batch as it is made, with the mails that are in it. */
export interface NewBatch {
  /** The key by which a repetition is recognised. */
  id: string;
  tag: string;
  /** The exact bytes. */
  body: string;
  /** In the order in which they stand in the body. */
  mails: readonly MailKey[];
}

/** Tells the mails of a send apart: to whom, and their number within the person. */
export interface MailKey {
  contact_id: number;
  mail: number;
}

/** Keeps batches of a started list and puts their people into them. */
export async function insertBatches(
  sql: Queryable,
  communication: number,
  confirmation: number,
  batches: readonly NewBatch[],
): Promise<void> {
  const made = sql`
    INSERT INTO outreach.send_batches (id, communication_id, confirmation_id, number, tag, body)
    SELECT entry.id::uuid, ${communication}, ${confirmation},
           entry.position::int + coalesce((SELECT max(number) FROM outreach.send_batches
                                           WHERE communication_id = ${communication}), 0),
           entry.tag, entry.body
    FROM unnest(${batches.map(({ id }) => id)}::text[], ${batches.map(({ tag }) => tag)}::text[],
                ${batches.map(({ body }) => body)}::text[]) WITH ORDINALITY
      AS entry (id, tag, body, position)`;
  const members = batches.flatMap(({ id, mails }) =>
    mails.map(({ contact_id: contact, mail }, index) => ({
      id,
      contact,
      mail,
      position: index + 1,
    })),
  );
  const placed = sql`
    UPDATE outreach.send_recipients AS listed SET batch_id = entry.id, position = entry.position
    FROM jsonb_to_recordset(${sql.json(members)}) AS entry (id uuid, contact int, mail int, position int)
    WHERE listed.communication_id = ${communication} AND listed.contact_id = entry.contact
      AND listed.mail = entry.mail AND listed.batch_id IS NULL`;
  await Promise.all([made, placed]);
}

/** Takes a batch for this transaction; false while another server has it. Its death frees it. */
export async function tryLockBatch(sql: Queryable, batch: string): Promise<boolean> {
  const [row] = await sql<{ locked: boolean | null }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended('event-outreach: batch ' || ${batch}::text, 0))::boolean
      AS locked`;
  return row?.locked === true;
}

/** A batch that is to be tried, and what was agreed to when it was made. */
export interface BatchToTry {
  /** There was an attempt of which it is not certain that it was not taken. */
  perhaps_taken: boolean;
  /** The template as it was when a person said yes. */
  template_digest: string;
}

/** A batch that is to be tried, locked; undefined where it is settled or gone. */
export async function batchToTry(sql: Queryable, batch: string): Promise<BatchToTry | undefined> {
  const [row] = await sql<BatchToTry[]>`
    SELECT batch.attempts > batch.refused AS perhaps_taken, confirmation.template_digest
    FROM outreach.send_batches AS batch
    JOIN outreach.send_confirmations AS confirmation ON confirmation.id = batch.confirmation_id
    WHERE batch.id = ${batch}::uuid AND batch.outcome IS NULL
    FOR UPDATE OF batch`;
  return row;
}

/** An attempt that was noted and is to be made. */
export interface Attempt {
  body: string;
  recipients: number;
  /** Attempts before this one: all, those certainly not taken, those answered by an error in doubt. */
  earlier: number;
  refused: number;
  doubtful: number;
  /** An attempt was answered by message ids that do not fit. */
  misfit: boolean;
}

/**
 * Notes an attempt before it is made. The transaction must be committed before anything is sent.
 *
 * @returns undefined where the batch is settled, gone, or too old to be sent again
 */
export async function noteAttempt(
  sql: Queryable,
  batch: string,
  { minutes, there }: Repeating,
): Promise<Attempt | undefined> {
  const [row] = await sql<Attempt[]>`
    WITH noted AS (
      UPDATE outreach.send_batches AS batch
      SET attempts = attempts + 1,
          first_attempted_at = coalesce(first_attempted_at, clock_timestamp()),
          first_attempted_there = CASE WHEN first_attempted_at IS NULL THEN ${there}::timestamptz
                                       ELSE first_attempted_there END
      WHERE batch.id = ${batch}::uuid AND batch.outcome IS NULL
        AND (batch.attempts = batch.refused
             OR coalesce(
               clock_timestamp() - batch.first_attempted_at
                 BETWEEN interval '-1 min' AND make_interval(mins => ${minutes})
               AND coalesce(${there}::timestamptz - batch.first_attempted_there
                 BETWEEN interval '-1 min' AND make_interval(mins => ${minutes}), true), false))
      RETURNING batch.id, batch.body, batch.attempts, batch.refused, batch.doubtful, batch.misfit
    )
    SELECT coalesce(noted.body, '') AS body,
           coalesce((SELECT count(*)::int FROM outreach.send_recipients AS listed
                     WHERE listed.batch_id = noted.id), 0) AS recipients,
           coalesce(noted.attempts - 1, 0) AS earlier, noted.refused, noted.doubtful, noted.misfit
    FROM noted`;
  return row;
}

/**
 * Notes that an attempt was certainly not taken, once: where another was noted so meanwhile, it counts as
 * perhaps taken.
 *
 * @param before how many had been noted so when the attempt was
 */
export async function noteRefused(
  sql: Queryable,
  batch: string,
  before: number,
  detail: string,
): Promise<void> {
  await sql`
    UPDATE outreach.send_batches SET refused = refused + 1, detail = ${detail}
    WHERE id = ${batch}::uuid AND refused = ${before}`;
}

/** Notes that it is not certain whether an attempt was taken, and what answered it. */
export async function noteDoubt(
  sql: Queryable,
  batch: string,
  answer: "none" | "error" | "misfit",
  detail: string,
): Promise<void> {
  await sql`
    UPDATE outreach.send_batches
    SET doubtful = doubtful + CASE WHEN ${answer}::text = 'none' THEN 0 ELSE 1 END,
        misfit = misfit OR ${answer}::text = 'misfit', detail = ${detail}
    WHERE id = ${batch}::uuid`;
}

/**
 * Takes apart a send's batches that certainly were not taken; their mails are held again.
 *
 * @returns the mails
 */
export async function dissolveBatches(sql: Queryable, communication: number): Promise<MailKey[]> {
  return sql<MailKey[]>`
    WITH open AS MATERIALIZED (
      SELECT id FROM outreach.send_batches
      WHERE communication_id = ${communication} AND outcome IS NULL AND attempts = refused
      ORDER BY number FOR UPDATE
    ), gone AS (
      DELETE FROM outreach.send_batches WHERE id IN (SELECT id FROM open)
    )
    UPDATE outreach.send_recipients SET batch_id = NULL, position = NULL
    WHERE communication_id = ${communication} AND batch_id IN (SELECT id FROM open)
    RETURNING contact_id, mail`;
}
