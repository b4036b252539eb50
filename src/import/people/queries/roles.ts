import type { Queryable } from "../../../database/connect.ts";

/** A role that imports give. */
export type Role = "attendee" | "speaker";

/** The contacts who have the role at the event. */
export async function roleHolders(sql: Queryable, event: number, role: Role): Promise<number[]> {
  const rows = await sql<{ contact_id: number }[]>`
    SELECT contact_id::int AS contact_id FROM contact_roles
    WHERE event_id = ${event} AND role_type::text = ${role}`;
  return rows.map(({ contact_id }) => contact_id);
}

/** Gives contacts the role at the event, each once: the organiser's table need not forbid it twice. */
export async function insertRoles(
  sql: Queryable,
  event: number,
  role: Role,
  contacts: readonly number[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      SELECT given.contact_id, ${event}, ${role}
      FROM (
        SELECT unnest(${contacts}::int[]) AS contact_id
        EXCEPT
        SELECT contact_id FROM contact_roles WHERE event_id = ${event} AND role_type::text = ${role}
      ) AS given
      ORDER BY given.contact_id
      RETURNING to_jsonb(contact_roles) AS row
    )
    SELECT outreach.note_created('contact_roles', jsonb_agg(row))::text AS noted FROM recorded`;
}
