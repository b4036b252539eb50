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
  later_final_because: string | null;
  written: WrittenRows[];
  /** What it was about; rows that are gone by their last name. */
  about: AboutRow[];
}

/** A row that a change was about. */
interface AboutRow {
  /** event, campaign, communication, asset, segment, contact, or the address of nobody who is here. */
  kind: string;
  id: number;
  name: string;
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
          -- Who was merged into them is they.
          SELECT outreach.changes_about('contacts', 'contact_id', ARRAY(
            SELECT unnest(${filter.contacts}::int[])::bigint
            UNION SELECT former_id FROM outreach.known_as
                  WHERE contact_id = ANY(${filter.contacts}) AND former_id IS NOT NULL))))
    ), page AS MATERIALIZED (
      SELECT change.* FROM fitting JOIN outreach.changes AS change ON change.id = fitting.id
      WHERE ${before}::bigint IS NULL OR fitting.id < ${before}
      ORDER BY fitting.id DESC LIMIT ${limit}
    ), meant AS MATERIALIZED (
      SELECT * FROM outreach.about_changes(ARRAY(SELECT id FROM page))
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
             'later_final_because', later.final_because,
             'written', written.list,
             'about', about.list
           ) ORDER BY page.id DESC), '[]') AS changes
    FROM page
    LEFT JOIN outreach.changes AS undoing ON undoing.id = page.undone_by
    LEFT JOIN outreach.changes AS later ON later.id = outreach.later_change(page.id)
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'table_name', coalesce(entry.table_name::text, ''), 'action', coalesce(entry.action::text, ''),
               'rows', coalesce(entry.rows::int, 0), 'columns', coalesce(entry.columns::text, '')
             ) ORDER BY entry.place), '[]') AS list
      FROM outreach.rows_written(page.id) AS entry
    ) AS written
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'kind', coalesce(meant.kind::text, ''), 'id', coalesce(meant.id::int, 0), 'name', coalesce(meant.name::text, '')
             ) ORDER BY array_position(ARRAY['event', 'campaign', 'communication', 'asset', 'segment', 'contact', 'address'], meant.kind),
                        meant.id), '[]') AS list
      FROM meant WHERE meant.change_id = page.id
    ) AS about`;
  return answer ?? { total: 0, changes: [] };
}
