import type { Queryable } from "../../database/connect.ts";
import type { StatusCount } from "../recipients/queries.ts";

/** Which entries are asked for: null where a filter is not given. */
export interface TimelineFilter {
  events: readonly number[] | null;
  campaign: number | null;
  /** Only mails to this person. */
  contact: number | null;
  kinds: readonly string[] | null;
  /** Channels of communications and of distributions; `linkedin` means posts as well. */
  channels: readonly string[] | null;
  /** Only communications have one. Drafts are left out unless it names them. */
  status: readonly string[] | null;
  /** Words that must all begin a word of title or notes. */
  text: string | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
  newestFirst: boolean;
}

/** Something that was done: a communication, an asset made, or a distribution of one. */
export interface TimelineEntry {
  at: string;
  kind: string;
  id: number;
  title: string;
  channel: string | null;
  /** Of a communication; where a person is asked for, theirs. */
  status: string | null;
  campaign: { id: number; name: string } | null;
  event: { id: number; name: string };
  /** Null for what has no recipients. */
  recipient_count: number | null;
  recipients: StatusCount[];
  reach_estimate: number | null;
  url: string | null;
  notes: string | null;
  /** `at`, exact, for the cursor. */
  place: string;
}

/**
 * One page of what was done, in the order of time, then of kind and id; times are shown in the given
 * zone.
 *
 * @param after place, kind and id of the last entry of the page before
 */
export async function timelineEntries(
  sql: Queryable,
  filter: TimelineFilter,
  zone: string,
  after: { place: string | null; kind: string | null; id: number | null },
  limit: number,
): Promise<TimelineEntry[]> {
  return sql<TimelineEntry[]>`
    SELECT coalesce(outreach.local_time(page.at, ${zone})::text, '') AS at,
           coalesce(page.kind, '') AS kind, coalesce(page.id, 0) AS id, coalesce(page.title, '') AS title,
           page.channel,
           CASE WHEN ${filter.contact}::int IS NULL THEN page.status ELSE counted.status END AS status,
           CASE WHEN campaign.id IS NULL THEN NULL
                ELSE jsonb_build_object('id', coalesce(campaign.id, 0),
                                        'name', coalesce(campaign.name::text, '')) END AS campaign,
           jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           page.recipient_count, counted.recipients, page.reach_estimate, page.url, page.notes,
           coalesce(page.at::text, '') AS place
    FROM (
      SELECT entry.* FROM outreach.matching_timeline(
        ${filter.events}::int[], ${filter.campaign}::int, ${filter.contact}::int,
        ${filter.kinds}::text[], ${filter.channels}::text[], ${filter.status}::text[],
        ${filter.text}::text, ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS entry
      WHERE ${after.place}::timestamptz IS NULL
         OR CASE WHEN ${filter.newestFirst}
                 THEN (entry.at, entry.kind, entry.id)
                      < (${after.place}::timestamptz, ${after.kind}::text, ${after.id}::int)
                 ELSE (entry.at, entry.kind, entry.id)
                      > (${after.place}::timestamptz, ${after.kind}::text, ${after.id}::int) END
      ORDER BY CASE WHEN ${filter.newestFirst} THEN entry.at END DESC,
               CASE WHEN ${filter.newestFirst} THEN entry.kind END DESC,
               CASE WHEN ${filter.newestFirst} THEN entry.id END DESC,
               entry.at, entry.kind, entry.id
      LIMIT ${limit}
    ) AS page
    JOIN events AS event ON event.id = page.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = page.campaign_id
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'status', coalesce(by_status.status::text, ''), 'recipients', by_status.recipients)), '[]')
               AS recipients,
             -- One, where they are those of one person.
             max(by_status.status::text)::text AS status
      FROM (
        SELECT outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status) AS status,
               count(*)::int AS recipients
        FROM outreach.recipients AS recipient
        WHERE page.kind = 'email' AND recipient.communication_id = page.id
          AND (${filter.contact}::int IS NULL OR recipient.contact_id = ${filter.contact})
        GROUP BY 1
      ) AS by_status
    ) AS counted
    ORDER BY CASE WHEN ${filter.newestFirst} THEN page.at END DESC,
             CASE WHEN ${filter.newestFirst} THEN page.kind END DESC,
             CASE WHEN ${filter.newestFirst} THEN page.id END DESC,
             page.at, page.kind, page.id`;
}

/** What is true of a whole timeline. */
export interface TimelineSummary {
  by_kind: { kind: string; entries: number }[];
  /** Distinct people who were recipients of its mails. */
  people: number;
  /** Drafts that the rest of the filter means, where it leaves them out because it names no status. */
  drafts: number;
}

/** Counts everything that matches the filter. */
export async function timelineSummary(
  sql: Queryable,
  filter: TimelineFilter,
): Promise<TimelineSummary> {
  const [summary] = await sql<TimelineSummary[]>`
    WITH matching AS MATERIALIZED (
      SELECT entry.kind, entry.id FROM outreach.matching_timeline(
        ${filter.events}::int[], ${filter.campaign}::int, ${filter.contact}::int,
        ${filter.kinds}::text[], ${filter.channels}::text[], ${filter.status}::text[],
        ${filter.text}::text, ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS entry
    )
    SELECT coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'kind', coalesce(by_kind.kind::text, ''), 'entries', by_kind.entries)), '[]')
             FROM (SELECT matching.kind, count(*)::int AS entries FROM matching GROUP BY matching.kind) AS by_kind
           ), '[]') AS by_kind,
           coalesce((
             SELECT count(*)::int
             FROM (
               SELECT DISTINCT recipient.contact_id
               FROM communications AS communication
               JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
               WHERE communication.id = ANY(ARRAY(SELECT id FROM matching WHERE kind = 'email'))
                 AND outreach.is_recipient(communication.status, recipient.status)
                 AND (${filter.contact}::int IS NULL OR recipient.contact_id = ${filter.contact})
             ) AS person
           ), 0) AS people,
           coalesce((
             SELECT count(*)::int FROM outreach.matching_timeline(
               ${filter.events}::int[], ${filter.campaign}::int, ${filter.contact}::int,
               ${filter.kinds}::text[], ${filter.channels}::text[], ARRAY['draft'],
               ${filter.text}::text, ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS draft
             WHERE ${filter.status}::text[] IS NULL
           ), 0) AS drafts`;
  return summary ?? { by_kind: [], people: 0, drafts: 0 };
}
