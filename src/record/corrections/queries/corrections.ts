import type { Queryable } from "../../../database/connect.ts";
import type { NewAsset } from "../../assets/queries/assets.ts";
import type { NewDistribution } from "../../assets/queries/distributions.ts";
import type { CommunicationRow } from "../../communications/queries.ts";

/** How many people count as having received a mail. */
export async function countReceived(sql: Queryable, communication: number): Promise<number> {
  const [row] = await sql<{ received: number }[]>`
    SELECT count(*)::int AS received FROM communication_recipients
    WHERE communication_id = ${communication} AND outreach.received(status)`;
  return row?.received ?? 0;
}

/**
 * Moves the time at which a mail went out for those recipients who had the mail's own time, and with
 * it what was noted of them for that time.
 *
 * @param to a UTC instant
 */
export async function moveRecipientsSentAt(
  sql: Queryable,
  communication: number,
  to: string,
): Promise<void> {
  await sql`
    WITH moved AS (
      UPDATE communication_recipients AS recipient SET sent_at = ${to}::timestamptz
      FROM communications AS communication
      WHERE communication.id = ${communication} AND recipient.communication_id = communication.id
        AND recipient.sent_at = communication.sent_at
      RETURNING recipient.id, communication.sent_at AS was
    )
    UPDATE outreach.delivery_problems AS problem SET at = ${to}::timestamptz
    FROM moved WHERE problem.recipient_id = moved.id AND problem.at = moved.was`;
}

/**
 * Corrects a communication; what is out and has no time yet gets the present one.
 *
 * @param to `sent_at` is a UTC instant, or null to keep the time; a draft has none
 */
export async function correctCommunication(
  sql: Queryable,
  id: number,
  to: Pick<CommunicationRow, "title" | "post_url" | "content_summary" | "status" | "sent_at"> & {
    campaign_id: number;
  },
): Promise<void> {
  await sql`
    UPDATE communications
    SET campaign_id = ${to.campaign_id}, title = ${to.title}, post_url = ${to.post_url},
        content_summary = ${to.content_summary}, status = ${to.status},
        sent_at = CASE WHEN ${to.status} <> 'draft'
                       THEN coalesce(${to.sent_at}::timestamptz, sent_at, now()) END
    WHERE id = ${id}`;
}

/** Corrects an asset. */
export async function correctAsset(
  sql: Queryable,
  id: number,
  to: Omit<NewAsset, "event_id" | "asset_type">,
): Promise<void> {
  await sql`
    UPDATE marketing_assets
    SET campaign_id = ${to.campaign_id}, title = ${to.title}, description = ${to.description},
        file_url = ${to.file_url}
    WHERE id = ${id}`;
}

/**
 * Corrects a distribution.
 *
 * @param to `distributed_at` is a UTC instant, or null to keep the time
 */
export async function correctDistribution(
  sql: Queryable,
  id: number,
  to: NewDistribution,
): Promise<void> {
  await sql`
    UPDATE asset_distributions
    SET channel = ${to.channel}, reach_estimate = ${to.reach_estimate}, notes = ${to.notes},
        distributed_at = coalesce(${to.distributed_at}::timestamptz, distributed_at)
    WHERE id = ${id}`;
}
