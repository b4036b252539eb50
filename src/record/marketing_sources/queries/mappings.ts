import type { Queryable } from "../../../database/connect.ts";

/** That a source means a campaign in a span of time; times as answers show them. */
export interface Mapping {
  id: number;
  event: { id: number; name: string };
  /** As most registrations spell it; where none has it, as the call does, or in lower case. It counts for every spelling. */
  source: string;
  campaign: { id: number; name: string };
  /** Both inclusive; null: open. */
  from: string | null;
  to: string | null;
}

/** A source of an event in a span of time. */
export interface SourceSpan {
  event: number;
  /** In any spelling. */
  source: string;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
}

/** The campaigns of an event that a source names by itself, without any mapping; none for a channel. */
export async function campaignsNamed(
  sql: Queryable,
  event: number,
  source: string,
): Promise<{ id: number; name: string }[]> {
  return sql<{ id: number; name: string }[]>`
    SELECT campaign.id, campaign.name
    FROM outreach.source_meanings(ARRAY[${event}::int], ARRAY[outreach.source(${source})::text]) AS meaning
    JOIN campaigns AS campaign ON campaign.id = ANY(meaning.campaign_ids)
    ORDER BY campaign.id`;
}

/** Waits for whoever else is mapping this source of the event, until the transaction ends. */
export async function lockSource(sql: Queryable, event: number, source: string): Promise<void> {
  await sql<{ locked: string | null }[]>`
    SELECT pg_advisory_xact_lock(hashtextextended(
             concat('event-outreach: map source ', ${event}::int, ' ', outreach.source(${source})), 0))::text AS locked`;
}

/** A mapping that shares time with a span. */
export interface OverlappingMapping extends Mapping {
  /** How it lies to the span: the same, within it, or reaching out of it. */
  extent: "same" | "within" | "beyond";
}

/** The mappings of a source that share time with a span, the earliest first. */
export async function overlappingMappings(
  sql: Queryable,
  span: SourceSpan,
  zone: string,
): Promise<OverlappingMapping[]> {
  return sql<OverlappingMapping[]>`
    SELECT mapping.id, jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           coalesce(outreach.spelled(mapping.event_id, mapping.source)::text,
                    outreach.trimmed(${span.source})::text, '') AS source,
           jsonb_build_object('id', campaign.id, 'name', campaign.name) AS campaign,
           outreach.local_time(mapping.starts AT TIME ZONE ${zone}, ${zone})::text AS from,
           outreach.local_time(mapping.ends AT TIME ZONE ${zone}, ${zone})::text AS to,
           CASE WHEN asked.span = own.span THEN 'same'
                WHEN asked.span @> own.span THEN 'within' ELSE 'beyond' END AS extent
    FROM outreach.source_mappings AS mapping
    JOIN events AS event ON event.id = mapping.event_id
    JOIN campaigns AS campaign ON campaign.id = mapping.campaign_id
    CROSS JOIN LATERAL (SELECT tsrange(mapping.starts, mapping.ends, '[]') AS span) AS own
    CROSS JOIN LATERAL (
      SELECT tsrange(${span.from}::timestamptz AT TIME ZONE ${zone},
                     ${span.to}::timestamptz AT TIME ZONE ${zone}, '[]') AS span) AS asked
    WHERE mapping.event_id = ${span.event} AND mapping.source = outreach.source(${span.source}) AND own.span && asked.span
    ORDER BY mapping.starts NULLS FIRST, mapping.id`;
}

/** Adds a mapping; the database refuses one that shares time with another of that source. */
export async function insertMapping(
  sql: Queryable,
  span: SourceSpan,
  campaign: number,
  zone: string,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.source_mappings (event_id, source, campaign_id, starts, ends)
    VALUES (${span.event}, outreach.source(${span.source}), ${campaign},
            ${span.from}::timestamptz AT TIME ZONE ${zone}, ${span.to}::timestamptz AT TIME ZONE ${zone})
    RETURNING id`;
  if (!row) throw new Error("INSERT answered no row");
  return row.id;
}

/** Takes mappings away. */
export async function deleteMappings(sql: Queryable, ids: readonly number[]): Promise<void> {
  await sql`DELETE FROM outreach.source_mappings WHERE id = ANY(${ids}::int[])`;
}

/** How many registrations these mappings give to their campaigns. */
export async function registrationsMapped(sql: Queryable, ids: readonly number[]): Promise<number> {
  const [row] = await sql<{ registrations: number }[]>`
    SELECT count(*)::int AS registrations
    FROM outreach.registrations() AS registration
    JOIN outreach.source_mappings AS mapping
      ON registration.event_id = mapping.event_id
     AND outreach.source(registration.marketing_source) = mapping.source
     AND tsrange(mapping.starts, mapping.ends, '[]') @> registration.registered_at
    WHERE mapping.id = ANY(${ids}::int[])`;
  return row?.registrations ?? 0;
}

/** Every mapping at these events; null: at any. */
export async function mappingsAt(
  sql: Queryable,
  events: readonly number[] | null,
  zone: string,
): Promise<Mapping[]> {
  return sql<Mapping[]>`
    SELECT mapping.id, jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           coalesce(outreach.spelled(mapping.event_id, mapping.source)::text, mapping.source) AS source,
           jsonb_build_object('id', campaign.id, 'name', campaign.name) AS campaign,
           outreach.local_time(mapping.starts AT TIME ZONE ${zone}, ${zone})::text AS from,
           outreach.local_time(mapping.ends AT TIME ZONE ${zone}, ${zone})::text AS to
    FROM outreach.source_mappings AS mapping
    JOIN events AS event ON event.id = mapping.event_id
    JOIN campaigns AS campaign ON campaign.id = mapping.campaign_id
    WHERE ${events}::int[] IS NULL OR mapping.event_id = ANY(${events})
    ORDER BY mapping.event_id, mapping.source, mapping.starts NULLS FIRST, mapping.id`;
}
