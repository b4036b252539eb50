import type { Queryable } from "../../database/connect.ts";

/** Bounds on what a question of somebody's own may take of the database. */
const SECONDS = 10;

/** Milliseconds that a question has in any case: where less were left it could end before it has begun. */
const SHORTEST = 250;

/** SQLSTATE of a statement that was ended. */
export const TIMED_OUT = "57014";

/**
 * Sets for this transaction what a question of somebody's own runs under, as a pooler passes it on: where its names
 * are looked up, the organiser's zone, its time and its memory.
 */
export async function boundQuestion(sql: Queryable, zone: string): Promise<void> {
  await sql<{ bounds: string }[]>`
    SELECT concat(
      set_config('search_path', 'ask, pg_catalog, pg_temp', true),
      set_config('TimeZone', ${zone}, true),
      set_config('DateStyle', 'ISO, YMD', true),
      set_config('IntervalStyle', 'postgres', true),
      set_config('standard_conforming_strings', 'on', true),
      set_config('statement_timeout', (${SECONDS}::int * 1000)::text, true),
      set_config('work_mem', '16MB', true),
      set_config('hash_mem_multiplier', '1', true),
      set_config('max_parallel_workers_per_gather', '0', true),
      CASE WHEN has_parameter_privilege('temp_file_limit', 'SET')
           THEN set_config('temp_file_limit', '256MB', true) END)::text AS bounds`;
}

/** A view of schema ask, as its comments say. */
export interface View {
  name: string;
  about: string;
  columns: { name: string; type: string; about: string }[];
}

/** The views that a question may read. */
export function listViews(sql: Queryable): Promise<View[]> {
  return sql<View[]>`
    SELECT view.relname::text AS name, coalesce(obj_description(view.oid, 'pg_class')::text, '') AS about,
           coalesce(jsonb_agg(jsonb_build_object(
             'name', attribute.attname::text,
             'type', coalesce(replace(replace(format_type(attribute.atttypid, NULL), ' with time zone', 'tz'),
                                      ' without time zone', '')::text, ''),
             'about', coalesce(col_description(view.oid, attribute.attnum)::text, '')) ORDER BY attribute.attnum), '[]')
             AS columns
    FROM pg_class AS view JOIN pg_attribute AS attribute ON attribute.attrelid = view.oid AND attribute.attnum > 0
    WHERE view.relnamespace = 'ask'::regnamespace AND view.relkind = 'v'
    GROUP BY view.oid, view.relname
    ORDER BY view.relname`;
}

/** What PostgreSQL answers to a question of somebody's own. */
export interface RawAnswer {
  columns: { name: string; type: number }[];
  rows: unknown[][];
}

const BEFORE = "SELECT outreach.fits_answer(asked), asked.* FROM (\n";

const WHOLE = `DECLARE whole_answer NO SCROLL CURSOR FOR ${BEFORE}`;

/** Where a question begins in the statement that asks it, in characters. */
export const QUESTION_STARTS = { part: BEFORE.length, whole: WHOLE.length };

/**
 * Asks a question of somebody's own, which the guard has let through. It goes the way of every other statement,
 * on which PostgreSQL takes one at a time.
 *
 * @param most rows
 */
export async function answersTo(
  sql: Queryable,
  question: string,
  most: number,
): Promise<RawAnswer> {
  return answerOf(sql, `${BEFORE}${question}\n) AS asked LIMIT ${String(most)}`);
}

/**
 * As {@link answersTo}, the whole answer bit by bit: first its beginning, then what follows, in the same transaction.
 *
 * @param question null: what follows
 * @param most rows at once; where fewer come, there are no more
 */
export async function nextAnswersTo(
  sql: Queryable,
  question: string | null,
  most: number,
): Promise<RawAnswer> {
  const [, answer] = await Promise.all([
    question === null ? null : answerOf(sql, `${WHOLE}${question}\n) AS asked`),
    answerOf(sql, `FETCH ${String(most)} FROM whole_answer`),
  ]);
  return answer;
}

async function answerOf(sql: Queryable, text: string): Promise<RawAnswer> {
  const answer = await sql<Record<string, unknown>[]>(
    Object.assign([text], { raw: [text] }),
  ).values();
  return {
    columns: answer.columns.slice(1).map(({ name, type }) => ({ name, type })),
    rows: answer.map((row) => row.slice(1)),
  };
}

/** People that a question answered, or the SQLSTATE with which it failed. */
export interface PeopleAsked {
  people: number[] | null;
  refused: string | null;
}

/**
 * Asks a question of somebody's own, which the guard has let through, for the people in its column contact_id. Its
 * bounds end with it, and where it fails the transaction goes on.
 *
 * @param within seconds of the transaction in which it has to end; null: in the time that every question has
 */
export async function peopleAsked(
  sql: Queryable,
  question: string,
  zone: string,
  within: number | null,
): Promise<PeopleAsked> {
  const before = sql<{ limit: string }[]>`
    SELECT concat(set_config('outreach.time_limit', current_setting('statement_timeout'), true),
                  set_config('statement_timeout', (CASE
                    WHEN ${within}::int IS NULL THEN ${SECONDS}::int * 1000
                    ELSE least(${SECONDS}::int * 1000, greatest(${SHORTEST}::int, ceil(1000 * extract(
                      epoch FROM now() + make_interval(secs => ${within}::int) - clock_timestamp()))::int))
                  END)::text, true))::text AS limit`;
  // The function reads the question from what comes first, so that it is not called when that is too late.
  const asked = sql<PeopleAsked[]>`
    WITH in_time AS MATERIALIZED (
      SELECT ${question}::text AS question
      WHERE ${within}::int IS NULL OR clock_timestamp() < now() + make_interval(secs => ${within}::int)
    )
    SELECT asked.people, asked.refused
    FROM in_time
    CROSS JOIN LATERAL (
      SELECT people, refused FROM outreach.people_asked(in_time.question, ${zone})
    ) AS asked`;
  const after = sql<{ limit: string }[]>`
    SELECT concat(set_config('statement_timeout', current_setting('outreach.time_limit'), true))::text AS limit`;
  const [, [answer]] = await Promise.all([before, asked, after]);
  return answer ?? { people: null, refused: TIMED_OUT };
}
