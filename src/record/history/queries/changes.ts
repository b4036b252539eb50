import type { Queryable } from "../../../database/connect.ts";

/** Which changes a list means; what is null does not narrow. */
export interface ChangeFilter {
  /** One change alone. */
  change: number | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
  tool: string | null;
  /** A part of the name of who made it, or of the client. */
  by: string | null;
  events: number[] | null;
  campaign: number | null;
  contacts: number[] | null;
}

/** What a change did to the rows of one table. */
export interface WrittenRows {
  table_name: string;
  /** created, changed, removed, or touched: either of the two by what can never be undone. */
  action: string;
  rows: number;
  /** The columns in which rows were changed, with commas between; perhaps one more than once. */
  columns: string;
}

/** A change as the database keeps it, and whether anything stands against undoing it. */
export interface ChangeRow {
  id: number;
  at: string;
  /** Null: written by other hands than the servers'. */
  tool: string | null;
  actor: string;
  client: string | null;
  final_because: string | null;
  undoes: number | null;
  undone_by: number | null;
  undone_at: string | null;
  is_under_way: boolean;
  later_change: number | null;
  later_tool: string | null;
  written: WrittenRows[];
}

/** A page of the changes that a filter means, newest first, and how many there are in all. */
export async function listChanges(
  sql: Queryable,
  filter: ChangeFilter,
  before: number | null,
  limit: number,
  zone: string,
): Promise<{ total: number; changes: ChangeRow[] }> {
  const [answer] = await sql<{ total: number; changes: ChangeRow[] }[]>`
    WITH fitting AS MATERIALIZED (
      SELECT change.id FROM outreach.changes AS change
      WHERE (${filter.change}::bigint IS NULL OR change.id = ${filter.change})
        AND (${filter.from}::timestamptz IS NULL OR change.at >= ${filter.from}::timestamptz)
        AND (${filter.to}::timestamptz IS NULL OR change.at <= ${filter.to}::timestamptz)
        AND (${filter.tool}::text IS NULL OR change.tool = ${filter.tool})
        AND (${filter.by}::text IS NULL
             OR strpos(outreach.spaced(concat_ws(' ', change.actor, change.client)), outreach.spaced(${filter.by})) > 0)
        AND (${filter.events}::int[] IS NULL OR change.id IN (
          SELECT outreach.changes_about('events', 'event_id', ${filter.events}::int[]::bigint[])))
        AND (${filter.campaign}::int IS NULL OR change.id IN (
          SELECT outreach.changes_about('campaigns', 'campaign_id', ARRAY[${filter.campaign}::bigint])))
        AND (${filter.contacts}::int[] IS NULL OR change.id IN (
          SELECT outreach.changes_about('contacts', 'contact_id', ${filter.contacts}::int[]::bigint[])))
    )
    SELECT coalesce((SELECT count(*)::int FROM fitting), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', page.id::int,
             'at', coalesce(outreach.local_time(page.at, ${zone})::text, ''),
             'tool', page.tool,
             'actor', page.actor,
             'client', page.client,
             'final_because', page.final_because,
             'undoes', page.undoes::int,
             'undone_by', page.undone_by::int,
             'undone_at', outreach.local_time(undoing.at, ${zone})::text,
             'is_under_way', coalesce(outreach.is_under_way(page.id)::boolean, false),
             'later_change', later.id::int,
             'later_tool', later.tool,
             'written', written.list
           ) ORDER BY page.id DESC), '[]') AS changes
    FROM (
      SELECT change.* FROM fitting JOIN outreach.changes AS change ON change.id = fitting.id
      WHERE ${before}::bigint IS NULL OR fitting.id < ${before}
      ORDER BY fitting.id DESC LIMIT ${limit}
    ) AS page
    LEFT JOIN outreach.changes AS undoing ON undoing.id = page.undone_by
    LEFT JOIN outreach.changes AS later ON later.id = outreach.later_change(page.id)
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'table_name', coalesce(entry.table_name::text, ''), 'action', coalesce(entry.action::text, ''),
               'rows', coalesce(entry.rows::int, 0), 'columns', coalesce(entry.columns::text, '')
             ) ORDER BY entry.place), '[]') AS list
      FROM outreach.rows_written(page.id) AS entry
    ) AS written`;
  return answer ?? { total: 0, changes: [] };
}

/** What a change was about. */
export interface AboutRow {
  change_id: number;
  /** event, campaign, communication, asset or contact. */
  kind: string;
  id: number;
  name: string;
}

/** What changes were about, by the first rows that each of them wrote; rows that are gone by their last name. */
export async function whatChangesWereAbout(
  sql: Queryable,
  changes: readonly number[],
): Promise<AboutRow[]> {
  return sql<AboutRow[]>`
    WITH written AS MATERIALIZED (
      SELECT entry.change_id, entry.table_name, row.id, image
      FROM outreach.changed_rows AS entry
      CROSS JOIN LATERAL (
        SELECT id FROM unnest(entry.ids) AS range,
          generate_series(lower(range), least(upper(range) - 1, lower(range) + 9)) AS id LIMIT 10
      ) AS row
      LEFT JOIN LATERAL (
        SELECT image FROM jsonb_array_elements(entry.before) AS image
        WHERE entry.action = 'removed' AND image ->> 'id' = row.id::text
      ) AS gone ON true
      WHERE entry.change_id = ANY(${changes}::int[])
    ), meant AS (
      SELECT change_id, 'event' AS kind, id, image ->> 'name' AS name FROM written WHERE table_name = 'public.events'
      UNION
      SELECT change_id, 'campaign', id, image ->> 'name' FROM written WHERE table_name = 'public.campaigns'
      UNION
      SELECT change_id, 'communication', id, image ->> 'title' FROM written
      WHERE table_name IN ('public.communications', 'outreach.sends', 'outreach.left_out')
      UNION
      SELECT change_id, 'asset', id, image ->> 'title' FROM written WHERE table_name = 'public.marketing_assets'
      UNION
      SELECT change_id, 'contact', id,
             outreach.full_name((image ->> 'first_name')::text, (image ->> 'last_name')::text)
      FROM written WHERE table_name = 'public.contacts'
      UNION
      SELECT written.change_id, 'communication',
             coalesce(recipient.communication_id, (written.image ->> 'communication_id')::bigint), NULL
      FROM written LEFT JOIN communication_recipients AS recipient ON recipient.id = written.id
      WHERE written.table_name = 'public.communication_recipients'
      UNION
      SELECT written.change_id, 'contact',
             coalesce(recipient.contact_id, (written.image ->> 'contact_id')::bigint), NULL
      FROM written LEFT JOIN communication_recipients AS recipient ON recipient.id = written.id
      WHERE written.table_name = 'public.communication_recipients'
      UNION
      SELECT written.change_id, 'asset', coalesce(share.asset_id, (written.image ->> 'asset_id')::bigint), NULL
      FROM written LEFT JOIN asset_distributions AS share ON share.id = written.id
      WHERE written.table_name = 'public.asset_distributions'
      UNION
      SELECT written.change_id, 'campaign', coalesce(mapping.campaign_id, (written.image ->> 'campaign_id')::bigint), NULL
      FROM written LEFT JOIN outreach.source_mappings AS mapping ON mapping.id = written.id
      WHERE written.table_name = 'outreach.source_mappings'
      UNION
      SELECT written.change_id, 'contact', decision.contact_id, NULL
      FROM written JOIN outreach.suppressions AS decision ON decision.id = written.id
      WHERE written.table_name = 'outreach.suppressions'
      UNION
      SELECT written.change_id, 'event', ticket.event_id, NULL
      FROM written JOIN tickets AS ticket ON ticket.id = written.id
      WHERE written.table_name = 'public.tickets'
    ), known AS (
      SELECT change_id, kind, id, max(name) AS name FROM meant WHERE id IS NOT NULL GROUP BY change_id, kind, id
    )
    SELECT known.change_id::int AS change_id, coalesce(known.kind, '') AS kind, coalesce(known.id::int, 0) AS id,
           coalesce(nullif(CASE known.kind
             WHEN 'event' THEN (SELECT name::text FROM events WHERE id = known.id)
             WHEN 'campaign' THEN (SELECT name::text FROM campaigns WHERE id = known.id)
             WHEN 'communication' THEN (SELECT title::text FROM communications WHERE id = known.id)
             WHEN 'asset' THEN (SELECT title::text FROM marketing_assets WHERE id = known.id)
             ELSE (SELECT outreach.full_name(first_name::text, last_name::text) FROM contacts WHERE id = known.id)
           END, ''), known.name, '') AS name
    FROM known
    ORDER BY known.change_id, array_position(
      ARRAY['event', 'campaign', 'communication', 'asset', 'contact'], known.kind), known.id`;
}
