import type { Queryable } from "../../database/connect.ts";
import { LISTED, asId, chooseOne, type Candidate } from "./choose.ts";

/** A communication that a reference was taken to mean. */
export interface CommunicationReference extends Candidate {
  campaign_id: number;
}

const KIND = { argument: "communication", lister: "query_outreach_timeline" };

/**
 * The communication that an id, a title or words (its title, campaign and event) mean.
 *
 * @param campaign narrows to communications of this campaign; null: of any
 * @param events narrows to communications of these events; null: of any
 * @throws ToolError that lists candidates or the nearest titles
 */
export async function oneCommunication(
  sql: Queryable,
  given: string,
  campaign: number | null = null,
  events: readonly number[] | null = null,
): Promise<CommunicationReference> {
  const within = campaign !== null ? " in that campaign" : events !== null ? " for that event" : "";
  const found = await matching(sql, given, campaign, events);
  return chooseOne({ ...KIND, within }, given, found, () => nearest(sql, campaign, events));
}

async function matching(
  sql: Queryable,
  given: string,
  campaign: number | null,
  events: readonly number[] | null,
): Promise<CommunicationReference[]> {
  const id = asId(given);
  return sql<CommunicationReference[]>`
    WITH exact AS MATERIALIZED (
      SELECT communication.id
      FROM communications AS communication
      JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE communication.id = ${id}::integer
        AND (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
        AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
      UNION
      SELECT communication.id
      FROM communications AS communication
      JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE outreach.fold(communication.title) = outreach.fold(${given})
        AND (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
        AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
    ), found AS (
      SELECT id FROM exact
      UNION ALL
      SELECT communication.id
      FROM communications AS communication
      JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
      JOIN events AS event ON event.id = campaign.event_id
      -- Words of all titles are looked at only for what is neither a title nor an id.
      WHERE NOT EXISTS (SELECT FROM exact)
        AND outreach.words(concat_ws(' ', communication.title, campaign.name, event.name))
            @> outreach.words(${given})
    )
    SELECT communication.id, coalesce(communication.title, '')::text AS name, communication.campaign_id,
           coalesce(concat_ws(', ', communication.channel, communication.sent_at::date::text, campaign.name)::text,
                    '') AS detail,
           CASE WHEN communication.id = ${id}::integer THEN 0
                WHEN outreach.fold(communication.title) = outreach.fold(${given}) THEN 1
                ELSE 2 END AS rank
    FROM found
    JOIN communications AS communication ON communication.id = found.id
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    WHERE (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
      AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
    ORDER BY rank, communication.created_at DESC, communication.id
    LIMIT ${LISTED + 1}`;
}

async function nearest(
  sql: Queryable,
  campaign: number | null,
  events: readonly number[] | null,
): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT communication.id, coalesce(communication.title, '')::text AS name,
           communication.channel::text AS detail, 0 AS rank
    FROM communications AS communication
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    WHERE (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
      AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
    ORDER BY communication.created_at DESC, communication.id
    LIMIT 1000`;
}
