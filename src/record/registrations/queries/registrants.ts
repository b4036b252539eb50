import type { Queryable } from "../../../database/connect.ts";
import type { RegistrationFilter } from "./counts.ts";

/** A registration as it is listed. */
export interface RegistrantRow {
  ticket_id: number;
  contact_id: number;
  name: string;
  email: string | null;
  event: { id: number; name: string };
  ticket_type: string | null;
  status: string | null;
  registered_at: string;
  checked_in: boolean;
  marketing_source: string | null;
  /** The campaign that the source means; null where it means none or matches several. */
  campaign: { id: number; name: string } | null;
  /** The channel that the source names after its campaign. */
  channel: string | null;
  /** Whether the source means that campaign because a person said so. */
  mapped: boolean;
  /** When they registered, exact, for the cursor. */
  place: string;
}

/**
 * One page of registrations, newest first; times are shown in the given zone.
 *
 * @param after place and ticket of the last registration of the page before
 */
export async function registrants(
  sql: Queryable,
  filter: RegistrationFilter,
  zone: string,
  after: { place: string | null; id: number | null },
  limit: number,
): Promise<RegistrantRow[]> {
  return sql<RegistrantRow[]>`
    SELECT coalesce(page.ticket_id, 0) AS ticket_id, contact.id AS contact_id,
           coalesce(outreach.full_name(contact.first_name::text, contact.last_name::text)::text, '') AS name,
           nullif(btrim(contact.email::text), '')::text AS email,
           jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           ticket.ticket_type::text AS ticket_type, ticket.status::text AS status,
           coalesce(outreach.local_time(page.registered_at AT TIME ZONE ${zone}, ${zone})::text, '')
             AS registered_at,
           coalesce(page.checked_in, false) AS checked_in, page.marketing_source,
           CASE WHEN campaign.id IS NULL THEN NULL
                ELSE jsonb_build_object('id', coalesce(campaign.id, 0),
                                        'name', coalesce(campaign.name::text, '')) END AS campaign,
           meant.channel, coalesce(meant.mapped, false) AS mapped,
           coalesce(page.registered_at::text, '') AS place
    FROM (
      SELECT registration.*
      FROM outreach.registrations() AS registration
      WHERE (${filter.events}::int[] IS NULL OR registration.event_id = ANY(${filter.events}))
        AND (${filter.from}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} <= ${filter.to}::timestamptz)
        AND (registration.registered_at, registration.ticket_id)
            < (coalesce(${after.place}::timestamp, 'infinity'), coalesce(${after.id}::int, 0))
      ORDER BY registration.registered_at DESC, registration.ticket_id DESC
      LIMIT ${limit}
    ) AS page
    JOIN tickets AS ticket ON ticket.id = page.ticket_id
    JOIN contacts AS contact ON contact.id = page.contact_id
    JOIN events AS event ON event.id = page.event_id
    CROSS JOIN LATERAL (
      SELECT * FROM outreach.source_of_registration(
        page.event_id, outreach.source(page.marketing_source)::text, page.registered_at)
    ) AS meant
    LEFT JOIN campaigns AS campaign ON campaign.id = meant.campaign_id
    ORDER BY page.registered_at DESC, page.ticket_id DESC`;
}
