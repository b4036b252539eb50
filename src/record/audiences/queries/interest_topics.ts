import type { Queryable } from "../../../database/connect.ts";

/** Topics whose name holds every one of these words; either may be written with HTML's entities. */
export async function topicsMeant(
  sql: Queryable,
  words: string,
): Promise<{ id: number; name: string }[]> {
  return sql<{ id: number; name: string }[]>`
    SELECT id, name::text AS name FROM interest_topics
    WHERE outreach.words(replace(replace(name::text, '&amp;', '&'), '&#39;', ''''))
       @> outreach.words(replace(replace(${words}, '&amp;', '&'), '&#39;', ''''))
    ORDER BY id`;
}

/** The topics that most people are interested in. */
export async function commonTopics(
  sql: Queryable,
  limit: number,
): Promise<{ id: number; name: string }[]> {
  return sql<{ id: number; name: string }[]>`
    SELECT topic.id, topic.name::text AS name
    FROM interest_topics AS topic
    LEFT JOIN contact_interests AS interest ON interest.topic_id = topic.id
    GROUP BY topic.id, topic.name
    ORDER BY count(interest.contact_id) DESC, topic.name
    LIMIT ${limit}`;
}
