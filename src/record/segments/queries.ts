import type { Queryable } from "../../database/connect.ts";
import type { Json } from "../../database/options.ts";

/** Filters as they are kept. */
type Filters = Record<string, string | number | boolean | string[]>;

/** By what a segment is found: filters or a question. */
interface DefinedBy<FilterType> {
  /** As they were given. */
  audience: FilterType | null;
  /** The same without segments, with the numbers of the rows that they mean for good. */
  meant: FilterType | null;
  in_segment: number | null;
  not_in_segment: number | null;
  sql: string | null;
}
export type Definition = DefinedBy<Filters>;

/** A segment as somebody saves it. */
export interface NewSegment extends Definition {
  name: string;
  description: string | null;
}

/** A segment. */
export interface SegmentRow extends DefinedBy<Json> {
  id: number;
  name: string;
  description: string | null;
  version: number;
  /** The rows that its filters mean by number, by argument; without those that are gone. */
  known: Json | null;
}

/** These segments, and all by way of which they are found; for null all there are. */
export async function segmentsReached(
  sql: Queryable,
  wanted: readonly number[] | null,
): Promise<SegmentRow[]> {
  return sql<SegmentRow[]>`
    WITH RECURSIVE reached AS (
      SELECT unnest(${wanted}::int[]) AS id
      UNION
      SELECT part.id
      FROM reached JOIN outreach.segments AS segment ON segment.id = reached.id
      CROSS JOIN LATERAL unnest(ARRAY[segment.in_segment_id, segment.not_in_segment_id]) AS part (id)
    )
    SELECT segment.id, segment.name, segment.description, segment.audience, segment.meant,
           segment.in_segment_id AS in_segment, segment.not_in_segment_id AS not_in_segment, segment.sql,
           segment.version, outreach.rows_meant(segment.meant)::jsonb AS known
    FROM outreach.segments AS segment
    WHERE ${wanted}::int[] IS NULL OR segment.id IN (SELECT id FROM reached)
    ORDER BY segment.id`;
}

/** A segment that a reference may mean. */
export interface SegmentCandidate {
  id: number;
  name: string;
  detail: string;
  rank: number;
}

/**
 * Segments that an id, a name or words match.
 *
 * @param id what the words are as an id, or null
 * @param words null: all segments
 */
export async function segmentsMatching(
  sql: Queryable,
  id: number | null,
  words: string | null,
  limit: number,
): Promise<SegmentCandidate[]> {
  return sql<SegmentCandidate[]>`
    SELECT segment.id, segment.name, coalesce(left(segment.description, 80)::text, '') AS detail,
           CASE WHEN segment.id = ${id}::int THEN 0
                WHEN outreach.fold(segment.name) = outreach.fold(${words}) THEN 1
                ELSE 2 END AS rank
    FROM outreach.segments AS segment
    WHERE segment.id = ${id}::int OR ${words}::text IS NULL
       OR outreach.fold(segment.name) = outreach.fold(${words})
       OR outreach.words(concat_ws(' ', segment.name, segment.description)) @> outreach.words(${words})
    ORDER BY rank, segment.id
    LIMIT ${limit}`;
}

/** Adds a segment; undefined where another has its name. */
export async function insertSegment(
  sql: Queryable,
  segment: NewSegment,
): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO outreach.segments (name, description, audience, meant, in_segment_id, not_in_segment_id, sql)
    VALUES (${segment.name}, ${segment.description}, ${segment.audience && sql.json(segment.audience)},
            ${segment.meant && sql.json(segment.meant)}, ${segment.in_segment}, ${segment.not_in_segment},
            ${segment.sql})
    ON CONFLICT (outreach.fold(name)) DO NOTHING
    RETURNING id`;
  return row?.id;
}

/** A segment that has this name, spelled alike or not. */
export async function segmentNamed(sql: Queryable, name: string): Promise<SegmentRow | undefined> {
  const [row] = await sql<SegmentRow[]>`
    SELECT id, name, description, audience, meant, in_segment_id AS in_segment,
           not_in_segment_id AS not_in_segment, sql, version, outreach.rows_meant(meant)::jsonb AS known
    FROM outreach.segments WHERE outreach.fold(name) = outreach.fold(${name})`;
  return row;
}

/** Locks a segment until the transaction ends. */
export async function lockSegment(sql: Queryable, id: number): Promise<SegmentRow | undefined> {
  const [row] = await sql<SegmentRow[]>`
    SELECT id, name, description, audience, meant, in_segment_id AS in_segment,
           not_in_segment_id AS not_in_segment, sql, version, outreach.rows_meant(meant)::jsonb AS known
    FROM outreach.segments WHERE id = ${id} FOR UPDATE`;
  return row;
}

/** Makes a segment what it is to be from now on. */
export async function updateSegment(
  sql: Queryable,
  id: number,
  segment: NewSegment,
): Promise<void> {
  await sql`
    UPDATE outreach.segments
    SET name = ${segment.name}, description = ${segment.description},
        audience = ${segment.audience && sql.json(segment.audience)},
        meant = ${segment.meant && sql.json(segment.meant)}, in_segment_id = ${segment.in_segment},
        not_in_segment_id = ${segment.not_in_segment}, sql = ${segment.sql}, version = version + 1
    WHERE id = ${id}`;
}

/** A segment as it is listed. */
export interface ListedSegment extends SegmentRow {
  last_used: {
    communication: { id: number; title: string };
    at: string;
    /** Who could be mailed then, by the ids that they have now. */
    people: number[];
  } | null;
}

/**
 * One page of segments by name, and how many there are in all.
 *
 * @param text words that must all begin a word of the name or the description; null: all
 * @param after name, folded, and id of the last segment of the page before
 */
export async function listSegments(
  sql: Queryable,
  text: string | null,
  zone: string,
  after: { place: string | null; id: number | null },
  limit: number,
): Promise<{ total: number; segments: (ListedSegment & { place: string })[] }> {
  const [answer] = await sql<{ total: number; segments: (ListedSegment & { place: string })[] }[]>`
    WITH matching AS MATERIALIZED (
      SELECT segment.*, outreach.fold(segment.name) AS place
      FROM outreach.segments AS segment
      WHERE ${text}::text IS NULL
         OR outreach.begins_words(concat_ws(' ', segment.name, segment.description), ${text})
    ), page AS (
      SELECT * FROM matching
      WHERE ${after.id}::int IS NULL OR (place COLLATE "C", id) > (${after.place}::text COLLATE "C", ${after.id}::int)
      ORDER BY place COLLATE "C", id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', coalesce(page.id::int, 0), 'name', coalesce(page.name::text, ''),
             'description', page.description::text, 'audience', page.audience, 'meant', page.meant,
             'in_segment', page.in_segment_id::int, 'not_in_segment', page.not_in_segment_id::int,
             'known', outreach.rows_meant(page.meant)::jsonb, 'sql', page.sql::text, 'version', coalesce(page.version::int, 0), 'place', coalesce(page.place::text, ''),
             'last_used', CASE WHEN used.segment_id IS NOT NULL THEN jsonb_build_object(
               'communication', jsonb_build_object('id', coalesce(used.communication_id::int, 0),
                                                   'title', coalesce(used.title::text, '')),
               'at', coalesce(outreach.local_time(used.at, ${zone})::text, ''),
               'people', coalesce((
                 SELECT coalesce(jsonb_agg(DISTINCT coalesce(known.contact_id, member)), '[]')
                 FROM unnest(used.people) AS member
                 LEFT JOIN outreach.known_as AS known ON known.former_id = member), '[]')) END
           ) ORDER BY page.place COLLATE "C", page.id), '[]') AS segments
    FROM page LEFT JOIN outreach.last_uses AS used ON used.segment_id = page.id`;
  return answer ?? { total: 0, segments: [] };
}

/** That a mail takes its people from a segment, or leaves those of one out. */
export interface SegmentUse {
  segment: number;
  is_left_out: boolean;
  version: number;
  name: string;
  description: string | null;
  /** Who of it can be mailed. */
  people: number[];
}

/** Notes from which segments a mail takes its people; of one whose list was made again, the others are forgotten. */
export async function noteUses(
  sql: Queryable,
  communication: number,
  uses: readonly SegmentUse[],
  isWhole: boolean,
): Promise<void> {
  await sql`
    WITH used AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${sql.json(uses.map((use) => ({ ...use })))})
        AS entry (segment int, is_left_out boolean, version int, name text, description text, people int[])
    ), gone AS (
      DELETE FROM outreach.segment_uses AS former
      WHERE ${isWhole}::boolean AND former.communication_id = ${communication}
        AND (former.segment_id, former.is_left_out) NOT IN (SELECT segment, is_left_out FROM used)
    )
    INSERT INTO outreach.segment_uses AS known
      (communication_id, segment_id, is_left_out, version, name, description, people)
    SELECT ${communication}, segment, is_left_out, version, name, description, people FROM used
    ON CONFLICT (communication_id, segment_id, is_left_out) DO UPDATE
      SET version = EXCLUDED.version, name = EXCLUDED.name, description = EXCLUDED.description,
          people = EXCLUDED.people, at = EXCLUDED.at
      WHERE (known.version, known.name, known.description, known.people)
            IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.name, EXCLUDED.description, EXCLUDED.people)`;
}

/** From which segment a mail takes its people, in the words of when its list was made. */
export interface SegmentOfMail {
  name: string;
  description: string | null;
  is_left_out: boolean;
  /** The segment was changed since. */
  is_changed: boolean;
}

/** The segments from which a mail takes its people, and those whose people it leaves out. */
export async function segmentsOf(sql: Queryable, communication: number): Promise<SegmentOfMail[]> {
  return sql<SegmentOfMail[]>`
    SELECT used.name, used.description, used.is_left_out, segment.version <> used.version AS is_changed
    FROM outreach.segment_uses AS used JOIN outreach.segments AS segment ON segment.id = used.segment_id
    WHERE used.communication_id = ${communication}
    ORDER BY used.is_left_out, used.segment_id`;
}
