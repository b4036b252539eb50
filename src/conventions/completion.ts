import type { Queryable } from "../database/connect.ts";

/** What is called by names that a person may begin to type. */
type Named = "event" | "campaign" | "mail" | "segment";

/**
 * Names of a kind that contain words beginning like those typed, best first: those that begin so
 * themselves, then the latest. Namesakes carry what tells them apart; each is found again by the
 * reference of its kind.
 *
 * @param most how many at most
 */
export async function namesLike(
  sql: Queryable,
  kind: Named,
  typed: string,
  most: number,
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    WITH named AS (
      SELECT event.name::text AS name, to_char(event.event_date, 'YYYY') AS detail,
             event.event_date::timestamptz AS at
      FROM events AS event WHERE ${kind}::text = 'event'
      UNION ALL
      SELECT campaign.name::text, concat_ws(' ', event.name, to_char(event.event_date, 'YYYY')), campaign.created_at
      FROM campaigns AS campaign JOIN events AS event ON event.id = campaign.event_id
      WHERE ${kind}::text = 'campaign'
      UNION ALL
      SELECT mail.title::text, concat_ws(', ', campaign.name, event.name), mail.sent_at
      FROM communications AS mail
      JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
      JOIN events AS event ON event.id = campaign.event_id
      WHERE ${kind}::text = 'mail' AND mail.channel = 'email' AND mail.status IN ('sending', 'sent')
      UNION ALL
      SELECT segment.name, NULL, segment.created_at
      FROM outreach.segments AS segment WHERE ${kind}::text = 'segment'
    ), folded AS (
      SELECT name, detail, at, outreach.fold(name) AS folded, outreach.fold(concat_ws(' ', name, detail)) AS words
      FROM named
    ), marked AS (
      SELECT *, count(*) OVER (PARTITION BY folded) > 1 AS has_namesake FROM folded
    )
    SELECT coalesce(CASE WHEN has_namesake THEN concat(name, ' (', detail, ')') ELSE name END, '')::text AS name
    FROM marked
    WHERE NOT EXISTS (
      SELECT FROM unnest(outreach.words(${typed})) AS word
      WHERE strpos(concat(' ', marked.words), concat(' ', word)) = 0)
    ORDER BY starts_with(folded, outreach.fold(${typed})) DESC, at DESC NULLS LAST, name
    LIMIT ${most}`;
  return rows.map(({ name }) => name);
}
