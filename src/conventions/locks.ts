import type { Queryable } from "../database/connect.ts";

/**
 * Waits for whoever else is adding contacts, until the transaction ends: contacts have no unique
 * index (couples share a mailbox), so only this keeps two calls from adding one person twice.
 */
export async function lockContactCreation(sql: Queryable): Promise<void> {
  await sql<{ locked: string | null }[]>`
    SELECT pg_advisory_xact_lock(hashtextextended('event-outreach: create contact', 0))::text AS locked`;
}
