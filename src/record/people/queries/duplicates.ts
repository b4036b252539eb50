import type { Queryable } from "../../../database/connect.ts";
import type { ContactFilter } from "./contacts.ts";

/** A person as they are compared with others. */
export interface ComparedPerson {
  id: number;
  name: string;
  email: string | null;
  /** Null as well where the organiser's table has no such column. */
  phone: string | null;
  company: string | null;
}

/** Two people who have something in common, the one with the lower id first. */
export interface CandidatePair {
  a: ComparedPerson;
  b: ComparedPerson;
}

/**
 * Pairs of people who share a mailbox, a phone, the words of their name, or a company and their first or
 * last word, but for those who are known to be two. At least one of a pair matches the filter. People are
 * not compared with each other but put into groups; of a group of more than thirty, each is paired with
 * the first alone, and a mailbox or phone of so many says nothing of one.
 */
export async function candidatePairs(
  sql: Queryable,
  filter: ContactFilter,
): Promise<CandidatePair[]> {
  return sql<CandidatePair[]>`
    WITH person AS MATERIALIZED (
      SELECT contact.id::int AS id, named.folded, outreach.mailbox(contact.email::text) AS address,
             right(regexp_replace(entry.fields ->> 'phone', '[^0-9]', '', 'g'), 9) AS digits,
             outreach.fold(entry.fields ->> 'company') AS company
      FROM contacts AS contact
      CROSS JOIN LATERAL (SELECT to_jsonb(contact) AS fields OFFSET 0) AS entry
      CROSS JOIN LATERAL (
        SELECT outreach.fold(outreach.full_name(contact.first_name::text, contact.last_name::text)) AS folded
        OFFSET 0
      ) AS named
    ), keyed AS (
      SELECT id, 'mailbox ' || address AS key FROM person WHERE address <> ''
      UNION ALL
      SELECT id, 'phone ' || digits FROM person WHERE length(digits) >= 7
      UNION ALL
      SELECT id, 'name ' || (SELECT string_agg(word, ' ' ORDER BY word)
                             FROM unnest(string_to_array(folded, ' ')) AS word)
      -- Nobody knows who that was.
      FROM person WHERE strpos(folded, ' ') > 0 AND NOT (folded = 'erased person' AND coalesce(address, '') = '')
      UNION ALL
      SELECT id, 'first ' || split_part(folded, ' ', 1) || ' ' || company FROM person WHERE company <> ''
      UNION ALL
      SELECT id, 'last ' || split_part(folded, ' ', -1) || ' ' || company FROM person WHERE company <> ''
    ), alike AS (
      SELECT key, array_agg(id ORDER BY id) AS ids FROM keyed GROUP BY key
      HAVING count(*) BETWEEN 2 AND CASE WHEN left(key, 5) IN ('phone', 'mailb') THEN 30 ELSE 1000000 END
    ), pair AS (
      SELECT DISTINCT one, other
      FROM alike
      CROSS JOIN LATERAL unnest(CASE WHEN cardinality(ids) <= 30 THEN ids ELSE ids[1:1] END) AS one
      CROSS JOIN LATERAL unnest(ids) AS other
      WHERE one < other
    )
    SELECT jsonb_build_object(
             'id', coalesce(a.id::int, 0),
             'name', coalesce(outreach.full_name(a.first_name::text, a.last_name::text)::text, ''),
             'email', a.email::text, 'phone', to_jsonb(a) ->> 'phone', 'company', to_jsonb(a) ->> 'company') AS a,
           jsonb_build_object(
             'id', coalesce(b.id::int, 0),
             'name', coalesce(outreach.full_name(b.first_name::text, b.last_name::text)::text, ''),
             'email', b.email::text, 'phone', to_jsonb(b) ->> 'phone', 'company', to_jsonb(b) ->> 'company') AS b
    FROM pair
    JOIN contacts AS a ON a.id = pair.one
    JOIN contacts AS b ON b.id = pair.other
    WHERE NOT EXISTS (
        SELECT FROM outreach.distinct_people AS known
        WHERE known.one = pair.one AND known.other = pair.other)
      AND (coalesce(${filter.text}, ${filter.role}, ${filter.deliverability}, ${filter.events}::int[]::text) IS NULL
           OR EXISTS (
             SELECT FROM outreach.matching_contacts(
               ${filter.text}, ${filter.events}::int[], ${filter.role}, ${filter.deliverability}) AS matching
             WHERE matching.contact_id IN (pair.one, pair.other)))`;
}
