import type { Queryable } from "../../database/connect.ts";

/** Which registrations are counted: null where a filter is not given. */
export interface RegistrationFilter {
  events: readonly number[] | null;
  /** Only this campaign, and registrations for its event. */
  campaign: number | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
}

/** Registrations that name one source, however it is spelled. */
interface SourceRow {
  marketing_source: string;
  registrations: number;
  checked_in: number;
  /** The campaign it means; null for a channel, and where it matches several. */
  campaign: { id: number; name: string } | null;
  /** All campaigns of that event that it matches, where it matches several. */
  ambiguous_with: { id: number; name: string }[];
}

/** Registrations in numbers. */
export interface RegistrationSummary {
  total: number;
  people: number;
  cancelled: number;
  transferred: number;
  without_source: number;
  by_source: SourceRow[];
}

/** Counts registrations and what brought them, the most frequent source first. */
export async function registrationSummary(
  sql: Queryable,
  filter: RegistrationFilter,
  zone: string,
): Promise<RegistrationSummary> {
  const [row] = await sql<RegistrationSummary[]>`
    WITH counted AS MATERIALIZED (
      SELECT registration.contact_id, registration.checked_in, registration.event_id,
             registration.marketing_source
      FROM outreach.registrations() AS registration
      WHERE (${filter.events}::int[] IS NULL OR registration.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR registration.event_id IN (
              SELECT event_id FROM campaigns WHERE id = ${filter.campaign}))
        AND (${filter.from}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL
             OR registration.registered_at AT TIME ZONE ${zone} <= ${filter.to}::timestamptz)
    ), named AS (
      -- Few sources are named by many registrations, so what each means is looked up after counting.
      SELECT event_id, marketing_source, count(*) AS registrations,
             count(*) FILTER (WHERE checked_in) AS checked_in
      FROM counted
      WHERE marketing_source <> ''
      GROUP BY event_id, marketing_source
    ), withdrawn AS (
      SELECT (count(*) FILTER (WHERE ticket.status::text = 'cancelled'))::int AS cancelled,
             (count(*) FILTER (WHERE ticket.status::text = 'transferred'))::int AS transferred
      FROM tickets AS ticket
      WHERE ticket.status::text IN ('cancelled', 'transferred')
        AND (${filter.events}::int[] IS NULL OR ticket.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR ticket.event_id IN (
              SELECT event_id FROM campaigns WHERE id = ${filter.campaign}))
        AND (${filter.from}::timestamptz IS NULL
             OR ticket.registration_date AT TIME ZONE ${zone} >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL
             OR ticket.registration_date AT TIME ZONE ${zone} <= ${filter.to}::timestamptz)
    ), spelled AS (
      SELECT named.source, meaning.campaign_id, meaning.campaign_ids, named.spelling,
             sum(named.registrations) AS registrations, sum(named.checked_in) AS checked_in
      FROM (
        SELECT event_id, registrations, checked_in, outreach.source(marketing_source)::text AS source,
               btrim(marketing_source, E' \t\r\n\u00a0') AS spelling
        FROM named
      ) AS named
      LEFT JOIN outreach.campaign_sources AS meaning
        ON meaning.event_id = named.event_id AND meaning.source = named.source
      WHERE named.source IS NOT NULL
      GROUP BY named.source, meaning.campaign_id, meaning.campaign_ids, named.spelling
    ), by_source AS (
      SELECT coalesce((array_agg(spelling::text ORDER BY registrations DESC, spelling COLLATE "C"))[1], '')
               AS spelled,
             coalesce(sum(registrations)::int, 0) AS registrations,
             coalesce(sum(checked_in)::int, 0) AS checked_in, campaign_id, campaign_ids
      FROM spelled
      GROUP BY source, campaign_id, campaign_ids
    )
    SELECT coalesce((SELECT count(*)::int FROM counted), 0) AS total,
           coalesce((SELECT count(DISTINCT contact_id)::int FROM counted), 0) AS people,
           coalesce(withdrawn.cancelled, 0) AS cancelled,
           coalesce(withdrawn.transferred, 0) AS transferred,
           coalesce((
             (SELECT count(*) FROM counted) - (SELECT coalesce(sum(registrations), 0) FROM by_source)
           )::int, 0) AS without_source,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'marketing_source', coalesce(by_source.spelled::text, ''),
                      'registrations', coalesce(by_source.registrations::int, 0),
                      'checked_in', coalesce(by_source.checked_in::int, 0),
                      'campaign', CASE WHEN campaign.id IS NULL THEN NULL
                        ELSE jsonb_build_object(
                          'id', coalesce(campaign.id, 0), 'name', coalesce(campaign.name, '')) END,
                      'ambiguous_with', coalesce((
                        SELECT coalesce(jsonb_agg(jsonb_build_object('id', other.id, 'name', other.name)
                                 ORDER BY other.id), '[]')
                        FROM campaigns AS other
                        WHERE by_source.campaign_id IS NULL AND other.id = ANY(by_source.campaign_ids)), '[]')
                    ) ORDER BY by_source.registrations DESC, by_source.spelled COLLATE "C", campaign.id), '[]')
             FROM by_source LEFT JOIN campaigns AS campaign ON campaign.id = by_source.campaign_id
           ), '[]') AS by_source
    FROM withdrawn`;
  if (!row) throw new Error("SELECT answered no row");
  return row;
}

/** What a campaign brought, by two methods that overlap and are never added up. */
export interface CampaignOutcome {
  id: number;
  name: string;
  /** People who received one of its mails. */
  people_reached: number;
  /** Registrations for its event whose source means it and no other campaign of that event. */
  by_marketing_source: number;
  /** People who registered for its event after the first of its mails that they received was sent. */
  after_receiving: number;
  /** People reached who registered for its event, before or after. */
  registered_of_reached: number;
}

/**
 * What each campaign of the filter brought. `from` and `to` bound the registrations that are counted, not
 * the mails, and not who of the people reached registered whenever.
 */
export async function campaignOutcomes(
  sql: Queryable,
  filter: RegistrationFilter,
  zone: string,
): Promise<CampaignOutcome[]> {
  return sql<CampaignOutcome[]>`
    WITH chosen AS MATERIALIZED (
      SELECT id, name, event_id
      FROM campaigns
      WHERE (${filter.campaign}::int IS NULL OR id = ${filter.campaign})
        AND (${filter.events}::int[] IS NULL OR event_id = ANY(${filter.events}))
    ), registered AS MATERIALIZED (
      SELECT event_id, contact_id, registered_at, marketing_source,
             (${filter.from}::timestamptz IS NULL OR registered_at >= ${filter.from}::timestamptz)
             AND (${filter.to}::timestamptz IS NULL OR registered_at <= ${filter.to}::timestamptz)
               AS is_counted
      FROM (
        SELECT event_id, contact_id, registered_at AT TIME ZONE ${zone} AS registered_at, marketing_source
        FROM outreach.registrations()
        WHERE event_id = ANY(ARRAY(SELECT event_id FROM chosen))
      ) AS registration
    ), attendee AS (
      SELECT event_id, contact_id, max(registered_at) FILTER (WHERE is_counted) AS last_registered
      FROM registered
      GROUP BY event_id, contact_id
    ), reached AS (
      SELECT communication.campaign_id, recipient.contact_id,
             min(coalesce(recipient.sent_at, communication.sent_at)) AS first_sent
      FROM communications AS communication
      JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
      WHERE communication.campaign_id IN (SELECT id FROM chosen)
        AND outreach.received(recipient.status)
      GROUP BY communication.campaign_id, recipient.contact_id
    ), by_receipt AS (
      SELECT reached.campaign_id, count(*)::int AS people_reached,
             (count(*) FILTER (WHERE attendee.last_registered > reached.first_sent))::int AS after_receiving,
             count(attendee.contact_id)::int AS registered_of_reached
      FROM reached
      JOIN chosen ON chosen.id = reached.campaign_id
      LEFT JOIN attendee
        ON attendee.event_id = chosen.event_id AND attendee.contact_id = reached.contact_id
      GROUP BY reached.campaign_id
    ), by_source AS (
      SELECT meaning.campaign_id, sum(named.registrations)::int AS registrations
      FROM (
        SELECT event_id, outreach.source(marketing_source)::text AS source, count(*) AS registrations
        FROM registered
        WHERE is_counted AND marketing_source <> ''
        GROUP BY event_id, marketing_source
      ) AS named
      JOIN outreach.campaign_sources AS meaning
        ON meaning.event_id = named.event_id AND meaning.source = named.source
      WHERE meaning.campaign_id IS NOT NULL
      GROUP BY meaning.campaign_id
    )
    SELECT chosen.id, chosen.name,
           coalesce(by_receipt.people_reached, 0) AS people_reached,
           coalesce(by_source.registrations, 0) AS by_marketing_source,
           coalesce(by_receipt.after_receiving, 0) AS after_receiving,
           coalesce(by_receipt.registered_of_reached, 0) AS registered_of_reached
    FROM chosen
    LEFT JOIN by_receipt ON by_receipt.campaign_id = chosen.id
    LEFT JOIN by_source ON by_source.campaign_id = chosen.id
    ORDER BY chosen.id`;
}
