import type { Queryable } from "../../../database/connect.ts";

/** One fact of an event, as the database has it. */
interface FactRow {
  key: string;
  /** Of a time: when it is, in the given zone, or else its day (`YYYY-MM-DD`). */
  at: string | null;
  day: string | null;
  /** Of any other, as text. */
  value: string | null;
  type: "string" | "number" | "boolean" | null;
  /** Kept in a column of `events` that the organiser made, which is not ours to write. */
  is_own_column: boolean;
}

/** What is known of an event under one key. */
export interface EventFact {
  key: string;
  /** An instant in the zone, a day (`YYYY-MM-DD`), a text, a number or a boolean; null: an empty column. */
  value: string | number | boolean | null;
  /** A time: `day` where no hour is known. */
  milestone: "day" | "instant" | null;
  is_own_column: boolean;
}

/** Every fact of an event by key; times are shown in the given zone. */
export async function eventFacts(
  sql: Queryable,
  event: number,
  zone: string,
): Promise<EventFact[]> {
  const rows = await sql<FactRow[]>`
    SELECT coalesce(fact.key, '') AS key, outreach.local_time(fact.at, ${zone})::text AS at, fact.day,
           nullif(btrim(fact.value #>> '{}'), '')::text AS value,
           CASE jsonb_typeof(fact.value) WHEN 'number' THEN 'number' WHEN 'boolean' THEN 'boolean'
                                         WHEN 'string' THEN 'string' END AS type,
           coalesce(fact.is_own_column, false) AS is_own_column
    FROM outreach.facts_of(${event}::int) AS fact
    ORDER BY fact.key COLLATE "C"`;
  return rows.map(({ key, at, day, value, type, is_own_column }) => ({
    key,
    value: at ?? day ?? scalar(value, type),
    milestone: at === null ? (day === null ? null : "day") : "instant",
    is_own_column,
  }));
}

function scalar(text: string | null, type: FactRow["type"]): EventFact["value"] {
  if (text === null || type === null) return null;
  if (type === "number") return Number(text);
  return type === "boolean" ? text === "true" : text;
}

/** A fact as it is written: an instant in UTC, a day, or any other value. */
export type NewFact = {
  key: string;
  at: string | null;
  day: string | null;
  value: string | number | boolean | null;
};

/** Adds facts of an event, or replaces those of their keys. */
export async function saveFacts(
  sql: Queryable,
  event: number,
  facts: readonly NewFact[],
): Promise<void> {
  await sql`
    INSERT INTO outreach.event_facts AS fact (event_id, key, at, day, value)
    SELECT ${event}, said.key, said.at, said.day, nullif(said.value, 'null')
    FROM jsonb_to_recordset(${sql.json(facts)}) AS said (key text, at timestamptz, day date, value jsonb)
    ON CONFLICT (event_id, key) DO UPDATE
      SET at = excluded.at, day = excluded.day, value = excluded.value`;
}

/** Takes facts of an event away. */
export async function deleteFacts(
  sql: Queryable,
  event: number,
  keys: readonly string[],
): Promise<void> {
  await sql`
    DELETE FROM outreach.event_facts WHERE event_id = ${event} AND key = ANY(${keys}::text[])`;
}
