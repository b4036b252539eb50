import type { Queryable } from "../../../database/connect.ts";
import type { Json } from "../../../database/options.ts";

/** What became of an erasure, or why it cannot be. */
export interface Erased {
  /** Rows that held something, by where. */
  erased: Json | null;
  /** Others read the mailbox too, or bear the name, so that theirs was left where it is theirs. */
  is_shared: boolean;
  is_namesake: boolean;
  /** The title of a mail that is on its way to them. */
  under_way: string | null;
}

/** Erases a person. Where it answers why not, nothing was written. */
export async function eraseContact(sql: Queryable, contact: number): Promise<Erased> {
  const [row] = await sql<Erased[]>`
    SELECT answer -> 'erased' AS erased, coalesce((answer ->> 'is_shared')::boolean, false) AS is_shared,
           coalesce((answer ->> 'is_namesake')::boolean, false) AS is_namesake,
           answer ->> 'under_way' AS under_way
    FROM outreach.erase_contact(${contact}) AS answer`;
  if (!row) throw new Error("the erasure answered nothing");
  return row;
}

/** What is on record about a person, and stays as numbers. */
export interface Kept {
  recipients: number;
  tickets: number;
  roles: number;
  interests: number;
  sessions: number;
}

/** How much is on record about a person. */
export async function countsOf(sql: Queryable, contact: number): Promise<Kept> {
  const [row] = await sql<{ counts: Kept }[]>`
    SELECT jsonb_build_object(
             'recipients', coalesce((SELECT count(*)::int FROM communication_recipients WHERE contact_id = ${contact}), 0),
             'tickets', coalesce((SELECT count(*)::int FROM tickets WHERE attendee_contact_id = ${contact}), 0),
             'roles', coalesce((SELECT count(*)::int FROM contact_roles WHERE contact_id = ${contact}), 0),
             'interests', coalesce((SELECT count(*)::int FROM contact_interests WHERE contact_id = ${contact}), 0),
             'sessions', coalesce((SELECT count(*)::int FROM speaker_sessions AS session
                                   WHERE to_jsonb(session) ->> 'contact_id' = ${contact}::int::text), 0)
           ) AS counts`;
  return row?.counts ?? { recipients: 0, tickets: 0, roles: 0, interests: 0, sessions: 0 };
}
