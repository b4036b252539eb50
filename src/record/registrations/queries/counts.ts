import type { Queryable } from "../../../database/connect.ts";

/** Which registrations are counted: null where a filter is not given. */
export interface RegistrationFilter {
  events: readonly number[] | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
}

/** Registrations in numbers, and the tickets that are none any more. */
export interface RegistrationCounts {
  total: number;
  people: number;
  cancelled: number;
  transferred: number;
}

/** Counts registrations. */
export async function registrationCounts(
  sql: Queryable,
  filter: RegistrationFilter,
  zone: string,
): Promise<RegistrationCounts> {
  const [row] = await sql<RegistrationCounts[]>`
    WITH counted AS (
      SELECT count(*)::int AS total, count(DISTINCT registration.contact_id)::int AS people
      FROM outreach.registrations() AS registration
      WHERE (${filter.events}::int[] IS NULL OR registration.event_id = ANY(${filter.events}))
        AND (${filter.from}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} <= ${filter.to}::timestamptz)
    ), withdrawn AS (
      SELECT (count(*) FILTER (WHERE ticket.status::text = 'cancelled'))::int AS cancelled,
             (count(*) FILTER (WHERE ticket.status::text = 'transferred'))::int AS transferred
      FROM tickets AS ticket
      WHERE ticket.status::text IN ('cancelled', 'transferred')
        AND (${filter.events}::int[] IS NULL OR ticket.event_id = ANY(${filter.events}))
        AND (${filter.from}::timestamptz IS NULL
             OR ticket.registration_date AT TIME ZONE ${zone} >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL
             OR ticket.registration_date AT TIME ZONE ${zone} <= ${filter.to}::timestamptz)
    )
    SELECT coalesce(counted.total, 0) AS total, coalesce(counted.people, 0) AS people,
           coalesce(withdrawn.cancelled, 0) AS cancelled,
           coalesce(withdrawn.transferred, 0) AS transferred
    FROM counted CROSS JOIN withdrawn`;
  if (!row) throw new Error("SELECT answered no row");
  return row;
}

/** Registrations whose sources mean one campaign, or that carry one source which means none. */
export interface SourceGroup {
  /** The most frequent spelling. */
  marketing_source: string;
  registrations: number;
  checked_in: number;
  /** The campaign it means; null for a channel, and where it matches several. */
  campaign: { id: number; name: string } | null;
  /** Whether it means that campaign because a person said so, not by its name. */
  mapped: boolean;
  /** All campaigns of that event that it matches, where it matches several. */
  ambiguous_with: { id: number; name: string }[];
  /** `channel` is what a spelling names after its campaign, as in `cfp-2026-linkedin`. */
  spellings: { marketing_source: string; registrations: number; channel: string | null }[];
}

/** Counts registrations by what brought them, the most frequent source first. */
export async function sourceGroups(
  sql: Queryable,
  filter: RegistrationFilter,
  zone: string,
): Promise<SourceGroup[]> {
  return sql<SourceGroup[]>`
    SELECT coalesce(meant.spelled, '') AS marketing_source,
           coalesce(meant.registrations, 0) AS registrations, coalesce(meant.checked_in, 0) AS checked_in,
           CASE WHEN campaign.id IS NULL THEN NULL
                ELSE jsonb_build_object('id', coalesce(campaign.id, 0),
                                        'name', coalesce(campaign.name::text, '')) END AS campaign,
           coalesce(meant.mapped, false) AS mapped,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object('id', other.id, 'name', other.name)
                      ORDER BY other.id), '[]')
             FROM campaigns AS other WHERE other.id = ANY(meant.fits)), '[]') AS ambiguous_with,
           meant.spellings
    FROM (
      SELECT campaign_id, mapped, fits,
             (array_agg(spelling::text ORDER BY registrations DESC, spelling COLLATE "C"))[1] AS spelled,
             sum(registrations)::int AS registrations, sum(checked_in)::int AS checked_in,
             coalesce(jsonb_agg(jsonb_build_object(
               'marketing_source', coalesce(spelled.spelling::text, ''),
               'registrations', coalesce(spelled.registrations::int, 0), 'channel', spelled.channel::text
             ) ORDER BY spelled.registrations DESC, spelled.spelling COLLATE "C"), '[]') AS spellings
      FROM (
        SELECT CASE WHEN sourced.campaign_id IS NULL THEN sourced.source END AS source,
               sourced.campaign_id, sourced.mapped,
               CASE WHEN sourced.campaign_id IS NULL THEN sourced.campaign_ids END AS fits,
               sourced.spelling, sourced.channel,
               sum(sourced.registrations) AS registrations, sum(sourced.checked_in) AS checked_in
        FROM outreach.counted_sources(
          ${filter.events}::int[], ${filter.from}::timestamptz, ${filter.to}::timestamptz, ${zone}) AS sourced
        GROUP BY 1, 2, 3, 4, 5, 6
      ) AS spelled
      GROUP BY source, campaign_id, mapped, fits
    ) AS meant
    LEFT JOIN campaigns AS campaign ON campaign.id = meant.campaign_id
    ORDER BY meant.registrations DESC, meant.spelled COLLATE "C", campaign.id`;
}
