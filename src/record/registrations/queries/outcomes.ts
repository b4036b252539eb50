import type { Queryable } from "../../../database/connect.ts";
import type { RegistrationFilter } from "./counts.ts";

/** Which campaigns' outcome is asked for, and by which registrations of their events. */
export interface OutcomeFilter extends RegistrationFilter {
  /** Only this campaign. */
  campaign: number | null;
  /** Only who received this mail, in what is counted of people. */
  communication: number | null;
}

/** What a campaign brought, by two methods that overlap and are never added up. */
export interface CampaignOutcome {
  id: number;
  name: string;
  /** People who received one of its mails. */
  people_reached: number;
  /** Registrations for its event whose source means it and no other campaign of that event. */
  by_marketing_source: number;
  /** How many of these mean it because a person said so, not by its name. */
  mapped: number;
  /** People who registered for its event after the first of its mails that they received was sent. */
  after_receiving: number;
  /** People reached who registered for its event, before or after. */
  registered_of_reached: number;
}

/**
 * What each campaign of the filter brought. `from` and `to` bound the registrations that are counted, not
 * the mails, and not who of the people reached registered whenever.
 *
 * @param filter its events must include that of its campaign
 */
export async function campaignOutcomes(
  sql: Queryable,
  filter: OutcomeFilter,
  zone: string,
): Promise<CampaignOutcome[]> {
  return sql<CampaignOutcome[]>`
    WITH chosen AS MATERIALIZED (
      SELECT id, name, event_id
      FROM campaigns
      WHERE (${filter.campaign}::int IS NULL OR id = ${filter.campaign})
        AND (${filter.events}::int[] IS NULL OR event_id = ANY(${filter.events}))
    ), attendee AS (
      SELECT event_id, contact_id, max(registered_at) FILTER (
               WHERE (${filter.from}::timestamptz IS NULL OR registered_at >= ${filter.from}::timestamptz)
                 AND (${filter.to}::timestamptz IS NULL OR registered_at <= ${filter.to}::timestamptz)
             ) AS last_registered
      FROM (
        SELECT event_id, contact_id, registered_at AT TIME ZONE ${zone} AS registered_at
        FROM outreach.registrations()
        WHERE event_id = ANY(ARRAY(SELECT event_id FROM chosen))
      ) AS registration
      GROUP BY event_id, contact_id
    ), reached AS (
      SELECT communication.campaign_id, recipient.contact_id,
             min(coalesce(recipient.sent_at, communication.sent_at)) AS first_sent
      FROM communications AS communication
      JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
      WHERE communication.campaign_id IN (SELECT id FROM chosen)
        AND (${filter.communication}::int IS NULL OR communication.id = ${filter.communication})
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
      SELECT sourced.campaign_id, sum(sourced.registrations)::int AS registrations,
             (sum(sourced.registrations) FILTER (WHERE sourced.mapped))::int AS mapped
      FROM outreach.counted_sources(
        ${filter.events}::int[], ${filter.from}::timestamptz, ${filter.to}::timestamptz, ${zone}) AS sourced
      WHERE sourced.campaign_id IS NOT NULL
      GROUP BY sourced.campaign_id
    )
    SELECT chosen.id, chosen.name,
           coalesce(by_receipt.people_reached, 0) AS people_reached,
           coalesce(by_source.registrations, 0) AS by_marketing_source,
           coalesce(by_source.mapped, 0) AS mapped,
           coalesce(by_receipt.after_receiving, 0) AS after_receiving,
           coalesce(by_receipt.registered_of_reached, 0) AS registered_of_reached
    FROM chosen
    LEFT JOIN by_receipt ON by_receipt.campaign_id = chosen.id
    LEFT JOIN by_source ON by_source.campaign_id = chosen.id
    ORDER BY chosen.id`;
}
