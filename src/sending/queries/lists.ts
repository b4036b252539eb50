import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";
import type { MailRecipient, Params } from "../mail_service/batch.ts";

/** A send as it is prepared. */
export interface NewSend {
  brevo_template_id: number;
  template_name: string;
  params: Params;
  allow_resend: boolean;
  /** Nobody is mailed on whose mailbox somebody else gets, or got, the mail. */
  one_per_mailbox: boolean;
}

/** Somebody on the list of a send. */
export interface Listed extends MailRecipient {
  contact_id: number;
}

/** A draft that keeps a list. */
export interface Draft {
  communication: number;
  /** An equal call had prepared it lately; its list is there. */
  is_kept: boolean;
}

/**
 * The draft for a list: the one that an equal call prepared lately, of the same campaign, template, title
 * and parameters, for the same people at the same addresses; else a new one, without a list yet. The
 * campaign must be locked.
 *
 * @param replayMinutes how many minutes ago at most
 */
export async function draftFor(
  sql: Queryable,
  campaign: number,
  title: string,
  send: NewSend,
  listed: readonly Listed[],
  replayMinutes: number,
): Promise<Draft> {
  const [row] = await sql<Draft[]>`
    WITH wanted AS MATERIALIZED (
      SELECT contact_id, email, name, params
      FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
        AS entry (contact_id int, email text, name text, params jsonb)
    ), same AS MATERIALIZED (
      SELECT send.communication_id
      FROM outreach.sends AS send
      JOIN communications AS communication ON communication.id = send.communication_id
      WHERE communication.campaign_id = ${campaign} AND communication.status = 'draft'
        AND communication.title = ${title} AND send.brevo_template_id = ${send.brevo_template_id}
        AND send.allow_resend = ${send.allow_resend} AND send.one_per_mailbox = ${send.one_per_mailbox}
        AND send.params = ${sql.json(send.params)}
        AND send.cancelled_at IS NULL AND send.prepared_at > now() - make_interval(mins => ${replayMinutes})
        AND (SELECT count(*) FROM outreach.send_recipients AS one
             WHERE one.communication_id = send.communication_id) = (SELECT count(*) FROM wanted)
        AND NOT EXISTS (
          SELECT FROM outreach.send_recipients AS one
          WHERE one.communication_id = send.communication_id
            AND (one.contact_id, one.email, one.name, one.params) NOT IN (
              SELECT contact_id, email, name, params FROM wanted))
      ORDER BY send.communication_id DESC LIMIT 1
    ), added AS (
      INSERT INTO communications (campaign_id, channel, title, status, brevo_template_id)
      SELECT ${campaign}, 'email', ${title}, 'draft', ${send.brevo_template_id}
      WHERE NOT EXISTS (SELECT FROM same)
      RETURNING id
    )
    SELECT coalesce((SELECT communication_id FROM same), (SELECT id FROM added), 0) AS communication,
           coalesce((EXISTS (SELECT FROM same))::boolean, false) AS is_kept`;
  if (!row) throw new Error("SELECT answered no row");
  return row;
}

/** Keeps a prepared send and its list, whose people must be the draft's queued recipients. */
export async function insertSend(
  sql: Queryable,
  communication: number,
  send: NewSend,
  listed: readonly Listed[],
): Promise<void> {
  const itself = sql`
    INSERT INTO outreach.sends
      (communication_id, brevo_template_id, template_name, params, allow_resend, one_per_mailbox)
    VALUES (${communication}, ${send.brevo_template_id}, ${send.template_name},
            ${sql.json(send.params)}, ${send.allow_resend}, ${send.one_per_mailbox})`;
  const list = sql`
    INSERT INTO outreach.send_recipients (communication_id, contact_id, email, name, params)
    SELECT ${communication}, contact_id, email, name, params
    FROM jsonb_to_recordset(${sql.json(listed.map((person) => ({ ...person })))})
      AS entry (contact_id int, email text, name text, params jsonb)`;
  await Promise.all([itself, list]);
}

/** Somebody on a list, as it is kept; `params` are {@link Params}. */
export type HeldPerson = Omit<Listed, "params"> & { params: Json };

/** The people of a send who are in no batch, with what they are to get, by contact. */
export async function heldPeople(sql: Queryable, communication: number): Promise<HeldPerson[]> {
  return sql<HeldPerson[]>`
    SELECT contact_id, email, name, params FROM outreach.send_recipients
    WHERE communication_id = ${communication} AND batch_id IS NULL
    ORDER BY contact_id`;
}

/** What a confirmation is bound to: everybody held, what they are to get, and the template's number. */
export async function listDigest(sql: Queryable, communication: number): Promise<string> {
  const [row] = await sql<{ digest: string }[]>`
    SELECT coalesce(outreach.list_digest(${communication})::text, '') AS digest`;
  return row?.digest ?? "";
}

/**
 * Takes people who are in no batch off a send's list and out of its queued recipients. Why is to be
 * remembered before.
 *
 * @param contacts who; null: everybody held
 * @returns how many
 */
export async function takeOff(
  sql: Queryable,
  communication: number,
  contacts: readonly number[] | null,
): Promise<number> {
  const [row] = await sql<{ people: number }[]>`
    WITH gone AS (
      DELETE FROM outreach.send_recipients
      WHERE communication_id = ${communication} AND batch_id IS NULL
        AND (${contacts}::int[] IS NULL OR contact_id = ANY(${contacts}))
      RETURNING contact_id
    ), unlisted AS (
      DELETE FROM communication_recipients
      WHERE communication_id = ${communication} AND status = 'queued'
        AND contact_id IN (SELECT contact_id FROM gone)
    )
    SELECT count(*)::int AS people FROM gone`;
  return row?.people ?? 0;
}
