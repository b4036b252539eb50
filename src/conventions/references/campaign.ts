import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { LISTED, asId, best, chooseOne, type Candidate, type Taken } from "./choose.ts";
import { following } from "../together.ts";
import { withinBounds, type Narrowing } from "./narrowing.ts";
import { taking } from "./remarks.ts";

/** A campaign that a reference was taken to mean. */
export interface CampaignReference extends Candidate {
  event_id: number;
  event_name: string;
  /** The former name that fits exactly, where the present one does not. */
  formerly: string | null;
}

const KIND = { argument: "campaign", lister: "list_campaigns" };

/**
 * The campaign that an id, a name, a slug (former ones too) or words mean: name, slug, type, and the
 * name and year of its event.
 *
 * @param events narrows to campaigns of these events; null: of any
 * @throws ToolError that lists candidates or the nearest names
 */
export async function oneCampaign(
  sql: Queryable,
  given: string,
  events: Narrowing<number[]> = null,
): Promise<CampaignReference & Taken> {
  return taking(sql, await findCampaign(sql, given, events));
}

/** As {@link oneCampaign}, for a search that may be dropped: the answer says nothing of it. */
export async function findCampaign(
  sql: Queryable,
  given: string,
  narrowing: Narrowing<number[]> = null,
): Promise<CampaignReference & Taken> {
  const [anywhere, events] = await Promise.all([matching(sql, given, null), narrowing]);
  if (events === null) return chooseOne(KIND, given, anywhere, () => nearest(sql, null));
  const found =
    withinBounds(given, anywhere, ({ event_id }) => events.includes(event_id)) ??
    (await matching(sql, given, events));
  const kind = { ...KIND, within: " for that event" };
  return chooseOne(kind, given, found, () => nearest(sql, events));
}

/**
 * The campaign of an event that an id or words mean, for an asset: its campaign is of its event.
 *
 * @throws ToolError that names both events when the campaign is of another, else as `oneCampaign`
 */
export async function campaignOfEvent(
  sql: Queryable,
  given: string,
  of: { id: number; name: string } | Promise<{ id: number; name: string }>,
): Promise<CampaignReference & Taken> {
  const ids = following(Promise.resolve(of), ({ id }) => [id]);
  try {
    return await oneCampaign(sql, given, ids);
  } catch (error) {
    const event = await of;
    if (!(error instanceof ToolError)) throw error;
    const [elsewhere, ...others] = best(await matching(sql, given, null));
    if (!elsewhere || others.length > 0 || elsewhere.event_id === event.id) throw error;
    throw new ToolError(
      `The campaign ${plain(elsewhere.name)} is of ${plain(elsewhere.event_name)}, not of ${plain(event.name)}; a campaign's asset is of the campaign's event.`,
    );
  }
}

/** A name that a campaign bears now is meant before one that another bore once. */
async function matching(
  sql: Queryable,
  given: string,
  events: number[] | null,
): Promise<CampaignReference[]> {
  const id = asId(given);
  return sql<CampaignReference[]>`
    WITH exact AS (
      SELECT named.campaign_id, bool_or(named.name = campaign.name) AS is_current,
             max(named.name) AS name
      FROM outreach.campaign_names AS named
      JOIN campaigns AS campaign ON campaign.id = named.campaign_id
      WHERE (named.campaign_id = ${id}::integer
             OR named.folded = nullif(outreach.fold(${given}), '') OR named.slug = lower(btrim(${given})))
        AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
      GROUP BY named.campaign_id
    ), held AS MATERIALIZED (
      -- Folded once for all of its campaigns, whose own names are kept folded.
      SELECT id, name::text AS name, outreach.fold(concat_ws(' ', name, to_char(event_date, 'YYYY'))) AS folded
      FROM events
      WHERE ${events}::integer[] IS NULL OR id = ANY(${events}::integer[])
    )
    SELECT campaign.id, campaign.name::text AS name, campaign.event_id, coalesce(event.name, '') AS event_name,
           concat(campaign.campaign_type, ', ', event.name) AS detail,
           CASE WHEN campaign.id = ${id}::integer THEN 0 WHEN exact.is_current THEN 1
                WHEN exact.campaign_id IS NOT NULL THEN 2 ELSE 3 END AS rank,
           CASE WHEN campaign.id IS DISTINCT FROM ${id}::integer AND NOT exact.is_current
                THEN exact.name::text END AS formerly
    FROM campaigns AS campaign
    JOIN held AS event ON event.id = campaign.event_id
    LEFT JOIN outreach.campaign_names AS own ON own.campaign_id = campaign.id AND own.name = campaign.name
    LEFT JOIN exact ON exact.campaign_id = campaign.id
    WHERE (campaign.id = ${id}::integer OR exact.campaign_id IS NOT NULL
           -- Also where a name fits exactly, since it is said which others fit; an id is no words.
           OR (NOT EXISTS (SELECT FROM exact WHERE exact.campaign_id = ${id}::integer)
               AND string_to_array(concat_ws(' ', coalesce(own.folded, outreach.fold(campaign.name)),
                     replace(campaign.campaign_type, '_', ' '), event.folded), ' ') @> outreach.words(${given})))
    ORDER BY rank, campaign.created_at DESC, campaign.id
    LIMIT ${LISTED + 1}`;
}

async function nearest(sql: Queryable, events: number[] | null): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT campaign.id, campaign.name::text AS name, event.name::text AS detail, 0 AS rank
    FROM campaigns AS campaign
    JOIN events AS event ON event.id = campaign.event_id
    WHERE ${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[])
    ORDER BY campaign.created_at DESC, campaign.id
    LIMIT 1000`;
}
