import type { Queryable } from "../../../database/connect.ts";

/** A topic of interest. */
export interface Topic {
  id: number;
  name: string;
}

/** Every topic. */
export async function allTopics(sql: Queryable): Promise<Topic[]> {
  return sql<Topic[]>`SELECT id::int AS id, name::text AS name FROM interest_topics`;
}

/** Who is interested in what. */
export interface Interest {
  contact_id: number;
  topic_id: number;
}

/** The interests of these people. */
export async function interestsOf(
  sql: Queryable,
  contacts: readonly number[],
): Promise<Interest[]> {
  return sql<Interest[]>`
    SELECT contact_id::int AS contact_id, topic_id::int AS topic_id FROM contact_interests WHERE contact_id = ANY(${contacts}::int[])`;
}

/** Records topics. */
export async function insertTopics(sql: Queryable, names: readonly string[]): Promise<Topic[]> {
  return sql<Topic[]>`
    WITH recorded AS (
      INSERT INTO interest_topics (name) SELECT unnest(${names}::text[]) RETURNING id, name
    ), noted AS (
      SELECT outreach.note_created('interest_topics', array_agg(id::bigint)) FROM recorded
    )
    SELECT coalesce(id::int, 0) AS id, coalesce(name::text, '') AS name FROM recorded CROSS JOIN noted`;
}

/** Records interests. */
export async function insertInterests(
  sql: Queryable,
  interests: readonly Interest[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO contact_interests (contact_id, topic_id)
      SELECT entry.contact_id, entry.topic_id
      FROM unnest(
        ${interests.map(({ contact_id }) => contact_id)}::int[],
        ${interests.map(({ topic_id }) => topic_id)}::int[]
      ) AS entry (contact_id, topic_id)
      RETURNING to_jsonb(contact_interests) AS row
    )
    SELECT outreach.note_created('contact_interests', jsonb_agg(row))::text AS noted FROM recorded`;
}
