import type { Queryable } from "../../database/connect.ts";
import type { NamedPerson } from "../communications/queries.ts";
import type { BlockedAddress } from "../../sending/mail_service/mail_service.ts";

/**
 * Adds the entries of the mail service's block list that are not there yet. Without a time, an entry counts as
 * known where the address was ever on the list.
 *
 * @returns how many were added
 */
export async function addBlocked(
  sql: Queryable,
  blocked: readonly BlockedAddress[],
): Promise<number> {
  const added = await sql<{ id: number }[]>`
    INSERT INTO outreach.suppressions (address, suppressed, kind, reason, source, at)
    SELECT DISTINCT ON (entry.address, entry.kind, at.at)
           entry.address, true, entry.kind, entry.reason, 'block list', at.at
    FROM jsonb_to_recordset(${sql.json(blocked.map((entry) => ({ ...entry })))})
      AS entry (address text, kind text, reason text, at timestamptz)
    CROSS JOIN LATERAL (SELECT least(coalesce(entry.at, now()), now()) AS at) AS at
    WHERE entry.address <> ''
      AND NOT (entry.at IS NULL AND EXISTS (
        SELECT FROM outreach.suppressions AS known
        WHERE known.source = 'block list' AND known.address = entry.address AND known.kind = entry.kind))
    ON CONFLICT DO NOTHING
    RETURNING id`;
  return added.length;
}

/** Takes an address or a person for this transaction, so that two decisions come one after the other. */
export async function lockSuppression(sql: Queryable, key: string): Promise<void> {
  await sql<{ locked: string | null }[]>`
    SELECT pg_advisory_xact_lock(hashtextextended('event-outreach: suppression ' || ${key}::text, 0))::text
      AS locked`;
}

/** What a person last said of an address or of somebody. */
export interface Decision {
  id: number;
  suppressed: boolean;
  reason: string | null;
  at: string;
}

/** Whom a decision is about: everybody on a mailbox, or one person whoever else reads it. */
export type Scope = "address" | "person";

/** The last word of a person about an address or somebody; times are shown in the given zone. */
export async function lastDecision(
  sql: Queryable,
  scope: Scope,
  address: string | null,
  contact: number | null,
  zone: string,
): Promise<Decision | undefined> {
  const [row] = await sql<Decision[]>`
    SELECT id, suppressed, reason, coalesce(outreach.local_time(at, ${zone})::text, '') AS at
    FROM outreach.suppressions
    WHERE source = 'person' AND scope = ${scope}
      AND (address = ${address}::text OR contact_id = ${contact}::int)
    ORDER BY outreach.suppressions.at DESC, id DESC LIMIT 1`;
  return row;
}

/** Adds a person's decision. */
export async function addDecision(
  sql: Queryable,
  decision: {
    scope: Scope;
    address: string | null;
    contact: number | null;
    suppressed: boolean;
    reason: string | null;
  },
  zone: string,
): Promise<Decision> {
  const [row] = await sql<Decision[]>`
    WITH added AS (
      INSERT INTO outreach.suppressions (scope, address, contact_id, suppressed, reason, source)
      VALUES (${decision.scope}, ${decision.address}, ${decision.contact}, ${decision.suppressed}, ${decision.reason}, 'person')
      RETURNING id, suppressed, reason, at
    )
    SELECT added.id, added.suppressed, added.reason,
           coalesce(outreach.local_time(added.at, ${zone})::text, '') AS at
    FROM added`;
  if (!row) throw new Error("INSERT answered no row");
  return row;
}

/** Whether an address can be mailed: bounced, complained, unsubscribed, or null. */
export async function stateOfAddress(
  sql: Queryable,
  address: string,
): Promise<{ state: string; reason: string } | undefined> {
  const [row] = await sql<{ state: string; reason: string }[]>`
    SELECT coalesce(state, '') AS state, coalesce(reason, '') AS reason
    FROM outreach.undeliverable WHERE address = ${address}`;
  return row;
}

/** What stands against mailing an address, other than what the organiser noted. */
export interface Objection {
  /** hard_bounce, soft_bounce, spam or unsubscribed. */
  kind: string;
  /** With the mail service's words: a stranger's text. */
  reason: string;
  at: string;
  /** Stands on the mail service's own list. */
  is_listed: boolean;
}

/**
 * What people and the mail service said against mailing an address, the latest first, where it is enough that
 * nothing may be sent to it; times are shown in the given zone.
 */
export async function objectionsTo(
  sql: Queryable,
  address: string,
  zone: string,
): Promise<Objection[]> {
  return sql<Objection[]>`
    SELECT coalesce(kind, '') AS kind, coalesce(reason, '') AS reason,
           coalesce(outreach.local_time(at, ${zone})::text, '') AS at,
           coalesce(source = 'block list', false) AS is_listed
    FROM (
      SELECT kind, reason, at, source,
             bool_or(kind <> 'soft_bounce') OVER () AS is_certain,
             count(*) FILTER (WHERE kind = 'soft_bounce') OVER () AS bounces
      FROM outreach.objections WHERE address = ${address} AND kind <> 'decision'
    ) AS said
    WHERE is_certain OR bounces >= 3
    ORDER BY said.at DESC LIMIT 20`;
}

/** Who of these people must not be mailed although their mailbox may be. */
export async function keptOut(
  sql: Queryable,
  contacts: readonly number[],
): Promise<{ contact_id: number }[]> {
  return sql<{ contact_id: number }[]>`
    SELECT coalesce(contact_id, 0) AS contact_id FROM outreach.kept_out_people
    WHERE contact_id = ANY(${contacts}::int[]) ORDER BY contact_id`;
}

/** Everybody on an address. */
export async function peopleOnAddress(sql: Queryable, address: string): Promise<NamedPerson[]> {
  return sql<NamedPerson[]>`
    SELECT id AS contact_id,
           coalesce(outreach.called(id::int, first_name::text, last_name::text, email::text)::text, '') AS name
    FROM contacts WHERE outreach.mailbox(email::text) = ${address}
    ORDER BY id LIMIT 20`;
}
