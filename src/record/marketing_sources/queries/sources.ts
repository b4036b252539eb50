import type { Queryable } from "../../../database/connect.ts";

/** A value that tickets carry as their source, whatever its case and space, with what it means. */
export interface MarketingSource {
  event: { id: number; name: string };
  /** The most frequent spelling. */
  marketing_source: string;
  registrations: number;
  campaign: { id: number; name: string } | null;
  /** The channel that it names after its campaign, as in `cfp-2026-linkedin`. */
  channel: string | null;
  /** Whether it means that campaign because a person said so, not by its name. */
  mapped: boolean;
  /** All campaigns that it names, where these are several. */
  ambiguous_with: { id: number; name: string }[];
}

/** The sources of these events' registrations, the most frequent first. */
export async function marketingSources(
  sql: Queryable,
  events: readonly number[] | null,
  zone: string,
): Promise<MarketingSource[]> {
  return sql<MarketingSource[]>`
    SELECT jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           coalesce(carried.spelled, '') AS marketing_source,
           coalesce(carried.registrations, 0) AS registrations,
           CASE WHEN campaign.id IS NULL THEN NULL
                ELSE jsonb_build_object('id', coalesce(campaign.id, 0),
                                        'name', coalesce(campaign.name::text, '')) END AS campaign,
           carried.channel, coalesce(carried.mapped, false) AS mapped,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object('id', other.id, 'name', other.name)
                      ORDER BY other.id), '[]')
             FROM campaigns AS other
             WHERE carried.campaign_id IS NULL AND other.id = ANY(carried.campaign_ids)), '[]') AS ambiguous_with
    FROM (
      SELECT sourced.event_id, sourced.campaign_id, sourced.campaign_ids, sourced.channel, sourced.mapped,
             (array_agg(sourced.spelling::text
                ORDER BY sourced.registrations DESC, sourced.spelling COLLATE "C"))[1] AS spelled,
             sum(sourced.registrations)::int AS registrations
      FROM outreach.counted_sources(${events}::int[], NULL, NULL, ${zone}) AS sourced
      GROUP BY sourced.event_id, sourced.source, sourced.campaign_id, sourced.campaign_ids,
               sourced.channel, sourced.mapped
    ) AS carried
    JOIN events AS event ON event.id = carried.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = carried.campaign_id
    ORDER BY carried.registrations DESC, carried.spelled COLLATE "C", event.id, campaign.id`;
}

/** A source of an event's registrations, whatever it means. */
export interface CarriedSource {
  /** The most frequent spelling. */
  marketing_source: string;
  registrations: number;
  /** Whether it is the source that was asked about, however spelled. */
  is_asked: boolean;
}

/** What an event's registrations carry as their source, the most frequent first. */
export async function carriedSources(
  sql: Queryable,
  event: number,
  source: string,
  zone: string,
): Promise<CarriedSource[]> {
  return sql<CarriedSource[]>`
    SELECT coalesce((array_agg(carried.spelling::text
             ORDER BY carried.registrations DESC, carried.spelling COLLATE "C"))[1], '') AS marketing_source,
           coalesce(sum(carried.registrations)::int, 0) AS registrations,
           coalesce(carried.source = outreach.source(${source}), false) AS is_asked
    FROM outreach.counted_sources(ARRAY[${event}::int], NULL, NULL, ${zone}) AS carried
    GROUP BY carried.source
    ORDER BY 2 DESC, carried.source COLLATE "C"`;
}

/** The name that a link is to bear, so that who comes by it counts for the campaign. */
export interface LinkName {
  campaign: { id: number; name: string };
  /** Where the link is shared; null: anywhere. */
  channel: string | null;
  link_name: string;
}

/**
 * Names for the links of every campaign of these events that is not cancelled: made from its slug, or from
 * its id where the slug means another campaign as well, or none is left of its name.
 */
export async function linkNames(
  sql: Queryable,
  events: readonly number[] | null,
): Promise<LinkName[]> {
  return sql<LinkName[]>`
    SELECT jsonb_build_object('id', campaign.id, 'name', campaign.name) AS campaign, place.channel,
           CASE WHEN by_slug.campaign_id = campaign.id THEN coalesce(concat(own.slug, place.ending)::text, '')
                ELSE coalesce(concat(campaign.id, place.ending)::text, '') END AS link_name
    FROM campaigns AS campaign
    CROSS JOIN LATERAL (SELECT outreach.slug(campaign.name)::text AS slug) AS own
    CROSS JOIN LATERAL (
      SELECT channel, position, coalesce('-' || channel, '') AS ending
      FROM unnest(NULL::text || outreach.link_channels()::text[]) WITH ORDINALITY AS known (channel, position)
    ) AS place
    CROSS JOIN LATERAL (
      SELECT max(meaning.campaign_id) AS campaign_id
      FROM outreach.source_meanings(ARRAY[campaign.event_id], ARRAY[own.slug || place.ending]) AS meaning
    ) AS by_slug
    WHERE (${events}::int[] IS NULL OR campaign.event_id = ANY(${events})) AND campaign.status <> 'cancelled'
    ORDER BY campaign.id, place.position`;
}
