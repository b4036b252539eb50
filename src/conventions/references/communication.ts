import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { LISTED, asId, best, chooseOne, described, type Candidate, type Taken } from "./choose.ts";
import { withinBounds, type Narrowing } from "./narrowing.ts";
import { taking } from "./remarks.ts";

/** A communication that a reference was taken to mean. */
export interface CommunicationReference extends Candidate {
  campaign_id: number;
  event_id: number;
}

/** Which communications are in question: null where nothing narrows. */
interface Bounds {
  campaign: number | null;
  events: readonly number[] | null;
}

const ANYWHERE: Bounds = { campaign: null, events: null };

/**
 * The communication, mail or post, that an id, a title or words (its title, campaign and event) mean.
 *
 * @throws ToolError that lists candidates or the nearest titles
 */
export async function oneCommunication(
  sql: Queryable,
  given: string,
): Promise<CommunicationReference & Taken> {
  return choose(sql, given, null, ANYWHERE);
}

/**
 * As {@link oneCommunication}, among mails only: for what posts do not have, as recipients.
 *
 * @param campaign narrows to mails of this campaign; null: of any
 * @param events narrows to mails of these events; null: of any
 */
export async function oneMail(
  sql: Queryable,
  given: string,
  campaign: Narrowing<number> = null,
  events: Narrowing<readonly number[]> = null,
): Promise<CommunicationReference & Taken> {
  const bounds = Promise.all([campaign, events]).then(([campaign, events]): Bounds => ({
    campaign,
    events,
  }));
  return choose(sql, given, "email", bounds);
}

async function choose(
  sql: Queryable,
  given: string,
  channel: "email" | null,
  narrowing: Bounds | Promise<Bounds>,
): Promise<CommunicationReference & Taken> {
  const [anywhere, bounds] = await Promise.all([
    matching(sql, given, channel, ANYWHERE),
    narrowing,
  ]);
  const { campaign, events } = bounds;
  const kind = {
    argument: "communication",
    lister: "query_outreach_timeline",
    within: campaign !== null ? " in that campaign" : events !== null ? " for that event" : "",
  };
  const isWithin = (mail: CommunicationReference) =>
    (campaign === null || mail.campaign_id === campaign) &&
    (events === null || events.includes(mail.event_id));
  const found =
    (campaign === null && events === null ? anywhere : withinBounds(given, anywhere, isWithin)) ??
    (await matching(sql, given, channel, bounds));
  if (found.length === 0 && channel !== null) {
    const posts = best(await matching(sql, given, null, bounds));
    if (posts.length > 0) {
      throw new ToolError(
        `communication "${plain(given)}" is no mail: it is ${posts.slice(0, LISTED).map(described).join(", ")}. Give a mail; ${kind.lister} with kinds ["email"] lists them.`,
      );
    }
  }
  return taking(sql, await chooseOne(kind, given, found, () => nearest(sql, channel, bounds)));
}

async function matching(
  sql: Queryable,
  given: string,
  channel: "email" | null,
  { campaign, events }: Bounds,
): Promise<CommunicationReference[]> {
  const id = asId(given);
  return sql<CommunicationReference[]>`
    WITH fitting AS NOT MATERIALIZED (
      SELECT communication.id, communication.title, communication.channel, communication.sent_at,
             communication.created_at, communication.campaign_id, campaign.name AS campaign_name,
             campaign.event_id
      FROM communications AS communication
      JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE (${channel}::text IS NULL OR communication.channel = ${channel})
        AND (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
        AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
    ), found AS (
      SELECT id, 0 AS rank FROM fitting WHERE id = ${id}::integer
      UNION ALL
      SELECT id, 1 FROM fitting WHERE outreach.fold(title) = outreach.fold(${given})
      UNION ALL
      SELECT fitting.id, 2
      FROM fitting
      JOIN events AS event ON event.id = fitting.event_id
      -- Also where a title fits exactly, since it is said which others fit; an id is no words.
      WHERE NOT EXISTS (SELECT FROM fitting AS meant WHERE meant.id = ${id}::integer)
        AND outreach.words(concat_ws(' ', fitting.title, fitting.campaign_name, event.name))
            @> outreach.words(${given})
    )
    SELECT fitting.id, coalesce(fitting.title, '')::text AS name, fitting.campaign_id, fitting.event_id,
           coalesce(concat_ws(', ', fitting.channel, fitting.sent_at::date::text, fitting.campaign_name)::text,
                    '') AS detail,
           coalesce(found.rank, 2) AS rank
    FROM found
    JOIN fitting ON fitting.id = found.id
    ORDER BY found.rank, fitting.created_at DESC, fitting.id
    LIMIT ${LISTED + 1}`;
}

async function nearest(
  sql: Queryable,
  channel: "email" | null,
  { campaign, events }: Bounds,
): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT communication.id, coalesce(communication.title, '')::text AS name,
           communication.channel::text AS detail, 0 AS rank
    FROM communications AS communication
    JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
    WHERE (${channel}::text IS NULL OR communication.channel = ${channel})
      AND (${campaign}::integer IS NULL OR communication.campaign_id = ${campaign}::integer)
      AND (${events}::integer[] IS NULL OR campaign.event_id = ANY(${events}::integer[]))
    ORDER BY communication.created_at DESC, communication.id
    LIMIT 1000`;
}
