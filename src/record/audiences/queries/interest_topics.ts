import type { Queryable } from "../../../database/connect.ts";

/** A topic of interest. */
export interface Topic {
  id: number;
  name: string;
}

/** Topics whose name holds every one of these words. */
export async function topicsMeant(sql: Queryable, words: string): Promise<Topic[]> {
  return sql<Topic[]>`
    SELECT id, name::text AS name FROM interest_topics
    WHERE outreach.words(name::text) @> outreach.words(${words})
    ORDER BY id`;
}

/** The topics that most people are interested in. */
export async function commonTopics(sql: Queryable, limit: number): Promise<Topic[]> {
  return sql<Topic[]>`
    SELECT topic.id, topic.name::text AS name
    FROM interest_topics AS topic
    LEFT JOIN contact_interests AS interest ON interest.topic_id = topic.id
    GROUP BY topic.id, topic.name
    ORDER BY count(interest.contact_id) DESC, topic.name
    LIMIT ${limit}`;
}
