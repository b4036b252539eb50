import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { today } from "../../mcp/time.ts";
import type { Call } from "../call.ts";
import { LISTED, asId, chooseOne, missing, type Candidate, type Taken } from "./choose.ts";
import { taking } from "./remarks.ts";

/** An event that a reference was taken to mean. */
export interface EventReference extends Candidate {
  /** `YYYY-MM-DD` */
  event_date: string;
}

/** What events a reference was taken to mean. */
export interface EventsMeant {
  events: (EventReference & Taken)[];
  /** A year was given, so that they are a list, however few. */
  isYear: boolean;
}

const KIND = { argument: "event", lister: "list_events" };

/**
 * The event that an id, a name, a date or words mean: its name, location, month and year. By date it is
 * `next`, `last`, or the one of `this year` or `last year`, as seen today in the call's zone.
 *
 * @throws ToolError that lists candidates or the nearest names
 */
export async function oneEvent(call: Call, given: string): Promise<EventReference & Taken> {
  const { found } = await candidates(call, given);
  return taking(call.sql, await choose(call, given, found));
}

/**
 * As {@link oneEvent}, but a year that is not an id means every event of that year: for questions.
 *
 * @throws ToolError that lists candidates or the nearest names
 */
export async function eventOrYear(call: Call, given: string): Promise<EventsMeant> {
  const meant = await findEvents(call, given);
  for (const event of meant.events) taking(call.sql, event);
  return meant;
}

/** As {@link eventOrYear}, for a search that may be dropped: the answer says nothing of it. */
export async function findEvents(call: Call, given: string): Promise<EventsMeant> {
  const { found, isYear } = await (/^\d{4}$/u.test(given)
    ? ofYearOrId(call, given)
    : candidates(call, given));
  return isYear
    ? { events: found.map((event) => ({ ...event, also_fits: [] })), isYear }
    : { events: [await choose(call, given, found)], isYear };
}

function choose({ sql }: Call, given: string, found: readonly EventReference[]) {
  return chooseOne(KIND, given, found, () => nearest(sql));
}

/** Rows that a reference may mean, and whether it was taken for a year. */
interface Search {
  found: EventReference[];
  isYear: boolean;
}

async function ofYearOrId({ sql }: Call, given: string): Promise<Search> {
  const found = await ofYear(sql, Number(given), Number(given));
  if (found.length === 0) throw new ToolError(missing(KIND, given, []));
  const withThatId = found.filter(({ rank }) => rank === 0);
  return withThatId.length > 0 ? { found: withThatId, isYear: false } : { found, isYear: true };
}

/** The rank of a match by words; an id's and a name's are lower. */
const BY_WORDS = 2;

/** An event that is called so counts before those whose date fits, and these before those whose words do. */
async function candidates({ sql, zone }: Call, given: string): Promise<Search> {
  const [found, dated] = await Promise.all([matching(sql, given), byDate(sql, given, today(zone))]);
  if (dated === null || found.some(({ rank }) => rank < BY_WORDS)) return { found, isYear: false };
  if (dated.found.length === 0) {
    throw new ToolError(`There is no event ${dated.when}. ${KIND.lister} lists all.`);
  }
  return dated.isYear ? dated : { found: [...dated.found, ...found], isYear: false };
}

const NEXT = /^(?:the )?(?:next|upcoming)(?: event)?$/iu;
const LAST = /^(?:the )?(?:last|previous)(?: event)?$/iu;
const YEAR = /^(?<which>this|last|next) year(?:['\u2019]s(?: events?)?)?$/iu;
const FROM_THIS_YEAR: Record<string, number> = { last: -1, this: 0, next: 1 };

/** Whether words mean an event by its date, so that they mean another some day. */
export function isByDate(given: string): boolean {
  return [NEXT, LAST, YEAR].some((pattern) => pattern.test(given));
}

/**
 * The events that words about a date mean, or null for other words. A cancelled event is neither the
 * next nor the last; one of today is the next.
 *
 * @param date today, `YYYY-MM-DD`
 * @returns with it, in words, when they would be
 */
async function byDate(
  sql: Queryable,
  given: string,
  date: string,
): Promise<(Search & { when: string }) | null> {
  const which = YEAR.exec(given)?.groups?.["which"]?.toLowerCase();
  const year = which === undefined ? null : Number(date.slice(0, 4)) + (FROM_THIS_YEAR[which] ?? 0);
  const isNext = NEXT.test(given);
  if (year === null && !isNext && !LAST.test(given)) return null;
  const found = await (year === null ? nextOrLast(sql, isNext, date) : ofYear(sql, year, null));
  const when =
    year === null ? `${isNext ? "from today on" : "before today"} (${date})` : `in ${String(year)}`;
  return { found, isYear: year !== null, when };
}

async function matching(sql: Queryable, given: string): Promise<EventReference[]> {
  return sql<EventReference[]>`
    SELECT id, name, event_date, event_date AS detail, rank
    FROM (
      SELECT event.id, event.name::text AS name, event.event_date::text AS event_date,
             CASE WHEN event.id = ${asId(given)}::integer THEN 0
                  WHEN outreach.fold(event.name::text) = outreach.fold(${given}) THEN 1
                  ELSE 2 END AS rank
      FROM events AS event
      WHERE event.id = ${asId(given)}::integer
         OR outreach.fold(event.name::text) = outreach.fold(${given})
         OR outreach.words(concat_ws(' ', event.name, event.location,
              to_char(event.event_date, 'FMMonth Mon YYYY'))) @> outreach.words(${given})
    ) AS found
    ORDER BY rank, event_date DESC, id
    LIMIT ${LISTED + 1}`;
}

async function ofYear(sql: Queryable, year: number, id: number | null): Promise<EventReference[]> {
  return sql<EventReference[]>`
    SELECT event.id, event.name::text AS name, event.event_date::text AS event_date,
           event.event_date::text AS detail, CASE WHEN event.id = ${id}::integer THEN 0 ELSE 1 END AS rank
    FROM events AS event
    WHERE event.id = ${id}::integer
       OR event.event_date BETWEEN make_date(${year}::integer, 1, 1) AND make_date(${year}::integer, 12, 31)
    ORDER BY event.event_date DESC, event.id`;
}

async function nextOrLast(
  sql: Queryable,
  isNext: boolean,
  date: string,
): Promise<EventReference[]> {
  return sql<EventReference[]>`
    WITH held AS (
      SELECT event.id, event.name::text AS name, event.event_date
      FROM events AS event
      WHERE coalesce(event.status::text, '') <> 'cancelled'
        AND CASE WHEN ${isNext}::boolean THEN event.event_date >= ${date}::date
                 ELSE event.event_date < ${date}::date END
    )
    SELECT id, name, event_date::text AS event_date, event_date::text AS detail, 1 AS rank
    FROM held
    WHERE event_date = (SELECT CASE WHEN ${isNext}::boolean THEN min(event_date) ELSE max(event_date) END FROM held)
    ORDER BY id
    LIMIT ${LISTED + 1}`;
}

async function nearest(sql: Queryable): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT event.id, event.name::text AS name, event.event_date::text AS detail, 0 AS rank
    FROM events AS event
    ORDER BY event.event_date DESC, event.id
    LIMIT 1000`;
}
