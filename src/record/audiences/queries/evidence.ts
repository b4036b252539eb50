import type { Queryable } from "../../../database/connect.ts";

/** Whether anybody was checked in at one of these events; else nobody knows who attended. */
export async function attendanceKnown(sql: Queryable, events: readonly number[]): Promise<boolean> {
  const [row] = await sql<{ event_id: number | null }[]>`
    SELECT registration.event_id
    FROM outreach.registrations() AS registration
    WHERE registration.event_id = ANY(${events}) AND registration.checked_in
    LIMIT 1`;
  return row !== undefined;
}

/**
 * Whether any delivery event was ever recorded for mails of this campaign and communication (any mail
 * where null); else nobody knows who opened them.
 */
export async function opensKnown(
  sql: Queryable,
  campaign: number | null,
  communication: number | null,
): Promise<boolean> {
  const [row] = await sql<{ id: number }[]>`
    SELECT recipient.id
    FROM communications AS communication
    JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
    WHERE recipient.metadata -> 'events' IS NOT NULL
      AND (${campaign}::int IS NULL OR communication.campaign_id = ${campaign})
      AND (${communication}::int IS NULL OR communication.id = ${communication})
    LIMIT 1`;
  return row !== undefined;
}
